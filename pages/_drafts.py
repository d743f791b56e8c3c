"""Files that were sent in this session, and what was asked of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import streamlit as st

from engine.domain import GroundplanError
from engine.studies import packed, uploads
from engine.studies.uploads import Received
from pages import _reading
from pages import _users as users
from pages._kept import cached
from pages._reading import Reading
from pages._sent import STUDY, own_folder
from pages._users import workspace

if TYPE_CHECKING:
    from engine.studies.ingest import IngestRequest
    from engine.studies.ingest.look import Look
    from engine.studies.shelf import Shelved

FILES, ASKED, ROLES = "study-received", "study-asked", "study-roles"
ROUND, COMPLAINT, PASSED = "study-round", "study-complaint", "study-passed"
DRAFT_NAME = "Draft"
UNUSED = "unused"
JOINED = frozenset(("rename", "merge", "season_of", "offsets", "scales", "no_data", "linear"))


def files() -> tuple[Received, ...]:
    """The files of this session that are still there."""
    held: tuple[Received, ...] = st.session_state.get(FILES, ())
    return tuple(file for file in held if file.path.is_file())


def take_sent(key: str) -> Shelved | None:
    """Take the files that a widget holds, which is empty then; an exported study among them is returned."""
    sent = st.session_state.get(key) or []
    studies = [file for file in sent if file.name.lower().endswith(".zip") and packed.is_study(file)]
    made = None
    try:
        for file in studies:
            made = packed.bring_back(workspace(), file)
            users.note("study brought back", made.id, [(file.name, file)])
    except GroundplanError as error:
        st.session_state[COMPLAINT] = str(error)
        _next_round()
        return None
    if rest := [file for file in sent if file not in studies]:
        _take([(file.name, partial(_itself, file)) for file in rest])
    else:
        _next_round()
    return made


def take_sample() -> None:
    """Take the sample as if somebody had sent it."""
    import io

    from engine.studies.sample import packed

    _take([("groundplan-sample.zip", lambda: io.BytesIO(packed()))])


def take_named(key: str) -> None:
    """Take files of this machine, where that is allowed."""
    names = st.session_state.get(key) or []
    try:
        named = tuple(uploads.on_this_machine(str(name)) for name in names)
    except GroundplanError as error:
        st.session_state[COMPLAINT] = str(error)
        return
    known = {file.path for file in files()}
    _add(tuple(file for file in named if file.path not in known))


def leave(path: Path) -> None:
    """Leave a file out again."""
    st.session_state[FILES] = tuple(file for file in files() if file.path != path)
    _next_round()


def start_over() -> None:
    """Forget all files and what was asked of them."""
    for key in (FILES, ASKED, ROLES, COMPLAINT, PASSED):
        st.session_state.pop(key, None)
    uploads.forget(own_folder(STUDY))
    _next_round()


def round_() -> int:
    """Changes whenever widgets must take their values anew."""
    return int(st.session_state.get(ROUND, 0))


def asked() -> dict[str, Any]:
    """How the files are to be read, as far as it was said: fields of a request."""
    return dict(st.session_state.get(ASKED, {}))


def ask(changes: Mapping[str, object]) -> None:
    """Have the files read in this way.

    Parameters
    ----------
    changes
        Fields of a request; those that are not among them are as usual.
    """
    st.session_state[ASKED] = dict(changes)
    _next_round()


def apply(changes: Mapping[str, object]) -> None:
    """Have the files read in another way, and else as before.

    Parameters
    ----------
    changes
        Fields of a request; lists and tables are joined with what was said before.
    """
    before = asked()
    ask({**before, **{name: _joined(name, before.get(name), value) for name, value in changes.items()}})


def role(file: Received) -> str:
    """What a file is used as: what was chosen, else what it seems to hold."""
    chosen = st.session_state.get(ROLES, {}).get(file.path)
    return str(chosen or look(file).holds)


def use_as(path: Path, key: str) -> None:
    """Use a file as a widget says."""
    st.session_state[ROLES] = {**st.session_state.get(ROLES, {}), path: st.session_state[key]}


def request() -> IngestRequest:
    """What the files are to be made into, and how."""
    from engine.studies.ingest import IngestRequest

    parcels = tuple(file.path for file in files() if role(file) in ("parcels", "both"))
    series = tuple(file.path for file in files() if role(file) in ("series", "both"))
    return replace(IngestRequest(parcels, series, DRAFT_NAME), **asked())


def reading(asked: IngestRequest) -> Reading:
    """The files, as they are read in that way."""
    return _reading.reading(asked, _stamps(asked), own_folder(STUDY))


def look(file: Received) -> Look:
    """What a file seems to hold."""
    return _look(file.path, file.path.stat().st_mtime_ns)


def made() -> None:
    """Forget the files of which a study was made."""
    start_over()


@cached(lambda path, changed: (path, changed), entries=64, spinner="Looking at the files")
def _look(path: Path, changed: int) -> Look:
    from engine.studies.ingest.look import look

    return look(path)


def _take(sent: list[tuple[str, Callable[[], IO[bytes]]]]) -> None:
    st.session_state.pop(COMPLAINT, None)
    try:
        received, passed_over = uploads.receive(own_folder(STUDY), sent)
        users.note("files sent", "", [(file.name, file.path) for file in received])
    except GroundplanError as error:
        st.session_state[COMPLAINT] = str(error)
        _next_round()
        return
    st.session_state[PASSED] = passed_over
    _add(received)


def _add(new: tuple[Received, ...]) -> None:
    st.session_state[FILES] = (*files(), *new)
    _next_round()


def _next_round() -> None:
    st.session_state[ROUND] = round_() + 1


def _stamps(asked: IngestRequest) -> tuple[int, ...]:
    paths = (*asked.parcels, *asked.series)
    return tuple(path.stat().st_mtime_ns if path.is_file() else 0 for path in paths)


def _joined(name: str, before: object, value: object) -> object:
    if name not in JOINED or not before:
        return value
    if isinstance(before, Mapping) and isinstance(value, Mapping):
        return {**before, **value}
    if isinstance(before, tuple) and isinstance(value, tuple):
        return tuple(dict.fromkeys((*before, *value)))
    return value


def _itself(file: IO[bytes]) -> IO[bytes]:
    return file
