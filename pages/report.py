"""What do we tell the others? The decision as PDF, HTML and data."""

from functools import partial

import streamlit as st

from engine.decisions.decision import Decision
from engine.decisions.trip import TripRequest, trip_of
from engine.decisions.wording import headline
from engine.domain import Study
from pages import _inputs as ask
from pages import _layout as show
from pages import _state as session

TRIPS = ["recommended", "planned"]
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
HOLDS = """\
- **PDF** and **HTML**: the decision and why, the trade-off, the map, the tours day by day, how the figures
  were made and what they do not show. The charts of the HTML answer the pointer; it needs no network.
- **CSV** and **GeoPackage**: outcomes, parcels and itinerary, for tables and a GIS.
- **JSON**: the question in full. `python -m engine report STUDY --from decision.json --out FOLDER` makes the
  report again."""


def reported(study: Study, which: str, decided: Decision) -> TripRequest | None:
    """The trip to report: the recommended one, or that of the page Plan; none where one stays at home."""
    if which == TRIPS[1]:
        with st.popover("Change the trip", icon=":material/explore:"):
            return ask.how_far(ask.design_of(decided)).request
    best = decided.advice.recommended
    return trip_of(best, decided.tariff) if best.visits else None


@session.error_boundary
def report(study: Study) -> None:
    """The decision, and its files."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        season = ask.season(study)
        departure = ask.departure(study)
        tariff = ask.tariff()
        value, budget = ask.worth(tariff.currency)
        which = ask.choose("Trip to report", TRIPS, "report-trip")
        decided = session.decide(study, season, departure, tariff, value, budget)
        request = reported(study, which, decided) if decided else None
    if decided is None:
        st.info(f"Nothing is answered for {season} from {show.plain(departure.title)} yet.")
        if session.may_run():
            st.page_link("pages/experiments.py", label="Run the first plans", icon=":material/play_arrow:")
        return
    with st.container(border=True):
        st.subheader(headline(decided.advice, departure.title, tariff.currency), anchor=False)
        st.caption(f"{study.provenance.capitalize()} data, which every page of the report says.")
    make = partial(session.report_files, study, decided, request, value, budget, session.archive())
    with st.container(horizontal=True):
        for name, (label, icon) in FILES.items():
            if name != "itinerary.csv" or request:
                st.download_button(
                    label, partial(make, name), name, icon=icon, key=f"report-get-{name}", on_click="ignore"
                )
    st.caption("The first file takes some seconds: the tours are planned and all files are made together.")
    st.markdown(HOLDS)


report(show.opened("What do we tell the others?"))
