"""The studies of the workspace: open, rename, export, delete."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from engine.domain import GroundplanError
from engine.files import demo_folder
from engine.studies import sharing, shelf
from pages import _layout as layout
from pages import _state as state
from pages import _users as users
from pages._users import workspace

if TYPE_CHECKING:
    from engine.studies.shelf import Shelved

MEGABYTE = 1e6


@layout.error_boundary
def studies() -> None:
    """The studies, the latest first, and the demo."""
    place = workspace()
    kept, complaints = shelf.studies(place)
    if not kept:
        st.caption("There is no study of yours here yet. Those that are made of files are listed here.")
    for each in kept:
        _row(each, place)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown("**Demo** :gray[ships with Groundplan, and stays as it is]", width="stretch")
        _open_button("demo", str(demo_folder()))
    if users.apart():
        _shared_with(place)
    for complaint in complaints:
        st.warning(layout.plain(complaint), icon=":material/warning:")


def _row(each: Shelved, place: Path) -> None:
    seasons = each.seasons[0] if len(each.seasons) == 1 else f"{each.seasons[0]} to {each.seasons[-1]}"
    changed = datetime.fromtimestamp(each.changed, UTC).date()
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{layout.plain(each.name)}** :gray[{seasons} · {each.classes} classes · "
            f"{each.size / MEGABYTE:,.1f} MB · {changed:%d %b %Y}]",
            width="stretch",
        )
        _open_button(each.id, str(each.folder))
        if users.apart():
            _share(each)
        _rename(each)
        st.download_button(
            "Export",
            lambda: shelf.export(place, each.id),
            f"{each.id}.zip",
            icon=":material/download:",
            key=f"study-shelf-export-{each.id}",
            on_click="ignore",
            type="tertiary",
        )
        _delete(each)


def _open_button(name: str, folder: str) -> None:
    if str(state.folder()) == folder:
        st.badge("open", icon=":material/check:", color="green")
        return
    st.button(
        "Open", icon=":material/folder_open:", key=f"study-shelf-open-{name}", on_click=_open, args=(folder,)
    )


def _rename(each: Shelved) -> None:
    key = f"study-shelf-name-{each.id}"
    with (
        st.popover("Rename", icon=":material/edit:", type="tertiary"),
        st.form(f"study-shelf-rename-{each.id}", border=False),
    ):
        st.text_input("New name", each.name, key=key, max_chars=shelf.MOST_LETTERS)
        st.form_submit_button(
            "Rename", key=f"study-shelf-renames-{each.id}", on_click=_renamed, args=(each.id, key)
        )


def _share(each: Shelved) -> None:
    label, icon = ("Shared", ":material/group:") if each.shared else ("Share", ":material/person_add:")
    with st.popover(label, icon=icon, type="tertiary"):
        said = "Everybody who logs in here may open" if each.shared else "Let everybody who logs in here open"
        st.markdown(
            f"{said} **{layout.plain(each.name)}**: its parcels, crops, labels and series. They see "
            "your name. They cannot change it; what they compute stays with them."
        )
        st.button(
            "Share no longer" if each.shared else "Share it",
            icon=":material/person_remove:" if each.shared else icon,
            key=f"study-shelf-share-{each.id}",
            on_click=_shared,
            args=(each,),
        )


def _shared_with(place: Path) -> None:
    """The studies that others share."""
    for number, each in enumerate(sharing.shared_with(place)):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**{layout.plain(each.study.name)}** :gray[shared by {layout.plain(each.owner)}]",
                width="stretch",
            )
            _open_button(f"shared-{number}", str(each.study.folder))
            st.button(
                "Copy",
                icon=":material/content_copy:",
                type="tertiary",
                key=f"study-shelf-copy-{number}",
                help="A copy is yours: it takes labels, and stays when the study is shared no longer.",
                on_click=_copied,
                args=(each.study.folder,),
            )


def _delete(each: Shelved) -> None:
    with st.popover("Delete", icon=":material/delete:", type="tertiary"):
        st.markdown(
            f"Delete **{layout.plain(each.name)}** with its scenarios? It cannot be had back. Answers of its "
            "plans stay in the workspace, for a study with the same data."
        )
        st.button(
            "Delete it",
            icon=":material/delete:",
            key=f"study-shelf-delete-{each.id}",
            on_click=_deleted,
            args=(each,),
        )


def _open(folder: str) -> None:
    state.open_folder(folder)
    state.set_input("study-view", state.store_input("study-view", "this"))


def _shared(each: Shelved) -> None:
    try:
        (sharing.unshare if each.shared else sharing.share)(workspace(), each.id)
        users.note("shared no longer" if each.shared else "shared", each.id)
    except GroundplanError as error:
        state.say(layout.plain(str(error)), ":material/error:")
        return
    state.say(
        layout.plain(f"{each.name} is " + ("yours alone." if each.shared else "shared.")),
        ":material/group:",
    )


def _copied(folder: Path) -> None:
    try:
        made = sharing.copy(workspace(), folder)
        users.note("shared study copied", made.id)
    except GroundplanError as error:
        state.say(layout.plain(str(error)), ":material/error:")
        return
    state.say(layout.plain(f"{made.name} is copied."), ":material/content_copy:")


def _renamed(name: str, key: str) -> None:
    from engine.decisions import shelved

    try:
        renamed = shelved.rename(state.archive(), name, str(state.stored_input(key)))
    except GroundplanError as error:
        state.say(layout.plain(str(error)), ":material/error:")
        return
    state.say(layout.plain(f"Renamed to {renamed.name}."), ":material/edit:")


def _deleted(each: Shelved) -> None:
    from engine.decisions import shelved

    try:
        gone = shelved.delete(state.archive(), each.id)
        users.note("study deleted", gone.id)
    except GroundplanError as error:
        state.say(layout.plain(str(error)), ":material/error:")
        return
    if state.folder() == gone.folder:
        state.close_folder()
    state.say(layout.plain(f"{gone.name} is deleted."), ":material/delete:")
