"""Transfer: the study's fine-tuning (Pandžić et al. 2024, EGU24-3127)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.learning.methods.base import BaseMethod
from engine.learning.pretraining import BestFold
from engine.learning.protocols import Learner, Model, SourceTraining
from engine.learning.recipes import Recipe
from engine.learning.setting import Setting
from engine.learning.training_data import TrainingData


@dataclass(frozen=True)
class Transfer(BaseMethod):
    """The pre-trained model is fine-tuned, all of it, on the visited parcels.

    Examples
    --------
    >>> from engine.learning.recipes import PAPER
    >>> Transfer().training_samples(100, PAPER)  # 100 parcels, 50 pixels each, 50 epochs
    250000
    """

    name: ClassVar[str] = "transfer"
    label: ClassVar[str] = "Transfer (fine-tuned)"
    description: ClassVar[str] = "fine-tunes the study's pre-trained network on the visited parcels"

    @property
    def source(self) -> SourceTraining | None:
        """The study's pre-training."""
        return BestFold()

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """Pixels of the visited parcels, once an epoch."""
        return parcels * recipe.pixels * recipe.transfer.epochs

    def learn(self, learner: Learner, data: TrainingData, setting: Setting) -> Model:
        """The fine-tuned model."""
        return learner.fine_tune(data.source_model.model, data.labelled_samples, setting)
