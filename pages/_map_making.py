"""A map of the season: made before, being made by a process of its own, or to be made by a click."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from engine.decisions.map_wording import all_labelled_sentence, map_plan_sentence
from engine.decisions.run_wording import duration
from engine.domain import GroundplanError, PlanError, Study
from engine.learning.recipes import RECIPES
from engine.mapping import jobs
from engine.mapping.crop_map import CropMap
from engine.mapping.jobs import Task
from engine.mapping.request import MapRequest
from pages import _layout as layout
from pages import _map_kept as kept
from pages import _state as state

WAITS = "waits for its turn"


def map_of(study: Study, season: str, method: str, recipe: str) -> tuple[MapRequest, CropMap | None] | None:
    """The map that is asked for, with what stands in its place until it is made; None where none can be."""
    try:
        request, notes = kept.request(study, season, method, RECIPES[recipe])
    except PlanError as error:
        st.info(layout.plain(str(error)))
        return None
    workspace = state.archive().folder
    made = kept.kept_map(workspace, request.key)
    if made is None and study.labelled_in(season).shape[0] == study.parcels_in(season).shape[0]:
        st.info(layout.plain(all_labelled_sentence(season)))
        return None
    if made is None:
        sentence = map_plan_sentence(study, request)
        st.markdown(layout.plain(" ".join([sentence, *notes])))
    is_live = progress(request, "map")
    if made is None and not is_live:
        start_button("Make the map", request, "map", notes)
    return request, made


def progress(request: MapRequest, task: Task) -> bool:
    """The step that a process is at, drawn anew until it has ended, or why it failed; whether it goes on."""
    workspace = state.archive().folder
    status = jobs.map_status(request, workspace, task)
    if status is not None and status.complaint:
        st.error(layout.plain(status.complaint), icon=":material/error:")
    if status is None or not status.live:
        return False

    def watch() -> None:
        now = jobs.map_status(request, workspace, task)
        if now is None or not now.live:
            st.rerun()
        step = " ".join(now.running) or (WAITS if now.state == "queued" else "starts")
        since = duration(max(time.time() - now.started, 1.0))
        st.markdown(f":material/hourglass_top: {layout.plain(step.capitalize())} :gray[for {since}]")

    state.refreshed(watch, True)()
    return True


def start_button(
    label: str, request: MapRequest, task: Task, notes: Sequence[str] = (), page: str = "crop_map"
) -> None:
    """The button that starts the process, or who may start it."""
    if not state.may_run():
        st.caption("This installation makes no maps. The command map of an installation of your own does.")
        return
    status = jobs.map_status(request, state.archive().folder, task)
    if status is not None and status.live:
        st.caption("It is being found out; the page shows how far it is.")
        return
    st.button(
        label,
        icon=":material/play_arrow:",
        key=f"{page}-start-{task}",
        on_click=_start,
        args=(request, state.folder(), state.archive().folder, task, tuple(notes)),
    )


def _start(request: MapRequest, folder: Path, workspace: Path, task: Task, notes: tuple[str, ...]) -> None:
    try:
        jobs.start_map(request, folder, workspace, task, notes, state.owner())
    except GroundplanError as error:
        state.say(layout.plain(str(error)), ":material/error:")
