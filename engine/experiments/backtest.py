"""Each past season plays the target: what the same trip would have gained then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from engine.domain import Departure, PlanError, Study
from engine.experiments.forecast import Gain
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan, TestKind, grid
from engine.learning.recipes import Recipe

HOME = "adjusted"  # staying at home with all that past seasons teach: free, so the yardstick of a gain


def backtest_plans(
    study: Study,
    target: str,
    departure: Departure,
    radii: Sequence[float],
    designs: Sequence[str],
    method: str,
    learner: str,
    recipe: Recipe,
    *,
    test: TestKind = "far-half",
    repeats: int = 5,
    seed: int = 0,
) -> tuple[Plan, ...]:
    """Staying at home and the trips in every season before the target, each taught by the others of them.

    No season from the target on is opened: a forecast knows what was known before the trip.

    Raises
    ------
    PlanError
        Where fewer than two seasons lie before the target.
    """
    past = study.past(target)
    if len(past) < 2:
        raise PlanError(
            f"Before {target} there are {len(past)} seasons, and a backtest needs one to play the target and "
            "one to teach. Choose a later target, or add seasons."
        )
    plans: list[Plan] = []
    for played in past:
        others = ",".join(label for label in past if label != played)
        plans += grid(
            study, played, departure, radii, designs, [HOME, method], learner, recipe,
            source=others, test=test, repeats=repeats, seed=seed,
        )  # fmt: skip
    return tuple(plans)


def gains(outcomes: Iterable[Outcome]) -> list[Gain]:
    """What trips gained over staying at home in the season that they played.

    Repeats are compared in pairs, which share their source model; the standard error is that of the mean
    difference. Both were tested on the same parcels, and how far those stand for the season's others is
    left to the forecast's own spread.
    """
    found = list(outcomes)
    home = {one.plan.target: one for one in found if one.plan.method.name == HOME}
    rows = []
    for one in found:
        stay = home.get(one.plan.target)
        if stay is None or not one.visits:
            continue
        apart = 100 * (np.array(one.repeats) - np.array(stay.repeats))  # [repeat] points
        error = float(apart.std(ddof=1) / np.sqrt(len(apart))) if len(apart) > 1 else 1.0
        rows.append(Gain(one.plan.target, one.plan.design.name, one.parcels, float(apart.mean()), error))
    return rows
