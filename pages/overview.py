"""What should we do this season? The recommendation, its evidence, its cost, and what is within reach.

What draws maps and charts is imported where it draws: the headline stands before it is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.decisions.advice import leading
from engine.decisions.backtest import no_backtest
from engine.decisions.decision import Decision
from engine.decisions.outlook_wording import outlook_headline, outlook_reasons
from engine.decisions.report_wording import price_sentence
from engine.decisions.rows import flat, forecast_row, front_table
from engine.decisions.trip import Trip, trip_of
from engine.decisions.wording import headline, money, reasons
from engine.domain import Departure, Study
from engine.fieldwork.costs import Tariff
from pages import _cache as cache
from pages import _columns as columns
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _outlooks as outlooks
from pages import _state as state
from pages._classes import class_counts
from pages._tours import day_tours
from pages._widgets import choose

if TYPE_CHECKING:
    from engine.fieldwork.tour import Itinerary

TERMS = (
    "Baseline", "Zero-shot", "Groundplan ensemble", "Macro F1", "Interval", "Pareto front", "Marginal price",
    "Knee", "Field trip",
)  # fmt: skip
MAPS = ["circle", "day tours"]
AXES = ["cost", "radius", "parcels"]


@layout.error_boundary
def overview(study: Study) -> None:
    """The decision, and what it rests on."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        season = inputs.season(study)
        departure = inputs.departure(study)
        tariff = inputs.tariff()
        value, budget = inputs.aims(tariff.currency)
    archive = state.archive()
    if study.is_open(season):
        open_season(study, (season, departure, tariff), (value, budget))
        return
    outcomes = cache.current_outcomes(study, archive)
    state.follow_runs(archive)
    decided = cache.decide(study, outcomes, season, departure, tariff, value, budget)
    if decided:
        recommendation(decided)
    best = decided.advice.recommended if decided else None
    trip = cache.trip(study, trip_of(best, tariff), archive) if best and best.visits else None
    left, right = st.columns(2, gap="medium")
    with right:
        on_the_map(study, season, departure, trip)
    with left:
        if decided:
            trade_off(study, decided)
        else:
            st.info(f"No outcome for {season} from {layout.plain(departure.title)} yet. Run plans first.")
            layout.link_to_experiments("Run plans")


def open_season(
    study: Study, question: tuple[str, Departure, Tariff], aims: tuple[float | None, float | None]
) -> None:
    """The forecast for a season without labels, and what it rests on."""
    archive, (season, departure, tariff) = state.archive(), question
    outcomes, _ = cache.outcomes(study, archive)
    state.follow_runs(archive)
    found = outlooks.outlook(study, outcomes, question, aims, archive)
    if found:
        with st.container(border=True):
            st.subheader(layout.plain(outlook_headline(found)), anchor=False)
            reasons = outlook_reasons(study, found)
            st.markdown("\n".join(f"- {layout.plain(reason)}" for reason in reasons))
    trip = found.recommended.trip if found and found.recommended else None
    left, right = st.columns(2, gap="medium")
    with right:
        on_the_map(study, season, departure, trip)
    with left:
        if found:
            rows = [flat(forecast_row(choice.forecast)) for choice in found.choices]
            layout.table(rows, columns.forecasts(tariff.currency), key="overview-forecasts")
            layout.data_note(study, ". Gains are forecast, with 90 % intervals; costs are estimates.")
        else:
            st.info(no_backtest(study, season))
            layout.link_to_experiments("Run a backtest")


def recommendation(decided: Decision) -> None:
    """The recommendation in a sentence, and its evidence."""
    advice, departure = decided.advice, decided.question.departure
    currency = decided.tariff.currency
    with st.container(border=True):
        st.subheader(headline(advice, departure.title, currency), anchor=False)
        st.markdown("\n".join(f"- {layout.plain(reason)}" for reason in reasons(advice, currency)))


def trade_off(study: Study, decided: Decision) -> None:
    """What trips gain, against what they cost."""
    from engine.views.trade_off import trade_off as trade_off_chart

    advice, currency = decided.advice, decided.tariff.currency
    axis = choose("Against", AXES, "overview-against")
    first = leading(decided.outcomes, advice)
    chart = trade_off_chart(first, axis, "pixel", state.dark(), decided.options, advice.recommended, currency)
    layout.draw(chart, key="overview-trade-off")
    layout.data_note(
        study,
        f", tested on {decided.outcomes[0].test_parcels:,} parcels beyond "
        f"{decided.question.beyond_km:g} km. Bands are 95 % intervals. Costs are estimates by the tariff.",
    )
    layout.provisional_note(first)
    st.markdown(f"**{layout.plain(price_sentence(advice, currency))}**")
    layout.table(front_table(advice), columns.front(currency), key="overview-front")
    st.page_link("pages/compare.py", label="Compare in detail", icon=":material/show_chart:")


def on_the_map(study: Study, season: str, departure: Departure, trip: Trip | None) -> None:
    """The parcels with the circle, or with the tours of the recommended trip."""
    choice = choose("On the map", MAPS, "overview-map") if trip else MAPS[0]
    if trip and choice == MAPS[1]:
        tours(study, season, trip)
    else:
        circle(study, season, departure, trip)


@st.fragment
@layout.error_boundary
def circle(study: Study, season: str, departure: Departure, trip: Trip | None) -> None:
    """The parcels within a radius; a new radius redraws only this."""
    from engine.views import maps

    radius, archive = inputs.radius(), state.archive()
    mix = outlooks.class_mix(study, season, archive)
    if mix.basis == "labels":
        table = cache.reach(study, season, departure).within(radius)
        within, total, hectares = table["within"].sum(), table["total"].sum(), table["ha_within"].sum()
    else:
        table, within, hectares = outlooks.circle(study, season, departure, radius, archive)
        total = len(mix.parcels)
    count = f"{within:,} of {total:,} parcels lie within {radius} km of {departure.title}"
    st.markdown(f"**{layout.plain(count)}** in {season}: {hectares:,.0f} ha")
    places = cache.published_places(study, trip) if trip else None
    drawn = maps.circle_map(cache.published_parcels(study, season), departure, radius, state.dark(), places)
    st.pydeck_chart(drawn, height=maps.HEIGHT, key="overview-circle", alt=count)
    if trip:
        st.caption(f"Rings mark the {len(trip.wanted):,} parcels of the recommended trip.")
    class_counts(mix, table, study.legend, "circle", "overview-coverage")


def tours(study: Study, season: str, trip: Trip) -> None:
    """The recommended trip, day by day."""
    from engine.views import maps

    def draw(planned: Itinerary, final: bool) -> None:
        cost = planned.cost
        summary = (
            f"{len(planned.parcels):,} parcels on {len(planned.days)} days, {cost.km.likely:,.0f} km, "
            f"{money(cost.money.likely, cost.currency)} once routed"
        )
        st.markdown(f"**{layout.plain(summary)}**")
        drawn = maps.tour_map(cache.published_parcels(study, season), planned, state.dark())
        st.pydeck_chart(drawn, height=maps.HEIGHT, key="overview-tours", alt=summary)
        layout.table(layout.days(planned), columns.days(), key="overview-days")
        st.page_link("pages/fieldwork.py", label="Take it into the field", icon=":material/download:")

    day_tours(study, trip, 1, False, draw)


overview(layout.open_page("What should we do this season?", TERMS))
