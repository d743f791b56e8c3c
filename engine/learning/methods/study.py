"""The three methods of the study (Pandžić et al. 2024, EGU24-3127)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.learning.learners import Learner, Model
from engine.learning.protocols import STUDY, Knowledge, Start
from engine.learning.recipes import Recipe
from engine.learning.setting import Setting


@dataclass(frozen=True)
class ZeroShot:
    """Stay at home: the pre-trained model as it is."""

    name: ClassVar[str] = "zero-shot"
    starts_from: ClassVar[Start | None] = STUDY
    visits: ClassVar[bool] = False
    transductive: ClassVar[bool] = False

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """Nothing is trained beyond the source model."""
        return 0

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """Return the pre-trained model."""
        assert known.past is not None
        return known.past.model


@dataclass(frozen=True)
class Transfer:
    """Go on training the pre-trained model, all of it, on the visited parcels."""

    name: ClassVar[str] = "transfer"
    starts_from: ClassVar[Start | None] = STUDY
    visits: ClassVar[bool] = True
    transductive: ClassVar[bool] = False

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """Pixels of the visited parcels, once an epoch."""
        return parcels * recipe.pixels * recipe.transfer.epochs

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """Adapt the pre-trained model."""
        assert known.past is not None
        assert known.visited is not None
        return learner.adapt(known.past.model, known.visited, setting)


@dataclass(frozen=True)
class Scratch:
    """Forget the past: train on the visited parcels alone."""

    name: ClassVar[str] = "scratch"
    starts_from: ClassVar[Start | None] = None
    visits: ClassVar[bool] = True
    transductive: ClassVar[bool] = False

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """Pixels of the visited parcels, once an epoch."""
        return parcels * recipe.pixels * recipe.scratch.epochs

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """Train a fresh model."""
        assert known.visited is not None
        return learner.scratch(known.visited, setting)
