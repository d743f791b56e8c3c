"""The studies of the workspace: open, rename, export, delete."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from engine.domain import GroundplanError
from engine.files import demo_folder, workspace
from engine.studies import shelf
from pages import _layout as layout
from pages import _state as state

if TYPE_CHECKING:
    from engine.studies.shelf import Shelved

MEGABYTE = 1e6


@layout.error_boundary
def studies() -> None:
    """The studies, the latest first, and the demo."""
    kept, complaints = shelf.studies(workspace())
    if not kept:
        st.caption("Nobody has made a study here yet. Those that are made of files are listed here.")
    for each in kept:
        _row(each)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown("**Demo** :gray[ships with Groundplan, and stays as it is]", width="stretch")
        _open_button("demo", str(demo_folder()))
    for complaint in complaints:
        st.warning(layout.plain(complaint), icon=":material/warning:")


def _row(each: Shelved) -> None:
    seasons = each.seasons[0] if len(each.seasons) == 1 else f"{each.seasons[0]} to {each.seasons[-1]}"
    changed = datetime.fromtimestamp(each.changed, UTC).date()
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{layout.plain(each.name)}** :gray[{seasons} · {each.classes} classes · "
            f"{each.size / MEGABYTE:,.1f} MB · {changed:%d %b %Y}]",
            width="stretch",
        )
        _open_button(each.id, str(each.folder))
        _rename(each)
        st.download_button(
            "Export",
            lambda: shelf.export(workspace(), each.id),
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


def _delete(each: Shelved) -> None:
    with st.popover("Delete", icon=":material/delete:", type="tertiary"):
        st.markdown(
            f"Delete **{layout.plain(each.name)}** with its scenarios? It cannot be had back. Answers of its "
            "plans stay in the workspace, for a study with the same data."
        )
        st.button(
            "Delete it",
            icon=":material/delete:",
            type="primary",
            key=f"study-shelf-delete-{each.id}",
            on_click=_deleted,
            args=(each,),
        )


def _open(folder: str) -> None:
    state.open_folder(folder)
    state.set_input("study-view", state.store_input("study-view", "this"))


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
    except GroundplanError as error:
        state.say(layout.plain(str(error)), ":material/error:")
        return
    if state.folder() == gone.folder:
        state.close_folder()
    state.say(layout.plain(f"{gone.name} is deleted."), ":material/delete:")
