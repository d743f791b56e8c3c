"""Where would we go? The parcels of a trip, what it costs, and the day tours."""

import streamlit as st

from engine.domain import GroundplanError, Study
from engine.experiments.trip import TripRequest
from engine.fieldwork.estimate import estimate
from engine.learning.recipes import recipe_by_name
from engine.views import bills, maps
from pages import columns, session


@st.fragment
def trip(study: Study) -> None:
    """The trip that the widgets name; moving one redraws only this."""
    try:
        _trip(study)
    except GroundplanError as error:
        st.error(str(error), icon=":material/error:")


def _trip(study: Study) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        season = session.ask_season(study)
        departure = session.ask_departure(study)
        design = session.ask_design()
        tariff = session.ask_tariff()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        limit = session.ask_limit()
        crews = st.number_input("Crews", 1, 9, 1, key="crews", width=120)
        away = st.toggle("Sleep out", key="sleep-out", help="Spend the nights near the last stop.")
    recipe = recipe_by_name(session.usual_recipe(study, session.RECIPE_NAMES))
    request = TripRequest(season, departure, design, limit, tariff, recipe=recipe)
    chosen = session.trip(study, request)
    session.keep_trip(request, crews, away)
    wanted = chosen.wanted
    left, right = st.columns([3, 2], gap="medium")
    expected = estimate(wanted, departure, tariff)
    asked = repr((request, crews, away))
    if st.session_state.get("planned") != asked:
        with left:
            ground = session.ground(study, season)
            drawn = (
                maps.reach(ground, departure, chosen.design.reach_km, session.dark())
                if design == "radius"
                else maps.visits(ground, departure, wanted, session.dark())
            )
            st.pydeck_chart(drawn, height=maps.HEIGHT, key="map", alt=f"{len(wanted)} parcels to visit")
        with right:
            session.draw(bills.bill(expected, len(wanted), session.dark()), key="bill")
            st.caption(
                "Estimated from the density of the parcels; ranges come from uncertain rates."
                + (
                    ""
                    if limit.kind == "km" and design == "radius"
                    else f" As many parcels as lie within {chosen.design.reach_km:g} km."
                )
            )
            st.button(
                "Plan the day tours",
                icon=":material/route:",
                type="primary",
                on_click=session.remember,
                args=("planned", asked),
            )
        return
    planned = session.itinerary(study, chosen, crews, away)
    with left:
        drawn = maps.tours(session.ground(study, season), planned, session.dark())
        alt = f"Day tours to {len(planned.parcels)} parcels on {len(planned.days)} days"
        st.pydeck_chart(drawn, height=maps.HEIGHT, key="tours", alt=alt)
    with right:
        session.draw(bills.bill(planned.cost, len(planned.parcels), session.dark()), key="routed")
        st.caption(
            f"Routed, stop by stop; the estimate without routing was {expected.money.likely:,.0f} "
            f"{expected.currency}. Ranges come from uncertain rates."
        )
        if planned.left_out:
            st.warning(f"{len(planned.left_out)} parcels are too far for a day and are left out.")
        if planned.days:
            st.dataframe(
                session.days(planned), hide_index=True, column_config=columns.DAY_COLUMNS, key="days"
            )
            st.page_link("pages/fieldwork.py", label="Take it into the field", icon=":material/download:")


study = session.study()
session.header("Where would we go?", study)
trip(study)
