"""Answered plans with the bills of their trips, and which of them no other beats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, pairwise

import pandas as pd

from engine.domain import Departure, Estimate, Study
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan
from engine.experiments.scores import MACRO_F1, Metric, difference, score_of
from engine.fieldwork.costs import Cost, Range, Tariff
from engine.fieldwork.estimate import estimate

STRAIGHT = 1e-9  # above the chord: less is no bend


@dataclass(frozen=True)
class Option:
    """An answered plan and the likely bill of its trip (the mean over repeats that visit other parcels).

    Parameters
    ----------
    crew_days, km, money
        Days of work, distance and price of the trip, money in the currency of the tariff.
    typical
        The repeat whose trip costs closest to that mean: the one to drive.
    metric
        The score by which it is compared.
    """

    outcome: Outcome
    crew_days: float
    km: Range
    money: Range
    typical: int = 0
    metric: Metric = MACRO_F1

    @property
    def visited(self) -> tuple[str, ...]:
        """Ids of the parcels of the typical trip."""
        return self.outcome.visited[self.typical]

    @property
    def plan(self) -> Plan:
        """What was asked."""
        return self.outcome.plan

    @property
    def visits(self) -> bool:
        """Whether it is a trip."""
        return self.outcome.visits

    @property
    def f1(self) -> Estimate:
        """The score that decides: macro F1 over pixels, unless another metric was asked for."""
        return score_of(self.outcome, self.metric)


def priced(
    study: Study, outcomes: Sequence[Outcome], tariff: Tariff, metric: Metric = MACRO_F1
) -> list[Option]:
    """Outcomes with the estimated bill of their trips, by `engine.fieldwork.estimate`.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    outcomes
        Answers to this study.
    tariff
        By which the trips are billed.
    metric
        The score by which they are compared; each outcome must have it.
    """
    bills: dict[tuple[str, Departure, tuple[str, ...]], Cost] = {}
    sites = {
        label: pd.DataFrame(study.parcels_in(label)[["lon", "lat", "parcel_id"]]).set_index("parcel_id")
        for label in {outcome.plan.target for outcome in outcomes}
    }
    rows = {label: dict(zip(surveyed.index, count(), strict=False)) for label, surveyed in sites.items()}

    def cost(plan: Plan, visited: tuple[str, ...]) -> Cost:
        key = (plan.target, plan.departure, visited)
        if key not in bills:
            row = rows[plan.target]
            chosen = sorted(row[name] for name in set(visited) if name in row)
            bills[key] = estimate(sites[plan.target].iloc[chosen], plan.departure, tariff)
        return bills[key]

    options = []
    for outcome in outcomes:
        trips = [cost(outcome.plan, visited) for visited in outcome.visited]
        share, money = 1 / len(trips), _mean([trip.money for trip in trips])
        days = sum(trip.crew_days for trip in trips) * share
        typical = min(range(len(trips)), key=lambda repeat: abs(trips[repeat].money.likely - money.likely))
        options.append(Option(outcome, days, _mean([trip.km for trip in trips]), money, typical, metric))
    return options


def gap(option: Option, other: Option) -> Estimate:
    """What the first scores more than the other, with the interval of the difference.

    Parameters
    ----------
    option, other
        Of one comparison, by one metric.
    """
    return difference(option.outcome, other.outcome, option.metric)


def _mean(ranges: Sequence[Range]) -> Range:
    count = len(ranges)
    return Range(
        sum(part.likely for part in ranges) / count,
        sum(part.low for part in ranges) / count,
        sum(part.high for part in ranges) / count,
    )


def pareto(options: Sequence[Option]) -> tuple[Option, ...]:
    """Options that no other beats in both likely cost and score, the cheapest first.

    Parameters
    ----------
    options
        Of one comparison.
    """
    front: list[Option] = []
    for option in sorted(options, key=lambda option: (option.money.likely, -option.f1.value)):
        if not front or option.f1.value > front[-1].f1.value:
            front.append(option)
    return tuple(front)


def knee(front: Sequence[Option]) -> Option:
    """Where the front bends: beyond it, money buys little.

    With cost and score scaled to 0..1 over the front, the option that lies highest above the straight line
    between the ends. A front without a bend, or of fewer than three options, gives its best option per money
    that is not free, or the only one.

    Parameters
    ----------
    front
        The Pareto front, the cheapest option first; not empty.

    References
    ----------
    Satopaa et al. (2011), "Finding a kneedle in a haystack", ICDCS workshops.
    """
    money, f1 = [option.money.likely for option in front], [option.f1.value for option in front]
    if len(front) >= 3:
        above = [
            (y - f1[0]) / (f1[-1] - f1[0]) - (x - money[0]) / (money[-1] - money[0])
            for x, y in zip(money, f1, strict=True)
        ]
        most = max(range(len(front)), key=above.__getitem__)
        if above[most] > STRAIGHT:  # the ends lie on the line: they are no bend
            return front[most]
    paid = [option for option in front if option.money.likely > 0]
    if not paid:
        return front[0]
    free = front[0].f1.value if front[0].money.likely == 0 else 0.0
    return max(paid, key=lambda option: (option.f1.value - free) / option.money.likely)


def marginal_price(front: Sequence[Option]) -> list[float]:
    """Money for each further point (0.01) of the score from one option of the front to the next.

    Parameters
    ----------
    front
        The Pareto front, the cheapest option first.
    """
    return [price_of_a_point(before, after) for before, after in pairwise(front)]


def price_of_a_point(cheaper: Option, dearer: Option) -> float:
    """Money for each point (0.01) of the score that the dearer option has more.

    Parameters
    ----------
    cheaper, dearer
        Options of the same comparison; the dearer has the higher score.
    """
    return (dearer.money.likely - cheaper.money.likely) / (100 * (dearer.f1.value - cheaper.f1.value))
