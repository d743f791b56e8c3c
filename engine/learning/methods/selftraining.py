"""Learning from parcels that nobody visited, by what the model thinks of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.learning.learners import Learner, Model
from engine.learning.methods.steps import BATCH, FORGETTING, STEPS, named, shown, step
from engine.learning.metrics import parcel_probability
from engine.learning.protocols import BALANCED, Knowledge, Start
from engine.learning.recipes import Recipe
from engine.learning.samples import Samples, joined
from engine.learning.setting import Setting

SURE = 0.7  # mean probability of a parcel's class from which it is believed
MOST = 2  # believed pixels to one visited


@dataclass(frozen=True)
class SelfTraining:
    """`Averaged` twice: the second time it learns also from parcels that the first was sure of, each by the
    class its pixels voted for (pseudo-labels, Lee 2013, ICML workshops; votes by parcel keep a few odd
    pixels from teaching). Inductive: parcels that test are not among them.
    """

    steps: int = STEPS

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """As many whatever the trip: the number of gradient steps is fixed."""
        return 2 * self.steps * BATCH

    name: ClassVar[str] = "self-training"
    starts_from: ClassVar[Start | None] = BALANCED
    visits: ClassVar[bool] = True
    transductive: ClassVar[bool] = False

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """The second model."""
        assert known.past is not None
        past, own = known.past, named(known)
        first = step(learner, past, own, setting, steps=self.steps, ratio=past.ratio)
        pool = joined([own, _believed(known, own, first, setting)])
        second = step(learner, past, pool, setting, steps=self.steps, visited=FORGETTING, ratio=past.ratio)
        return shown(known, second)


@dataclass(frozen=True)
class TransductiveSelfTraining(SelfTraining):
    """`SelfTraining` that also looks at the series of the parcels that test, though at none of their labels:
    what is possible where the map's own parcels are known beforehand.
    """

    name: ClassVar[str] = "self-training-transductive"
    transductive: ClassVar[bool] = True


def _believed(known: Knowledge, own: Samples, model: Model, setting: Setting) -> Samples:
    """Pixels of unvisited parcels that the model is sure of, with the class of their parcel."""
    unnamed = known.seen.scaled(*known.seen.scale())
    unnamed = unnamed.chosen(~np.isin(unnamed.parcel, own.parcel))
    if not len(unnamed):
        return own.chosen(np.empty(0, dtype=np.int64))
    parcels, owner = np.unique(unnamed.parcel, return_inverse=True)
    said = parcel_probability(model.predict(unnamed.values), owner, len(parcels))  # [parcel, class]
    sure = np.flatnonzero(said.max(axis=1)[owner] >= SURE)  # [pixel]
    rng = np.random.default_rng([setting.seed, 10])
    taken = rng.permutation(sure)[: MOST * len(own)]
    return Samples(
        unnamed.values[taken], said.argmax(axis=1)[owner][taken], unnamed.parcel[taken], own.classes
    )
