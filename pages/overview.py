"""What should we do this season? The recommendation, its evidence, its cost, and what is within reach.

What draws maps and charts is imported where it draws: the headline stands before it is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.decisions.advice import leading
from engine.decisions.advice_rows import choice_row, front_table
from engine.decisions.backtest import no_backtest
from engine.decisions.bill_wording import trip_summary
from engine.decisions.claim_wording import reasons
from engine.decisions.decision import Decision
from engine.decisions.metric_wording import left_out_sentence
from engine.decisions.outlook_wording import missed_sentence, outlook_headline, outlook_reasons
from engine.decisions.report_wording import price_sentence
from engine.decisions.rows import flat
from engine.decisions.trip import Trip, trip_of
from engine.decisions.trip_wording import forecast_text
from engine.decisions.wording import headline
from engine.domain import LEVEL, Departure, Study
from engine.fieldwork.costs import Tariff
from pages import _cache as cache
from pages import _columns as columns
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _maps as map_of
from pages import _outlooks as outlooks
from pages import _state as state
from pages._answering import unanswered
from pages._classes import class_counts
from pages._tours import forecast_or_none, settled_or_none
from pages._widgets import choose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.decisions.routed import RoutedTrip
    from engine.experiments.outcome import Outcome

TERMS = (
    "Baseline", "Zero-shot", "Groundplan ensemble", "Macro F1", "Interval", "Pareto front", "Marginal price",
    "One-standard-error rule", "Field trip",
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
        aims = inputs.aims(study, tariff.currency)
    archive = state.archive()
    if study.is_open(season):
        open_season(study, (season, departure, tariff), aims)
        return
    outcomes = cache.current_outcomes(study, archive)
    state.follow_runs(archive)
    decided = cache.decide(study, outcomes, season, departure, tariff, *aims)
    routed: RoutedTrip | None = None
    if decided:
        with st.container(border=True):
            decided, routed = recommendation(study, decided, outcomes, aims.budget)
    best = decided.advice.recommended if decided else None
    trip = cache.trip(study, trip_of(best, tariff), archive) if best and best.visits else None
    left, right = st.columns(2, gap="medium")
    with right:
        on_the_map(study, season, departure, routed.trip if routed else trip, routed)
    with left:
        if decided:
            trade_off(study, decided)
        else:
            unanswered(study, season, departure, tariff, aims.value_of_point)


def open_season(study: Study, question: tuple[str, Departure, Tariff], aims: inputs.Aims) -> None:
    """The forecast for a season without labels, and what it rests on."""
    archive, (season, departure, tariff) = state.archive(), question
    outcomes, _ = cache.outcomes(study, archive)
    state.follow_runs(archive)
    found = outlooks.outlook(study, outcomes, question, aims, archive)
    routed = None
    if found:
        with st.container(border=True):
            layout.time_badge(study, season)
            place = st.empty()
            settled = forecast_or_none(study, found)
            found, routed = settled or (found, None)
            place.subheader(layout.plain(outlook_headline(found)), anchor=False)
            said = list(outlook_reasons(study, found))
            if found.recommended:
                mix = outlooks.class_mix(study, season, archive)
                wanted = found.recommended.trip.wanted["parcel_id"]
                said += filter(None, [missed_sentence(mix, wanted)])
            st.markdown("\n".join(f"- {layout.plain(reason)}" for reason in said))
    trip = found.recommended.trip if found and found.recommended else None
    left, right = st.columns(2, gap="medium")
    with right:
        on_the_map(study, season, departure, trip, routed)
    with left:
        if found:
            rows = [flat(choice_row(choice)) for choice in found.choices]
            layout.table(rows, columns.forecasts(tariff.currency), key="overview-forecasts")
            layout.data_note(
                study,
                f". Gains are forecast, with {LEVEL:.0%} intervals. Costs are estimates, but that of the "
                "recommended trip once it is routed.",
            )
        else:
            st.info(no_backtest(study, season))
            layout.link_to_experiments("Run a backtest")


def recommendation(
    study: Study, decided: Decision, outcomes: Sequence[Outcome], budget: float | None
) -> tuple[Decision, RoutedTrip | None]:
    """The recommendation in a sentence, and its evidence; with its trip, once that is routed."""
    layout.time_badge(study, decided.question.target)
    place = st.empty()
    settled = settled_or_none(study, decided, budget)
    decided, routed = settled or (decided, None)
    advice, departure = decided.advice, decided.question.departure
    currency = decided.tariff.currency
    place.subheader(headline(advice, departure.title, currency, routed), anchor=False)
    left_out = left_out_sentence(len(decided.left_out), decided.metric)
    sentences = [*reasons(advice, currency), *filter(None, [left_out])]
    if advice.recommended.visits:
        mix = outlooks.class_mix(study, decided.question.target, state.archive())
        sentences += filter(None, [missed_sentence(mix, advice.recommended.visited)])
    if routed:
        gain = cache.trip_gain(
            study, outcomes, routed.trip, routed.cost, advice.value_of_point, decided.metric, state.archive()
        )
        sentences += [forecast_text(gain, departure)] if gain.forecast else []
    st.markdown("\n".join(f"- {layout.plain(reason)}" for reason in sentences))
    return decided, routed


def trade_off(study: Study, decided: Decision) -> None:
    """What trips gain, against what they cost."""
    from engine.views.trade_off import trade_off as trade_off_chart

    advice, currency = decided.advice, decided.tariff.currency
    axis = choose("Against", AXES, "overview-against")
    first = leading(decided.outcomes, advice)
    chart = trade_off_chart(
        first, axis, advice.metric, state.dark(), decided.options, advice.recommended, currency
    )
    layout.draw(chart, key="overview-trade-off")
    layout.data_note(
        study,
        f", tested on {decided.outcomes[0].test_parcels:,} parcels beyond "
        f"{decided.question.beyond_km:g} km. Bands are {LEVEL:.0%} intervals. Costs are estimates by the "
        "tariff.",
    )
    layout.provisional_note(first)
    st.markdown(f"**{layout.plain(price_sentence(advice, currency))}**")
    layout.table(front_table(advice), columns.front(currency, advice.metric), key="overview-front")
    st.page_link("pages/compare.py", label="Compare in detail", icon=":material/show_chart:")


def on_the_map(
    study: Study, season: str, departure: Departure, trip: Trip | None, routed: RoutedTrip | None
) -> None:
    """The parcels with the circle, or with the tours of the recommended trip."""
    choice = choose("On the map", MAPS, "overview-map") if trip else MAPS[0]
    if routed and choice == MAPS[1]:
        tours(study, season, routed)
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
    parcels, ground = cache.published_parcels(study, season), cache.published_ground(study, departure)
    drawn = maps.circle_map(parcels, departure, radius, state.dark(), places, ground)
    map_of.draw(drawn, key="overview-circle", alt=count)
    if trip:
        st.caption(f"Rings mark the {len(trip.wanted):,} parcels of the recommended trip.")
    class_counts(mix, table, study.legend, "circle", "overview-coverage")


def tours(study: Study, season: str, routed: RoutedTrip) -> None:
    """The recommended trip, day by day."""
    from engine.views import maps

    summary = f"{trip_summary(routed)}, routed"
    st.markdown(f"**{layout.plain(summary)}**")
    ground = cache.published_ground(study, routed.itinerary.departure)
    day, parcels = map_of.day_of(routed.itinerary, "overview-day"), cache.published_parcels(study, season)
    drawn = maps.tour_map(parcels, routed.itinerary, state.dark(), day, ground)
    map_of.draw(drawn, key="overview-tours", alt=summary)
    layout.table(layout.days(routed.itinerary), columns.days(), key="overview-days")
    st.page_link("pages/fieldwork.py", label="Take it into the field", icon=":material/download:")


overview(layout.open_page("What should we do this season?", TERMS))
