"""What do we take into the field? Day sheets, maps, links and files of a trip."""

import streamlit as st

from engine.decisions.trip import trip_of
from engine.decisions.wording import money
from engine.domain import Study
from engine.fieldwork import exports
from engine.views import maps
from pages import _columns as columns
from pages import _inputs as ask
from pages import _layout as show
from pages import _state as session
from pages._inputs import Asked

ABOUT = {
    "field-plan.zip": ("Everything", ":material/folder_zip:"),
    "day-sheets.csv": ("Day sheets", ":material/table:"),
    "itinerary.gpx": ("GPX, navigation", ":material/route:"),
    "itinerary.kml": ("KML, Google Earth", ":material/public:"),
    "itinerary.gpkg": ("GeoPackage", ":material/layers:"),
    "itinerary.geojson": ("GeoJSON", ":material/data_object:"),
}
TRIPS = ["planned", "recommended"]


def asked_for(study: Study) -> Asked | None:
    """The trip of the page Plan, or the recommended one."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        which = ask.choose("Trip", TRIPS, "fieldwork-trip")
        with st.popover("Change it", icon=":material/explore:"):
            asked = ask.trip(study)
    if which == TRIPS[0]:
        return asked
    request = asked.request
    decided = session.decide(study, request.target, request.departure, request.tariff)
    if decided is None:
        st.info(f"No trip from {show.plain(request.departure.title)} in {request.target} is answered yet.")
        return None
    best = decided.advice.recommended
    if not best.visits:
        st.info("The recommendation is to stay at home: there is nothing to take along.")
        return None
    return asked._replace(request=trip_of(best, request.tariff))


@session.error_boundary
def take(study: Study) -> None:
    """The trip, routed, and its files."""
    asked = asked_for(study)
    if asked is None:
        return
    request, crews, away = asked
    trip = session.trip(study, request)
    planned = session.itinerary(study, trip, crews, away)
    if not planned.days:
        st.warning("No parcel of this trip can be reached within a day.", icon=":material/warning:")
        return
    cost = planned.cost
    what = "recommended parcels" if request.listed else f"parcels {trip.design.description}"
    st.markdown(
        f"**{len(planned.parcels):,} {what} in {request.target}, "
        f"from {show.plain(request.departure.title)}: {len(planned.days)} days, {cost.km.likely:,.0f} km, "
        f"{show.plain(money(cost.money.likely, cost.currency))}**"
    )
    files = session.field_files(study, trip, planned, crews, away)
    with st.container(horizontal=True):
        for name, (label, icon) in ABOUT.items():
            st.download_button(
                label, files[name], name, icon=icon, key=f"fieldwork-get-{name}", on_click="ignore"
            )
    spare = (
        f" and {len(trip.spare)} replacements for parcels that cannot be visited" if len(trip.spare) else ""
    )
    st.caption(
        "In QGIS and QField open itinerary.qgs of the folder in Everything: it has the parcels with a form "
        f"for the crop{spare}."
    )
    names = {f"day {one.number}" + f", crew {one.crew}" * (crews > 1): one for one in planned.days}
    chosen = ask.choose("Day", list(names), "fieldwork-day")
    day = names[chosen]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        drawn = maps.tours(session.ground(study, request.target), planned, session.dark(), only=day)
        alt = f"The tour of {chosen} with {len(day.stops)} stops"
        st.pydeck_chart(drawn, height=maps.HEIGHT, key="fieldwork-tour", alt=alt)
    with right:
        sheet = exports.day_sheets(planned, trip.wanted, trip.spare)
        mine = sheet[(sheet["day"] == day.number) & (sheet["crew"] == day.crew)]
        st.dataframe(mine, hide_index=True, column_config=columns.STOP_COLUMNS, key="fieldwork-sheet")
        legs = [
            leg for leg in exports.map_links(planned) if (leg["day"], leg["crew"]) == (day.number, day.crew)
        ]
        st.markdown(
            "Navigate: " + " · ".join(f"[leg {leg['leg']} of {len(legs)}]({leg['url']})" for leg in legs)
        )


take(show.opened("What do we take into the field?"))
