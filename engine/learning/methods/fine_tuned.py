"""What methods share that go on from the model of all source seasons for a fixed number of steps."""

from __future__ import annotations

from dataclasses import dataclass

from engine.learning.adaptation import BATCH, STEPS
from engine.learning.methods.base import SeasonStandardisedMethod
from engine.learning.recipes import Recipe


@dataclass(frozen=True)
class FineTunedMethod(SeasonStandardisedMethod):
    """A method of so many gradient steps, whatever the trip.

    Parameters
    ----------
    steps
        Gradient steps.
    """

    steps: int = STEPS

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """As many whatever the trip: the number of gradient steps is fixed."""
        return self.steps * BATCH
