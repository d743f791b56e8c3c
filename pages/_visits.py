"""A visit simulated: crews go out in the background, and the study with their labels is opened."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from engine.decisions.accuracy_trip import AccuracyTrip
from engine.decisions.routed import RoutedTrip
from engine.decisions.simulated_trip import SimulatedTrip, simulate_trip, visit_sentence, why_not_simulated
from engine.domain import Departure, GroundplanError, Study
from engine.fieldwork.simulated_visit import Observers
from engine.studies.hidden import truth_path
from pages import _layout as layout
from pages import _state as state
from pages._background import Work
from pages._users import workspace
from pages._widgets import number

UNDER_WAY, FOUND, COMPLAINT = "fieldwork-visit-work", "fieldwork-visit-found", "fieldwork-visit-complaint"
CURE = "Try again; if it comes back, report this message."


@dataclass(frozen=True, eq=False)
class Visit:
    """A visit that is being simulated.

    Parameters
    ----------
    work
        The call.
    steps
        What it has begun, the latest last.
    departure
        Of the trip.
    """

    work: Work[SimulatedTrip]
    steps: list[str]
    departure: Departure = field(compare=False)


def finish() -> None:
    """Open the study of a visit that has ended; before any widget is drawn."""
    visit: Visit | None = st.session_state.get(UNDER_WAY)
    if visit is None or not visit.work.ended():
        return
    del st.session_state[UNDER_WAY]
    try:
        found = visit.work.result()
    except GroundplanError as error:
        st.session_state[COMPLAINT] = str(error)
        return
    if found.folder != state.folder():
        state.open_folder(str(found.folder))
    state.set_input(state.SEASON, state.store_input(state.SEASON, found.season))
    state.depart_from(visit.departure)
    st.session_state[FOUND] = found


def is_offered(study: Study) -> bool:
    """Whether the study is one in which a visit may be simulated."""
    season = str(state.next_input(state.SEASON, max(study.seasons).label))
    known = {each.label for each in study.seasons}
    season = season if season in known else max(known)
    return study.provenance == "simulated" or not study.is_open(season)


def introduction(study: Study) -> None:
    """What a simulated visit is, and where its labels go."""
    season = str(state.next_input(state.SEASON, max(study.seasons).label))
    if truth_path(state.folder(), season).is_file():
        st.markdown(
            "Simulated crews visit this trip, too, and their labels are added to those of this study."
        )
        return
    st.markdown(
        "Nobody has to drive to see what labels give: a copy of the study hides the crops of the season, "
        "simulated crews visit this trip, and their labels come home to the copy."
    )


def found() -> None:
    """What the crews of the last visit found, while its study is open."""
    last: SimulatedTrip | None = st.session_state.get(FOUND)
    if last is None or last.folder != state.folder():
        return
    with st.container(border=True):
        st.markdown(
            f":material/check_circle: **The crews are back from {last.season}.** "
            f"{layout.plain(visit_sentence(last.filled))} Their labels are in this study, import "
            f"{last.taken.number} below."
        )
        st.page_link("pages/crop_map.py", label="Make the crop map", icon=":material/map:")


def simulated(study: Study, made: RoutedTrip, sampled: AccuracyTrip | None) -> None:
    """How crews err, and the button that sends them out."""
    if complaint := st.session_state.pop(COMPLAINT, None):
        st.error(layout.plain(complaint), icon=":material/error:")
    visit: Visit | None = st.session_state.get(UNDER_WAY)
    if visit is not None:
        _under_way(visit)
        return
    if not state.may_change() and truth_path(state.folder(), made.request.target).is_file():
        st.caption(
            "This study is not yours, so its visits are not for you to add. Copy it on the page Study."
        )
        return
    if refusal := why_not_simulated(state.folder(), made.request.target):
        st.caption(layout.plain(refusal))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wrong = number("Wrong labels, %", 0, 100, 2, "fieldwork-visit-wrong", width=150)
        refused = number("No access, %", 0, 100, 5, "fieldwork-visit-refused", width=150)
        seed = number("Seed", 0, 10_000, 0, "fieldwork-visit-seed", width=110)
        st.button(
            "Simulate the visit",
            icon=":material/directions_car:",
            key="fieldwork-visit-go",
            on_click=_go,
            args=(study, made, sampled, Observers(wrong / 100, refused / 100, seed)),
        )


def _go(study: Study, made: RoutedTrip, sampled: AccuracyTrip | None, observers: Observers) -> None:
    steps, folder, place = list[str](), state.folder(), workspace()
    driven, sample = (sampled.both, sampled.sample) if sampled else (made, None)

    def work() -> SimulatedTrip:
        return simulate_trip(study, folder, driven, observers, place, sample, steps.append)

    st.session_state[UNDER_WAY] = Visit(
        Work(work, "simulating the visit", cure=CURE), steps, made.request.departure
    )


def _under_way(visit: Visit) -> None:
    def wait() -> None:
        if visit.work.ended():
            st.rerun()
        step = visit.steps[-1] if visit.steps else "The crews get ready"
        st.markdown(
            f":material/progress_activity: **{layout.plain(step)}...** The demo takes up to a minute."
        )

    state.refreshed(wait, live=True)()
