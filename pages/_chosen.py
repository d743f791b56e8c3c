"""The trip that pages follow: the recommended one, or another that was chosen on Overview."""

from __future__ import annotations

from collections.abc import Mapping

from engine.decisions.chosen import trip_options
from engine.decisions.decision import Decision
from engine.decisions.options import Option
from engine.decisions.outlook import Choice, Outlook
from engine.decisions.outlook_wording import choice_title
from engine.decisions.texts import money
from engine.decisions.wording import plan_title
from pages import _inputs as inputs
from pages import _state as state
from pages._widgets import Choices, pick_id

RECOMMENDED, PLANNED = "recommended", "planned"
FOLLOWED = "followed"
TRIPS = Choices({RECOMMENDED: "From Overview", PLANNED: "From Plan"})  # what Fieldwork and Report show
HELP = "Map, Plan, Fieldwork and Report follow this trip. A click in the chart or the table chooses it, too."


def pick_option(decided: Decision) -> Option | None:
    """Which trip to show; None for the recommended one."""
    every, currency = trip_options(decided), decided.tariff.currency
    names = {
        key: f"{plan_title(option.plan)}, {money(option.money.likely, currency)}"
        for key, option in every.items()
    }
    return every.get(_pick(names))


def pick_choice(outlook: Outlook) -> Choice | None:
    """Which trip of a season without labels to show; None for the recommended one."""
    currency = outlook.tariff.currency
    names = {
        choice.name: f"{choice_title(choice)}, {money(choice.forecast.money, currency)}"
        for choice in outlook.choices
    }
    return _choice(outlook, _pick(names))


def chosen_option(decided: Decision) -> Option | None:
    """The trip that was chosen on Overview; None for the recommended one."""
    return trip_options(decided).get(_held())


def chosen_choice(outlook: Outlook) -> Choice | None:
    """The trip of a season without labels that was chosen on Overview; None for the recommended one."""
    return _choice(outlook, _held())


def choose(name: str | None) -> None:
    """Follow the trip of this name from now on; None follows the recommended one."""
    state.set_input(inputs.CHOSEN, name or RECOMMENDED)


def follow(season: str, choice: Choice | None) -> None:
    """Remember the trip that Overview shows for a season without labels: pages on other seasons mark it."""
    state.store_input(f"{FOLLOWED}-{season}", choice.name if choice else None)


def followed(season: str) -> str | None:
    """Design and size of the trip that Overview showed for a season without labels, once it did."""
    name = state.stored_input(f"{FOLLOWED}-{season}")
    return str(name) if name else None


def is_chosen() -> bool:
    """Whether another trip than the recommended one was chosen on Overview."""
    return _held() != RECOMMENDED


def _pick(names: Mapping[str, str]) -> str:
    labels = {RECOMMENDED: "Recommended", **names}
    return pick_id("Trip", Choices(labels), inputs.CHOSEN, width=320, help=HELP)


def _held() -> str:
    return str(state.next_input(inputs.CHOSEN, RECOMMENDED))


def _choice(outlook: Outlook, name: str) -> Choice | None:
    return next((choice for choice in outlook.choices if choice.name == name), None)
