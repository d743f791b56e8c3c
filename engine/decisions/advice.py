"""From answered plans and their costs to a recommendation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
from scipy.special import ndtr

from engine.domain import Departure, Estimate, PlanError, Study
from engine.experiments.outcome import Outcome, baseline_of, trips_of
from engine.experiments.plan import Plan
from engine.fieldwork.costs import Cost, Range, Tariff, sign_of
from engine.fieldwork.estimate import estimate

Z95 = 1.959964
STRAIGHT = 1e-9  # above the chord: less is no bend
DAY_LEAST, DAY_MOST = 0.5, 2.0  # what counts as about a day longer


@dataclass(frozen=True)
class Option:
    """An answered plan and the likely bill of its trip (the mean over repeats that visit other parcels).

    Parameters
    ----------
    typical
        The repeat whose trip costs closest to that mean: the one to drive.
    """

    outcome: Outcome
    crew_days: float
    km: Range
    money: Range
    typical: int = 0

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
        """Whether it is a trip; else it is staying at home."""
        return self.outcome.visits

    @property
    def f1(self) -> Estimate:
        """Macro F1 over pixels."""
        return self.outcome.macro_f1


@dataclass(frozen=True)
class Advice:
    """What to do.

    Parameters
    ----------
    recommended
        The option to take; the free one where no trip is worth it.
    gain
        Its macro F1 above staying at home; None where nobody knows what staying gives.
    probability_worth_it
        That the gain is worth its cost at the stated value of a point; without one, that there is a gain.
    pareto
        Options that no other beats in both cost and macro F1, the cheapest first.
    home
        Staying at home, if it was answered.
    reasons
        Why, in sentences.
    """

    recommended: Option
    gain: Estimate | None
    probability_worth_it: float | None
    pareto: tuple[Option, ...]
    baseline: Option | None
    reasons: tuple[str, ...]


def priced(study: Study, outcomes: Sequence[Outcome], tariff: Tariff) -> list[Option]:
    """Outcomes with the estimated bill of their trips, by `engine.fieldwork.estimate`."""
    bills: dict[tuple[str, Departure, tuple[str, ...]], Cost] = {}
    sites = {
        label: pd.DataFrame(study.parcels_in(label)[["parcel_id", "lon", "lat"]])
        for label in {one.plan.target for one in outcomes}
    }

    def cost(outcome: Outcome, visited: tuple[str, ...]) -> Cost:
        plan = outcome.plan
        key = (plan.target, plan.departure, visited)
        if key not in bills:
            surveyed = sites[plan.target]
            bills[key] = estimate(surveyed[surveyed["parcel_id"].isin(visited)], plan.departure, tariff)
        return bills[key]

    options = []
    for one in outcomes:
        trips = [cost(one, visited) for visited in one.visited]
        share, mean = 1 / len(trips), _mean([trip.money for trip in trips])
        options.append(
            Option(
                one,
                sum(trip.crew_days for trip in trips) * share,
                _mean([trip.km for trip in trips]),
                mean,
                min(range(len(trips)), key=lambda row: abs(trips[row].money.likely - mean.likely)),
            )
        )
    return options


def _mean(ranges: Sequence[Range]) -> Range:
    count = len(ranges)
    return Range(
        sum(one.likely for one in ranges) / count,
        sum(one.low for one in ranges) / count,
        sum(one.high for one in ranges) / count,
    )


def pareto(options: Sequence[Option]) -> tuple[Option, ...]:
    """Options that no other beats in both likely cost and macro F1, the cheapest first."""
    front: list[Option] = []
    for one in sorted(options, key=lambda option: (option.money.likely, -option.f1.value)):
        if not front or one.f1.value > front[-1].f1.value:
            front.append(one)
    return tuple(front)


def knee(front: Sequence[Option]) -> Option:
    """Where the front bends: beyond it, money buys little.

    With cost and macro F1 scaled to 0..1 over the front, the option that lies highest above the straight line
    between the ends (Satopaa et al. 2011, "Finding a kneedle in a haystack", ICDCS workshops).

    A front without a bend, or of fewer than three options, gives its best option per money that is not
    free, or the only one.
    """
    money, f1 = [one.money.likely for one in front], [one.f1.value for one in front]
    if len(front) >= 3:
        above = [
            (y - f1[0]) / (f1[-1] - f1[0]) - (x - money[0]) / (money[-1] - money[0])
            for x, y in zip(money, f1, strict=True)
        ]
        most = max(range(len(front)), key=above.__getitem__)
        if above[most] > STRAIGHT:  # the ends lie on the line: they are no bend
            return front[most]
    paid = [one for one in front if one.money.likely > 0]
    if not paid:
        return front[0]
    home = front[0].f1.value if front[0].money.likely == 0 else 0.0
    return max(paid, key=lambda one: (one.f1.value - home) / one.money.likely)


def marginal_price(front: Sequence[Option]) -> list[float]:
    """Money for each further point (0.01) of macro F1 from one option of the front to the next."""
    return [
        (after.money.likely - before.money.likely) / (100 * (after.f1.value - before.f1.value))
        for before, after in pairwise(front)
    ]


def difference(one: Estimate, other: Estimate) -> Estimate:
    """One minus the other, as if they were independent.

    They share test parcels, so the true interval is narrower: this one errs on the side of saying that a
    difference cannot be shown.
    """
    value = one.value - other.value
    below = math.hypot(one.value - one.low, other.high - other.value)
    above = math.hypot(one.high - one.value, other.value - other.low)
    return Estimate(value, value - below, value + above, one.level)


def probability_above(gain: Estimate, threshold: float) -> float:
    """That a difference exceeds a threshold, taking its interval for that of a normal distribution."""
    sd = (gain.high - gain.low) / (2 * Z95)
    if sd == 0:
        return float(gain.value > threshold)
    return float(ndtr((gain.value - threshold) / sd))


def advise(
    options: Sequence[Option],
    *,
    value_of_point: float | None = None,
    budget: float | None = None,
    currency: str = "",
) -> Advice:
    """Recommend one of the options of one comparison.

    With a value for a point (0.01) of macro F1, the option with the largest likely surplus; without one,
    the knee of the Pareto front. A trip that does not beat staying at home is never recommended.

    Parameters
    ----------
    value_of_point
        Money that one point is worth.
    budget
        Money at most, by the likely rates.
    currency
        Of all money, for the words.

    Raises
    ------
    PlanError
        Where nothing is answered, or nothing can be paid.
    """
    if not options:
        raise PlanError("No plan of this season is answered yet. Run some first, then ask for advice.")
    home = baseline_of(options)
    worth_asking = [one for one in options if one.visits or one is home]  # other ways to stay are yardsticks
    payable = [one for one in worth_asking if budget is None or one.money.likely <= budget]
    if not payable:
        least = min(options, key=lambda one: one.money.likely)
        raise PlanError(
            f"A budget of {budget:,.0f} pays for none of the answered trips; the cheapest costs "
            f"{least.money.likely:,.0f}. Raise it, or answer shorter trips."
        )
    front = pareto(payable)
    if value_of_point is not None:
        chosen = max(payable, key=lambda one: 100 * one.f1.value * value_of_point - one.money.likely)
    else:
        chosen = knee(front)
    if home is not None and chosen.f1.value <= home.f1.value:
        chosen = home
    gain = difference(chosen.f1, home.f1) if home and chosen is not home else None
    worth = None
    if gain is not None:
        price = chosen.money.likely / value_of_point / 100 if value_of_point else 0.0
        worth = probability_above(gain, price)
    return Advice(
        chosen,
        gain,
        worth,
        front,
        home,
        _reasons(chosen, home, gain, worth, front, payable, value_of_point, sign_of(currency)),
    )


def _reasons(
    chosen: Option,
    home: Option | None,
    gain: Estimate | None,
    worth: float | None,
    front: Sequence[Option],
    payable: Sequence[Option],
    value_of_point: float | None,
    sign: str,
) -> tuple[str, ...]:
    def money(amount: float) -> str:
        return f"{amount:,.0f} {sign}".rstrip()

    reasons = []
    trips = trips_of(payable)
    if home is None:
        reasons.append(
            "What staying at home gives is not answered, so the trips are compared with each other."
        )
    elif chosen is home:
        best = max(trips, key=lambda one: one.f1.value, default=None)
        reasons.append(
            f"Staying at home gives {home.f1} and costs nothing"
            + (f"; the best trip gives {best.f1} for {money(best.money.likely)}." if best else ".")
        )
        prices = {
            one.money.likely / (100 * (one.f1.value - home.f1.value)): one
            for one in trips
            if one.f1.value > home.f1.value
        }
        if value_of_point is not None and prices:
            least = min(prices)
            reasons.append(
                f"The cheapest points cost {money(least)} each ({prices[least].outcome.title}), more than "
                f"the {money(value_of_point)} they are worth."
            )
    else:
        assert gain is not None
        reasons.append(
            f"It gains {100 * gain.value:.1f} points ({100 * gain.low:+.1f} to {100 * gain.high:+.1f}) over "
            f"staying at home, which gives {home.f1}."
        )
        if gain.low <= 0:
            reasons.append("The interval includes no gain: this is a difference that these data can't show.")
        if value_of_point is not None and worth is not None:
            reasons.append(f"It is worth its cost with a probability of {worth:.0%}.")
    if home is not None:
        losing = [one for one in trips if one.f1.value < home.f1.value]
        if losing:
            reasons.append(f"{len(losing)} of {len(trips)} trips score below staying at home.")
    cheaper = [
        one
        for one in front
        if 0 < one.money.likely < chosen.money.likely and difference(chosen.f1, one.f1).low <= 0
    ]
    if cheaper:
        reasons.append(
            f"{cheaper[0].outcome.title} costs {money(cheaper[0].money.likely)} and gives {cheaper[0].f1}: "
            "no difference that these data can show."
        )
    day = _one_more_day(chosen, payable)
    if day is not None:
        more, change = day
        shown = "." if change.low > 0 or change.high < 0 else ": no difference that these data can show."
        extra = money(more.money.likely - chosen.money.likely)
        reasons.append(
            f"One more day, {more.crew_days:.0f} instead of {chosen.crew_days:.0f} and {extra} more, "
            f"changes it by {100 * change.value:+.1f} points ({100 * change.low:+.1f} to "
            f"{100 * change.high:+.1f}){shown}"
        )
    after = [one for one in front if one.money.likely > chosen.money.likely]
    if after:
        price = (after[0].money.likely - chosen.money.likely) / (100 * (after[0].f1.value - chosen.f1.value))
        reasons.append(f"The next better option costs {money(price)} for each further point.")
    return tuple(reasons)


def leading(outcomes: Sequence[Outcome], advice: Advice) -> list[Outcome]:
    """What a first look needs: staying at home, and the recommended method's designs that are on the front,
    beside the circle and its equal count at random.

    Where the recommendation is to stay, the method of the best trip stands for it.
    """
    trips = trips_of(outcomes)
    method = advice.recommended.outcome.plan.method
    if not method.visits and trips:
        method = max(trips, key=lambda one: one.macro_f1.value).plan.method
    designs = {"radius", "random", *(one.outcome.plan.design.name for one in advice.pareto)}
    return [
        one
        for one in outcomes
        if not one.visits or (one.plan.method == method and one.plan.design.name in designs)
    ]


def _one_more_day(chosen: Option, payable: Sequence[Option]) -> tuple[Option, Estimate] | None:
    """The next longer trip of the same method and design, and what it changes; None where none is answered
    that is about a day longer.
    """
    plan = chosen.outcome.plan
    if not plan.method.visits:
        return None
    longer = [
        one
        for one in payable
        if (one.outcome.plan.method, one.outcome.plan.design.name) == (plan.method, plan.design.name)
        and DAY_LEAST <= one.crew_days - chosen.crew_days <= DAY_MOST
    ]
    more = min(longer, key=lambda one: abs(one.crew_days - chosen.crew_days - 1), default=None)
    return (more, difference(more.f1, chosen.f1)) if more else None
