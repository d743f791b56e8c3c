"""From answered plans and their costs to a recommendation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from engine.decisions.options import Option, gap, knee, pareto
from engine.domain import Estimate, PlanError
from engine.experiments.outcome import Outcome, baseline_of, trips_of
from engine.experiments.scores import Metric, score_of

DAY_LEAST, DAY_MOST = 0.5, 2.0  # what counts as about a day longer


@dataclass(frozen=True)
class Advice:
    """What to do. `engine.decisions.wording.reasons` says why.

    Parameters
    ----------
    recommended
        The option to take; the baseline where no trip is worth it.
    gain
        Its score above the baseline's; None where it is the baseline or none was answered.
    probability_worth_cost
        That the gain is worth its cost at the stated value of a point; without one, that there is a gain.
    pareto
        Options that no other beats in both cost and score, the cheapest first.
    baseline
        The map without a trip, if it was answered.
    payable
        All options that were compared: within the budget, and of those without a trip the baseline alone.
    value_of_point
        Money that one point (0.01) of the score is worth, if it was stated.
    """

    recommended: Option
    gain: Estimate | None
    probability_worth_cost: float | None
    pareto: tuple[Option, ...]
    baseline: Option | None
    payable: tuple[Option, ...]
    value_of_point: float | None = None

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


def standard_error(estimate: Estimate) -> float:
    """The standard error that an interval stands for, taking it for that of a normal distribution.

    Parameters
    ----------
    estimate
        With its interval.
    """
    return (estimate.high - estimate.low) / (2 * NormalDist().inv_cdf((1 + estimate.level) / 2))


def advise(
    options: Sequence[Option], *, value_of_point: float | None = None, budget: float | None = None
) -> Advice:
    """Recommend one of the options of one comparison.

    With a value for a point (0.01) of the score, the option with the largest likely surplus; without one,
    the knee of the Pareto front. A trip that does not beat the baseline is never recommended.

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
    if not options:
        raise PlanError("No plan of this season is answered yet. Run some first, then ask for advice.")
    baseline = baseline_of(options)
    compared = [option for option in options if option.visits or option is baseline]
    payable = [option for option in compared if budget is None or option.money.likely <= budget]
    if not payable:
        least = min(options, key=lambda option: option.money.likely)
        raise PlanError(
            f"A budget of {budget:,.0f} pays for none of the answered trips; the cheapest costs "
            f"{least.money.likely:,.0f}. Raise it, or answer shorter trips."
        )
    front = pareto(payable)
    if value_of_point is not None:
        chosen = max(payable, key=lambda option: 100 * option.f1.value * value_of_point - option.money.likely)
    else:
        chosen = knee(front)
    if baseline is not None and chosen.f1.value <= baseline.f1.value:
        chosen = baseline
    gain = gap(chosen, baseline) if baseline and chosen is not baseline else None
    worth = None
    if gain is not None:
        cost_in_f1 = chosen.money.likely / value_of_point / 100 if value_of_point else 0.0
        worth = probability_above(gain, cost_in_f1)
    return Advice(chosen, gain, worth, front, baseline, tuple(payable), value_of_point)


def leading(outcomes: Sequence[Outcome], advice: Advice) -> list[Outcome]:
    """What a first look needs: the baselines, and the recommended method's designs that are on the front,
    beside the circle and its equal count at random.

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
    designs = {"radius", "random", *(option.plan.design.name for option in advice.pareto)}
    return [
        outcome
        for outcome in outcomes
        if not outcome.visits or (outcome.plan.method == method and outcome.plan.design.name in designs)
    ]


def cheaper_alike(advice: Advice) -> Option | None:
    """The cheapest trip of the front that costs less than the recommended one and that its data can't tell
    apart from it; None where there is none.

    Parameters
    ----------
    advice
        For one season and departure.
    """
    best = advice.recommended
    for option in advice.pareto:
        if 0 < option.money.likely < best.money.likely and gap(best, option).low <= 0:
            return option
    return None


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
