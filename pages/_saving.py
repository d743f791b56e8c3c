"""Scenarios on pages: saving the trip that is shown, and the address that opens it again."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.decisions import scenario_store as store
from engine.decisions.decision import Aims
from engine.decisions.routed import RoutedTrip
from engine.decisions.scenario import Scenario, nobody_goes, scenario_of
from engine.decisions.scenario_result import Result, result_of
from engine.decisions.scenario_rows import suggested_name
from engine.decisions.trip import ONE_CREW, Trip, TripRequest
from engine.domain import Departure, GroundplanError, Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome
from engine.experiments.scores import MACRO_F1
from engine.fieldwork import costs
from engine.fieldwork.costs import Tariff, exactly
from engine.learning.recipes import recipe_by_name
from engine.sampling import DESIGNS
from pages import _cache as cache
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _rates as rates
from pages import _state as state
from pages._kept import cached
from pages._outlooks import kept_predictions

Asked = TripRequest | tuple[str, Departure, Tariff]
Address = dict[str, str | list[str]]
OVERVIEW, PLAN = "pages/overview.py", "pages/plan.py"


def save_as(study: Study, trip: Asked, aims: Aims, page: str) -> None:
    """A button that keeps the trip of a page, or the map without one, under a name.

    Parameters
    ----------
    study
        The open study.
    trip
        The trip; or season, departure and tariff of the map without one.
    aims
        What weighs it.
    page
        With which the keys of the widgets begin.
    """
    if not state.may_run():
        return
    key = f"{page}-scenario-name"
    visits = isinstance(trip, TripRequest)
    usual = suggested_name(trip if isinstance(trip, TripRequest) else nobody_goes(*trip), visits)
    with (
        st.popover("Save as scenario", icon=":material/bookmark_add:"),
        st.form(f"{page}-scenario", border=False),
    ):
        st.text_input("Name of the scenario", key=key, placeholder=usual)
        st.form_submit_button(
            "Save",
            icon=":material/save:",
            key=f"{page}-scenario-save",
            on_click=_save,
            args=(study, trip, aims, key, usual),
        )
    state.say_what_was_done()


def address_of(study: Study, scenario: Scenario) -> tuple[str, Address] | None:
    """The page that shows a scenario and the address that asks for it; None where no page can ask so.

    Parameters
    ----------
    study, scenario
        The open study, and a scenario of it.
    """
    request = scenario.request
    address: Address = {
        state.SEASON: request.target,
        state.LON: str(float(request.departure.lon)),
        state.LAT: str(float(request.departure.lat)),
    }
    rates = _rates(request.tariff)
    if rates is None or request.seed:
        return None
    address |= rates | _aims(scenario)
    if not scenario.visits:
        return OVERVIEW, address
    if request.answered:  # Overview leaves no parcel out and sends one crew
        usual = not (request.unreachable or request.pinned) and request.driving == ONE_CREW
        return (OVERVIEW, address | {inputs.CHOSEN: request.answered}) if usual else None
    if request.unreachable:
        address[inputs.LEFT_OUT] = list(request.unreachable)
    if request.pinned:
        address[inputs.PINNED] = list(request.pinned)
    trip = _trip(study, request)
    return None if trip is None else (PLAN, address | trip)


def open_scenario(study: Study, scenario: Scenario) -> None:
    """Go to the page that shows a scenario, with its inputs and no others.

    Parameters
    ----------
    study, scenario
        The open study, and a scenario that a page can show.
    """
    found = address_of(study, scenario)
    if found:
        state.forget_inputs(inputs.QUESTION)
        st.switch_page(found[0], query_params=found[1])


@cached(
    lambda study, scenario, outcomes, archive, made: (
        study.fingerprint, scenario, scenario.request.departure.title, cache.keys(outcomes),
        archive.identity, isinstance(made, RoutedTrip), kept_predictions(archive),
    ),
    entries=32,
    spinner="Comparing the scenarios",
)  # fmt: skip
def result(
    study: Study,
    scenario: Scenario,
    outcomes: Sequence[Outcome],
    archive: Archive,
    made: RoutedTrip | Trip | None,
) -> Result:
    """What a scenario costs and gains."""
    return result_of(study, scenario, outcomes, archive, made)


def _save(study: Study, trip: Asked, aims: Aims, key: str, usual: str) -> None:
    name = str(state.stored_input(key) or "").strip() or usual
    try:
        change = store.save(state.archive(), study, scenario_of(name, study, trip, aims))
    except GroundplanError as error:
        state.say(layout.plain(str(error)), ":material/error:")
        return
    state.set_input(key, "")
    state.say(layout.plain(f"{change.title}. See Scenarios."), ":material/bookmark_added:")


def _rates(tariff: Tariff) -> Address | None:
    """The tariff, and its edited rates; None where it is of a file."""
    preset = costs.PRESETS.get(tariff.name)
    if preset is None:
        return None
    edited = {
        rate: exactly(getattr(tariff, rate)).likely
        for rate in (*rates.ASKED_RATES, "crew")
        if getattr(tariff, rate) != getattr(preset, rate)
    }
    if costs.altered(preset, edited, tariff.currency) != tariff:
        return None
    numbers = {rates.RATES[tariff.name, rate]: f"{value:g}" for rate, value in edited.items()}
    if tariff.currency != preset.currency:
        numbers[rates.RATES[tariff.name, "currency"]] = tariff.currency
    return {rates.TARIFF: tariff.name, **numbers}


def _aims(scenario: Scenario) -> Address:
    """What weighs it, as far as it is stated."""
    amounts = {inputs.VALUE: scenario.value_of_point, inputs.BUDGET: scenario.budget}
    address: Address = {key: str(amount) for key, amount in amounts.items() if amount is not None}
    if scenario.metric != MACRO_F1:
        address[inputs.METRIC] = scenario.metric.name
    if scenario.metric.crops:
        address[inputs.OF_CROPS] = list(scenario.metric.crops)
    return address


def _trip(study: Study, request: TripRequest) -> Address | None:
    """Design, size and crews; None where the inputs of Plan cannot ask for them."""
    name = next(name for name, kind in inputs.LIMITS.items() if kind == request.limit.kind)
    low, high = inputs.RADII_KM if name == "radius" else inputs.SIZES[name][1:3]
    amount, driving = request.limit.amount, request.driving
    if request.listed or driving.budget is not None or amount != round(amount) or not low <= amount <= high:
        return None
    design = DESIGNS[request.design]
    if design.auxiliary is not None and request.recipe != recipe_by_name(inputs.usual_recipe(study)):
        return None
    if driving.crews is not None and driving.most_days is not None:
        return None
    nights = next(name for name, out in inputs.SLEEP_OUT.items() if out == driving.sleep_out)
    address: Address = {
        inputs.DESIGN: request.design,
        inputs.LIMIT: name,
        name: f"{amount:.0f}",
        inputs.CREWS: inputs.AS_NEEDED if driving.crews is None else str(driving.crews),
        inputs.NIGHTS: nights,
    }
    return address | ({inputs.MOST_DAYS: str(driving.most_days)} if driving.most_days else {})
