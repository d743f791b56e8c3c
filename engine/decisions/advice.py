"""From answered plans and their costs to a recommendation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from engine.amounts import check_money
from engine.decisions.cheapest import cheapest_alike, standard_error
from engine.decisions.options import Option, gap, gap_error, pareto
from engine.domain import Estimate, PlanError
from engine.experiments.outcome import Outcome, baseline_of, trips_of
from engine.experiments.scores import Metric, score_of

MOST_DESIGNS = 6  # curves that the eye can follow in a chart
DAY_LEAST, DAY_MOST = 0.5, 2.0  # what counts as about a day longer


@dataclass(frozen=True)
class Advice:
    """What to do. `engine.decisions.claims.claims` says why.

    Parameters
    ----------
    recommended
        The option to take: the cheapest that the data cannot tell from the best.
    best
        The option with the highest score, or with the largest surplus at the stated value of a point.
    gain
        What the recommended option scores above the baseline; None where it is the baseline or none was
        answered.
    probability_worth_cost
        That the gain is worth its cost at the stated value of a point; without one, that there is a gain.
    pareto
        Options that no other beats in both cost and score, the cheapest first.
    baseline
        The map without a trip, if it was answered.
    payable
        All options that were compared: within the budget, and of those without a trip the baseline alone.
    beyond
        Trips that cost more than the budget, the cheapest first.
    value_of_point
        Money that one point (0.01) of the score is worth, if it was stated.
    budget
        Money at most, if there is a limit.
    without_trip
        Every map without a trip, the baseline and those of other methods.
    """

    recommended: Option
    best: Option
    gain: Estimate | None
    probability_worth_cost: float | None
    pareto: tuple[Option, ...]
    baseline: Option | None
    payable: tuple[Option, ...]
    beyond: tuple[Option, ...] = ()
    value_of_point: float | None = None
    budget: float | None = None
    without_trip: tuple[Option, ...] = ()

    @property
    def metric(self) -> Metric:
        """The score that decides."""
        return self.recommended.metric

    @property
    def provisional(self) -> bool:
        """Whether an option that was compared rests on some of its plan's repeats, so that more repeats may
        change the advice.
        """
        return any(option.outcome.provisional for option in self.payable)

    @property
    def cheapest_better(self) -> Option | None:
        """Of all trips that were tried, also beyond the budget, the cheapest that scores more than the
        baseline; None without such a trip, or without a baseline.
        """
        baseline = self.baseline
        if baseline is None:
            return None
        trips = trips_of([*self.payable, *self.beyond])
        return min(
            (trip for trip in trips if trip.f1.value > baseline.f1.value),
            key=lambda option: option.money.likely,
            default=None,
        )


def probability_above(gain: Estimate, threshold: float) -> float:
    """That a difference exceeds a threshold, taking its interval for that of a normal distribution.

    Parameters
    ----------
    gain
        The difference with its interval.
    threshold
        In the unit of the difference.
    """
    sd = standard_error(gain)
    if sd == 0:
        return float(gain.value > threshold)
    return NormalDist(threshold, sd).cdf(gain.value)


def advise(
    options: Sequence[Option], *, value_of_point: float | None = None, budget: float | None = None
) -> Advice:
    """Recommend one of the options of one comparison: the cheapest that the data cannot tell from the best.

    Best is the highest score, or with a value for a point (0.01) of the score the largest surplus of value
    over cost. An option is as good where it falls short of the best by at most the standard error of their
    difference, see `engine.decisions.cheapest`. The map without a trip is an option like any other; one that
    another beats in both cost and score is never recommended.

    Parameters
    ----------
    options
        Of one comparison.
    value_of_point
        Money that one point is worth; None where it is not stated.
    budget
        Money at most, by the likely rates; None where there is no limit.

    Raises
    ------
    PlanError
        Where nothing is answered, or nothing can be paid.
    """
    check_money(value_of_point, "A value of a point")
    check_money(budget, "A budget")
    if not options:
        raise PlanError("No plan of this season is answered yet. Run some first, then ask for advice.")
    baseline = baseline_of(options)
    compared = [option for option in options if option.visits or option is baseline]
    payable = [option for option in compared if budget is None or option.money.likely <= budget]
    beyond = [option for option in compared if budget is not None and option.money.likely > budget]
    beyond.sort(key=lambda option: option.money.likely)
    if not payable:
        raise PlanError(
            f"A budget of {budget:,.0f} pays for none of the answered trips; the cheapest costs "
            f"{beyond[0].money.likely:,.0f}. Raise it, or answer shorter trips."
        )
    front = pareto(payable)
    point, share = (100.0, 0.0) if value_of_point is None else (100 * value_of_point, 1.0)
    best, chosen = cheapest_alike(
        front,
        lambda option: option.money.likely,
        lambda option: point * option.f1.value - share * option.money.likely,
        lambda option, other: point * gap_error(option, other),
    )
    gain = gap(chosen, baseline) if baseline and chosen is not baseline else None
    worth = None
    if gain is not None:
        cost_in_f1 = chosen.money.likely / value_of_point / 100 if value_of_point else 0.0
        worth = probability_above(gain, cost_in_f1)
    return Advice(
        chosen, best, gain, worth, front, baseline, tuple(payable), tuple(beyond), value_of_point, budget,
        tuple(option for option in options if not option.visits),
    )  # fmt: skip


def leading(outcomes: Sequence[Outcome], advice: Advice) -> list[Outcome]:
    """What a first look needs: the baselines, and the recommended method's designs that are on the front,
    beside the circle and its equal count at random; six designs at most.

    Where no trip is recommended, the method of the best trip stands for it.

    Parameters
    ----------
    outcomes
        Answers of one comparison.
    advice
        Made from these outcomes.
    """
    trips = trips_of(outcomes)
    method = advice.recommended.plan.method
    if not method.visits and trips:
        method = max(trips, key=lambda outcome: score_of(outcome, advice.metric).value).plan.method
    front = [option.plan.design.name for option in reversed(trips_of(advice.pareto))]
    first = [advice.recommended.plan.design.name] if advice.recommended.visits else []
    designs = list(dict.fromkeys([*first, "radius", "random", *front]))[:MOST_DESIGNS]
    return [
        outcome
        for outcome in outcomes
        if not outcome.visits or (outcome.plan.method == method and outcome.plan.design.name in designs)
    ]


def one_more_day(advice: Advice) -> tuple[Option, Estimate] | None:
    """The next longer trip of the same method and design, and what it changes; None where none is answered
    that is about a day longer.

    Parameters
    ----------
    advice
        For one season and departure.

    Returns
    -------
    The longer trip, and the score (0 to 1) that it has more than the recommended one.
    """
    best = advice.recommended
    if not best.visits:
        return None
    longer = [
        option
        for option in advice.payable
        if (option.plan.method, option.plan.design.name) == (best.plan.method, best.plan.design.name)
        and DAY_LEAST <= option.crew_days - best.crew_days <= DAY_MOST
    ]
    if not longer:
        return None
    option = min(longer, key=lambda option: abs(option.crew_days - best.crew_days - 1))
    return option, gap(option, best)
