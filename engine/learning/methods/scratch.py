"""From scratch: a model of the visited parcels alone (Pandžić et al. 2024, EGU24-3127)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.learning.methods.base import BaseMethod
from engine.learning.protocols import Learner, Model
from engine.learning.recipes import Recipe
from engine.learning.setting import Setting
from engine.learning.training_data import TrainingData


@dataclass(frozen=True)
class Scratch(BaseMethod):
    """A fresh model is trained on the visited parcels; no source season is used.

    Examples
    --------
    >>> Scratch().source is None
    True
    """

    name: ClassVar[str] = "scratch"
    label: ClassVar[str] = "From scratch"
    description: ClassVar[str] = "trains a fresh model on the visited parcels alone"

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """Pixels of the visited parcels, once an epoch."""
        return parcels * recipe.pixels * recipe.scratch.epochs

    def learn(self, learner: Learner, data: TrainingData, setting: Setting) -> Model:
        """The fresh model."""
        return learner.from_scratch(data.labelled_samples, setting)
