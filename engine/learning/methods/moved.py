"""Trips that move the model of all past seasons, by one step each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.learning.learners import Learner, Model
from engine.learning.methods.steps import BATCH, FORGETTING, STEPS, named, shown, step
from engine.learning.protocols import BALANCED, Knowledge, Start
from engine.learning.recipes import Recipe
from engine.learning.setting import Setting


@dataclass(frozen=True)
class Replay:
    """Go on with visited parcels and as many pixels of past seasons (experience replay, Rolnick et al. 2019,
    NeurIPS).

    Parameters
    ----------
    steps
        Gradient steps.
    """

    steps: int = STEPS

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """As many whatever the trip: the number of gradient steps is fixed."""
        return self.steps * BATCH

    name: ClassVar[str] = "replay"
    starts_from: ClassVar[Start | None] = BALANCED
    visits: ClassVar[bool] = True
    transductive: ClassVar[bool] = False

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """The model at the end of the step."""
        assert known.past is not None
        return shown(known, step(learner, known.past, named(known), setting, steps=self.steps))


@dataclass(frozen=True)
class Averaged:
    """`Replay`, and a part of the way back: weights on the line to the model of all past seasons (WiSE-FT,
    Wortsman et al. 2022, CVPR). How far is chosen on past seasons.
    """

    steps: int = STEPS

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """As many whatever the trip: the number of gradient steps is fixed."""
        return self.steps * BATCH

    name: ClassVar[str] = "averaged"
    starts_from: ClassVar[Start | None] = BALANCED
    visits: ClassVar[bool] = True
    transductive: ClassVar[bool] = False

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """The averaged model."""
        assert known.past is not None
        past = known.past
        return shown(known, step(learner, past, named(known), setting, steps=self.steps, ratio=past.ratio))


@dataclass(frozen=True)
class Joint:
    """Learn from past and present together, three visited pixels to one of the past."""

    steps: int = STEPS

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """As many whatever the trip: the number of gradient steps is fixed."""
        return self.steps * BATCH

    name: ClassVar[str] = "joint"
    starts_from: ClassVar[Start | None] = BALANCED
    visits: ClassVar[bool] = True
    transductive: ClassVar[bool] = False

    def learn(self, learner: Learner, known: Knowledge, setting: Setting) -> Model:
        """The model that both taught."""
        assert known.past is not None
        own = named(known)
        return shown(known, step(learner, known.past, own, setting, steps=self.steps, visited=FORGETTING))
