"""Two ways to stay at home with what all past seasons teach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.learning.learners import Learner, Model
from engine.learning.methods.steps import shown, stay
from engine.learning.protocols import BALANCED, Knowledge, Start
from engine.learning.recipes import Recipe
from engine.learning.setting import Setting


@dataclass(frozen=True)
class AllPast:
    """One model of all past seasons, classes as frequent as they were."""

    name: ClassVar[str] = "all-past"
    starts_from: ClassVar[Start | None] = BALANCED
    visits: ClassVar[bool] = False
    transductive: ClassVar[bool] = False

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """Nothing is trained beyond the source model."""
        return 0

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """The model of all past seasons, under the standardisation of this one."""
        assert known.past is not None
        return shown(known, stay(known.past, share=1.0))


@dataclass(frozen=True)
class LogitAdjusted:
    """The same model, deciding in favour of rare classes: it gets back a share of the log prior only, which
    leaving one past season out has chosen (logit adjustment, Menon et al. 2021, ICLR). It costs nothing, so
    it is the yardstick of what a trip gains.
    """

    name: ClassVar[str] = "adjusted"
    starts_from: ClassVar[Start | None] = BALANCED
    visits: ClassVar[bool] = False
    transductive: ClassVar[bool] = False

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """Nothing is trained beyond the source model."""
        return 0

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """The model of all past seasons, under the standardisation of this one."""
        assert known.past is not None
        return shown(known, stay(known.past))
