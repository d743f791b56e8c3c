"""Self-training: learning from parcels that nobody visited, by the classes that a first model gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.learning.adaptation import (
    BATCH,
    MOSTLY_TARGET,
    adapted,
    for_measured_series,
    standardised_labelled,
)
from engine.learning.methods.fine_tuned import FineTunedMethod
from engine.learning.metrics import parcel_probability
from engine.learning.protocols import Learner, Model
from engine.learning.recipes import Recipe
from engine.learning.samples import Samples, joined
from engine.learning.setting import Setting
from engine.learning.streams import Stream, generator
from engine.learning.training_data import TrainingData

CONFIDENT = 0.7  # mean probability of a parcel's class from which it becomes a pseudo-label
MOST_PER_LABELLED = 2  # pseudo-labelled pixels to one labelled


@dataclass(frozen=True)
class SelfTraining(FineTunedMethod):
    """Weight averaging twice: the second time also on parcels that the first model was confident of.

    Each parcel gets the class of the mean probability of its pixels (pseudo-labels, Lee 2013, ICML
    workshops), which keeps a few odd pixels from teaching. Inductive: test parcels are not among them.

    Examples
    --------
    >>> SelfTraining().transductive
    False
    """

    name: ClassVar[str] = "self-training"
    label: ClassVar[str] = "Self-training"
    description: ClassVar[str] = "also trains on unvisited parcels that a first model is confident of"

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """Of both models."""
        return 2 * self.steps * BATCH

    def learn(self, learner: Learner, data: TrainingData, setting: Setting) -> Model:
        """The second model."""
        source, labelled = data.source_model, standardised_labelled(data)
        ratio = source.blend_ratio
        first = adapted(learner, source, labelled, setting, steps=self.steps, blend_ratio=ratio)
        pool = joined([labelled, _pseudo_labelled(data, labelled, first, setting)])
        second = adapted(
            learner, source, pool, setting,
            steps=self.steps, target_per_source=MOSTLY_TARGET, blend_ratio=ratio,
        )  # fmt: skip
        return for_measured_series(data, second)


@dataclass(frozen=True)
class TransductiveSelfTraining(SelfTraining):
    """Self-training that also looks at the series of test parcels, though at none of their labels: what is
    possible where the parcels of the map are known beforehand.

    Examples
    --------
    >>> TransductiveSelfTraining().transductive
    True
    """

    name: ClassVar[str] = "self-training-transductive"
    label: ClassVar[str] = "Self-training, transductive"
    description: ClassVar[str] = "the same, and also looks at the unlabelled series of test parcels"
    transductive: ClassVar[bool] = True


def _pseudo_labelled(data: TrainingData, labelled: Samples, model: Model, setting: Setting) -> Samples:
    """Pixels of unvisited parcels that the model is confident of, with the class of their parcel."""
    unlabelled = data.unlabelled.scaled(*data.unlabelled.scale())
    unlabelled = unlabelled.chosen(~np.isin(unlabelled.parcel, labelled.parcel))
    if not len(unlabelled):
        return labelled.chosen(np.empty(0, dtype=np.int64))
    parcels, owner = np.unique(unlabelled.parcel, return_inverse=True)
    probability = parcel_probability(model.predict(unlabelled.values), owner, len(parcels))
    confident = np.flatnonzero(probability.max(axis=1)[owner] >= CONFIDENT)  # [pixel]
    rng = generator(setting.seed, Stream.PSEUDO_LABELS)
    drawn = rng.permutation(confident)[: MOST_PER_LABELLED * len(labelled)]
    classes = probability.argmax(axis=1)[owner][drawn]
    return Samples(unlabelled.values[drawn], classes, unlabelled.parcel[drawn], labelled.classes)
