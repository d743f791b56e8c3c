"""Where would we go? The parcels of a trip, what they miss, what it costs and what it may give."""

import streamlit as st

from engine.decisions.interpolation import interpolated
from engine.decisions.trip import Trip
from engine.decisions.wording import forecast_sentence, interpolation_basis, money
from engine.domain import Study
from engine.fieldwork.estimate import estimate
from engine.sampling.coverage import coverage_of
from engine.views import bills, charts, maps
from pages import _columns as columns
from pages import _inputs as ask
from pages import _layout as show
from pages import _state as session
from pages._inputs import Asked

PLANNED = "plan-routed"


@session.error_boundary
def plan(study: Study) -> None:
    """A trip and how far it goes."""
    trip(study, ask.way(study))


@st.fragment
@session.error_boundary
def trip(study: Study, way: Asked) -> None:
    """The trip; a new limit redraws only this."""
    asked = ask.how_far(way)
    chosen = session.trip(study, asked.request)
    cost = estimate(chosen.wanted, asked.request.departure, asked.request.tariff)
    left, right = st.columns([3, 2], gap="medium")
    with right:
        figures(study, asked, chosen)
        show.draw(bills.bill(cost, len(chosen.wanted), session.dark()), key="plan-bill")
        st.caption("Estimated, not routed; ranges come from uncertain rates.")
        season = study.parcels_in(asked.request.target)
        table = coverage_of(season, season["parcel_id"].isin(chosen.wanted["parcel_id"]).to_numpy())
        show.draw(charts.coverage(table, study.legend, session.dark(), "trip"), key="plan-coverage")
    with left:
        if session.recalled(PLANNED) == repr(asked):
            tours(study, asked, chosen)
        else:
            parcels(study, asked, chosen)


def figures(study: Study, asked: Asked, chosen: Trip) -> None:
    """How many parcels, and what they may give."""
    request = asked.request
    decided = session.decide(study, request.target, request.departure, request.tariff)
    foretold(study, chosen)
    size = chosen.design.equivalent_radius_km
    words = f"**{len(chosen.wanted):,} parcels** to visit"
    if request.limit.kind != "km" or request.design != "radius":
        words += f", as many as lie within {size:g} km"
    if decided is None:
        st.markdown(f"{words}\n\nExpected macro F1: no trip from here is answered for this season yet.")
        return
    guess = interpolated(decided.outcomes, request.design, size)
    home = decided.advice.baseline
    stay = f" Without a trip: {home.f1}." if home else ""
    value = f"**{guess.f1}**" if guess.f1 else "not known"
    basis = show.plain(interpolation_basis(guess))
    st.markdown(f"{words}\n\nExpected macro F1: {value} :gray[({basis}).]{stay}")
    if guess.f1 and home and guess.f1.value < home.f1.value:
        st.warning("A trip like this makes the map worse than not going.", icon=":material/trending_down:")


def foretold(study: Study, chosen: Trip) -> None:
    """What the trip will gain by what trips gained in past seasons, if they were asked."""
    request = chosen.request
    if not session.foretold(study, chosen, None):
        return
    value, _ = ask.worth(request.tariff.currency)
    told = session.foretold(study, chosen, value)
    assert told is not None
    st.markdown(show.plain(forecast_sentence(told)))


def parcels(study: Study, asked: Asked, chosen: Trip) -> None:
    """The parcels on the map; one that is clicked can become the departure."""
    request = asked.request
    ground, start = session.ground(study, request.target, live=True), request.departure
    drawn = (
        maps.reach(ground, start, chosen.design.equivalent_radius_km, session.dark())
        if request.design == "radius"
        else maps.visits(ground, start, session.spots(study, chosen), session.dark())
    )
    alt = f"{len(chosen.wanted)} parcels to visit from {start.title}"
    clicked = st.pydeck_chart(drawn, height=maps.HEIGHT, key="plan-map", alt=alt, on_select="rerun")
    place = maps.clicked(clicked.selection, study.parcels_in(request.target))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Plan the day tours",
            icon=":material/route:",
            on_click=session.remember,
            args=(PLANNED, repr(asked)),
        )
        if place:
            words = f"Start from parcel {place.name}"
            if st.button(words, icon=":material/my_location:", on_click=session.go_to, args=(place,)):
                st.rerun()  # the departure is asked outside this part
        else:
            st.caption("Click a parcel to start from there.")


def tours(study: Study, asked: Asked, chosen: Trip) -> None:
    """The trip, routed day by day."""
    planned = session.itinerary(study, chosen, asked.crews, asked.away)
    drawn = maps.tours(session.ground(study, asked.request.target), planned, session.dark())
    alt = f"Day tours to {len(planned.parcels)} parcels on {len(planned.days)} days"
    st.pydeck_chart(drawn, height=maps.HEIGHT, key="plan-tours", alt=alt)
    cost = planned.cost
    st.markdown(
        f"**Routed stop by stop: {len(planned.days)} days, {cost.km.likely:,.0f} km, "
        f"{show.plain(money(cost.money.likely, cost.currency))}**"
    )
    if planned.left_out:
        st.warning(f"{len(planned.left_out)} parcels are too far for a day and are left out.")
    if planned.days:
        st.dataframe(show.days(planned), hide_index=True, column_config=columns.DAY_COLUMNS, key="plan-days")
        st.page_link("pages/fieldwork.py", label="Take it into the field", icon=":material/download:")


plan(show.opened("Where would we go?"))
