"""Where would we go? The parcels of a trip, the classes it misses, its cost and the macro F1 to expect."""

import streamlit as st

from engine.decisions.backtest import no_backtest
from engine.decisions.bill_wording import trip_bill
from engine.decisions.decision import Aims
from engine.decisions.routed import RoutedTrip
from engine.decisions.trip import Trip, TripRequest
from engine.decisions.trip_wording import (
    forecast_text,
    gain_sentence,
    interpolation_basis,
    known_sentence,
    pins_sentence,
    unvisited_pins_sentence,
)
from engine.domain import PlanError, Study
from engine.fieldwork.costs import Cost
from engine.fieldwork.estimate import estimate
from engine.views import maps
from engine.views.bill import bill
from pages import _cache as cache
from pages import _chosen as picks
from pages import _columns as columns
from pages import _inputs as inputs
from pages import _itineraries as itineraries
from pages import _layout as layout
from pages import _maps as map_of
from pages import _marking as marking
from pages import _once as once
from pages import _outlooks as outlooks
from pages import _planned as plans
from pages import _state as state
from pages._classes import class_counts, counts_of
from pages._saving import save_as
from pages._tours import follow, routed_or_none
from pages._widgets import Choices, choose_id

TERMS = (
    "Departure", "Design", "Limit", "Equivalent radius", "Interpolation", "Forecast", "Backtest", "Bill",
    "Detour", "Itinerary", "Pin",
)  # fmt: skip
ROUTED = "plan-routed"
CLICK, AREA = "parcel", "area"
SELECT = Choices({CLICK: "One parcel", AREA: "An area"})


@layout.error_boundary
def plan(study: Study) -> None:
    """A trip, and how far it goes."""
    question, row, of_design = plans.question(study)
    with row:
        aims = inputs.aims(study, question.tariff.currency)
    trip(study, plans.asked(study, question, aims, of_design), aims)


@st.fragment
@layout.error_boundary
def trip(study: Study, asked: plans.Asked, aims: Aims) -> None:
    """The trip; a new limit redraws only this."""
    request = plans.sized(asked)
    with st.container(horizontal=True, vertical_alignment="center"):
        plans.changed(asked, request)
        save_as(study, request, aims, "plan")
    marking.marked()
    left, right = st.columns([3, 2], gap="medium")
    with right:
        planned, cost, routed = chosen_trip(study, request, asked)
        expected_f1(study, planned, cost, aims)
        known = known_sentence(study, request.target)
        for said in (pins_sentence(planned), unvisited_pins_sentence(routed) if routed else "", known):
            if said:
                st.caption(layout.plain(said))
        days = routed.days if routed else None
        layout.draw(once.of(bill, cost, len(planned.wanted), state.dark(), days), key="plan-bill")
        st.caption(
            ("Routed stop by stop." if routed else "Estimated, not routed.")
            + " The ranges come from uncertain rates."
        )
        mix = outlooks.mix_to_visit(study, request.target, state.archive())
        class_counts(mix, counts_of(mix, planned), study.legend, "trip", "plan-coverage")
    with left:
        if routed and state.stored_input(ROUTED) == repr(request):
            tours(study, routed)
        else:
            parcels(study, planned)


def chosen_trip(
    study: Study, request: TripRequest, asked: plans.Asked
) -> tuple[Trip, Cost, RoutedTrip | None]:
    """The trip and its bill: routed where that is there, else estimated."""
    followed, routed = asked.followed, None
    if followed and followed.ended and asked.follows and request == followed.bare:
        follow(followed.ended)  # it is being routed already
    else:
        routed = routed_or_none(study, request)
    if routed is None:
        try:
            planned = cache.trip(study, request, state.archive())
            return planned, estimate(planned.wanted, request.departure, request.tariff), None
        except PlanError:  # the routing has the last word, and says what is wrong
            routed = itineraries.routed(study, request, state.archive())
    return routed.trip, routed.cost, routed


