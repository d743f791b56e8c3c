"""Zero-shot: the study's pre-trained model as it is (Pandžić et al. 2024, EGU24-3127)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.learning.methods.base import BaseMethod
from engine.learning.pretraining import BestFold
from engine.learning.protocols import Learner, Model, SourceTraining
from engine.learning.setting import Setting
from engine.learning.training_data import TrainingData


@dataclass(frozen=True)
class ZeroShot(BaseMethod):
    """The pre-trained model maps the target season without a field trip.

    Examples
    --------
    >>> ZeroShot().visits, ZeroShot().source.name
    (False, 'best-fold')
    """

    name: ClassVar[str] = "zero-shot"
    label: ClassVar[str] = "Zero-shot (no field trip)"
    description: ClassVar[str] = "uses the study's pre-trained network as it is"
    visits: ClassVar[bool] = False

    @property
    def source(self) -> SourceTraining | None:
        """The study's pre-training."""
        return BestFold()

    def learn(self, learner: Learner, data: TrainingData, setting: Setting) -> Model:
        """The pre-trained model."""
        return data.source_model.model
