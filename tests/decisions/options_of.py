"""Options whose costs and scores a test chooses."""

import dataclasses

from engine.decisions.options import Option
from engine.domain import Estimate
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan
from engine.fieldwork.costs import exactly
from engine.learning.methods import METHODS
from engine.sampling.no_visit import NoVisit
from engine.sampling.radius import Radius
from tests import made_up
from tests.made_up import TINY, grid

STUDY = made_up.study(parcels=40, times=4, pixels=1)


(ASKED,) = grid(STUDY, "2021", STUDY.departure, [20], ["radius"], ["transfer"], "cnn1d", TINY)


def _plan(method: str, km: float) -> Plan:
    design = Radius(km) if METHODS[method].visits else NoVisit()
    return dataclasses.replace(ASKED, method=METHODS[method](), design=design)


def option(
    method: str, cost: float, f1: float, half: float = 0.02, km: float = 20.0, days: float = 1.0
) -> Option:
    """An option of that method, cost and score; half is the half width of its interval."""
    plan, score = _plan(method, km), Estimate(f1, max(0.0, f1 - half), min(1.0, f1 + half))
    visited = (("p1", "p2"),) * plan.repeats if plan.method.visits else ((),) * plan.repeats
    outcome = Outcome(
        plan, "Made up", "simulated", ("maize",), visited, 10, score, score, {"maize": score},
        {"maize": score}, (), (f1,) * plan.repeats, (f1,) * plan.repeats, [[1]], [[1]], (), 1.0, {},
    )  # fmt: skip
    return Option(outcome, days, exactly(0.0), exactly(cost))
