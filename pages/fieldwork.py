"""What do we take into the field? Day sheets, maps, links and files of the trip that was planned."""

import streamlit as st

from engine.domain import GroundplanError, Study
from engine.fieldwork import exports
from engine.views import maps
from pages import columns, session

ABOUT = {
    "field-plan.zip": ("Everything", ":material/folder_zip:"),
    "day-sheets.csv": ("Day sheets", ":material/table:"),
    "itinerary.gpx": ("GPX, navigation", ":material/route:"),
    "itinerary.kml": ("KML, Google Earth", ":material/public:"),
    "itinerary.gpkg": ("GeoPackage", ":material/layers:"),
    "itinerary.geojson": ("GeoJSON", ":material/data_object:"),
}


def take(study: Study) -> None:
    """The trip named on the page Plan, routed."""
    kept = session.kept_trip()
    if kept is None:
        st.info("Name a trip first: from where, which parcels, how far.", icon=":material/info:")
        st.page_link("pages/plan.py", label="Plan a trip", icon=":material/explore:")
        return
    request, crews, away = kept
    trip = session.trip(study, request)
    planned = session.itinerary(study, trip, crews, away)
    if not planned.days:
        st.warning("No parcel of this trip can be reached within a day.", icon=":material/warning:")
        st.page_link("pages/plan.py", label="Change the trip", icon=":material/explore:")
        return
    cost = planned.cost
    st.markdown(
        f"**{len(planned.parcels):,} parcels {trip.design.manner} in {request.target}, from "
        f"{request.departure.title}: {len(planned.days)} days, {cost.km.likely:,.0f} km, "
        f"{cost.money.likely:,.0f} {cost.currency}**"
    )
    st.page_link("pages/plan.py", label="Change the trip", icon=":material/explore:")
    files = session.field_files(study, trip, planned, crews, away)
    with st.container(horizontal=True):
        for name, (label, icon) in ABOUT.items():
            st.download_button(label, files[name], name, icon=icon, key=f"get-{name}")
    st.caption(
        "In QGIS and QField open itinerary.qgs of the folder in Everything: it has the parcels with a form "
        f"for the crop, and {len(trip.spare)} replacements for parcels that cannot be visited."
    )
    sheet = exports.day_sheets(planned, trip.wanted, trip.spare)
    names = {f"day {one.number}" + f", crew {one.crew}" * (crews > 1): one for one in planned.days}
    chosen = st.segmented_control("Day", list(names), default=next(iter(names)), required=True, key="day")
    day = names.get(chosen, planned.days[0])
    left, right = st.columns([3, 2], gap="medium")
    with left:
        drawn = maps.tours(session.ground(study, request.target), planned, session.dark(), only=day)
        alt = f"The tour of {chosen} with {len(day.stops)} stops"
        st.pydeck_chart(drawn, height=maps.HEIGHT, key="tour", alt=alt)
    with right:
        mine = sheet[(sheet["day"] == day.number) & (sheet["crew"] == day.crew)]
        st.dataframe(mine, hide_index=True, column_config=columns.STOP_COLUMNS, key="sheet")
        legs = [
            leg for leg in exports.map_links(planned) if (leg["day"], leg["crew"]) == (day.number, day.crew)
        ]
        st.markdown(
            "Navigate: " + " · ".join(f"[leg {leg['leg']} of {len(legs)}]({leg['url']})" for leg in legs)
        )


study = session.study()
session.header("What do we take into the field?", study)
try:
    take(study)
except GroundplanError as error:
    st.error(str(error), icon=":material/error:")
