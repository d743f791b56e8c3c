"""What do we take into the field? Day sheets, maps, links and files of a trip."""

from collections.abc import Sequence

import streamlit as st

from engine.decisions.backtest import no_backtest
from engine.decisions.outlook_wording import outlook_headline
from engine.decisions.trip import Trip, trip_of
from engine.decisions.wording import counted, label_of, lowered, money
from engine.domain import Study
from engine.experiments.outcome import Outcome
from engine.fieldwork import exports
from engine.fieldwork.tour import Day, Itinerary
from engine.views import maps
from pages import _cache as cache
from pages import _columns as columns
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _outlooks as outlooks
from pages import _state as state
from pages._inputs import TripInputs
from pages._tours import day_tours
from pages._widgets import choose

TERMS = ("Field trip", "Itinerary", "Replacement", "Crew-day", "Design", "Limit", "Detour")
FILES = {
    "field-plan.zip": ("Everything", ":material/folder_zip:"),
    "day-sheets.csv": ("Day sheets", ":material/table:"),
    "itinerary.gpx": ("GPX, navigation", ":material/route:"),
    "itinerary.kml": ("KML, Google Earth", ":material/public:"),
    "itinerary.gpkg": ("GeoPackage", ":material/layers:"),
    "itinerary.geojson": ("GeoJSON", ":material/data_object:"),
}
TRIPS = ["planned", "recommended"]


def trip_inputs(study: Study) -> TripInputs | None:
    """The trip of the page Plan, or the recommended one."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        which = choose("Trip", TRIPS, "fieldwork-trip")
        with st.popover("Change the trip", icon=":material/explore:"):
            planned = inputs.trip(study)
    if which == TRIPS[0]:
        return planned
    request = planned.request
    outcomes, _ = cache.outcomes(study, state.archive())
    if study.is_open(request.target):
        return forecast_trip(study, outcomes, planned)
    decided = cache.decide(study, outcomes, request.target, request.departure, request.tariff)
    if decided is None:
        place = layout.plain(request.departure.title)
        st.info(f"No trip from {place} in {request.target} is answered yet.")
        return None
    best = decided.advice.recommended
    if not best.visits:
        st.info("The recommendation is to map without a trip, so there is nothing to take along.")
        return None
    return planned._replace(request=trip_of(best, request.tariff))


def forecast_trip(study: Study, outcomes: Sequence[Outcome], planned: TripInputs) -> TripInputs | None:
    """The trip that the forecast of a season without labels recommends."""
    request = planned.request
    question = request.target, request.departure, request.tariff
    found = outlooks.outlook(study, outcomes, question, (None, None), state.archive())
    if found is None:
        st.info(no_backtest(study, request.target))
        return None
    if found.recommended is None:
        st.info(f"{layout.plain(outlook_headline(found))}. So there is nothing to take along.")
        return None
    return planned._replace(request=found.recommended.trip.request)


@layout.error_boundary
def fieldwork(study: Study) -> None:
    """The trip, routed, and its files."""
    chosen = trip_inputs(study)
    if chosen is None:
        return
    trip = cache.trip(study, chosen.request, state.archive())

    def draw(routed: Itinerary, final: bool) -> None:
        if not routed.days:
            st.warning("No parcel of this trip can be reached within a day.", icon=":material/warning:")
            return
        headline(trip, routed)
        if final:
            sheets_and_files(study, chosen, trip, routed)
        else:
            st.caption("Day sheets and files follow with the final plan.")
            overall(study, trip, routed)

    day_tours(study, trip, chosen.crews, chosen.sleep_out, draw)


def overall(study: Study, trip: Trip, routed: Itinerary) -> None:
    """All days on the map and as a table."""
    drawn = maps.tour_map(cache.published_parcels(study, trip.request.target), routed, state.dark())
    alt = f"Day tours to {len(routed.parcels)} parcels on {len(routed.days)} days"
    st.pydeck_chart(drawn, height=maps.HEIGHT, key="fieldwork-tours", alt=alt)
    layout.table(layout.days(routed), columns.days(), key="fieldwork-days")


def sheets_and_files(study: Study, chosen: TripInputs, trip: Trip, routed: Itinerary) -> None:
    """What is taken along of the final tours: files, and every day's map, sheet and links."""
    files = cache.field_files(study, trip, chosen.crews, chosen.sleep_out)
    with st.container(horizontal=True):
        for name, (label, icon) in FILES.items():
            st.download_button(
                label, files[name], name, icon=icon, key=f"fieldwork-get-{name}", on_click="ignore"
            )
    spare = f" and {len(trip.spare)} replacements" if len(trip.spare) else ""
    st.caption(
        f"For QGIS and QField, open itinerary.qgs in Everything. It has the parcels with a crop form{spare}."
    )
    days = {f"day {day.number}" + f", crew {day.crew}" * (chosen.crews > 1): day for day in routed.days}
    name = choose("Day", list(days), "fieldwork-day")
    tour(study, trip, routed, days[name], f"The tour of {name} with {counted(len(days[name].stops), 'stop')}")


def headline(trip: Trip, routed: Itinerary) -> None:
    """The trip in a sentence."""
    request, cost = trip.request, routed.cost
    what = "recommended parcels" if request.listed else f"parcels ({lowered(label_of(trip.design))})"
    st.markdown(
        f"**{len(routed.parcels):,} {what} in {request.target}, "
        f"from {layout.plain(request.departure.title)}: {len(routed.days)} days, {cost.km.likely:,.0f} km, "
        f"{layout.plain(money(cost.money.likely, cost.currency))}**"
    )


def tour(study: Study, trip: Trip, routed: Itinerary, day: Day, alt: str) -> None:
    """A day on the map, its sheet, and links that navigate it."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        drawn = maps.tour_map(
            cache.published_parcels(study, trip.request.target), routed, state.dark(), only=day
        )
        st.pydeck_chart(drawn, height=maps.HEIGHT, key="fieldwork-tour", alt=alt)
    with right:
        sheets = exports.day_sheets(routed, trip.wanted, trip.spare)
        of_day = sheets[(sheets["day"] == day.number) & (sheets["crew"] == day.crew)]
        layout.table(of_day, columns.stops(), key="fieldwork-sheet")
        legs = [
            leg for leg in exports.map_links(routed) if (leg["day"], leg["crew"]) == (day.number, day.crew)
        ]
        st.markdown(
            "Navigate: " + " · ".join(f"[leg {leg['leg']} of {len(legs)}]({leg['url']})" for leg in legs)
        )


fieldwork(layout.open_page("What do we take into the field?", TERMS))
