"""What do we take into the field? Day sheets, maps, links and files of a trip."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine.decisions.accuracy_trip import AccuracyTrip, accuracy_sentence
from engine.decisions.backtest import no_backtest
from engine.decisions.bill_wording import trip_bill
from engine.decisions.decision import Aims
from engine.decisions.outlook import is_to_forecast
from engine.decisions.outlook_wording import outlook_headline
from engine.decisions.routed import RoutedTrip
from engine.decisions.trip import Trip, TripRequest, next_trip_of
from engine.decisions.trip_wording import (
    forecast_text,
    gain_sentence,
    known_sentence,
    pins_sentence,
    unvisited_pins_sentence,
)
from engine.decisions.wording import counted, label_of, lowered
from engine.domain import Study
from engine.experiments.outcome import Outcome
from engine.fieldwork import exports
from engine.fieldwork.calendar import ENGLISH, OFFICE, WEEKDAYS, Calendar, dated, languages, written_date
from engine.fieldwork.tour import Day, Itinerary
from engine.sampling import DESIGNS
from engine.views import maps
from engine.views.stop_list import ListedStop, stop_list
from pages import _cache as cache
from pages import _chosen as picks
from pages import _columns as columns
from pages import _inputs as inputs
from pages import _labels as labels_of
from pages import _layout as layout
from pages import _maps as map_of
from pages import _next_day as days
from pages import _outlooks as outlooks
from pages import _planned as plans
from pages import _sampled as sampled
from pages import _state as state
from pages import _visits as visits
from pages._tours import forecast_or_none, routed_or_none, settled_or_none
from pages._widgets import Choices, choose, choose_id, pick_id, several
from pages._widgets import day as first_day

TERMS = (
    "Field trip",
    "Itinerary",
    "Replacement",
    "Crew-day",
    "Design",
    "Limit",
    "Detour",
    "Label conflict",
    "Label import",
    "Probability sample",
)
FILES = {
    "field-plan.zip": ("Everything", ":material/folder_zip:"),
    "day-sheets.pdf": ("Day sheets to print", ":material/print:"),
    "day-sheets.csv": ("Day sheets, CSV", ":material/table:"),
    "itinerary.gpx": ("GPX, navigation", ":material/route:"),
    "itinerary.kml": ("KML, Google Earth", ":material/public:"),
    "itinerary.gpkg": ("GeoPackage", ":material/layers:"),
    "itinerary.geojson": ("GeoJSON", ":material/data_object:"),
}
STOPS, TABLE = "stops", "table"
ALONG, BACK = "take along", "bring back"


@dataclass(frozen=True)
class Taken:
    """What is taken along: a trip, alone or with a sample for accuracy.

    Parameters
    ----------
    trip
        Its parcels train the map.
    sampled
        It and its sample together; None without one.
    """

    trip: RoutedTrip
    sampled: AccuracyTrip | None

    @property
    def driven(self) -> RoutedTrip:
        """What is driven."""
        return self.sampled.both if self.sampled else self.trip


def taken_along(study: Study) -> Taken | None:
    """The trip and its sample, routed; None where there is none, or not yet."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        row, place = (
            st.container(horizontal=True, vertical_alignment="bottom", width="content"),
            st.container(horizontal=True, vertical_alignment="bottom", width="content"),
        )
    with place:
        size = sampled.wanted()
    made = chosen_trip(study, row)
    if made is None:
        return None
    if not made.itinerary.days:
        st.warning("No parcel of this trip can be reached within a day.", icon=":material/warning:")
        return None
    if not size.any:
        return Taken(made, None)
    both = sampled.with_sample_or_none(study, made, size)
    return Taken(made, both) if both else None


