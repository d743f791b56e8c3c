"""Scenarios side by side: what was asked and what comes of it, property by property."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from engine.decisions.rows import estimate_row, forecast_row
from engine.decisions.scenario import MOST_LETTERS, Scenario, facts_of
from engine.decisions.scenario_result import Result
from engine.decisions.texts import clean, counted, listed, money, points
from engine.decisions.trip import TripRequest
from engine.decisions.wording import label_of
from engine.domain import Estimate
from engine.fieldwork.costs import PRESETS, RATES, Range, Tariff, exactly
from engine.fieldwork.currencies import sign_of
from engine.sampling import DESIGNS
from engine.sampling.limits import Limit

NONE = "–"
NIGHTS = {None: "cheapest", False: "back at the departure", True: "near the last stop"}


@dataclass(frozen=True)
class Cell:
    """A property of one scenario.

    Parameters
    ----------
    text
        As people read it.
    detail
        Its interval or what it rests on; may be empty.
    differs
        Whether it is not that of the first scenario; a dash is never marked.
    """

    text: str
    detail: str = ""
    differs: bool = False


@dataclass(frozen=True)
class Property:
    """A property of scenarios side by side.

    Parameters
    ----------
    name, title
        Id, and what people call it.
    cells
        One a scenario, in their order.
    asked
        Whether it was asked; else it came of that.
    """

    name: str
    title: str
    cells: tuple[Cell, ...]
    asked: bool

    @property
    def differs(self) -> bool:
        """Whether the scenarios differ in it."""
        return len({(cell.text, cell.detail) for cell in self.cells}) > 1

    @property
    def known(self) -> bool:
        """Whether any scenario has it."""
        return any(cell.text != NONE for cell in self.cells)


def properties(results: Sequence[Result]) -> tuple[Property, ...]:
    """What scenarios cost and gain, and what was asked, the results first; what none of them has is left out.

    Parameters
    ----------
    results
        Of the scenarios, the one that the others are compared with first.
    """
    came = [(name, title, False, [tell(each) for each in results]) for name, title, tell in CAME]
    asked = [(name, title, True, [tell(each.scenario) for each in results]) for name, title, tell in ASKED]
    every = (
        Property(name, title, tuple(_marked(cells)), was_asked)
        for name, title, was_asked, cells in [*came, *asked]
    )
    return tuple(each for each in every if each.known)


def scenario_row(result: Result) -> dict[str, Any]:
    """A scenario with what it costs and gains, nested.

    Parameters
    ----------
    result
        Of the scenario.
    """
    gain, cost = result.gain, result.cost
    return {
        "scenario": facts_of(result.scenario),
        "parcels": result.parcels,
        "days": result.days,
        "crews": result.crews,
        "routed": result.routed,
        "km": asdict(cost.km),
        "currency": result.scenario.request.tariff.currency,
        "money": asdict(cost.money),
        "gain_over_baseline": estimate_row(result.tested),
        "forecast": forecast_row(gain.forecast) if gain and gain.forecast else None,
        "without_trip": estimate_row(result.level),
    }


def rates_title(tariff: Tariff) -> tuple[str, str]:
    """A tariff's name, and its rates that are not those of the preset of that name.

    Parameters
    ----------
    tariff
        The tariff.
    """
    preset = PRESETS.get(tariff.name)
    if preset is None:
        return tariff.name, "of a file"
    edited = [name for name in RATES if getattr(tariff, name) != getattr(preset, name)]
    text = ", ".join(
        f"{RATES[name].title(tariff.currency)}: {exactly(getattr(tariff, name)).likely:g}" for name in edited
    )
    return tariff.name + (f", {counted(len(edited), 'rate')} edited" if edited else ""), text


def trip_title(request: TripRequest, visits: bool = True) -> tuple[str, str]:
    """What is visited: the design, and its size.

    Parameters
    ----------
    request
        The trip.
    visits
        Whether anybody goes.
    """
    if not visits:
        return "No trip", ""
    design = label_of(DESIGNS[request.design]) if request.design in DESIGNS else request.design
    if request.listed:
        return design if request.answered else "List", counted(len(request.listed), "parcel")
    return design, _limit(request.limit, request.tariff)


def suggested_name(request: TripRequest, visits: bool = True) -> str:
    """A name for a scenario of this trip.

    Parameters
    ----------
    request, visits
        The trip, and whether anybody goes.
    """
    design, size = trip_title(request, visits)
    parts = [design, size, f"from {request.departure.title}" * visits, request.target]
    return clean(", ".join(filter(None, parts)), MOST_LETTERS)


def _limit(limit: Limit, tariff: Tariff) -> str:
    amount = f"{limit.amount:,g}"
    if limit.kind == "money":
        return f"at most {money(limit.amount, tariff.currency)}"
    if limit.kind == "days":
        return f"at most {counted(int(limit.amount), 'day')}"
    return f"{amount} parcels" if limit.kind == "parcels" else f"{amount} km"


def _marked(cells: Sequence[tuple[str, str]]) -> list[Cell]:
    """Cells that say whether they are those of the first."""
    return [Cell(*cell, differs=cell != cells[0] and cell[0] != NONE) for cell in cells]


def _span(value: Range, unit: str) -> str:
    return "" if value.low == value.high else f"{value.low:,.0f} to {value.high:,.0f} {unit}".rstrip()


def _parcels(result: Result) -> tuple[str, str]:
    return f"{result.parcels:,}", ""


def _days(result: Result) -> tuple[str, str]:
    open_number = result.scenario.visits and result.scenario.request.driving.crews is None
    crews = f"by {counted(result.crews, 'crew')}" if open_number and result.routed else ""
    return f"{result.days:,}", crews or _basis(result)


def _km(result: Result) -> tuple[str, str]:
    return f"{result.cost.km.likely:,.0f}", _basis(result)


def _cost(result: Result) -> tuple[str, str]:
    currency = result.scenario.request.tariff.currency
    span = _span(result.cost.money, sign_of(currency))
    details = filter(None, [span, _basis(result)])
    return money(result.cost.money.likely, currency), ", ".join(details)


def _basis(result: Result) -> str:
    if not result.scenario.visits:
        return ""
    return "" if result.routed else "estimated"


def _gain(estimate: Estimate | None, factor: float) -> tuple[str, str]:
    if estimate is None:
        return NONE, ""
    text, _, span = points(estimate, factor).partition(" points (")
    return f"{text} points", span.rstrip(")")


def _tested(result: Result) -> tuple[str, str]:
    return _gain(result.tested, 100.0)


def _forecast(result: Result) -> tuple[str, str]:
    return _gain(result.forecast, 1.0)


def _worth(result: Result) -> tuple[str, str]:
    forecast = result.gain.forecast if result.gain else None
    worth = forecast.probability_worth_cost if forecast else None
    return (NONE if worth is None else f"{worth:.0%}"), ""


def _level(result: Result) -> tuple[str, str]:
    level = result.level
    if level is None:
        return NONE, ""
    return f"{level.value:.1%}", f"{100 * level.low:.1f} to {100 * level.high:.1f}"


def _trip(scenario: Scenario) -> tuple[str, str]:
    return trip_title(scenario.request, scenario.visits)


def _season(scenario: Scenario) -> tuple[str, str]:
    return scenario.request.target, ""


def _departure(scenario: Scenario) -> tuple[str, str]:
    return scenario.request.departure.title, ""


def _tariff(scenario: Scenario) -> tuple[str, str]:
    return rates_title(scenario.request.tariff)


def _crews(scenario: Scenario) -> tuple[str, str]:
    driving = scenario.request.driving
    if not scenario.visits:
        return NONE, ""
    most = f"at most {counted(driving.most_days, 'day')}" if driving.most_days else ""
    return f"{driving.crews or 'as needed'}", most


def _nights(scenario: Scenario) -> tuple[str, str]:
    return (NIGHTS[scenario.request.driving.sleep_out] if scenario.visits else NONE), ""


def _left_out(scenario: Scenario) -> tuple[str, str]:
    return _named(scenario.request.unreachable)


def _pinned(scenario: Scenario) -> tuple[str, str]:
    return _named(scenario.request.pinned)


def _named(names: tuple[str, ...]) -> tuple[str, str]:
    return (f"{len(names):,}", listed(names)) if names else (NONE, "")


def _stated(amount: float | None, currency: str) -> tuple[str, str]:
    return (NONE if amount is None else money(amount, currency)), ""


def _value(scenario: Scenario) -> tuple[str, str]:
    return _stated(scenario.value_of_point, scenario.request.tariff.currency)


def _budget(scenario: Scenario) -> tuple[str, str]:
    return _stated(scenario.budget, scenario.request.tariff.currency)


def _metric(scenario: Scenario) -> tuple[str, str]:
    return scenario.metric.title, ""


CAME: tuple[tuple[str, str, Callable[[Result], tuple[str, str]]], ...] = (
    ("parcels", "Parcels", _parcels),
    ("days", "Days", _days),
    ("km", "Driven, km", _km),
    ("cost", "Cost", _cost),
    ("tested", "Gain, tested", _tested),
    ("forecast", "Gain, forecast", _forecast),
    ("worth", "Worth its cost", _worth),
    ("level", "Map without a trip", _level),
)
ASKED: tuple[tuple[str, str, Callable[[Scenario], tuple[str, str]]], ...] = (
    ("season", "Season", _season),
    ("departure", "Departure", _departure),
    ("trip", "Trip", _trip),
    ("tariff", "Tariff", _tariff),
    ("crews", "Crews", _crews),
    ("nights", "Nights", _nights),
    ("left-out", "Left out", _left_out),
    ("pinned", "Pinned", _pinned),
    ("metric", "Score", _metric),
    ("value", "Value of a point", _value),
    ("budget", "Budget", _budget),
)
