"""A decision at a glance: one short sentence and five numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.decisions.advice import Advice
from engine.decisions.options import Option, gap
from engine.decisions.outlook import Choice, Outlook
from engine.decisions.texts import counted, money
from engine.decisions.wording import label_of, lowered
from engine.domain import Departure, Estimate
from engine.experiments.outcome import trips_of
from engine.fieldwork.estimate import estimate
from engine.sampling import DESIGNS

if TYPE_CHECKING:
    from engine.decisions.routed import RoutedTrip

MOST_WORDS = 12  # that a reader takes in at once
NONE = "–"


@dataclass(frozen=True)
class Tile:
    """A number with its name and what it needs to be understood.

    Parameters
    ----------
    name, value
        What it is, and the number as text.
    detail
        Its interval, or what it rests on; empty where it needs none.
    """

    name: str
    value: str
    detail: str = ""


@dataclass(frozen=True)
class Glance:
    """What to do, and the numbers that decide it.

    Parameters
    ----------
    sentence
        Of at most `MOST_WORDS` words.
    tiles
        Parcels, days, cost, gain, and the map without a trip.
    """

    sentence: str
    tiles: tuple[Tile, ...]


def glance_of_option(
    option: Option, advice: Advice, currency: str, routed: RoutedTrip | None = None
) -> Glance:
    """An answered option of a season in hindsight.

    Parameters
    ----------
    option
        The recommended one, or another of the advice.
    advice, currency
        For one season and departure; code of the tariff's currency.
    routed
        Its trip once routed; without it the bill is called an estimate.
    """
    baseline = advice.baseline
    free = _level_tile(baseline.f1 if baseline else None)
    departure, target = option.plan.departure, option.plan.target
    mark = "So far: " if advice.provisional and option is advice.recommended else ""
    if not option.visits:
        best = max(trips_of(advice.payable), key=lambda trip: trip.f1.value, default=None)
        gain = gap(best, baseline) if best and baseline else None
        sentence = _fitting(_without_trip(target, mark, _why_nobody_went(advice)))
        return Glance(sentence, (*_nothing(currency), _gain_tile("Best trip, points", gain, 100.0), free))
    design = option.plan.design
    bill = _bill_tiles(routed, math.ceil(option.crew_days), option.money.likely, currency)
    gain = gap(option, baseline) if baseline and baseline is not option else None
    parcels = len(routed.parcels) if routed else option.outcome.parcels
    return Glance(
        _fitting(_go(parcels, design.name, design.equivalent_radius_km, departure, mark)),
        (_parcel_tile(parcels, label_of(design)), *bill, _gain_tile("Gain, points", gain, 100.0), free),
    )


def glance_of_choice(choice: Choice | None, outlook: Outlook, routed: RoutedTrip | None = None) -> Glance:
    """A trip of a season without labels, or the map without one.

    Parameters
    ----------
    choice
        The recommended trip, or another of the outlook; None maps without a trip.
    outlook
        For one season and departure.
    routed
        Its trip once routed; without it the bill is called an estimate.
    """
    currency, departure = outlook.tariff.currency, outlook.departure
    first = choice or outlook.best or next(iter(outlook.choices), None)
    free = _level_tile(first.forecast.level if first else None)
    if choice is None:
        sentence = _fitting(_without_trip(outlook.target, "", _why_nobody_goes(outlook)))
        best = outlook.best.forecast.gain if outlook.best else None
        return Glance(sentence, (*_nothing(currency), _gain_tile("Best trip, points", best), free))
    row, request = choice.forecast, choice.trip.request
    design = DESIGNS[request.design]
    days = math.ceil(estimate(choice.trip.wanted, departure, request.tariff).crew_days)
    parcels = len(routed.parcels) if routed else row.parcels
    return Glance(
        _fitting(_go(parcels, design.name, row.equivalent_radius_km, departure, "")),
        (
            _parcel_tile(parcels, label_of(design)),
            *_bill_tiles(routed, days, row.money, currency),
            _gain_tile("Forecast, points", row.gain),
            free,
        ),
    )


def _go(parcels: int, design: str, km: float, departure: Departure, mark: str) -> Iterator[str]:
    """The trip in ever fewer words."""
    visit, place = f"{mark}Visit {counted(parcels, 'parcel')}", departure.title
    if design == "radius":
        yield f"{visit} within {km:.3g} km of {place}."
        yield f"{visit} within {km:.3g} km."
    else:
        how = lowered(label_of(DESIGNS[design])) if design in DESIGNS else design
        yield f"{visit} from {place}: {how}."
        yield f"{visit}: {how}."
    yield f"{visit}."


def _without_trip(target: str, mark: str, why: str) -> Iterator[str]:
    """The map without a trip in ever fewer words."""
    yield f"{mark}Map {target} without a trip. {why}"
    yield f"{mark}Map {target} without a trip."


def _fitting(sentences: Iterator[str]) -> str:
    """The first that is short enough."""
    sentence = ""
    for sentence in sentences:
        if len(sentence.split()) <= MOST_WORDS:
            return sentence
    return " ".join(sentence.split()[:MOST_WORDS])


def _why_nobody_went(advice: Advice) -> str:
    if not trips_of([*advice.payable, *advice.beyond]):
        return "No trip is answered yet."
    if not trips_of(advice.payable):
        return "No trip fits the budget."
    return "No trip is clearly better." if advice.value_of_point is None else "No trip is worth its cost."


def _why_nobody_goes(outlook: Outlook) -> str:
    if not outlook.choices:
        return "No trip can be planned yet."
    if outlook.best is None:
        return "No trip fits the budget."
    return "No trip is clearly better." if outlook.value_of_point is None else "No trip is worth its cost."


def _parcel_tile(parcels: int, design: str) -> Tile:
    return Tile("Parcels", f"{parcels:,}", design)


def _bill_tiles(routed: RoutedTrip | None, days: int, likely: float, currency: str) -> tuple[Tile, Tile]:
    if routed is None:
        return Tile("Days", f"{days:,}", "estimated"), Tile("Cost", money(likely, currency), "estimated")
    cost = routed.cost
    km = f"{cost.km.likely:,.0f} km"
    crews = f", {counted(routed.crews, 'crew')}" if routed.crews > 1 else ""
    span = f"{cost.money.low:,.0f} to {cost.money.high:,.0f}"
    days_tile = Tile("Days", f"{routed.days:,}", km + crews)
    return days_tile, Tile("Cost", money(cost.money.likely, currency), span)


def _nothing(currency: str) -> tuple[Tile, ...]:
    return (
        Tile("Parcels", "0", "no trip"),
        Tile("Days", "0", "0 km"),
        Tile("Cost", money(0, currency), "no trip"),
    )


def _gain_tile(name: str, gain: Estimate | None, factor: float = 1.0) -> Tile:
    if gain is None:
        return Tile(name, NONE, "not answered yet")
    value, low, high = (round(factor * part, 1) + 0.0 for part in (gain.value, gain.low, gain.high))
    return Tile(name, f"{value:+.1f}", f"{low:+.1f} to {high:+.1f}")


def _level_tile(level: Estimate | None) -> Tile:
    name = "Without a trip"
    if level is None:
        return Tile(name, NONE, "not answered yet")
    return Tile(name, f"{level.value:.1%}", f"{100 * level.low:.1f} to {100 * level.high:.1f}")
