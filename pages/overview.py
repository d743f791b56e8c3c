"""What should we do this season? What a trip buys beside staying at home, and what is within reach."""

import streamlit as st

from engine.decisions.advice import leading
from engine.decisions.decision import Decision
from engine.decisions.rows import front_table
from engine.decisions.trip import Trip, trip_of
from engine.decisions.wording import headline as headline_of
from engine.decisions.wording import money, price_sentence, reasons
from engine.domain import Departure, Study
from engine.sampling.coverage import coverage_of_circle
from engine.views import charts, curves, maps
from pages import _columns as columns
from pages import _inputs as ask
from pages import _layout as show
from pages import _state as session

MAPS = ["circle", "day tours"]
AXES = ["cost", "radius", "parcels"]


@session.error_boundary
def answer(study: Study) -> None:
    """The decision, and what it rests on."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        season = ask.season(study)
        departure = ask.departure(study)
        tariff = ask.tariff()
        value, budget = ask.worth(tariff.currency)
    decided = session.decide(study, season, departure, tariff, value, budget)
    best = decided.advice.recommended if decided else None
    trip = session.trip(study, trip_of(best, tariff)) if best and best.visits else None
    if decided:
        headline(decided)
    left, right = st.columns(2, gap="medium")
    with right:
        on_the_map(study, season, departure, trip)
    with left:
        if decided:
            trade_off(study, decided)
        else:
            st.info(f"What a trip from {show.plain(departure.title)} buys in {season} is not computed yet.")
            if session.may_run():
                st.page_link("pages/experiments.py", label="Run it", icon=":material/play_arrow:")


def headline(decided: Decision) -> None:
    """The decision in a sentence, and why."""
    advice, departure = decided.advice, decided.question.departure
    with st.container(border=True):
        st.subheader(headline_of(advice, departure.title, decided.tariff.currency), anchor=False)
        said = reasons(advice, decided.tariff.currency)
        st.markdown("\n".join(f"- {show.plain(reason)}" for reason in said))


def trade_off(study: Study, decided: Decision) -> None:
    """What trips buy, against what they cost."""
    advice, currency = decided.advice, decided.tariff.currency
    axis = ask.choose("Against", AXES, "overview-against")
    shown = leading(decided.outcomes, advice)
    chart = curves.macro_f1(
        shown, axis, "pixels", session.dark(), decided.options, advice.recommended, currency
    )
    show.draw(chart, key="overview-trade-off")
    st.caption(
        f"{study.provenance.capitalize()} data, tested on {decided.outcomes[0].test_parcels:,} parcels "
        f"beyond {decided.question.beyond_km:g} km. Bands are 95 % intervals; costs are "
        "estimates by the tariff."
    )
    front = front_table(advice)
    st.markdown(f"**{show.plain(price_sentence(advice, currency))}**")
    st.dataframe(front, hide_index=True, column_config=columns.front(currency), key="overview-front")
    st.page_link("pages/compare.py", label="Compare in detail", icon=":material/show_chart:")


def on_the_map(study: Study, season: str, departure: Departure, trip: Trip | None) -> None:
    """The parcels with the circle, or with the tours of the recommended trip."""
    shown = ask.choose("On the map", MAPS, "overview-map") if trip else MAPS[0]
    if trip and shown == MAPS[1]:
        tours(study, season, trip)
    else:
        circle(study, season, departure, trip)


@st.fragment
@session.error_boundary
def circle(study: Study, season: str, departure: Departure, trip: Trip | None) -> None:
    """The parcels within a radius; a new radius redraws only this."""
    radius = ask.radius()
    table = coverage_of_circle(study.parcels_in(season), departure, radius)
    count = (
        f"{table['within'].sum():,} of {table['total'].sum():,} parcels lie within {radius} km "
        f"of {departure.title}"
    )
    st.markdown(f"**{show.plain(count)}** in {season}, {table['ha_within'].sum():,.0f} ha in all")
    spots = session.spots(study, trip) if trip else None
    drawn = maps.reach(session.ground(study, season, live=True), departure, radius, session.dark(), spots)
    st.pydeck_chart(drawn, height=maps.HEIGHT, key="overview-circle", alt=count)
    if trip:
        st.caption(f"Rings: the {len(trip.wanted):,} parcels of the recommended trip.")
    show.draw(charts.coverage(table, study.legend, session.dark()), key="overview-coverage")


def tours(study: Study, season: str, trip: Trip) -> None:
    """The recommended trip, day by day."""
    planned = session.itinerary(study, trip, 1, False)
    cost = planned.cost
    words = (
        f"{len(planned.parcels):,} parcels on {len(planned.days)} days, {cost.km.likely:,.0f} km, "
        f"{money(cost.money.likely, cost.currency)} once routed"
    )
    st.markdown(f"**{show.plain(words)}**")
    drawn = maps.tours(session.ground(study, season), planned, session.dark())
    st.pydeck_chart(drawn, height=maps.HEIGHT, key="overview-tours", alt=words)
    st.dataframe(show.days(planned), hide_index=True, column_config=columns.DAY_COLUMNS, key="overview-days")
    st.page_link("pages/fieldwork.py", label="Take it into the field", icon=":material/download:")


answer(show.opened("What should we do this season?"))