def chosen_trip(study: Study, row: DeltaGenerator) -> RoutedTrip | None:
    """The trip of the page Overview or Plan, routed; None where there is none, or not yet."""
    with row:
        which = choose_id("Trip", picks.TRIPS, "fieldwork-trip")
        with st.popover("Change the trip", icon=":material/explore:"):
            question, _, of_design = plans.question(study)
            of_size = st.container()
        aims = inputs.aims(study, question.tariff.currency)
    asked = plans.asked(study, question, aims, of_design)
    with of_size:
        planned = plans.sized(asked)
    if which == picks.PLANNED:
        return routed_or_none(study, planned)
    outcomes = cache.current_outcomes(study, state.archive())
    if is_to_forecast(study, outcomes, planned.target, planned.departure):
        return forecast_trip(study, outcomes, planned, aims)
    decided = cache.decide(study, outcomes, planned.target, planned.departure, planned.tariff, *aims)
    if decided is None:
        place = layout.plain(planned.departure.title)
        st.caption(f"No trip from {place} in {planned.target} is answered yet. This is the trip of Plan.")
        return routed_or_none(study, planned)
    chosen = picks.chosen_option(decided)
    if chosen:
        return routed_or_none(study, next_trip_of(study, chosen, decided.tariff))
    settled = settled_or_none(study, decided, aims.budget)
    if settled and settled[1] is None:
        st.info("The recommendation is to map without a trip, so there is nothing to take along.")
    return settled[1] if settled else None


def forecast_trip(
    study: Study, outcomes: Sequence[Outcome], planned: TripRequest, aims: Aims
) -> RoutedTrip | None:
    """The trip that the forecast of a season without labels recommends, or that was chosen of it."""
    question = planned.target, planned.departure, planned.tariff
    found = outlooks.outlook(study, outcomes, question, aims, state.archive())
    if found is None:
        st.caption(f"{no_backtest(study, planned.target)} This is the trip of Plan.")
        return routed_or_none(study, planned)
    chosen = picks.chosen_choice(found)
    if chosen:
        return routed_or_none(study, chosen.trip.request)
    settled = forecast_or_none(study, found)
    if settled and settled[1] is None:
        st.info(f"{layout.plain(outlook_headline(settled[0]))}. So there is nothing to take along.")
    return settled[1] if settled else None


@layout.error_boundary
def fieldwork(study: Study) -> None:
    """The trip, routed, and its files."""
    taken = taken_along(study)
    if taken is None:
        return
    made = taken.trip
    headline(taken)
    outcomes = cache.current_outcomes(study, state.archive())
    value = state.stored_input(inputs.VALUE)
    metric = inputs.stored_metric(study)
    gain = cache.trip_gain(study, outcomes, made.trip, made.cost, value, metric, state.archive())
    request = made.request
    known = known_sentence(study, request.target)
    sentences = [
        gain_sentence(gain), forecast_text(gain, request.departure), pins_sentence(made.trip),
        unvisited_pins_sentence(made), known,
    ]  # fmt: skip
    st.markdown(layout.plain(" ".join(filter(None, sentences))))
    if taken.sampled:
        sampled.advice(study, taken.sampled)
        sampled.trade(study, made)
    sheets_and_files(study, taken)


@layout.error_boundary
def brought_back(study: Study) -> None:
    """Labels come home; where the crops are known, a visit can be simulated."""
    visits.found()
    labels_of.labels(study)
    days.after_latest_map(study)
    if visits.is_offered(study):
        st.subheader("Simulate the visit")
        visits.introduction(study)
        taken = taken_along(study)
        if taken:
            headline(taken)
            visits.simulated(study, taken.trip, taken.sampled)


def sheets_and_files(study: Study, taken: Taken) -> None:
    """What is taken along: files, and every day's map, sheet and links."""
    dates = calendar()
    made = taken.driven
    trip, routed, crews = made.trip, dated(made.itinerary, dates), made.crews
    archive = state.archive()

    def written(name: str) -> bytes:
        """A file, made with all others when somebody wants the first."""
        if taken.sampled:
            return sampled.files(study, taken.sampled, dates)[name]
        return cache.field_files(study, made.request, archive, dates)[name]

    with st.container(horizontal=True):
        for name, (label, icon) in FILES.items():
            st.download_button(
                label,
                partial(written, name),
                name,
                icon=icon,
                key=f"fieldwork-get-{name}",
                on_click="ignore",
            )
    spare = f" and {trip.spare['parcel_id'].nunique()} replacements" if len(trip.spare) else ""
    st.caption(
        f"For QGIS and QField, open itinerary.qgs in Everything. It has the parcels with a crop form{spare}."
    )
    if taken.sampled:
        sampled.keeping(taken.sampled)
    days_of = {f"day {day.number}" + f", crew {day.crew}" * (crews > 1): day for day in routed.days}
    today = [name for name, day in days_of.items() if day.date == state.today().isoformat()]
    name = choose("Day", list(days_of), "fieldwork-day", default=[*today, *days_of][0])
    language = dates.language if dates else ENGLISH
    tour(
        study,
        trip,
        routed,
        days_of[name],
        language,
        f"The tour of {name} with {counted(len(days_of[name].stops), 'stop')}",
        taken.sampled.accuracy_ids if taken.sampled else frozenset(),
    )


