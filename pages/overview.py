"""What should we do this season? What a trip buys beside staying at home, and what is within reach."""

import streamlit as st

from engine.domain import Departure, Study
from engine.experiments import table as tables
from engine.experiments.advice import advise, leading
from engine.fieldwork import costs, reach
from engine.views import charts, curves, maps
from pages import session

AXES = {"cost": "cost", "radius": "radius", "parcels": "parcels"}


@st.fragment
def in_reach(study: Study) -> None:
    """The map of a season beside what a trip buys; a new radius redraws only this."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        season = session.ask_season(study)
        departure = session.ask_departure(study)
        radius = session.ask_radius()
    parcels = study.surveyed(season)
    table = reach.coverage(parcels, departure, radius)
    count = (
        f"{table['within'].sum():,} of {table['total'].sum():,} parcels lie within {radius} km "
        f"of {departure.title}"
    )
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**{count}** in {season}, {table['ha_within'].sum():,.0f} ha in all")
        drawn = maps.reach(session.ground(study, season), departure, radius, session.dark())
        st.pydeck_chart(drawn, height=maps.HEIGHT, key="map", alt=count)
    with right:
        trade_off(study, season, departure)
        session.draw(charts.coverage(table, study.legend, session.dark()), key="coverage")


def trade_off(study: Study, season: str, departure: Departure) -> None:
    """The fullest comparison that is answered for this season and departure."""
    outcomes, _ = session.outcomes(study)
    asked = tables.comparisons(study, outcomes)
    mine = [one for one in asked if one.target == season and one.departure == departure]
    if not mine:
        st.info(f"What a trip from {departure.title} buys in {season} is not computed yet.")
        st.page_link("pages/experiments.py", label="Run it", icon=":material/play_arrow:")
        return
    chosen = asked[mine[0]]
    tariff = costs.Tariff()
    options = session.priced(study, chosen, tariff)
    advice = advise(options)
    st.markdown(f"**{curves.decision(advice, departure.title, tariff.currency)}**")
    axis = st.segmented_control(
        "Against", AXES, default="cost", format_func=AXES.get, required=True, key="against"
    )
    shown = leading(chosen, advice)
    chart = curves.macro_f1(
        shown, axis, "pixels", session.dark(), options, advice.recommended, tariff.currency
    )
    session.draw(chart, key="trade-off")
    st.caption(
        f"{study.provenance.capitalize()} data, tested on {chosen[0].test_parcels:,} parcels beyond "
        f"{mine[0].beyond_km:g} km. Bands are 95 % intervals; costs are estimates by the default tariff. "
        "Designs that others beat in both are on the page Compare."
    )
    st.page_link("pages/compare.py", label="Compare in detail", icon=":material/show_chart:")


study = session.study()
session.header("What should we do this season?", study)
in_reach(study)
