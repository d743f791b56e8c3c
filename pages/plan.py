"""Where would we go? The parcels of a trip, the classes it misses, its cost and the macro F1 to expect."""

import streamlit as st

from engine.decisions.backtest import no_backtest
from engine.decisions.bill_wording import trip_bill
from engine.decisions.routed import RoutedTrip
from engine.decisions.trip import Trip, TripRequest
from engine.decisions.trip_wording import forecast_text, gain_sentence, interpolation_basis, known_sentence
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
from pages import _outlooks as outlooks
from pages import _state as state
from pages._classes import class_counts
from pages._saving import save_as
from pages._tours import routed_or_none

TERMS = (
    "Departure", "Design", "Limit", "Equivalent radius", "Interpolation", "Forecast", "Backtest", "Bill",
    "Detour", "Itinerary",
)  # fmt: skip
ROUTED = "plan-routed"


@layout.error_boundary
def plan(study: Study) -> None:
    """A trip, and how far it goes."""
    trip(study, inputs.trip_but_limit(study))


@st.fragment
@layout.error_boundary
def trip(study: Study, but_limit: TripRequest) -> None:
    """The trip; a new limit redraws only this."""
    request = inputs.with_limit(but_limit)
    left, right = st.columns([3, 2], gap="medium")
    with right:
        planned, cost, routed = chosen_trip(study, request)
        expected_f1(study, planned, cost)
        known = known_sentence(study, request.target)
        if known:
            st.caption(layout.plain(known))
        days = routed.days if routed else None
        layout.draw(bill(cost, len(planned.wanted), state.dark(), days), key="plan-bill")
        st.caption(
            ("Routed stop by stop." if routed else "Estimated, not routed.")
            + " The ranges come from uncertain rates."
        )
        mix = outlooks.mix_to_visit(study, request.target, state.archive())
        inside = mix.parcels["parcel_id"].isin(planned.wanted["parcel_id"]).to_numpy()
        class_counts(mix, mix.counts(inside), study.legend, "trip", "plan-coverage")
    with left:
        if routed and state.stored_input(ROUTED) == repr(request):
            tours(study, routed)
        else:
            parcels(study, planned)


def chosen_trip(study: Study, request: TripRequest) -> tuple[Trip, Cost, RoutedTrip | None]:
    """The trip and its bill: routed where that is there, else estimated."""
    routed = routed_or_none(study, request)
    if routed is None:
        try:
            planned = cache.trip(study, request, state.archive())
            return planned, estimate(planned.wanted, request.departure, request.tariff), None
        except PlanError:  # the routing has the last word, and says what is wrong
            routed = itineraries.routed(study, request, state.archive())
    return routed.trip, routed.cost, routed


def expected_f1(study: Study, planned: Trip, cost: Cost) -> None:
    """How many parcels, and the score and the gain to expect of them."""
    request = planned.request
    outcomes = cache.current_outcomes(study, state.archive())
    with st.container(horizontal=True):
        aims = inputs.aims(study, request.tariff.currency)
        save_as(study, request, aims, "plan")
    gain = cache.trip_gain(study, outcomes, planned, cost, aims.value_of_point, aims.metric, state.archive())
    if gain.forecast:
        st.markdown(layout.plain(forecast_text(gain, request.departure)))
    elif study.is_open(request.target):
        st.caption(no_backtest(study, request.target))
    elif state.may_run():
        st.caption(f"No backtest gives {aims.metric.title} yet. Run it first: Experiments, with Backtest on.")
    size = planned.design.equivalent_radius_km
    count = f"**{len(planned.wanted):,} parcels** to visit"
    if request.limit.kind != "km" or request.design != "radius":
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
    """The parcels on the map; one that is clicked can become the departure."""
    request = planned.request
    parcels_file, start = cache.published_parcels(study, request.target), request.departure
    ground, radius_km = cache.published_ground(study, start), planned.design.equivalent_radius_km
    drawn = (
        maps.circle_map(parcels_file, start, radius_km, state.dark(), ground=ground)
        if request.design == "radius"
        else maps.trip_map(parcels_file, start, cache.published_places(study, planned), state.dark(), ground)
    )
    alt = f"{len(planned.wanted)} parcels to visit from {start.title}"
    season = study.parcels_in(request.target)
    wanted = st.text_input("Find a parcel", key="plan-find", placeholder="id of a parcel", width=240)
    found = maps.parcel_named(wanted, season) if wanted else None
    if wanted and not found:
        st.caption(f"No parcel of {request.target} has the id {layout.plain(wanted)}.")
    clicked = map_of.draw(drawn, key="plan-map", alt=alt, found=found, on_select="rerun")
    place = maps.clicked(clicked.selection, season) or found
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Plan the day tours",
            icon=":material/route:",
            on_click=state.set_input,
            args=(ROUTED, repr(request)),
        )
        if place:
            label = f"Start from parcel {place.name}"
            if st.button(label, icon=":material/my_location:", on_click=state.depart_from, args=(place,)):
                st.rerun()  # the departure stands outside this part
            left_out = {*request.unreachable, place.name}
            if st.button(
                f"Leave out parcel {place.name}",
                icon=":material/block:",
                on_click=inputs.leave_out,
                args=sorted(left_out),
                disabled=place.name in request.unreachable,
            ):
                st.rerun()
        else:
            st.caption("Click or find a parcel to start from there, or to leave it out.")
    if request.unreachable:
        names = layout.plain(", ".join(request.unreachable))
        st.caption(f"Left out, with all of their fields: {names}.")
        if st.button("Put all back", icon=":material/undo:", on_click=inputs.leave_out):
            st.rerun()


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


plan(layout.open_page("Where would we go?", TERMS))
