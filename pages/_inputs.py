"""What the pages ask in the same way. Every answer is in the address, so that a link opens the same view.

A value that cannot be (a season that the study lacks, a radius beyond the slider's end) is replaced by the
nearest that can, and that is said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import streamlit as st

from engine.decisions.decision import Decision
from engine.decisions.trip import TripRequest
from engine.domain import Departure, Study
from engine.fieldwork import costs
from engine.fieldwork.costs import Tariff
from engine.learning.recipes import recipe_by_name
from engine.sampling.designs import DESIGNS
from engine.sampling.limits import Kind, Limit
from pages import _columns as columns
from pages import _state as session

TYPED, OPEN = "folder_typed", "folder_open"
RADIUS, DESIGN, LIMIT, TARIFF, TOWN, TABLES = "radius", "design", "limit", "tariff", "town", "tables"
VALUE, BUDGET, CREWS, AWAY = "point", "most", "crews", "away"
ELSEWHERE = "another place"
LIMITS: dict[str, Kind] = {"radius": "km", "parcels": "parcels", "days": "days", "budget": "money"}
RADII_KM = (1, 60)
RADIUS_KM = 25
SIZES: dict[str, tuple[str, int, int, int, int]] = {
    "parcels": ("Parcels", 5, 1000, 150, 5),
    "days": ("Days of a crew", 1, 30, 4, 1),
    "budget": ("Budget, in the tariff's currency", 100, 10_000, 1000, 50),
}
RATES = {
    (tariff, rate): f"{tariff.replace(' ', '-')}-{rate}"
    for tariff in costs.PRESETS
    for rate in (*columns.RATES, "crew")
}
# The keys of what pages ask in the same way: an answer goes along from page to page. Any other key, of an
# input as of a chart, begins with its page's name and a hyphen: what a key holds outlives the page, and a
# widget of another kind would refuse it.
SHARED = frozenset(
    {session.SEASON, session.LON, session.LAT, TOWN, TARIFF, DESIGN, LIMIT, CREWS, AWAY, VALUE, BUDGET}
    | {TABLES, TYPED, OPEN, *LIMITS, *RATES.values()}
)
MODELS_OWN = "The designs stratified, disagreement and embedding ask models, which this installation lacks."


class Asked(NamedTuple):
    """A trip, and how it is driven."""

    request: TripRequest
    crews: int
    away: bool


def pick(label: str, options: Sequence[Any], key: str, **how: Any) -> Any:
    """One of a list."""
    _mend(key, options, how.get("index", 0))
    return session.keep(key, st.selectbox(label, options, key=key, bind="query-params", **how))


def choose(label: str, options: Sequence[str], key: str, **how: Any) -> str:
    """One of a few, side by side."""
    _mend(key, options)
    how = {"default": options[0], "required": True, **how}
    return session.keep(key, st.segmented_control(label, options, key=key, bind="query-params", **how))


def several(label: str, options: Sequence[Any], default: Sequence[Any], key: str, **how: Any) -> list[Any]:
    """Some of a list."""
    session.restore(key)
    chosen = st.pills(
        label, options, selection_mode="multi", default=default, key=key, bind="query-params", **how
    )
    return session.keep(key, chosen)


def slide(label: str, low: int, high: int, default: int, step: int, key: str) -> int:
    """A whole number on a slider."""
    _mend_number(key, low, high, whole=True)
    return session.keep(key, st.slider(label, low, high, default, step, key=key, bind="query-params"))


def number(label: str, low: float, high: float | None, value: float | None, key: str, **how: Any) -> Any:
    """A number in a field; whole where its limits are."""
    _mend_number(key, low, math.inf if high is None else high, whole=isinstance(low, int))
    return session.keep(key, st.number_input(label, low, high, value, key=key, bind="query-params", **how))


def switch(label: str, key: str, **how: Any) -> bool:
    """Yes or no."""
    _mend(key, [False, True])
    return session.keep(key, st.toggle(label, key=key, bind="query-params", **how))


def season(study: Study, label: str = "Season") -> str:
    """The season in question; the latest by default."""
    labels = [season.label for season in sorted(study.seasons, reverse=True)]
    return str(pick(label, labels, session.SEASON, width=120))


def departure(study: Study) -> Departure:
    """Where the trip starts, a town or any place; the study's own departure by default."""
    own = study.departure
    _mend_number(session.LON, -180, 180)
    _mend_number(session.LAT, -90, 90)
    at = (float(session.current(session.LON, own.lon)), float(session.current(session.LAT, own.lat)))
    towns = session.towns_near(study)
    here = next((town for town in towns if (town.lon, town.lat) == at), None)
    names = {town.name or own.title: town for town in towns}
    session.remember(TOWN, (here.name or own.title) if here else ELSEWHERE)
    st.selectbox(
        "Departure",
        [*names, ELSEWHERE],
        key=TOWN,
        width=180,
        on_change=_to_town,
        args=(names,),
        help="Towns near the parcels, after GeoNames. Give coordinates for any other place.",
    )
    with st.popover("Coordinates", icon=":material/my_location:", help="Start anywhere."):
        lon = _degrees("Departure, longitude", session.LON, own.lon, 180)
        lat = _degrees("Latitude", session.LAT, own.lat, 90)
    return here if here and (here.lon, here.lat) == (lon, lat) else Departure(lon, lat)


