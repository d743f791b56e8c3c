"""The sentences about an open season: what to do, on which evidence, and what the classes rest on."""

from __future__ import annotations

import pandas as pd

from engine.decisions.class_mix import Basis, ClassMix
from engine.decisions.outlook import Choice, Outlook
from engine.decisions.wording import counted, label_of, listed, lowered, money, points
from engine.domain import Study
from engine.sampling import DESIGNS


def basis_sentence(basis: Basis, season: str = "") -> str:
    """What class counts are of; empty where they are of labels.

    Parameters
    ----------
    basis
        See `engine.decisions.class_mix.ClassMix`.
    season
        The last season with labels, where the basis is one of it.
    """
    return {
        "labels": "",
        "predicted": "The classes are predicted by the source model: this season has no labels yet.",
        "same fields": f"The classes are those of {season} at the same fields: there are no labels yet.",
        "last season": f"The classes are the mix of {season} in all: this season has no labels yet.",
        "unknown": "The classes are not known yet.",
    }[basis]


def choice_title(choice: Choice) -> str:
    """A trip of an open season in a few words.

    Parameters
    ----------
    choice
        The trip with its forecast.
    """
    request, row = choice.trip.request, choice.forecast
    design = lowered(label_of(DESIGNS[request.design]))
    return f"{design} {row.equivalent_radius_km:.3g} km, {counted(row.parcels, 'parcel')}"


def outlook_headline(outlook: Outlook) -> str:
    """What to do in an open season.

    Parameters
    ----------
    outlook
        Its trips, forecast.
    """
    best, place, currency = outlook.recommended, outlook.departure.title, outlook.tariff.currency
    if best is None and outlook.beyond_budget == len(outlook.choices) > 0:
        cheapest = money(outlook.choices[0].forecast.money, currency)
        return f"No backtested trip is within the budget; the cheapest costs {cheapest}"
    if best is None:
        return f"Map {outlook.target} without a trip: no backtested trip from {place} is a good bet"
    gain = points(best.forecast.gain, 1.0)
    cost = money(best.forecast.money, currency)
    return f"Go from {place}: {choice_title(best)}, for about {cost}. Forecast: {gain}"


def outlook_reasons(study: Study, outlook: Outlook) -> tuple[str, ...]:
    """On which evidence, and what is not known.

    Parameters
    ----------
    study
        With its seasons.
    outlook
        Its trips, forecast.
    """
    best, currency = outlook.recommended, outlook.tariff.currency
    seasons = sorted({gain.season for gain in outlook.gains})
    drawn = sorted({gain.design for gain in outlook.gains})
    designs = [lowered(label_of(DESIGNS[name])) if name in DESIGNS else name for name in drawn]
    reasons = [
        f"Season {outlook.target} has no labels yet: this is a forecast, and nothing was tested in it.",
        f"It rests on what such trips gained over the map without one in {listed(seasons)} "
        f"({listed(designs)}).",
    ]
    if best is not None:
        row = best.forecast
        gain = f"A gain has a probability of {row.probability_of_gain:.0%}"
        if row.probability_worth_cost is not None and outlook.value_of_point is not None:
            value = money(outlook.value_of_point, currency)
            gain += f"; that it is worth its cost at {value} a point, {row.probability_worth_cost:.0%}"
        reasons.append(f"{gain}. The interval holds the gain with 90%.")
    elif outlook.value_of_point is not None:
        value = money(outlook.value_of_point, currency)
        reasons.append(f"At {value} a point no trip is expected to be worth its cost.")
    else:
        reasons.append("No trip is likelier to gain than to lose.")
    if outlook.beyond_budget and outlook.budget is not None:
        limit = money(outlook.budget, currency)
        reasons.append(f"{counted(outlook.beyond_budget, 'trip')} cost more than the budget of {limit}.")
    if outlook.not_ready:
        left_out = listed([lowered(label_of(DESIGNS[name])) for name in outlook.not_ready])
        why = f"ask source models what they see in {outlook.target}, which has no series yet"
        if outlook.has_series:
            untrained = f"ask source models of {outlook.target} that are not trained"
            why = f"{untrained}; run --backtest with them trains them"
        reasons.append(f"Left out: {left_out}. These designs {why}.")
    return tuple(reasons)


def mix_sentence(mix: ClassMix, table: pd.DataFrame) -> str:
    """What class counts are of, and the counts.

    Parameters
    ----------
    mix
        What stands in for the classes of the season.
    table
        Its counts, as `ClassMix.counts` gives them.
    """
    held = ", ".join(f"{crop} {within:,}" for crop, within in table[["crop", "within"]].to_numpy(object))
    return basis_sentence(mix.basis, mix.season) + (f" That gives {held}." if held else "")
