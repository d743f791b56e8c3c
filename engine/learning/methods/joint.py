"""Joint training: source and target samples together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.learning.adaptation import (
    MOSTLY_TARGET,
    adapted,
    for_measured_series,
    standardised_labelled,
)
from engine.learning.methods.fine_tuned import FineTunedMethod
from engine.learning.protocols import Learner, Model
from engine.learning.setting import Setting
from engine.learning.training_data import TrainingData


@dataclass(frozen=True)
class Joint(FineTunedMethod):
    """Training on source and target samples together, three labelled target samples to one of the source.

    Examples
    --------
    >>> from engine.learning.recipes import PAPER
    >>> Joint(steps=100).training_samples(200, PAPER)  # 100 steps of 64 series, whatever the trip
    6400
    """

    name: ClassVar[str] = "joint"
    label: ClassVar[str] = "Joint training"
    description: ClassVar[str] = "trains on three samples of visited parcels to one source sample"

    def learn(self, learner: Learner, data: TrainingData, setting: Setting) -> Model:
        """The jointly trained model."""
        labelled = standardised_labelled(data)
        model = adapted(
            learner, data.source_model, labelled, setting, steps=self.steps, target_per_source=MOSTLY_TARGET
        )
        return for_measured_series(data, model)
