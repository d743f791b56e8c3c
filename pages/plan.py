"""Where would we go? The parcels of a trip, the classes it misses, its cost and the macro F1 to expect."""

import streamlit as st

from engine.decisions.backtest import no_backtest
from engine.decisions.interpolation import interpolated
from engine.decisions.trip import Trip
from engine.decisions.trip_wording import forecast_sentence, interpolation_basis
from engine.decisions.wording import money
from engine.domain import Study
from engine.fieldwork.estimate import estimate
from engine.fieldwork.tour import Itinerary
from engine.views import maps
from engine.views.bill import bill
from pages import _cache as cache
from pages import _columns as columns
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _outlooks as outlooks
from pages import _state as state
from pages._classes import class_counts
from pages._inputs import TripInputs
from pages._tours import day_tours

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
def trip(study: Study, but_limit: TripInputs) -> None:
    """The trip; a new limit redraws only this."""
    chosen = inputs.with_limit(but_limit)
    request = chosen.request
    planned = cache.trip(study, request, state.archive())
    cost = estimate(planned.wanted, request.departure, request.tariff)
    left, right = st.columns([3, 2], gap="medium")
    with right:
        expected_f1(study, planned)
        layout.draw(bill(cost, len(planned.wanted), state.dark()), key="plan-bill")
        st.caption("Estimated, not routed. The ranges come from uncertain rates.")
        mix = outlooks.class_mix(study, request.target, state.archive())
        inside = mix.parcels["parcel_id"].isin(planned.wanted["parcel_id"]).to_numpy()
        class_counts(mix, mix.counts(inside), study.legend, "trip", "plan-coverage")
    with left:
        if state.stored_input(ROUTED) == repr(chosen):
            tours(study, chosen, planned)
        else:
            parcels(study, chosen, planned)


def expected_f1(study: Study, planned: Trip) -> None:
    """How many parcels, and the macro F1 to expect of them."""
    request = planned.request
    outcomes, _ = cache.outcomes(study, state.archive())
    decided = cache.decide(study, outcomes, request.target, request.departure, request.tariff)
    forecast(study, planned)
    size = planned.design.equivalent_radius_km
    count = f"**{len(planned.wanted):,} parcels** to visit"
    if request.limit.kind != "km" or request.design != "radius":
        count += f", as many as lie within {size:g} km"
    if study.is_open(request.target):
        st.markdown(f"{count}\n\nNo score can be tested before {request.target} has labels.")
        return
    if decided is None:
        st.markdown(f"{count}\n\nExpected macro F1: not known. No trip from here is answered in this season.")
        return
    guess = interpolated(decided.outcomes, request.design, size)
    baseline = decided.advice.baseline
    value = f"**{guess.f1}**" if guess.f1 else "not known"
    basis = layout.plain(interpolation_basis(guess))
    free = f" Without a trip: {baseline.f1}." if baseline else ""
    st.markdown(f"{count}\n\nExpected macro F1: {value} :gray[({basis}).]{free}")
    if guess.f1 and baseline and guess.f1.value < baseline.f1.value:
        st.warning("Such a trip makes the map worse than no trip.", icon=":material/trending_down:")


def forecast(study: Study, planned: Trip) -> None:
    """The gain to expect of the trip, where a backtest was run."""
    outcomes, _ = cache.outcomes(study, state.archive())
    request = planned.request
    if not cache.backtest_gains(study, outcomes, request.target, request.departure):
        if study.is_open(request.target):
            st.caption(no_backtest(study, request.target))
        elif state.may_run():
            st.caption("No backtest yet. Run it first: Experiments, with Backtest switched on.")
        return
    value, _ = inputs.aims(request.tariff.currency)
    expected = cache.trip_forecast(study, outcomes, planned, value)
    if expected:
        st.markdown(layout.plain(forecast_sentence(expected)))


def parcels(study: Study, chosen: TripInputs, planned: Trip) -> None:
    """The parcels on the map; one that is clicked can become the departure."""
    request = planned.request
    parcels_file, start = cache.published_parcels(study, request.target), request.departure
    drawn = (
        maps.circle_map(parcels_file, start, planned.design.equivalent_radius_km, state.dark())
        if request.design == "radius"
        else maps.trip_map(parcels_file, start, cache.published_places(study, planned), state.dark())
    )
    alt = f"{len(planned.wanted)} parcels to visit from {start.title}"
    clicked = st.pydeck_chart(drawn, height=maps.HEIGHT, key="plan-map", alt=alt, on_select="rerun")
    place = maps.clicked(clicked.selection, study.parcels_in(request.target))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Plan the day tours",
            icon=":material/route:",
            on_click=state.set_input,
            args=(ROUTED, repr(chosen)),
        )
        if place:
            label = f"Start from parcel {place.name}"
            if st.button(label, icon=":material/my_location:", on_click=state.depart_from, args=(place,)):
                st.rerun()  # the departure stands outside this part
        else:
            st.caption("Click a parcel to start from there.")


def tours(study: Study, chosen: TripInputs, planned: Trip) -> None:
    """The trip, routed day by day."""

    def draw(routed: Itinerary, final: bool) -> None:
        drawn = maps.tour_map(cache.published_parcels(study, planned.request.target), routed, state.dark())
        alt = f"Day tours to {len(routed.parcels)} parcels on {len(routed.days)} days"
        st.pydeck_chart(drawn, height=maps.HEIGHT, key="plan-tours", alt=alt)
        cost = routed.cost
        st.markdown(
            f"**Routed stop by stop: {len(routed.days)} days, {cost.km.likely:,.0f} km, "
            f"{layout.plain(money(cost.money.likely, cost.currency))}**"
        )
        if routed.left_out:
            st.warning(f"{len(routed.left_out)} parcels are left out: a tour to them takes more than a day.")
        if routed.days:
            layout.table(layout.days(routed), columns.days(), key="plan-days")
            st.page_link("pages/fieldwork.py", label="Take it into the field", icon=":material/download:")

    day_tours(study, planned, chosen.crews, chosen.sleep_out, draw)


plan(layout.open_page("Where would we go?", TERMS))
