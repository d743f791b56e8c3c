"""Labels come home: what crews filled in, understood first, then taken into the study; imports are undone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine.decisions.label_wording import (
    class_sentence,
    conflict_sentence,
    counts_sentence,
    crops_sentence,
    import_sentence,
    place_sentence,
)
from engine.decisions.wording import counted
from engine.domain import GroundplanError, Study
from engine.field_form import PURPOSES
from engine.files import is_demo
from engine.studies import shelf, uploads
from engine.studies.labels import journal
from engine.studies.labels.importing import (
    LabelRequest,
    Understood,
    take,
    understand,
)
from engine.studies.labels.nouns import RULES, Import, Status
from engine.studies.labels.reading import ReadFiles, ReadOptions, read_files
from engine.studies.labels.settling import settle
from engine.studies.store import stamp
from engine.studies.uploads import Received
from pages import _layout as layout
from pages import _state as state
from pages import _users as users
from pages._kept import cached
from pages._sent import LABELS, own_folder
from pages._users import workspace

FILES, ROUND = "fieldwork-labels-files", "fieldwork-labels-round"
COMPLAINT = "fieldwork-labels-complaint"
AS_WRITTEN, UNDECIDED, ADD, BY_RULE = "as the files say", "undecided", "a new class", "by the rule"
RULE_NAMES = {
    UNDECIDED: "Nobody decides yet",
    "latest": "The latest counts",
    "confidence": "The surest counts",
    "majority": "The majority counts",
}
MOST_LISTED = 10  # conflicts
NOT_YOURS = (
    "This study is not yours, so it takes no labels from you. Copy it on the page Study, and open the copy: "
    "that takes them."
)


@layout.error_boundary
def labels(study: Study) -> None:
    """Files in, what they say, and the imports so far."""
    st.subheader("Labels come home")
    folder = state.folder()
    refusal = _refusal(folder)
    if refusal:
        st.caption(refusal)
        return
    st.markdown("Drop what the crews filled in. It is shown here first; the study changes when you say so.")
    _drop_zone()
    if complaint := st.session_state.pop(COMPLAINT, None):
        st.error(layout.plain(complaint), icon=":material/error:")
    files = _files()
    undecided = _undecided_season(folder)
    if files or undecided:
        _asked(study, folder, files, undecided)
    _imports(folder)


def _undecided_season(folder: Path) -> str:
    """The last season in which labels disagree and nothing decides; empty where there is none."""
    kept = _kept_imports(folder, journal.stamp(folder))
    seasons = {
        each.season for each in kept if any(not c.decided for c in settle(kept, each.season).conflicts)
    }
    return max(seasons, default="")


def _refusal(folder: Path) -> str:
    """Why the open study takes no labels here; empty where it does."""
    if not state.may_run():
        return "This installation takes no labels. With Groundplan on a machine of your own it does."
    if is_demo(folder):
        return (
            "The demo ships with Groundplan and stays as it is, so it takes no labels. Simulate the visit "
            "below: a copy of the demo takes them. Or make a study of your files on the page Study."
        )
    if not state.may_change():
        return NOT_YOURS
    own = os.environ.get("GROUNDPLAN_STUDY")
    is_own = bool(own) and folder == Path(str(own)).expanduser().resolve()
    if not (is_own or folder.parent == (workspace() / shelf.FOLDER).resolve()):
        return "Only studies of the workspace take labels here. The command labels knows any folder."
    if not os.access(folder, os.W_OK):
        return f"The folder of {layout.plain(folder.name)} cannot be written, so it takes no labels."
    return ""


def _drop_zone() -> None:
    key = f"fieldwork-labels-sent-{st.session_state.get(ROUND, 0)}"
    st.file_uploader(
        "Files of the crews",
        accept_multiple_files=True,
        key=key,
        on_change=_take_sent,
        args=(key,),
        help="The GeoPackage from QField, day sheets as CSV, exports of KoboToolbox and ODK, tables with ids "
        f"or positions. {uploads.MOST_BYTES // uploads.MEGABYTE:,} MB in all.",
    )


def _asked(study: Study, folder: Path, files: Sequence[Received], undecided: str) -> None:
    """What the files say or where labels disagree, what has to be chosen, and the button that keeps it."""
    with st.container(border=True):
        if files:
            _listed(files)
        choices = st.container(horizontal=True)
        request = _question(study, files, choices) if files else LabelRequest(undecided, new_class="add")
        paths = [file.path for file in files]
        try:
            found = _understood(folder, paths, request)
            request = _with_choices(study, request, found, choices)
            found = _understood(folder, paths, request)
        except GroundplanError as error:
            st.error(_plain(str(error), files), icon=":material/error:")
            return
        _show(found, files)
        rows = len(found.new.labels)
        st.button(
            f"Take {counted(rows, 'row')} into {layout.plain(study.name)}" if files else "Keep the decisions",
            icon=":material/check:",
            key="fieldwork-labels-take",
            disabled=not (files or request.rule or request.decisions),
            on_click=_take,
            args=(folder, paths, request),
        )


def _listed(files: Sequence[Received]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        names = " · ".join(f":material/description: **{layout.plain(file.name)}**" for file in files)
        st.markdown(names, width="stretch")
        st.button("Remove", icon=":material/close:", key="fieldwork-labels-remove", on_click=_forget)


def _question(study: Study, files: Sequence[Received], place: DeltaGenerator) -> LabelRequest:
    """The request of the files, as far as season and purpose go."""
    seasons = [season.label for season in sorted(study.seasons, reverse=True)]
    with place:
        season = st.selectbox("Season", [AS_WRITTEN, *seasons], key="fieldwork-labels-season", width=170)
        purpose = st.selectbox("Purpose", [AS_WRITTEN, *PURPOSES], key="fieldwork-labels-purpose", width=170)
    return LabelRequest(
        None if season == AS_WRITTEN else season,
        None if purpose == AS_WRITTEN else cast(Any, purpose),
        new_class="add",
        names={file.path: file.name for file in files},
    )


def _with_choices(
    study: Study, request: LabelRequest, found: Understood, place: DeltaGenerator
) -> LabelRequest:
    """The request with what is to become of new classes and of conflicts, by rule or by hand."""
    merge, by_hand, rule = dict[str, str](), dict[str, str](), UNDECIDED
    round_ = st.session_state.get(ROUND, 0)
    with place:
        for number, new in enumerate(found.unknown_classes):
            chosen = st.selectbox(
                layout.plain(f"{new.name} is"),
                [ADD, *study.legend.names],
                key=f"fieldwork-labels-class-{round_}-{number}",
                help=layout.plain(class_sentence(new)),
                width=170,
            )
            merge |= {new.name: str(chosen)} if chosen != ADD else {}
        if not found.conflicts:
            return replace(request, merge=merge)
        rule = st.selectbox(
            "Where labels disagree",
            list(RULE_NAMES),
            format_func=lambda name: RULE_NAMES[name],
            key=f"fieldwork-labels-rule-{round_}",
            width=200,
        )
        for conflict in found.conflicts[:MOST_LISTED]:
            crops = sorted({str(label.crop or label.status) for label in conflict.labels})
            chosen = st.selectbox(
                layout.plain(f"Parcel {conflict.parcel_id}"),
                [BY_RULE, *(name for name in crops if name in study.legend.names or name == Status.NO_CROP)],
                key=f"fieldwork-labels-parcel-{round_}-{conflict.parcel_id}",
                width=170,
            )
            by_hand |= {conflict.parcel_id: str(chosen)} if chosen != BY_RULE else {}
    decides = next((each for each in RULES if each == rule), None)
    return replace(request, merge=merge, rule=decides, decisions=by_hand)


def _show(found: Understood, files: Sequence[Received]) -> None:
    """What the files say."""
    labels = found.new.labels
    said = [counts_sentence(found) if files else "", crops_sentence(labels), place_sentence(labels)]
    st.markdown(_plain(" ".join(filter(None, said)), files))
    new = ", ".join(each.name for each in found.unknown_classes)
    if new:
        st.markdown(f":material/new_label: New in the legend: **{layout.plain(new)}**.")
    if found.conflicts:
        lines = [f"- {layout.plain(conflict_sentence(each))}" for each in found.conflicts[:MOST_LISTED]]
        more = len(found.conflicts) - MOST_LISTED
        lines += [f"- and {more:,} more" for _ in [0] if more > 0]
        st.markdown(f"**Labels disagree on {counted(len(found.conflicts), 'parcel')}**\n" + "\n".join(lines))
    for note in found.notes:
        st.caption(_plain(note, files))


def _imports(folder: Path) -> None:
    """The imports so far, the latest first."""
    kept = _kept_imports(folder, journal.stamp(folder))
    for complaint in journal.damaged(folder):
        st.warning(layout.plain(complaint), icon=":material/warning:")
    if not kept:
        return
    st.markdown("**Imports so far**")
    for each in reversed(kept):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            said = layout.plain(f"{each.number}. {import_sentence(each)}")
            st.markdown(f":gray[{said}]" if each.undone else said, width="stretch")
            if not each.undone:
                st.button(
                    "Undo",
                    icon=":material/undo:",
                    type="tertiary",
                    key=f"fieldwork-labels-undo-{each.number}",
                    on_click=_undo,
                    args=(folder, each.number),
                )


@cached(lambda folder, paths, request: (folder, stamp(folder), paths, request), entries=4)
def _understood(folder: Path, paths: Sequence[Path], request: LabelRequest) -> Understood:
    digests = tuple(journal.digest_of(path) for path in paths)
    return understand(folder, paths, request, _read(tuple(paths), digests))


@cached(lambda paths, digests: (paths, digests), entries=2, spinner="Reading the files")
def _read(paths: tuple[Path, ...], digests: tuple[str, ...]) -> ReadFiles:
    return read_files(paths, ReadOptions())


@cached(lambda folder, changed: (folder, changed), entries=4)
def _kept_imports(folder: Path, changed: int) -> tuple[Import, ...]:
    return journal.imports(folder)


def _take(folder: Path, paths: Sequence[Path], request: LabelRequest) -> None:
    if not state.may_change():
        return
    try:
        sent = [(file.name, file.path) for file in _files()]
        users.note("labels taken", folder.name, sent)
        kept, _ = take(folder, paths, request)
    except GroundplanError as error:
        st.session_state[COMPLAINT] = uploads.with_names(str(error), _files())
        return
    _forget()
    state.say(f"Import {kept.number} is in the study.", ":material/check:")


def _undo(folder: Path, number: int) -> None:
    if not state.may_change():
        return
    try:
        users.note(f"labels of import {number} undone", folder.name)
        journal.undo(folder, number)
    except GroundplanError as error:
        st.session_state[COMPLAINT] = str(error)
        return
    state.say(f"Import {number} is undone.", ":material/undo:")


def _take_sent(key: str) -> None:
    sent = st.session_state.get(key) or []
    try:
        received, _ = uploads.receive(
            own_folder(LABELS), [(file.name, partial(_itself, file)) for file in sent]
        )
        users.note("labels sent", state.folder().name, [(file.name, file.path) for file in received])
        st.session_state[FILES] = (*_files(), *received)
    except GroundplanError as error:
        st.session_state[COMPLAINT] = str(error)
    _next_round()


def _itself(file: Any) -> IO[bytes]:
    return cast(IO[bytes], file)


def _files() -> tuple[Received, ...]:
    held: tuple[Received, ...] = st.session_state.get(FILES, ())
    return tuple(file for file in held if file.path.is_file())


def _forget() -> None:
    st.session_state.pop(FILES, None)
    uploads.forget(own_folder(LABELS))
    _next_round()


def _next_round() -> None:
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def _plain(text: str, files: Sequence[Received]) -> str:
    return str(layout.plain(uploads.with_names(text, files)))
