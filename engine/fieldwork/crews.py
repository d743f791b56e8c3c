"""What the crews of a trip may do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

from engine.domain import PlanError

MOST_CREWS = 9  # that an open number of crews is searched up to


@dataclass(frozen=True)
class CrewLimits:
    """What the crews may do.

    Parameters
    ----------
    crews
        Cars that go out at the same time; None takes as many as cost least once routed and keep
        ``most_days``. Then nothing is left out for want of days: the trip may take more where not even
        `MOST_CREWS` are enough.
    sleep_out
        Nights are spent near the last stop instead of at the departure; None takes what costs less once
        routed.
    most_days
        Calendar days at most; what that many crews can't visit is left out, the least valuable first.
    budget
        Money at most, by the likely rates.

    Raises
    ------
    PlanError
        Where a limit makes no sense.
    """

    crews: int | None = 1
    sleep_out: bool | None = None
    most_days: int | None = None
    budget: float | None = None

    def __post_init__(self) -> None:
        if (self.crews is not None and self.crews < 1) or (self.most_days is not None and self.most_days < 1):
            raise PlanError(
                f"{self.crews} crews on {self.most_days} days drive nowhere. Give at least 1 of each."
            )
        if self.budget is not None and not (math.isfinite(self.budget) and self.budget >= 0):
            raise PlanError(f"A budget of {self.budget} buys nothing. Give an amount of money.")

    @property
    def most_tours(self) -> int | None:
        """Day tours at most, of all crews."""
        return None if self.most_days is None or self.crews is None else self.most_days * self.crews

    @property
    def ways(self) -> tuple[tuple[int, bool], ...]:
        """Each number of crews that may go out, with whether nights are spent away."""
        numbers = range(1, MOST_CREWS + 1) if self.crews is None else (self.crews,)
        nights = (False, True) if self.sleep_out is None else (self.sleep_out,)
        return tuple(product(numbers, nights))
