"""A trip of an advice or an outlook by its name, as links and commands give it."""

from __future__ import annotations

from collections.abc import Iterable

from engine.decisions.decision import Decision
from engine.decisions.options import Option
from engine.decisions.outlook import Choice, Outlook
from engine.decisions.texts import listed, trip_name
from engine.domain import PlanError
from engine.experiments.outcome import trips_of
from engine.learning.methods import DEFAULT

SHORTEST_KEY = 6  # characters by which a plan may be named


def trip_options(decided: Decision) -> dict[str, Option]:
    """The trips of a decision by the key of their plans, the cheapest first.

    Parameters
    ----------
    decided
        Of a season in hindsight.
    """
    trips = trips_of([*decided.advice.payable, *decided.advice.beyond])
    ordered = sorted(trips, key=lambda trip: trip.money.likely)
    return {option.plan.key: option for option in ordered}


def option_named(decided: Decision, name: str) -> Option:
    """The trip of a decision that has this name.

    Parameters
    ----------
    decided
        Of a season in hindsight.
    name
        Design and size (``random-25``), of the default method where several were run; or the key of a plan
        or its beginning.

    Raises
    ------
    PlanError
        Where no trip has it; with the names that there are.
    """
    every = trip_options(decided)
    by_key = [option for key, option in every.items() if len(name) >= SHORTEST_KEY and key.startswith(name)]
    alike = by_key or [option for option in every.values() if _name(option) == name]
    if not alike:
        raise _unknown(name, map(_name, every.values()))
    return next((option for option in alike if option.plan.method.name == DEFAULT), alike[0])


def choice_named(found: Outlook, name: str) -> Choice:
    """The trip of an outlook that has this name.

    Parameters
    ----------
    found
        Of an open season.
    name
        Design and size, as ``random-25``.

    Raises
    ------
    PlanError
        Where no trip has it; with the names that there are.
    """
    for choice in found.choices:
        if choice.name == name:
            return choice
    raise _unknown(name, (choice.name for choice in found.choices))


def _name(option: Option) -> str:
    design = option.plan.design
    return trip_name(design.name, design.equivalent_radius_km)


def _unknown(name: str, names: Iterable[str]) -> PlanError:
    there = listed(sorted(dict.fromkeys(names)), 40)
    return PlanError(f"No trip of this advice is named {name[:40]!r}. Trips: {there or 'none'}.")
