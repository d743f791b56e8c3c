"""Files that were sent in this session, what was asked of them, and the study that they would make."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import streamlit as st

from engine.domain import GroundplanError, Study
from engine.files import make_folder, workspace
from engine.studies import uploads
from engine.studies.uploads import Received
from pages import _cache as cache
from pages._kept import cached

if TYPE_CHECKING:
    from engine.studies.ingest import Fault, IngestRequest
    from engine.studies.ingest.look import Look
    from engine.studies.understood import Understood

FILES, ASKED, ROLES = "study-received", "study-asked", "study-roles"
ROUND, COMPLAINT, PASSED = "study-round", "study-complaint", "study-passed"
DRAFT_NAME = "Draft"
UNUSED = "unused"
IN_FORM = frozenset(("rename", "seasons", "window", "step", "bands", "crs", "drop_faulty", "keep", "merge"))


@dataclass(frozen=True)
class Draft:
    """What files would make.

    Parameters
    ----------
    found
        What was understood; None where there are faults.
    folder
        Where the study waits.
    """

    found: Understood | None
    faults: tuple[Fault, ...]
    folder: Path | None

    @property
    def there(self) -> bool:
        """Whether the study still waits."""
        return self.folder is None or self.folder.is_dir()

    @property
    def study(self) -> Study:
        """The study, as it would be made."""
        assert self.folder is not None
        return cache.open_study(self.folder)


def files() -> tuple[Received, ...]:
    """The files of this session that are still there."""
    held: tuple[Received, ...] = st.session_state.get(FILES, ())
    return tuple(file for file in held if file.path.is_file())


def take_sent(key: str) -> None:
    """Take the files that a widget holds, which is empty then."""
    sent = st.session_state.get(key) or []
    _take([(file.name, partial(_itself, file)) for file in sent])


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
    uploads.forget(_own_folder())
    _next_round()


def round_() -> int:
    """Changes whenever widgets must take their values anew."""
    return int(st.session_state.get(ROUND, 0))


def asked() -> dict[str, Any]:
    """How the files are to be read, as far as it was said: fields of a request."""
    return dict(st.session_state.get(ASKED, {}))


def ask(changes: Mapping[str, object], only_form: bool = False) -> None:
    """Have the files read in another way.

    Parameters
    ----------
    changes
        Fields of a request.
    only_form
        Whether they are all that the form says; else they are added to what was said.
    """
    before = asked()
    kept = {name: value for name, value in before.items() if not (only_form and name in IN_FORM)}
    if "rename" in changes and not only_form:
        changes = {**changes, "rename": {**before.get("rename", {}), **_mapping(changes["rename"])}}
    st.session_state[ASKED] = {**kept, **changes}
    _next_round()


def unask() -> None:
    """Take back what was said beside the form."""
    st.session_state[ASKED] = {name: value for name, value in asked().items() if name in IN_FORM}
    _next_round()


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


def draft(asked: IngestRequest) -> Draft:
    """What the files would make, read that way."""
    return _draft(asked, _stamps(asked), _own_folder())


def classes(asked: IngestRequest) -> dict[str, int]:
    """Parcels of each class as the files name it."""
    plain = replace(asked, keep=(), rest=None, merge={})
    return _classes(plain, _stamps(plain))


def look(file: Received) -> Look:
    """What a file seems to hold."""
    return _look(file.path, file.path.stat().st_mtime_ns)


def made() -> None:
    """Forget the files of which a study was made."""
    start_over()


@cached(
    lambda asked, stamps, folder: (asked, stamps, folder),
    entries=4,
    spinner="Reading the files",
    valid=lambda draft: draft.there,
)
def _draft(asked: IngestRequest, stamps: object, folder: Path) -> Draft:
    from engine.studies.ingest import IngestError, ingest
    from engine.studies.store import save_study
    from engine.studies.understood import understood

    for old in folder.glob("study-*"):
        shutil.rmtree(old, ignore_errors=True)
    try:
        result = ingest(asked)
    except IngestError as error:
        return Draft(None, error.faults, None)
    name = hashlib.sha256(repr((asked, stamps)).encode()).hexdigest()[:16]
    make_folder(folder)
    place = save_study(result.study, folder / f"study-{name}", missing=result.missing)
    return Draft(understood(result), (), place)


@cached(lambda asked, stamps: (asked, stamps), entries=8)
def _classes(asked: IngestRequest, stamps: object) -> dict[str, int]:
    from engine.studies.ingest.look import classes

    return classes(asked)


@cached(lambda path, changed: (path, changed), entries=64, spinner="Looking at the files")
def _look(path: Path, changed: int) -> Look:
    from engine.studies.ingest.look import look

    return look(path)


@st.cache_resource(scope="session", on_release=uploads.forget, show_spinner=False)
def _own_folder() -> Path:
    """Where the files of this session are; they go with it."""
    uploads.forget_old(workspace())
    return uploads.folder_of(workspace(), uuid.uuid4().hex)


def _take(sent: list[tuple[str, Callable[[], IO[bytes]]]]) -> None:
    st.session_state.pop(COMPLAINT, None)
    try:
        received, passed_over = uploads.receive(_own_folder(), sent)
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


def _mapping(value: object) -> dict[str, str]:
    return dict(value) if isinstance(value, Mapping) else {}


def _itself(file: IO[bytes]) -> IO[bytes]:
    return file
