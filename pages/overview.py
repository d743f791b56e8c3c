"""What do we have, and what is within reach?"""

import streamlit as st

from engine.domain import Study
from engine.fieldwork import reach
from engine.views import charts, maps
from pages import session


@st.fragment
def in_reach(study: Study) -> None:
    """The map of a season and what a circle holds; a new radius redraws only this."""
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
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(f"**{count}** in {season}, {table['ha_within'].sum():,.0f} ha in all")
        drawn = maps.reach(session.ground(study, season), departure, radius, session.dark())
        st.pydeck_chart(drawn, height=maps.HEIGHT, key="map", alt=count)
    with right:
        session.draw(charts.coverage(table, study.legend, session.dark()), key="coverage")
        session.draw(session.class_counts(study.fingerprint, session.dark(), study), key="classes")


study = session.study()
session.header("What do we have, and what is within reach?", study)
in_reach(study)
