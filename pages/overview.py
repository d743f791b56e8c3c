"""What should we do this season? What a trip buys beside staying at home, and what is within reach."""

from typing import NamedTuple

import streamlit as st

from engine.domain import Departure, GroundplanError, Study
from engine.experiments import table as tables
from engine.experiments.advice import Advice, Option, advise, leading
from engine.experiments.outcome import Outcome
from engine.experiments.trip import TripRequest
from engine.fieldwork import reach
from engine.fieldwork.costs import Tariff
from engine.fieldwork.limits import Limit
from engine.views import charts, curves, maps
from pages import session

AXES = {"cost": "cost", "radius": "radius", "parcels": "parcels"}
MAPS = ["circle", "recommended trip"]


class Answer(NamedTuple):
    """A comparison and what it advises."""

    question: tables.Question
    outcomes: list[Outcome]
    options: list[Option]
    advice: Advice


@st.fragment
def in_reach(study: Study) -> None:
    """The map of a season beside what a trip buys; a new radius redraws only this."""
    try:
        _in_reach(study)
    except GroundplanError as error:
        st.error(str(error), icon=":material/error:")


def _in_reach(study: Study) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        season = session.ask_season(study)
        departure = session.ask_departure(study)
        tariff = session.ask_tariff()
        radius = session.ask_radius()
    answer = answered(study, season, departure, tariff)
    left, right = st.columns(2, gap="medium")
    with left:
        on_the_map(study, season, departure, radius, answer.advice if answer else None, tariff)
    with right:
        if answer:
            trade_off(study, departure, tariff, answer)
        else:
            st.info(f"What a trip from {departure.title} buys in {season} is not computed yet.")
            st.page_link("pages/experiments.py", label="Run it", icon=":material/play_arrow:")
        table = reach.coverage(study.surveyed(season), departure, radius)
        session.draw(charts.coverage(table, study.legend, session.dark()), key="coverage")


def answered(study: Study, season: str, departure: Departure, tariff: Tariff) -> Answer | None:
    """The fullest comparison that is answered for this season and departure, and its advice."""
    outcomes, _ = session.outcomes(study)
    asked = tables.comparisons(study, outcomes)
    mine = [one for one in asked if one.target == season and one.departure == departure]
    if not mine:
        return None
    options = session.priced(study, asked[mine[0]], tariff)
    return Answer(mine[0], asked[mine[0]], options, advise(options))


def on_the_map(
    study: Study, season: str, departure: Departure, radius: int, advice: Advice | None, tariff: Tariff
) -> None:
    """The parcels with the circle, or with the tours of the recommended trip."""
    best = advice.recommended if advice else None
    shown = MAPS[0]
    if best and best.outcome.plan.method.visits:
        shown = st.segmented_control("On the map", MAPS, default=shown, required=True, key="on-map")
    ground = session.ground(study, season)
    if best and shown == MAPS[1]:
        request = TripRequest(
            season, departure, "radius", Limit("km", radius), tariff, given=tuple(sorted(best.visited))
        )
        trip = session.trip(study, request)
        planned = session.itinerary(study, trip, 1, False)
        cost = planned.cost
        words = (
            f"{len(planned.parcels):,} parcels on {len(planned.days)} days, {cost.km.likely:,.0f} km, "
            f"{cost.money.likely:,.0f} {cost.currency} once routed"
        )
        st.markdown(f"**{words}**")
        drawn = maps.tours(ground, planned, session.dark())
        st.pydeck_chart(drawn, height=maps.HEIGHT, key="tours", alt=words)
        session.keep_trip(request, 1, False)
        st.page_link("pages/fieldwork.py", label="Take it into the field", icon=":material/download:")
        return
    table = reach.coverage(study.surveyed(season), departure, radius)
    count = (
        f"{table['within'].sum():,} of {table['total'].sum():,} parcels lie within {radius} km "
        f"of {departure.title}"
    )
    st.markdown(f"**{count}** in {season}, {table['ha_within'].sum():,.0f} ha in all")
    drawn = maps.reach(ground, departure, radius, session.dark())
    st.pydeck_chart(drawn, height=maps.HEIGHT, key="map", alt=count)


def trade_off(study: Study, departure: Departure, tariff: Tariff, answer: Answer) -> None:
    """What trips buy, against what they cost."""
    st.markdown(f"**{curves.decision(answer.advice, departure.title, tariff.currency)}**")
    axis = st.segmented_control(
        "Against", AXES, default="cost", format_func=AXES.get, required=True, key="against"
    )
    shown = leading(answer.outcomes, answer.advice)
    best = answer.advice.recommended
    chart = curves.macro_f1(shown, axis, "pixels", session.dark(), answer.options, best, tariff.currency)
    session.draw(chart, key="trade-off")
    st.caption(
        f"{study.provenance.capitalize()} data, tested on {answer.outcomes[0].test_parcels:,} parcels beyond "
        f"{answer.question.beyond_km:g} km. Bands are 95 % intervals; costs are estimates by the tariff. "
        "Designs that others beat in both are on the page Compare."
    )
    st.page_link("pages/compare.py", label="Compare in detail", icon=":material/show_chart:")


study = session.study()
session.header("What should we do this season?", study)
in_reach(study)