def expected_f1(study: Study, planned: Trip, cost: Cost, aims: Aims) -> None:
    """How many parcels, and the score and the gain to expect of them."""
    request = planned.request
    outcomes = cache.current_outcomes(study, state.archive())
    gain = cache.trip_gain(study, outcomes, planned, cost, aims.value_of_point, aims.metric, state.archive())
    if gain.forecast:
        st.markdown(layout.plain(forecast_text(gain, request.departure)))
    elif study.is_open(request.target):
        st.caption(no_backtest(study, request.target))
    elif state.may_run():
        st.caption(f"No backtest gives {aims.metric.title} yet. Run it first: Experiments, with Backtest on.")
    size = planned.design.equivalent_radius_km
    count = f"**{len(planned.wanted):,} parcels** to visit"
    if size and not request.pinned and (request.limit.kind != "km" or request.design != "radius"):
        count += f", as many as lie within {size:g} km"
    if study.is_open(request.target):
        st.markdown(f"{count}\n\nNo score can be tested before {request.target} has labels.")
        return
    if gain.baseline is None and gain.score.f1 is None and gain.score.method is None:
        unknown = f"Expected {aims.metric.title}: not known. No trip from here is answered in this season."
        st.markdown(f"{count}\n\n{unknown}")
        return
    value_text = f"**{gain.score.f1}**" if gain.score.f1 else "not known"
    basis = layout.plain(interpolation_basis(gain.score))
    free = f" Without a trip: {gain.baseline}." if gain.baseline else ""
    st.markdown(f"{count}\n\nExpected {aims.metric.title}: {value_text} :gray[({basis}).]{free}")
    if gain.over_baseline:
        st.markdown(layout.plain(gain_sentence(gain)))
        if gain.over_baseline.value < 0:
            st.warning("Such a trip makes the map worse than no trip.", icon=":material/trending_down:")


def parcels(study: Study, planned: Trip) -> None:
    """The parcels on a map where one can be clicked, or on a chart where many can be drawn around."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = choose_id("Select", SELECT, "plan-select")
        place = st.container(width=240)
    if by == AREA:
        marking.area(study, planned)
        tours_button(planned.request)
        return
    season = study.parcels_in(planned.request.target)
    with place:
        wanted = st.text_input("Find a parcel", key="plan-find", placeholder="id of a parcel")
    found = maps.parcel_named(wanted, season) if wanted else None
    if wanted and not found:
        st.caption(f"No parcel of {planned.request.target} has the id {layout.plain(wanted)}.")
    alt = f"{len(planned.wanted)} parcels to visit from {planned.request.departure.title}"
    drawn = parcel_map(study, planned)
    clicked = map_of.draw(drawn, key="plan-map", alt=alt, found=found, on_select="rerun")
    picked = maps.clicked(clicked.selection, season) or found
    with st.container(horizontal=True, vertical_alignment="center"):
        tours_button(planned.request)
        if picked:
            marking.one_parcel(picked)
        else:
            st.caption("Click or find a parcel to pin it, to leave it out, or to start from there.")


def parcel_map(study: Study, planned: Trip) -> maps.Map:
    """The parcels of the trip, with the circle where it is one, and what is pinned and left out."""
    request, dark = planned.request, state.dark()
    parcels_file, start = cache.published_parcels(study, request.target), request.departure
    ground, places = cache.published_ground(study, start), cache.published_places(study, planned)
    season = study.parcels_in(request.target)
    marks = maps.marks_of(season, request.pinned, request.unreachable)
    radius_km = planned.design.equivalent_radius_km
    if request.design != "radius" or not radius_km:
        return maps.trip_map(parcels_file, start, places, dark, ground, marks)
    rings = places if request.pinned or request.unreachable else None
    return maps.circle_map(parcels_file, start, radius_km, dark, rings, ground, marks)


def tours_button(request: TripRequest) -> None:
    """Show the day tours in place of the parcels."""
    st.button(
        "Plan the day tours",
        icon=":material/route:",
        on_click=state.set_input,
        args=(ROUTED, repr(request)),
    )


def tours(study: Study, routed: RoutedTrip) -> None:
    """The trip, routed day by day."""
    planned = routed.itinerary
    parcels_file = cache.published_parcels(study, routed.request.target)
    ground = cache.published_ground(study, planned.departure)
    day = map_of.day_of(planned, "plan-day") if planned.days else None
    drawn = maps.tour_map(parcels_file, planned, state.dark(), day, ground)
    alt = f"Day tours to {len(routed.parcels)} parcels on {len(planned.days)} days"
    map_of.draw(drawn, key="plan-tours", alt=alt)
    st.markdown(f"**Routed stop by stop: {layout.plain(trip_bill(routed))}**")
    if planned.left_out:
        st.warning(f"{len(planned.left_out)} parcels are left out: a tour to them takes more than a day.")
    if planned.days:
        layout.table(layout.days(planned), columns.days(), key="plan-days")
        st.page_link(
            "pages/fieldwork.py",
            label="Take it into the field",
            icon=":material/download:",
            query_params={"fieldwork-trip": picks.PLANNED},
        )
        if st.button("Back to the parcels", icon=":material/map:", type="tertiary", on_click=forget_tours):
            st.rerun(scope="fragment")


def forget_tours() -> None:
    """Show the parcels again."""
    state.set_input(ROUTED, "")


plan(layout.open_page("Where would we go?", TERMS))
