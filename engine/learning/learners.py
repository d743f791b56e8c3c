"""Learners: what can be pre-trained, adapted and trained from scratch.

This file imports neither torch nor scikit-learn until something is learnt, so that pages can name a
learner without paying for it.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from engine.domain import PlanError
from engine.learning.recipes import Schedule
from engine.learning.samples import Samples
from engine.learning.setting import Setting

Prior = npt.NDArray[np.floating]


class Model(Protocol):
    """Something that predicts."""

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        ...


class Learner(Protocol):
    """Makes models. ``storable`` tells whether a model can be kept as plain arrays."""

    name: str
    storable: bool

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


class Cnn1dLearner:
    """The study's network, see `engine.learning.networks.Cnn1d`; transfer fine-tunes all layers."""

    name = "cnn1d"
    storable = True

    def pretrain(self, samples: Samples, setting: Setting) -> Model:
        """Train a fresh network on past seasons."""
        from engine.learning import training

        return training.fit(samples, setting.recipe.pretrain, setting)

    def adapt(self, model: Any, samples: Samples, setting: Setting) -> Model:
        """Fine-tune a copy of the network on visited parcels."""
        from engine.learning import training

        return training.fine_tune(model, samples, setting.recipe.transfer, setting)

    def scratch(self, samples: Samples, setting: Setting) -> Model:
        """Train a fresh network on visited parcels."""
        from engine.learning import training

        return training.fit(samples, setting.recipe.scratch, setting)

    def balanced(
        self, samples: Samples, prior: Prior, schedule: Schedule, setting: Setting, start: Any = None
    ) -> Model:
        """Train with adjusted logits on samples that change a little each time."""
        from engine.learning import training

        if start is None:
            return training.fit(samples, schedule, setting, prior=prior, augment=True)
        return training.fine_tune(start, samples, schedule, setting, prior=prior, augment=True)

    def blend(self, one: Any, other: Any, share: float) -> Model:
        """Average the weights."""
        from engine.learning import training

        return training.blended(one, other, share)


class RandomForestLearner:
    """The second learner, see `engine.learning.forest`; transfer adds as many trees again."""

    name = "random-forest"
    storable = False

    def pretrain(self, samples: Samples, setting: Setting) -> Model:
        """Grow trees on past seasons."""
        from engine.learning import forest

        return forest.fit(samples, setting.recipe.trees, setting.seed)

    def adapt(self, model: Any, samples: Samples, setting: Setting) -> Model:
        """Add trees grown on visited parcels."""
        from engine.learning import forest

        return forest.grown(model, samples, setting.recipe.trees, setting.seed)

    def scratch(self, samples: Samples, setting: Setting) -> Model:
        """Grow trees on visited parcels."""
        return self.pretrain(samples, setting)

    def balanced(
        self, samples: Samples, prior: Prior, schedule: Schedule, setting: Setting, start: Any = None
    ) -> Model:
        """Grow trees, whose odds are divided by the shares; ``start`` keeps its trees beside them."""
        from engine.learning import forest
        from engine.learning.models import Mixture, Reweighed

        fresh = Reweighed(forest.fit(samples, setting.recipe.trees, setting.seed), -prior)
        return fresh if start is None else Mixture((start, fresh), (0.5, 0.5))

    def blend(self, one: Any, other: Any, share: float) -> Model:
        """Let both vote."""
        from engine.learning.models import Mixture

        return Mixture((one, other), (1 - share, share))


LEARNERS: dict[str, Learner] = {learner.name: learner for learner in (Cnn1dLearner(), RandomForestLearner())}


LIBRARIES = {"cnn1d": "torch", "random-forest": "sklearn"}


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
