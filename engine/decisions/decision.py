"""What to do in a season, and what that rests on: the way from answers to advice that page, command line and
report share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.decisions.advice import Advice, advise
from engine.decisions.comparison import Question, comparisons
from engine.decisions.options import Option, priced
from engine.domain import Departure, Study
from engine.experiments.outcome import Outcome
from engine.fieldwork.costs import Tariff


@dataclass(frozen=True)
class Decision:
    """Advice for a season and a departure.

    Parameters
    ----------
    question, outcomes
        The comparison that it rests on.
    options
        Its outcomes with their costs by the tariff.
    """

    question: Question
    outcomes: tuple[Outcome, ...]
    options: tuple[Option, ...]
    tariff: Tariff
    advice: Advice

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


def decide(
    study: Study,
    outcomes: Sequence[Outcome],
    target: str,
    departure: Departure,
    tariff: Tariff,
    *,
    value_of_point: float | None = None,
    budget: float | None = None,
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

    Raises
    ------
    PlanError
        Where the budget pays for none of the answered trips.
    """
    comparison = fullest(study, outcomes, target, departure)
    if comparison is None:
        return None
    question, answers = comparison
    options = priced(study, answers, tariff)
    advice = advise(options, value_of_point=value_of_point, budget=budget)
    return Decision(question, tuple(answers), tuple(options), tariff, advice)
