"""What do we tell the others? The decision as PDF, HTML and data."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from engine.decisions.backtest import no_backtest
from engine.decisions.bill_wording import trip_summary
from engine.decisions.decision import Aims, Decision
from engine.decisions.outlook import Choice, Outlook, choice_of, is_to_forecast
from engine.decisions.outlook_wording import outlook_headline
from engine.decisions.trip import TripRequest, next_trip_of
from engine.decisions.wording import headline
from engine.domain import Study
from pages import _cache as cache
from pages import _chosen as picks
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _outlooks as outlooks
from pages import _planned as plans
from pages import _reports as reports
from pages import _state as state
from pages._preview import preview
from pages._tours import forecast_or_none, routed_or_none, settled_or_none
from pages._widgets import choose_id

TERMS = ("Advice", "Baseline", "Outcome", "Forecast", "Itinerary", "Provenance")
FILES = {
    "report.pdf": ("Report, PDF", ":material/picture_as_pdf:"),
    "report.html": ("Report, HTML", ":material/html:"),
    "report.zip": ("Everything, ZIP", ":material/folder_zip:"),
    "outcomes.csv": ("Outcomes, CSV", ":material/table:"),
    "parcels.csv": ("Parcels, CSV", ":material/table:"),
    "itinerary.csv": ("Itinerary, CSV", ":material/table:"),
    "report.gpkg": ("GeoPackage", ":material/layers:"),
    "decision.json": ("Decision, JSON", ":material/data_object:"),
}
CONTENTS = """\
- **PDF** and **HTML**: the recommendation and its evidence, the trade-off, the map, the day tours, the
  methods and their limits. The HTML has interactive charts and needs no network.
- **CSV** and **GeoPackage**: outcomes, parcels and itinerary, for spreadsheets and a GIS.
- **JSON**: all inputs. `python -m engine report STUDY --from decision.json --out FOLDER` makes the same
  report again."""


def planned_trip(study: Study, which: str, decided: Decision, aims: Aims) -> TripRequest | None:
    """The trip of the page Plan, or the one chosen on Overview; None for the recommended one."""
    if which == picks.RECOMMENDED:
        chosen = picks.chosen_option(decided)
        return next_trip_of(study, chosen, decided.tariff) if chosen else None
    with st.popover("Change the trip", icon=":material/explore:"):
        place = st.container()
        asked_of = decided.question
        question = plans.Question(
            asked_of.target, asked_of.departure, decided.tariff, inputs.crews_and_nights()
        )
        return plans.sized(plans.asked(study, question, aims, place))


def open_season(study: Study, season: str, found: Outlook | None) -> None:
    """The forecast for a season without labels, and its files."""
    if found is None:
        st.info(no_backtest(study, season))
        layout.link_to_experiments("Run a backtest")
        return
    with st.container(border=True):
        layout.time_badge(study, season, forecast=True)
        place = st.empty()
        ready = forecast_or_none(study, found)
        settled, _ = ready or (found, None)
        chosen = other_trip(found, settled)
        routed = routed_or_none(study, chosen.trip.request) if chosen else None
        if chosen and routed:
            chosen = choice_of(found.past, routed, found.value_of_point)
        place.subheader(layout.plain(outlook_headline(settled, chosen)), anchor=False)
        if chosen:
            st.markdown(layout.plain(f"Recommended instead: {outlook_headline(settled)}."))
        layout.data_note(study, ". Every page of the report says so.")
    archive, day = state.archive(), state.today()

    def made(name: str) -> bytes:
        """A file, made with all others when somebody wants the first."""
        return reports.files_of_forecast(study, found, chosen, archive, day)[name]

    absent = {"outcomes.csv"} | ({"itinerary.csv"} if not (chosen or settled.recommended) else set())
    files = {"forecast.csv": ("Forecast, CSV", ":material/table:"), **FILES}
    downloads({name: files[name] for name in files if name not in absent}, made)
    if ready and (routed or not chosen):
        preview(labels(files), reports.files_of_forecast, study, found, chosen, archive, day)


def other_trip(found: Outlook, settled: Outlook) -> Choice | None:
    """The trip that was chosen on Overview, where it is not the recommended one."""
    chosen, best = picks.chosen_choice(found), settled.recommended
    return None if chosen and best and chosen.name == best.name else chosen


def downloads(files: Mapping[str, tuple[str, str]], made: Callable[[str], bytes]) -> None:
    """A button for each file; the first that is wanted makes all."""
    with st.container(horizontal=True):
        for name, (label, icon) in files.items():
            key = f"report-get-{name}"
            st.download_button(label, partial(made, name), name, icon=icon, key=key, on_click="ignore")


def labels(files: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """What people read for the names of files."""
    return {name: label for name, (label, _) in files.items()}


@layout.error_boundary
def report(study: Study) -> None:
    """The decision, and its files."""
    archive = state.archive()
    outcomes, _ = cache.outcomes(study, archive)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        season = inputs.season(study)
        departure = inputs.departure(study)
        tariff = inputs.tariff()
        aims = inputs.aims(study, tariff.currency)
        decided, request = None, None
        forecast = is_to_forecast(study, outcomes, season, departure)
        if not forecast:
            which = choose_id("Trip to report", picks.TRIPS, "report-trip")
            decided = cache.decide(study, outcomes, season, departure, tariff, *aims)
            request = planned_trip(study, which, decided, aims) if decided else None
    if forecast:
        question = season, departure, tariff
        open_season(study, season, outlooks.outlook(study, outcomes, question, aims, archive))
        return
    if decided is None:
        st.info(f"No outcome for {season} from {layout.plain(departure.title)} yet. Run plans first.")
        layout.link_to_experiments("Run plans")
        return
    with st.container(border=True):
        layout.time_badge(study, season)
        place = st.empty()
        ready = settled_or_none(study, decided, aims.budget)
        settled, routed = ready or (decided, None)
        place.subheader(
            layout.plain(headline(settled.advice, departure.title, tariff.currency, routed)), anchor=False
        )
        planned = routed_or_none(study, request) if request else None
        if planned:
            st.markdown(f"**The trip to report: {layout.plain(trip_summary(planned))}**")
        layout.data_note(study, ". Every page of the report says so.")

    asked = study, decided, request, aims.value_of_point, aims.budget, archive, state.today()

    def made(name: str) -> bytes:
        """A file, made with all others when somebody wants the first."""
        return reports.files_in_hindsight(*asked)[name]

    going = request or settled.advice.recommended.visits
    files = {name: how for name, how in FILES.items() if going or name != "itinerary.csv"}
    downloads(files, made)
    if ready and (planned or not request):
        preview(labels(files), reports.files_in_hindsight, *asked)
    st.markdown(CONTENTS)


report(layout.open_page("What do we tell the others?", TERMS))
