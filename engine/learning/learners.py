"""Learners: what can be pre-trained, adapted and trained from scratch.

This file imports neither torch nor scikit-learn until something is learnt, so that pages can name a
learner without paying for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from engine.domain import PlanError
from engine.learning.recipes import Recipe, Schedule
from engine.learning.samples import Samples
from engine.learning.setting import Setting

Prior = npt.NDArray[np.floating]
Tensors = dict[str, npt.NDArray[np.float32]]


class Model(Protocol):
    """Something that predicts."""

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        ...


class Learner(Protocol):
    """Makes models."""

    @property
    def name(self) -> str:
        """Its name in plans."""
        ...

    @property
    def storable(self) -> bool:
        """Whether its models can be kept as plain arrays."""
        ...

    def pretrain(self, samples: Samples, setting: Setting) -> Model:
        """Learn from past seasons."""
        ...

    def adapt(self, model: Any, samples: Samples, setting: Setting) -> Model:
        """Go on from a model of this learner with visited parcels."""
        ...

    def scratch(self, samples: Samples, setting: Setting) -> Model:
        """Learn from visited parcels alone."""
        ...

    def balanced(
        self, samples: Samples, prior: Prior, schedule: Schedule, setting: Setting, start: Any = None
    ) -> Model:
        """Learn without favour for the classes that ``prior`` (log shares, ``[class]``) calls frequent, going
        on from ``start`` where that is given.
        """
        ...

    def blend(self, one: Any, other: Any, share: float) -> Model:
        """A model between ``one`` (share 0) and ``other`` (share 1)."""
        ...

    def restored(self, tensors: Tensors, recipe: Recipe) -> Model:
        """The model that these arrays were kept of."""
        ...


@dataclass(frozen=True)
class NetworkLearner:
    """A network, fitted by gradient steps; transfer fine-tunes all its layers."""

    name: str
    storable: ClassVar[bool] = True

    def pretrain(self, samples: Samples, setting: Setting) -> Model:
        """Train a fresh network on past seasons."""
        return self._fit(samples, setting.recipe.pretrain, setting)

    def adapt(self, model: Any, samples: Samples, setting: Setting) -> Model:
        """Fine-tune a copy of the network on visited parcels."""
        from engine.learning import training

        return training.fine_tune(model, samples, setting.recipe.transfer, setting)

    def scratch(self, samples: Samples, setting: Setting) -> Model:
        """Train a fresh network on visited parcels."""
        return self._fit(samples, setting.recipe.scratch, setting)

    def balanced(
        self, samples: Samples, prior: Prior, schedule: Schedule, setting: Setting, start: Any = None
    ) -> Model:
        """Train with adjusted logits on samples that change a little each time."""
        from engine.learning import training

        if start is None:
            return self._fit(samples, schedule, setting, prior=prior, augment=True)
        return training.fine_tune(start, samples, schedule, setting, prior=prior, augment=True)

    def blend(self, one: Any, other: Any, share: float) -> Model:
        """Average the weights."""
        from engine.learning import training

        return training.blended(one, other, share)

    def restored(self, tensors: Tensors, recipe: Recipe) -> Model:
        """The network that these arrays were kept of."""
        from engine.learning import training

        return training.restored(tensors, recipe, self._build())

    def _fit(self, samples: Samples, schedule: Schedule, setting: Setting, **how: Any) -> Model:
        from engine.learning import training

        return training.fit(samples, schedule, setting, build=self._build(), **how)

    def _build(self) -> Any:
        from engine.learning import networks

        return {"cnn1d": networks.Cnn1d, "transformer": networks.Transformer}[self.name]


@dataclass(frozen=True)
class TreesLearner:
    """Trees over the flattened series, see `engine.learning.trees`; transfer adds as many, grown on the
    visited parcels, and both vote.
    """

    name: str
    storable: ClassVar[bool] = False

    def pretrain(self, samples: Samples, setting: Setting) -> Model:
        """Grow trees on past seasons."""
        from engine.learning import trees

        return trees.fit(self.name, samples, setting.recipe.trees, setting.seed)

    def adapt(self, model: Any, samples: Samples, setting: Setting) -> Model:
        """Add trees grown on visited parcels."""
        return self.blend(model, self.pretrain(samples, setting), 0.5)

    def scratch(self, samples: Samples, setting: Setting) -> Model:
        """Grow trees on visited parcels."""
        return self.pretrain(samples, setting)

    def balanced(
        self, samples: Samples, prior: Prior, schedule: Schedule, setting: Setting, start: Any = None
    ) -> Model:
        """Grow trees, whose odds are divided by the shares; ``start`` keeps its trees beside them."""
        from engine.learning.calibration import Reweighed

        fresh = Reweighed(self.pretrain(samples, setting), -prior)
        return fresh if start is None else self.blend(start, fresh, 0.5)

    def blend(self, one: Any, other: Any, share: float) -> Model:
        """Let both vote."""
        from engine.learning.calibration import Mixture

        return Mixture((one, other), (1 - share, share))

    def restored(self, tensors: Tensors, recipe: Recipe) -> Model:
        """Trees are not kept."""
        raise PlanError(f"Models of the learner {self.name} are not kept in files. Train them again.")


LEARNERS: dict[str, Learner] = {
    learner.name: learner
    for learner in (
        NetworkLearner("cnn1d"),
        TreesLearner("random-forest"),
        NetworkLearner("transformer"),
        TreesLearner("gradient-boosting"),
    )
}

LIBRARIES = {
    "cnn1d": "torch",
    "random-forest": "sklearn",
    "transformer": "torch",
    "gradient-boosting": "sklearn",
}


def require(name: str) -> None:
    """Refuse a learner whose library this installation lacks, as one that only shows answers may."""
    library = LIBRARIES[name]
    if find_spec(library) is None:
        raise PlanError(
            f"The learner {name} needs the library {library}, which is not installed here. Install what "
            "requirements.txt lists, or ask for designs and answers that need no model."
        )


def learner_by_name(name: str) -> Learner:
    """The learner of that name, or `PlanError`."""
    if name not in LEARNERS:
        raise PlanError(f"There is no learner {name}; choose one of {', '.join(LEARNERS)}.")
    return LEARNERS[name]
