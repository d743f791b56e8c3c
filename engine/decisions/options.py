"""Answered plans with the bills of their trips, and which of them no other beats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import pandas as pd

from engine.decisions.cheapest import standard_error
from engine.domain import Departure, Estimate, Study
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan
from engine.experiments.scores import (
    MACRO_F1,
    Metric,
    difference,
    difference_error,
    same_test,
    score_of,
)
from engine.fieldwork.costs import Cost, Range, Tariff
from engine.fieldwork.estimate import estimate


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


def gap_error(option: Option, other: Option) -> float:
    """The standard error of `gap`; 0 of an option beside itself.

    Parameters
    ----------
    option, other
        Of one comparison, by one metric.
    """
    if option is other:
        return 0.0
    if same_test(option.outcome, other.outcome):
        return difference_error(option.outcome, other.outcome, option.metric)
    return standard_error(gap(option, other))


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
