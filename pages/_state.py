"""What belongs to one session: the open study, the stored inputs, the owner, the theme.

All session keys are here, but for those of the widgets in `pages._inputs`. Inputs are also in the address, so
that a link carries the question.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from engine.domain import Departure, GroundplanError, Study, StudyError
from engine.experiments import jobs
from engine.experiments.archive import Archive, archive_for
from engine.experiments.jobs import stamp_of
from engine.files import demo_folder, readonly
from engine.studies import sharing
from pages import _cache as cache
from pages import _users as users
from pages._users import workspace

T = TypeVar("T")
FOLDER = "study_folder"  # the folder opened in the app; without it, GROUNDPLAN_STUDY; without that, the demo
COMPLAINT = "study_complaint"
SEASON, LON, LAT = "season", "lon", "lat"
STORED = "stored_"
JOB_WAS_LIVE = "job_was_live"
OWNER = "owner"
POLL_S = 1.0
NOT_YOURS = "There is no such study here. Choose one on the page Study: your own, and those shared with you."
DONE = "done"  # what the last click did, with an icon


def say(text: str, icon: str) -> None:
    """Have `say_what_was_done` say it: a callback of a part of a page must not draw."""
    st.session_state[DONE] = text, icon


def say_what_was_done() -> None:
    """Say once what the last click did."""
    if DONE in st.session_state:
        text, icon = st.session_state.pop(DONE)
        st.toast(text, icon=icon)


def study() -> Study | str:
    """The open study, or what is wrong with it."""
    try:
        return cache.open_study(folder())
    except GroundplanError as error:
        return str(error)


def folder() -> Path:
    """The folder of the open study; it raises `UserError` where somebody has to log in first."""
    users.current()
    named = st.session_state.get(FOLDER)
    if named and not may_open(_resolved(named)):
        close_folder()
        st.session_state[COMPLAINT] = NOT_YOURS
        named = None
    return _resolved(named) if named else _served() or demo_folder()


def may_open(folder: Path) -> bool:
    """Whether the user may open the study of a folder: any, where users are not told apart."""
    return not users.apart() or sharing.may_open(folder, workspace(), _served())


def may_change() -> bool:
    """Whether the user may change the open study: where users are told apart, only their own."""
    return not users.apart() or sharing.is_own(folder(), workspace())


def _served() -> Path | None:
    """The study that the app was started with."""
    named = os.environ.get("GROUNDPLAN_STUDY")
    return _resolved(named) if named else None


def open_folder(typed: str) -> None:
    """Open another study; only a folder that opens replaces the one that is open."""
    try:
        if not may_open(_resolved(typed)):
            raise StudyError(NOT_YOURS)
        opened = cache.open_study(_resolved(typed))
    except GroundplanError as error:
        st.session_state[COMPLAINT] = str(error)
        return
    st.session_state[FOLDER] = typed
    st.session_state[SEASON] = max(opened.seasons).label
    depart_from(opened.departure)


def close_folder() -> None:
    """Go back to the study that the app was started with."""
    for key in (FOLDER, SEASON, LON, LAT):
        st.session_state.pop(key, None)
        st.session_state.pop(STORED + key, None)


def pop_complaint() -> str | None:
    """What was wrong with the folder that was typed last, once."""
    complaint: str | None = st.session_state.pop(COMPLAINT, None)
    return complaint


def depart_from(departure: Departure) -> None:
    """Start from there."""
    set_input(LON, float(departure.lon))
    set_input(LAT, float(departure.lat))


def set_input(key: str, value: object) -> None:
    """Give a widget a value before it is drawn."""
    st.session_state[key] = value


def store_input(key: str, value: T) -> T:
    """Store a widget's value for the other pages: its own key ends with its page."""
    st.session_state[STORED + key] = value
    return value


def stored_input(key: str) -> Any:
    """What a widget holds, or held on another page."""
    return st.session_state.get(key, st.session_state.get(STORED + key))


def next_input(key: str, default: Any) -> Any:
    """What a widget that is not drawn yet will hold: by the address, else by what it held before."""
    if key not in st.session_state and key in st.query_params:
        return st.query_params[key]
    value = stored_input(key)
    return default if value is None else value


def forget_inputs(keys: Iterable[str]) -> None:
    """Forget what widgets hold, or held on another page, so that the address counts."""
    for key in keys:
        st.session_state.pop(key, None)
        st.session_state.pop(STORED + key, None)


def restore_input(key: str) -> bool:
    """Give a widget the value it had on another page; whether the address has a new one for it instead."""
    if key in st.query_params:
        return key not in st.session_state or went_back()
    value = stored_input(key)
    if value is not None:
        st.session_state[key] = value
    return False


def address(key: str) -> list[str] | None:
    """The values of a key in the address as the browser shows it; None where it is not there."""
    context = get_script_run_ctx()
    return parse_qs(context.query_string, keep_blank_values=True).get(key) if context else None


def went_back() -> bool:
    """Whether the user came here by the browser's back or forward button, so that the address counts."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def mend_address(key: str, value: str | None) -> None:
    """Replace a value of the address, or take it out, also in what Streamlit holds of the link."""
    context = get_script_run_ctx()
    if context is None:
        return
    with context.session_state.query_params() as params:
        if value is None:
            params.remove_param(key)
        else:
            params.set_corrected_value(key, value, "string_value")
        params.set_initial_query_params_from_current()


def write_address(key: str, values: Sequence[str] | None) -> None:
    """Write the values of a key into the address; None takes it out.

    Streamlit sends the whole address as it last knew it, so it is first told what bound widgets have written
    in the browser since.
    """
    context = get_script_run_ctx()
    if context is None or address(key) == (None if values is None else list(values or [""])):
        return
    with context.session_state.query_params() as params:
        params.populate_from_query_string(context.query_string)
    if values is None:
        del st.query_params[key]
    else:
        st.query_params[key] = list(values) or ""


def dark() -> bool:
    """Whether the dark theme is on."""
    return st.context.theme.type == "dark"


def may_run() -> bool:
    """Whether this installation runs experiments."""
    return not readonly()


def owner() -> str:
    """Whose jobs these are: the user's who logged in, or this session's."""
    user = users.current()
    return user.id if user else str(st.session_state.setdefault(OWNER, uuid.uuid4().hex))


def archive() -> Archive:
    """Where outcomes are: the workspace, and what ships with the study."""
    return archive_for(folder(), workspace())


def today() -> date:
    """The day, for reports."""
    return datetime.now(UTC).date()


def refreshed(part: Callable[..., None], live: bool) -> Callable[..., None]:
    """The same part of a page, drawn anew every second while a job is live."""
    return st.fragment(part, run_every=POLL_S if live else None)


def job_changed(live: bool) -> bool:
    """Whether a job has begun or ended since the last call, so that the page polls or no longer does."""
    was_live = st.session_state.get(JOB_WAS_LIVE, live)
    st.session_state[JOB_WAS_LIVE] = live
    return bool(was_live != live)


def follow_runs(archive: Archive) -> None:
    """Draw the page anew whenever a job that is going on has finished a repeat."""

    def finished() -> object:
        return cache.finished_repeats(archive), stamp_of(archive.folder / "outcomes")

    before = finished()

    def watch() -> None:
        if finished() != before:
            st.rerun()

    if jobs.live(archive.folder):
        refreshed(watch, True)()


def _resolved(folder: str) -> Path:
    return Path(folder).expanduser().resolve()
