"""Learners: networks and trees that can be pre-trained, fine-tuned and trained from scratch.

This file imports neither torch nor scikit-learn until something is trained, so that pages can name a
learner without paying for it. A learner is one entry in `LEARNERS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, ClassVar

from engine.domain import PlanError, entry
from engine.learning.protocols import Learner, Model, Prior, Tensors
from engine.learning.recipes import Recipe, Schedule
from engine.learning.samples import Samples
from engine.learning.setting import Setting


@dataclass(frozen=True)
class NetworkLearner:
    """A network, fitted by gradient steps; fine-tuning trains all its layers.

    Parameters
    ----------
    network
        Its class in `engine.learning.networks`.
    """

    name: str
    label: str
    network: str
    storable: ClassVar[bool] = True
    library: ClassVar[str] = "torch"

    def environment(self, device: str) -> dict[str, str]:
        """Version of torch, device and precision."""
        from engine.learning.training import chosen_device, half_precision

        chosen = chosen_device(device)
        precision = "bfloat16" if half_precision(chosen) else "float32"
        return {"torch": version("torch"), "device": chosen.type, "precision": precision}

    def pretrain(self, samples: Samples, setting: Setting) -> Model:
        """Train a fresh network on source seasons."""
        return self._fit(samples, setting.recipe.pretrain, setting)

    def fine_tune(self, model: Any, samples: Samples, setting: Setting) -> Model:
        """Go on training a copy of the network on labelled target samples."""
        from engine.learning import training

        return training.fine_tune(model, samples, setting.recipe.transfer, setting)

    def from_scratch(self, samples: Samples, setting: Setting) -> Model:
        """Train a fresh network on labelled target samples."""
        return self._fit(samples, setting.recipe.scratch, setting)

    def fit_adjusted(
        self, samples: Samples, prior: Prior, schedule: Schedule, setting: Setting, start: Any = None
    ) -> Model:
        """Train with adjusted logits on augmented samples."""
        from engine.learning import training

        if start is None:
            return self._fit(samples, schedule, setting, prior=prior, augment=True)
        return training.fine_tune(start, samples, schedule, setting, prior=prior, augment=True)

    def blend(self, start: Any, end: Any, ratio: float) -> Model:
        """Average the weights."""
        from engine.learning import training

        return training.blended(start, end, ratio)

    def restore(self, tensors: Tensors, recipe: Recipe) -> Model:
        """The network that these arrays were kept of."""
        from engine.learning import training

        return training.restored(tensors, recipe, self._build())

    def _fit(self, samples: Samples, schedule: Schedule, setting: Setting, **options: Any) -> Model:
        from engine.learning import training

        return training.fit(samples, schedule, setting, build=self._build(), **options)

    def _build(self) -> Any:
        from engine.learning import networks

        return getattr(networks, self.network)


@dataclass(frozen=True)
class TreesLearner:
    """Trees over the flattened series, see `engine.learning.trees`; fine-tuning adds as many, fitted on the
    labelled target samples, and averages both.
    """

    name: str
    label: str
    library: str = "scikit-learn"
    storable: ClassVar[bool] = False

    def environment(self, device: str) -> dict[str, str]:
        """Version of the library; trees run on the processor."""
        return {self.library: version(self.library), "device": "cpu", "precision": "float32"}

    def pretrain(self, samples: Samples, setting: Setting) -> Model:
        """Fit trees on source seasons."""
        from engine.learning import trees

        return trees.fit(self.name, samples, setting.recipe.trees, setting.seed)

    def fine_tune(self, model: Any, samples: Samples, setting: Setting) -> Model:
        """Add trees fitted on labelled target samples."""
        return self.blend(model, self.pretrain(samples, setting), 0.5)

    def from_scratch(self, samples: Samples, setting: Setting) -> Model:
        """Fit trees on labelled target samples."""
        return self.pretrain(samples, setting)

    def fit_adjusted(
        self, samples: Samples, prior: Prior, schedule: Schedule, setting: Setting, start: Any = None
    ) -> Model:
        """Fit trees, whose odds are divided by the shares; ``start`` keeps its trees beside them."""
        from engine.learning.calibration import PriorShifted

        fresh = PriorShifted(self.pretrain(samples, setting), -prior)
        return fresh if start is None else self.blend(start, fresh, 0.5)

    def blend(self, start: Any, end: Any, ratio: float) -> Model:
        """Average the probabilities of both."""
        from engine.learning.ensemble import Ensemble

        return Ensemble((start, end), (1 - ratio, ratio))

    def restore(self, tensors: Tensors, recipe: Recipe) -> Model:
        """Trees are not kept."""
        raise PlanError(f"Models of the learner {self.name} are not kept in files. Train them again.")


LEARNERS: dict[str, Learner] = {
    learner.name: learner
    for learner in (
        NetworkLearner("cnn1d", "1D-CNN", "Cnn1d"),
        TreesLearner("random-forest", "Random forest"),
        NetworkLearner("transformer", "Transformer", "Transformer"),
        TreesLearner("gradient-boosting", "Gradient boosting", "lightgbm"),
    )
}

MODULES = {"scikit-learn": "sklearn"}  # where the module of a distribution has another name


def require(name: str) -> None:
    """Refuse a learner whose library this installation lacks.

    Parameters
    ----------
    name
        One of `LEARNERS`.

    Raises
    ------
    PlanError
        With what to install.
    """
    library = learner_by_name(name).library
    if find_spec(MODULES.get(library, library)) is None:
        raise PlanError(
            f"The learner {name} needs the library {library}, which is not installed here. Install what "
            "requirements.txt lists, or ask for designs and outcomes that need no model."
        )


def learner_by_name(name: str) -> Learner:
    """The learner of that name.

    Parameters
    ----------
    name
        One of `LEARNERS`.

    Raises
    ------
    PlanError
        Where there is none.
    """
    return entry("learner", LEARNERS, name)