def design() -> str:
    """How the parcels are chosen."""
    able = [name for name, one in DESIGNS.items() if session.may_run() or one.auxiliary is None]
    words = designs_help()
    if len(able) < len(DESIGNS):
        words += f"\n\n{MODELS_OWN}"
    return str(pick("Design", able, DESIGN, width=180, help=words))


def designs_help() -> str:
    """What the designs are."""
    return "\n".join(f"- **{name}**: {one.description}" for name, one in DESIGNS.items())


def limit() -> Limit:
    """How far to go, or how much."""
    asked = choose("Limit", list(LIMITS), LIMIT)
    kind = LIMITS[asked]
    return Limit(kind, radius() if kind == "km" else slide(*SIZES[asked], key=asked))


def radius() -> int:
    """How far to go, in km."""
    return slide("Radius, km", *RADII_KM, RADIUS_KM, 1, RADIUS)


def tariff() -> Tariff:
    """The rates of the survey."""
    name = str(pick("Tariff", list(costs.PRESETS), TARIFF, width=140))
    preset = costs.PRESETS[name]
    with st.popover("Rates", icon=":material/payments:"):
        rates = {
            rate: number(
                label, 0.0, None, float(costs.exactly(getattr(preset, rate)).likely), RATES[name, rate]
            )
            for rate, label in columns.RATES.items()
        }
        crew = number("People in a car", 1, 6, preset.crew, RATES[name, "crew"])
    return costs.altered(preset, rates | {"crew": crew})


def worth(currency: str) -> tuple[float | None, float | None]:
    """What a point of macro F1 is worth, and the money there is; None where it was not said."""
    sign = costs.sign_of(currency)
    with st.popover("Aims", icon=":material/target:"):
        value = number(
            f"A point of macro F1 is worth, {sign}",
            1.0,
            None,
            None,
            VALUE,
            placeholder="not stated",
            help="A point is 0.01. With it, the trip with the largest surplus is recommended; without it, "
            "the one beyond which money buys little.",
        )
        budget = number(f"Budget at most, {sign}", 1.0, None, None, BUDGET, placeholder="no limit")
    return value, budget


def trip(study: Study) -> Asked:
    """A trip: from where, which parcels, how it is driven, how far."""
    return how_far(way(study))


def way(study: Study) -> Asked:
    """A trip, but for how far it goes."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        when = season(study)
        start = departure(study)
        how = design()
        rates = tariff()
        crews = number("Crews", 1, 9, 1, CREWS, width=110)
        away = switch("Sleep out", AWAY, help="Spend the nights near the last stop.")
    recipe = recipe_by_name(session.usual_recipe(study))
    usual = Limit("km", RADIUS_KM)
    return Asked(TripRequest(when, start, how, usual, rates, recipe=recipe), crews, away)


def design_of(decided: Decision) -> Asked:
    """A trip of the decision's season, departure and tariff, but for how far it goes."""
    question = decided.question
    usual = Limit("km", RADIUS_KM)
    where = question.target, question.departure
    return Asked(TripRequest(*where, design(), usual, decided.tariff, recipe=question.recipe), 1, False)


def how_far(asked: Asked) -> Asked:
    """The trip as far as the limit lets it go."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        much = limit()
    return asked._replace(request=replace(asked.request, limit=much))


def tables() -> None:
    """Whether charts come with the tables behind them."""
    switch("Tables", TABLES, help="Show the numbers behind every chart.")


def tables_shown() -> bool:
    """The answer to that, also inside a part of the page that is redrawn by itself."""
    return bool(session.recalled(TABLES))


def folder() -> None:
    """The folder of a study."""
    with st.form("open study", border=False, width=460):
        st.text_input("Study folder", key=TYPED, placeholder="/path/to/study")
        st.form_submit_button("Open", key=OPEN, on_click=_take_folder)


def _take_folder() -> None:
    typed = str(session.recalled(TYPED)).strip()
    if typed:
        session.take_folder(typed)


def _to_town(names: dict[str, Departure]) -> None:
    town = names.get(str(session.recalled(TOWN)))
    if town is not None:
        session.go_to(town)


def _degrees(label: str, key: str, own: float, most: int) -> float:
    return float(number(label, -float(most), float(most), float(own), key, step=0.01, format="%.3f"))


def _mend(key: str, options: Sequence[Any], usual: int = 0) -> None:
    """Replace a choice of the address that cannot be."""
    if not session.restore(key):
        held = session.recalled(key)
        if held is not None and held not in options:
            session.remember(key, options[usual])  # as after opening another study
        return
    given = st.query_params[key]
    if given.lower() not in (str(option).lower() for option in options):
        _replace(key, given, options[usual])


def _mend_number(key: str, low: float, high: float, whole: bool = False) -> None:
    """Replace a number of the address that cannot be."""
    if not session.restore(key):
        return
    given = st.query_params[key]
    try:
        value = float(given)
        if not math.isfinite(value):
            raise ValueError(given)
    except ValueError:
        _replace(key, given, None)
        return
    fitting = min(max(value, low), high)
    fitting = round(fitting) if whole else fitting
    if fitting != value or (whole and not given.lstrip("-").isdigit()):
        _replace(key, given, fitting)


def _replace(key: str, given: str, value: Any) -> None:
    if value is None:
        del st.query_params[key]
    else:
        st.query_params[key] = str(value)
        session.remember(key, value)
    instead = "the usual value" if value is None else str(value)
    st.toast(
        f"The link asked for {key} = {given[:40]!r}, which cannot be. Shown is {instead}.",
        icon=":material/link_off:",
        duration="long",
    )
