"""An advice as rows: its front, its prices, its claims, the classes that its trip misses."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from engine.decisions.advice import Advice
from engine.decisions.claim_wording import claim_sentence
from engine.decisions.claims import claims
from engine.decisions.class_mix import ClassMix
from engine.decisions.missed import missed_classes
from engine.decisions.options import Option
from engine.decisions.outlook import Choice
from engine.decisions.prices import prices, steps
from engine.decisions.rows import estimate_row, forecast_row, option_row, table_of

FRONT_COLUMNS = (
    "recommended", "method", "design", "equivalent_radius_km", "parcels", "crew_days", "money",
    "score", "score_low", "score_high", "marginal_price",
)  # fmt: skip


def price_rows(advice: Advice) -> list[dict[str, Any]]:
    """The steps of the convex frontier as JSON, the cheapest first.

    Parameters
    ----------
    advice
        With the options that were compared.
    """
    return [
        {
            "cheaper": step.cheaper.plan.key,
            "dearer": step.dearer.plan.key,
            "gain": estimate_row(step.gain),
            "price_of_a_point": step.price,
        }
        for step in steps(advice.payable)
    ]


def front_table(advice: Advice) -> pd.DataFrame:
    """What each further point of the score costs.

    Parameters
    ----------
    advice
        With its Pareto front.

    Returns
    -------
    One row an option of the Pareto front, the cheapest first, with `FRONT_COLUMNS`; ``marginal_price`` is
    money for each point (0.01) more than the option before it on the convex frontier, two significant
    digits; None off that frontier, and where the data can't show a difference.
    """
    price_of = prices(advice.payable)
    rows = [
        {
            **option_row(option),
            "recommended": option == advice.recommended,
            "money": round(option.money.likely),
            "marginal_price": price_of.get(option.plan.key),
        }
        for option in advice.pareto
    ]
    return table_of(rows, FRONT_COLUMNS)


def missed_rows(mix: ClassMix, visited: Collection[str]) -> dict[str, Any]:
    """The classes that a trip misses as JSON, and what the classes are known by.

    Parameters
    ----------
    mix
        Classes of the season's parcels, or what stands in for them.
    visited
        Ids of the parcels of the trip.
    """
    return {
        "classes": mix.basis,
        "classes_of": mix.season or None,
        "missed": [vars(each) for each in missed_classes(mix, visited)],
    }


def choice_row(choice: Choice) -> dict[str, Any]:
    """A trip of an open season with its forecast, nested.

    Parameters
    ----------
    choice
        The trip; ``name`` is what ``report --trip`` takes, ``routed`` says whether its money is that of the
        routed trip.
    """
    return {"name": choice.name, **forecast_row(choice.forecast), "routed": choice.routed}


def claim_rows(advice: Advice, currency: str) -> list[dict[str, Any]]:
    """The claims of an advice as JSON, each with its sentence.

    Parameters
    ----------
    advice, currency
        For one season and departure; code of the tariff's currency.
    """
    return [
        {
            "kind": claim.kind,
            "text": claim_sentence(claim, advice, currency),
            "option": _key(claim.option),
            "beside": _key(claim.beside),
            "change": estimate_row(claim.change),
            "money": claim.money,
            "count": claim.count,
            "of": claim.of,
        }
        for claim in claims(advice)
    ]


def _key(option: Option | None) -> str | None:
    return option.plan.key if option else None
