"""What should we do this season? The recommendation, its evidence, its cost, and what is within reach.

What draws maps and charts is imported where it draws: the headline stands before it is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from engine.decisions.advice import leading
from engine.decisions.advice_rows import choice_row, front_table
from engine.decisions.bill_wording import trip_summary
from engine.decisions.claim_wording import reasons
from engine.decisions.decision import Aims, Decision
from engine.decisions.glance import glance_of_choice, glance_of_option
from engine.decisions.metric_wording import left_out_sentence
from engine.decisions.outlook import is_backtested, is_to_forecast
from engine.decisions.outlook_wording import bills_sentence, outlook_reasons
from engine.decisions.report_wording import price_sentence
from engine.decisions.rows import flat
from engine.decisions.trip import Trip, next_trip_of
from engine.decisions.trip_wording import forecast_text, known_sentence
from engine.domain import LEVEL, Departure, Study
from engine.fieldwork.costs import Tariff
from pages import _cache as cache
from pages import _chosen as picks
from pages import _columns as columns
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _maps as map_of
from pages import _once as once
from pages import _outlooks as outlooks
from pages import _state as state
from pages._answering import unanswered
from pages._classes import class_counts, counts_of, missed
from pages._saving import save_as
from pages._tours import forecast_or_none, routed_or_none, settled_or_none
from pages._welcome import welcome
from pages._widgets import choose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.decisions.glance import Glance
    from engine.decisions.options import Option
    from engine.decisions.outlook import Choice, Outlook
    from engine.decisions.routed import RoutedTrip
    from engine.experiments.outcome import Outcome
    from engine.views.trade_off import Axis

TERMS = (
    "Baseline", "Zero-shot", "Groundplan ensemble", "Macro F1", "Interval", "Pareto front", "Marginal price",
    "One-standard-error rule", "Field trip",
)  # fmt: skip
MAPS = ["trip", "day tours", "circle"]
AXES: list[Axis] = ["cost", "radius", "parcels"]
TIMES = ["hindsight", "forecast"]


@layout.error_boundary
def overview(study: Study) -> None:
    """The decision, and what it rests on."""
    welcome()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        season = inputs.season(study)
        departure = inputs.departure(study)
        tariff = inputs.tariff()
        aims = inputs.aims(study, tariff.currency)
    archive = state.archive()
    outcomes = cache.current_outcomes(study, archive)
    state.follow_runs(archive)
    question = season, departure, tariff
    if is_to_forecast(study, outcomes, season, departure) or as_forecast(study, outcomes, question):
        forecast_season(study, outcomes, question, aims)
    else:
        tested_season(study, outcomes, question, aims)


def as_forecast(study: Study, outcomes: Sequence[Outcome], question: tuple[str, Departure, Tariff]) -> bool:
    """Whether a season in hindsight is to be seen as it was before, where backtests of it are answered."""
    season, departure, _ = question
    return is_backtested(study, outcomes, season, departure) and (
        choose("Seen", TIMES, "overview-seen", help=inputs.SEEN) == TIMES[1]
    )


def tested_season(
    study: Study, outcomes: Sequence[Outcome], question: tuple[str, Departure, Tariff], aims: Aims
) -> None:
    """A season whose trips were tested on its labels."""
    season, departure, tariff = question
    decided = cache.decide(study, outcomes, season, departure, tariff, *aims)
    if decided is None:
        nothing_answered(study, question, aims.value_of_point)
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            layout.time_badge(study, season)
            chosen, beside = picks.pick_option(decided), st.container(width="content")
        decided, routed = recommendation(study, decided, chosen, outcomes, aims.budget)
    option = chosen or decided.advice.recommended
    trip = cache.trip(study, next_trip_of(study, option, tariff), state.archive()) if option.visits else None
    with beside:
        save_as(study, trip.request if trip else question, aims, "overview")
    left, right = st.columns(2, gap="medium")
    with right:
        on_the_map(study, question, routed.trip if routed else trip, routed)
    with left:
        trade_off(study, decided, chosen)


def nothing_answered(
    study: Study, question: tuple[str, Departure, Tariff], value_of_point: float | None
) -> None:
    """What is within reach, and what a trip costs and is forecast to gain."""
    season, departure, tariff = question
    left, right = st.columns(2, gap="medium")
    with right:
        circle(study, season, departure, None)
    with left:
        unanswered(study, season, departure, tariff, value_of_point)


def forecast_season(
    study: Study, outcomes: Sequence[Outcome], question: tuple[str, Departure, Tariff], aims: Aims
) -> None:
    """A season whose trips are forecast by backtests of the seasons before."""
    season = question[0]
    found = outlooks.outlook(study, outcomes, question, aims, state.archive())
    if found is None:
        nothing_answered(study, question, aims.value_of_point)
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if is_to_forecast(study, outcomes, season, question[1]):
                layout.time_badge(study, season, forecast=True)
            chosen, beside = picks.pick_choice(found), st.container(width="content")
        found, routed = forecast(study, found, chosen)
    choice = chosen or found.recommended
    with beside:
        save_as(study, choice.trip.request if choice else question, aims, "overview")
    left, right = st.columns(2, gap="medium")
    with right:
        on_the_map(study, question, choice.trip if choice else None, routed)
    with left:
        forecast_trips(study, found, chosen)


def forecast(study: Study, found: Outlook, chosen: Choice | None) -> tuple[Outlook, RoutedTrip | None]:
    """The recommendation, or the trip that was chosen, in a sentence and five numbers, and its evidence."""
    place = st.container()
    settled = forecast_or_none(study, found)
    found, routed = settled or (found, None)
    if chosen:
        routed = routed_or_none(study, chosen.trip.request)
    choice = chosen or found.recommended
    picks.follow(found.target, choice)
    with place:
        at_a_glance(glance_of_choice(choice, found, routed))
        if chosen:
            reasons_are_of(glance_of_choice(found.recommended, found))
    said = list(outlook_reasons(study, found))
    if choice and not chosen and study.to_visit(found.target)["crop"].isna().all():
        mix = outlooks.mix_to_visit(study, found.target, state.archive())
        said += filter(None, [missed(mix, choice.trip)])
    st.markdown("\n".join(f"- {layout.plain(reason)}" for reason in said))
    return found, routed


def forecast_trips(study: Study, found: Outlook, chosen: Choice | None) -> None:
    """What trips are forecast to gain, against what they cost."""
    from engine.views.forecasts import forecasts as forecasts_chart

    currency = found.tariff.currency
    if found.choices:
        chart = once.of(forecasts_chart, found, state.dark(), chosen)
        layout.draw(chart, "overview-forecast", picks.choose)
    layout.data_note(study, f". Gains are forecast, with {LEVEL:.0%} intervals. {bills_sentence(found)}")
    rows = [flat(choice_row(choice)) for choice in found.choices]
    names = [choice.name for choice in found.choices]
    layout.table(
        rows,
        columns.forecasts(currency, found.value_of_point is not None),
        "overview-forecasts",
        names,
        picks.choose,
    )
    layout.link_to_the_study()


def recommendation(
    study: Study,
    decided: Decision,
    chosen: Option | None,
    outcomes: Sequence[Outcome],
    budget: float | None,
) -> tuple[Decision, RoutedTrip | None]:
    """The recommendation, or the trip that was chosen, in a sentence and five numbers, and its evidence."""
    place = st.container()
    settled = settled_or_none(study, decided, budget)
    decided, routed = settled or (decided, None)
    if chosen:
        routed = routed_or_none(study, next_trip_of(study, chosen, decided.tariff))
    advice, departure = decided.advice, decided.question.departure
    option, currency = chosen or advice.recommended, decided.tariff.currency
    with place:
        at_a_glance(glance_of_option(option, advice, currency, routed))
        if chosen:
            reasons_are_of(glance_of_option(advice.recommended, advice, currency))
    left_out = left_out_sentence(len(decided.left_out), decided.metric)
    sentences = [*reasons(advice, currency), *filter(None, [left_out])]
    if option.visits and not chosen:
        target, archive = decided.question.target, state.archive()
        request = next_trip_of(study, option, decided.tariff)
        trip = routed.trip if routed else cache.trip(study, request, archive)
        mix = outlooks.mix_to_visit(study, target, archive)
        sentences += filter(None, [missed(mix, trip), known_sentence(study, target)])
    if routed and not chosen:
        gain = cache.trip_gain(
            study, outcomes, routed.trip, routed.cost, advice.value_of_point, decided.metric, state.archive()
        )
        sentences += [forecast_text(gain, departure)] if gain.forecast else []
    st.markdown("\n".join(f"- {layout.plain(reason)}" for reason in sentences))
    return decided, routed


def at_a_glance(glance: Glance) -> None:
    """One sentence and five numbers."""
    st.subheader(layout.plain(glance.sentence), anchor=False)
    layout.tiles(glance)


def reasons_are_of(recommended: Glance) -> None:
    """Whose reasons follow, where another trip was chosen."""
    st.markdown(
        f"You chose this trip. Recommended, for these reasons: **{layout.plain(recommended.sentence)}**"
    )


def trade_off(study: Study, decided: Decision, chosen: Option | None) -> None:
    """What trips gain, against what they cost."""
    from engine.views.trade_off import trade_off as trade_off_chart

    advice, currency = decided.advice, decided.tariff.currency
    axis = choose("Against", AXES, "overview-against")
    first = leading(decided.outcomes, advice)
    chart = once.of(
        trade_off_chart, first, axis, advice.metric, state.dark(), decided.options, advice.recommended,
        currency, chosen,
    )  # fmt: skip
    layout.draw(chart, "overview-trade-off", picks.choose)
    layout.data_note(
        study,
        f", tested on {decided.outcomes[0].test_parcels:,} parcels beyond "
        f"{decided.question.beyond_km:g} km. Bands are {LEVEL:.0%} intervals. Costs are estimates by the "
        "tariff.",
    )
    layout.provisional_note(first)
    st.markdown(f"**{layout.plain(price_sentence(advice, currency))}**")
    names = [option.plan.key if option.visits else picks.RECOMMENDED for option in advice.pareto]
    formats = columns.front(currency, advice.metric)
    layout.table(front_table(advice), formats, "overview-front", names, picks.choose)
    with st.container(horizontal=True):
        st.page_link("pages/compare.py", label="Compare in detail", icon=":material/show_chart:")
        layout.link_to_the_study()


def on_the_map(
    study: Study,
    question: tuple[str, Departure, Tariff],
    trip: Trip | None,
    routed: RoutedTrip | None,
) -> None:
    """The parcels of the trip, its tours, or what lies within a circle."""
    season, departure, _ = question
    choice = choose("On the map", MAPS, "overview-map") if trip else MAPS[2]
    if routed and choice == MAPS[1]:
        tours(study, season, routed)
    elif trip and choice == MAPS[0]:
        parcels(study, season, trip)
    else:
        circle(study, season, departure, trip)


def parcels(study: Study, season: str, trip: Trip) -> None:
    """The parcels of the trip."""
    from engine.views import maps

    start, archive = trip.request.departure, state.archive()
    count = f"{len(trip.wanted):,} parcels to visit from {start.title}"
    st.markdown(f"**{layout.plain(count)}**")
    places = cache.published_places(study, trip)
    ground = cache.published_ground(study, start)
    drawn = maps.trip_map(cache.published_parcels(study, season), start, places, state.dark(), ground)
    map_of.draw(drawn, key="overview-trip", alt=count)
    mix = outlooks.class_mix(study, season, archive)
    class_counts(mix, counts_of(mix, trip), study.legend, "trip", "overview-trip-classes")


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
