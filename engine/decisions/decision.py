"""What to do in a season, and what that rests on: the way from answers to advice that page, command line and
report share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from engine.decisions.advice import Advice, Option, advise, marginal_price, priced
from engine.decisions.comparison import Question, comparisons
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


def fullest(
    study: Study, outcomes: Sequence[Outcome], target: str, departure: Departure
) -> tuple[Question, list[Outcome]] | None:
    """The comparison with the most answers for that season and departure; None where there is none."""
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
    value_of_point, budget
        See `engine.decisions.advice.advise`.

    Raises
    ------
    PlanError
        Where the budget pays for none of the answered trips.
    """
    found = fullest(study, outcomes, target, departure)
    if found is None:
        return None
    question, answers = found
    options = priced(study, answers, tariff)
    advice = advise(options, value_of_point=value_of_point, budget=budget, currency=tariff.currency)
    return Decision(question, tuple(answers), tuple(options), tariff, advice)


def front(advice: Advice) -> pd.DataFrame:
    """What each further point of macro F1 costs.

    Returns
    -------
    One row an option of the Pareto front, the cheapest first: ``recommended``, ``option``, ``parcels``,
    ``days``, ``money``, ``macro_f1``, ``low``, ``high`` and ``per_point`` (money for each point, 0.01, more
    than the row before has).
    """
    prices = [None, *(round(price) for price in marginal_price(advice.pareto))]
    rows = [
        {
            "recommended": one == advice.recommended,
            "option": one.outcome.plan.title,
            "parcels": one.outcome.parcels,
            "days": one.crew_days,
            "money": round(one.money.likely),
            "macro_f1": one.f1.value,
            "low": one.f1.low,
            "high": one.f1.high,
            "per_point": price,
        }
        for one, price in zip(advice.pareto, prices, strict=True)
    ]
    return pd.DataFrame(rows)
