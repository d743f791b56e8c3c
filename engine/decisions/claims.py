"""Why an advice is what it is, as facts: what each sentence of `engine.decisions.claim_wording` claims.

A claim names options and numbers, so that a test can check it against the options that were compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from engine.decisions.advice import Advice, one_more_day
from engine.decisions.options import Option, gap
from engine.decisions.prices import steps
from engine.domain import Estimate
from engine.experiments.outcome import Outcome, trips_of
from engine.learning.methods import METHODS

Kind = Literal[
    "no baseline", "gain", "no trip", "cheapest alike", "no trips", "nothing fits", "over budget", "losing",
    "one more day", "price",
]  # fmt: skip
V = TypeVar("V", Option, Outcome)


@dataclass(frozen=True)
class Claim:
    """One reason for an advice. What a kind does not speak of is None.

    Parameters
    ----------
    kind
        What is claimed, see `claims`.
    option, beside
        The option that it speaks of, and the one that this is compared with.
    change
        What the option scores more than the other, 0 to 1.
    money
        An amount: how much more the option costs, the budget, or the price of a point.
    count, of
        How many of how many trips.
    """

    kind: Kind
    option: Option | None = None
    beside: Option | None = None
    change: Estimate | None = None
    money: float | None = None
    count: int | None = None
    of: int | None = None


def claims(advice: Advice) -> tuple[Claim, ...]:
    """Why this is the advice, the weightiest first.

    ``no baseline``: the map without a trip is not answered. ``gain``: the recommended trip beside it. ``no
    trip``: the best trip that can be paid beside it, where it is recommended. ``cheapest alike``: the best
    option beside the recommended one, which is as good as the data can show. ``no trips``: none is answered.
    ``nothing fits``: no trip keeps the budget; the option is the cheapest of them that scores more than the
    baseline, if any does. ``over budget``: how many trips exceed it. ``losing``: how many trips of a method
    score below its own baseline. ``one more day``: the next longer trip. ``price``: what a point costs on the
    first step of the convex frontier, from the recommended option on, that the data resolve.

    Parameters
    ----------
    advice
        For one season and departure.
    """
    return (*_beside_the_baseline(advice), *_of_the_budget(advice), *losing(advice), *_further(advice))


def own_baseline(option: V, options: Sequence[V]) -> V | None:
    """The map without a trip that a method has to beat: of models that learn from source seasons as its own
    do, else the first in the order of `METHODS`, the study's; None where all are trips.

    Parameters
    ----------
    option, options
        A trip, and all outcomes or options of its comparison.
    """
    free: list[V] = [other for other in options if not other.visits]
    alike: list[V] = [other for other in free if other.plan.method.source == option.plan.method.source]
    rank = list(METHODS)
    return min(alike or free, key=lambda other: rank.index(other.plan.method.name), default=None)


def _beside_the_baseline(advice: Advice) -> Iterator[Claim]:
    best, baseline = advice.recommended, advice.baseline
    if baseline is None:
        yield Claim("no baseline")
    elif best is not baseline:
        yield Claim("gain", best, baseline, advice.gain)
    elif trips := trips_of(advice.payable):
        top = max(trips, key=lambda option: option.f1.value)
        if top is not advice.best:  # else it is what the next claim says
            yield Claim("no trip", top, best, gap(top, best), top.money.likely)
    if advice.best is not best:
        change, extra = gap(advice.best, best), advice.best.money.likely - best.money.likely
        yield Claim("cheapest alike", advice.best, best, change, extra)


def _of_the_budget(advice: Advice) -> Iterator[Claim]:
    fitting, beyond = trips_of(advice.payable), trips_of(advice.beyond)
    if not fitting and not beyond:
        yield Claim("no trips")
    elif not fitting:
        yield Claim("nothing fits", advice.cheapest_better, advice.baseline, money=advice.budget)
    elif beyond:
        yield Claim("over budget", money=advice.budget, count=len(beyond), of=len(fitting) + len(beyond))


def losing(advice: Advice) -> Iterator[Claim]:
    """By method, the recommended first, how many of its trips within the budget score below its own baseline;
    methods none of whose trips do are passed over.

    Parameters
    ----------
    advice
        For one season and departure.
    """
    trips = trips_of(advice.payable)
    first = advice.recommended.plan.method.name
    methods = sorted(
        {trip.plan.method.name: trip.plan.method for trip in trips}.values(),
        key=lambda method: (method.name != first, -list(METHODS).index(method.name)),
    )
    for method in methods:
        own = [trip for trip in trips if trip.plan.method.name == method.name]
        baseline = own_baseline(own[0], [*own, *advice.without_trip])
        if baseline is None:
            continue
        below = sum(trip.f1.value < baseline.f1.value for trip in own)
        if below:
            yield Claim("losing", own[0], baseline, count=below, of=len(own))


def _further(advice: Advice) -> Iterator[Claim]:
    best = advice.recommended
    longer = one_more_day(advice)
    if longer is not None:
        option, change = longer
        yield Claim("one more day", option, best, change, option.money.likely - best.money.likely)
    for step in steps(advice.payable):
        if step.price is not None and step.cheaper.money.likely >= best.money.likely:
            yield Claim("price", step.dearer, step.cheaper, step.gain, step.price)
            return