def calendar() -> Calendar | None:
    """The first day and the days of the week that the crews work; None until there is a first day."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        start = first_day(
            "First day", "fieldwork-start", width=160, help="Days then have dates, here and in files."
        )
        if start is None:
            return None
        working = several("Working days", WEEKDAYS, OFFICE, "fieldwork-working", format_func=str.capitalize)
        tongues = {ENGLISH: languages()[ENGLISH], **languages()}  # English first
        language = pick_id("Language of dates", Choices(tongues), "fieldwork-language", width=190)
        return Calendar(start, tuple(working), language)


def headline(taken: Taken) -> None:
    """The trip in a sentence."""
    made = taken.trip
    request = made.request
    if taken.sampled:
        design = lowered(label_of(DESIGNS.get(request.design, made.trip.design)))
        place = layout.plain(request.departure.title)
        said = layout.plain(accuracy_sentence(taken.sampled))
        st.markdown(f"**Season {request.target}, from {place}, {design}. {said}**")
        return
    what = f"parcels ({lowered(label_of(DESIGNS.get(request.design, made.trip.design)))})"
    st.markdown(
        f"**{len(made.parcels):,} {what} in {request.target}, "
        f"from {layout.plain(request.departure.title)}: {layout.plain(trip_bill(made))}**"
    )


def tour(
    study: Study,
    trip: Trip,
    routed: Itinerary,
    day: Day,
    language: str,
    alt: str,
    accuracy: frozenset[str] = frozenset(),
) -> None:
    """A day's stops, links that navigate to them, and its map; on a phone the stops come first."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        if day.date:
            st.markdown(f"**{layout.plain(written_date(day.date, language))}**")
        sheets = exports.day_sheets(routed, trip.wanted, trip.spare)
        of_day = sheets[(sheets["day"] == day.number) & (sheets["crew"] == day.crew)]
        if choose("Show", [STOPS, TABLE], "fieldwork-show", label_visibility="collapsed") == TABLE:
            layout.table(of_day, columns.stops(), key="fieldwork-sheet")
        else:
            st.markdown("\n".join(stop_line(stop, accuracy) for stop in stop_list(day, of_day)))
        legs = [
            leg for leg in exports.map_links(routed) if (leg["day"], leg["crew"]) == (day.number, day.crew)
        ]
        st.markdown(
            "The whole day: " + " · ".join(f"[leg {leg['leg']} of {len(legs)}]({leg['url']})" for leg in legs)
        )
    with right:
        parcels = cache.published_parcels(study, trip.request.target)
        ground = cache.published_ground(study, routed.departure)
        drawn = maps.tour_map(parcels, routed, state.dark(), only=day, ground=ground)
        map_of.draw(drawn, key="fieldwork-tour", alt=alt)


def stop_line(stop: ListedStop, accuracy: frozenset[str]) -> str:
    """A stop of the list, with its parcels and what to visit instead."""
    parcels = [
        f"\n    - {layout.plain(parcel)}"
        + " :gray-badge[accuracy]" * (parcel in accuracy)
        + (f", else {layout.plain(instead)} ({km:.1f} km away)" if instead else "")
        for parcel, instead, km in stop.parcels
    ]
    return f"{stop.number}. **{stop.arrival}** · [navigate]({stop.url})" + "".join(parcels)


visits.finish()
opened = layout.open_page("What do we take into the field?", TERMS)
if choose("View", [ALONG, BACK], "fieldwork-view", label_visibility="collapsed") == ALONG:
    fieldwork(opened)
else:
    brought_back(opened)
