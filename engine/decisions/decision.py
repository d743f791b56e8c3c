"""What to do in a season, and what that rests on: the way from answers to advice that page, command line and
report share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.decisions.advice import Advice, advise
from engine.decisions.comparison import Question, comparisons
from engine.decisions.options import Option, priced
from engine.domain import Departure, PlanError, Study
from engine.experiments.outcome import Outcome
from engine.experiments.scores import MACRO_F1, Metric, lacking
from engine.fieldwork.costs import Tariff


class Aims(NamedTuple):
    """What a decision weighs: what a point is worth and money at most, None where not stated; the score."""

    value_of_point: float | None = None
    budget: float | None = None
    metric: Metric = MACRO_F1


@dataclass(frozen=True)
class Decision:
    """Advice for a season and a departure.

    Parameters
    ----------
    question, outcomes
        The comparison that it rests on.
    options
        Its outcomes with their costs by the tariff.
    left_out
        Outcomes of the comparison that can't give the metric; they are not among ``outcomes``.
    """

    question: Question
    outcomes: tuple[Outcome, ...]
    options: tuple[Option, ...]
    tariff: Tariff
    advice: Advice
    left_out: tuple[Outcome, ...] = ()

    @property
    def metric(self) -> Metric:
        """The score that decides."""
        return self.advice.metric

    @property
    def provisional(self) -> bool:
        """Whether the advice rests on provisional outcomes."""
        return self.advice.provisional


def fullest(
    study: Study, outcomes: Sequence[Outcome], target: str, departure: Departure
) -> tuple[Question, list[Outcome]] | None:
    """The comparison with the most answers for that season and departure; None where there is none.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    outcomes
        Answers of any season.
    target
        Label of the season to map.
    departure
        Where the trip starts and ends.
    """
    for question, answers in comparisons(study, outcomes).items():
        if question.target == target and question.departure == departure:
            return question, answers
    return None


def able(outcomes: Sequence[Outcome], metric: Metric) -> tuple[list[Outcome], list[Outcome]]:
    """Outcomes that can give a score, and those that can't.

    Parameters
    ----------
    outcomes
        Answers of one comparison.
    metric
        The score.

    Raises
    ------
    PlanError
        Where none can.
    """
    reasons = {outcome.plan: lacking(outcome, metric) for outcome in outcomes}
    giving = [outcome for outcome in outcomes if not reasons[outcome.plan]]
    if outcomes and not giving:
        raise PlanError(
            f"None of the {len(outcomes)} outcomes of this comparison gives {metric.title}. "
            f"{reasons[outcomes[0].plan]}"
        )
    return giving, [outcome for outcome in outcomes if reasons[outcome.plan]]


def decide(
    study: Study,
    outcomes: Sequence[Outcome],
    target: str,
    departure: Departure,
    tariff: Tariff,
    *,
    value_of_point: float | None = None,
    budget: float | None = None,
    metric: Metric = MACRO_F1,
) -> Decision | None:
    """What to do, from the fullest comparison; None where nothing is answered.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    outcomes
        Answers of any season.
    target
        Label of the season to map.
    departure
        Where the trip starts and ends.
    tariff
        By which the trips are billed.
    value_of_point, budget
        Money, see `engine.decisions.advice.advise`.
    metric
        The score that decides.

    Raises
    ------
    PlanError
        Where the budget pays for none of the answered trips, or no outcome gives the metric.
    """
    comparison = fullest(study, outcomes, target, departure)
    if comparison is None:
        return None
    question, answers = comparison
    giving, left_out = able(answers, metric)
    options = priced(study, giving, tariff, metric)
    advice = advise(options, value_of_point=value_of_point, budget=budget)
    return Decision(question, tuple(giving), tuple(options), tariff, advice, tuple(left_out))
