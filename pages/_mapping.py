"""The form that says how files are to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages import _drafts as drafts
from pages import _state as state

if TYPE_CHECKING:
    from engine.studies.ingest import IngestRequest

NONE = "–"
KEY = "study-form"
LABELS = {
    "parcel_id": "Parcel",
    "season": "Season",
    "crop": "Crop",
    "field_group": "Field",
    "pixel_id": "Pixel",
    "date": "Date",
}
MEANS = {
    "parcel_id": "Names a parcel within a season; both files need it.",
    "season": "The year of the harvest.",
    "crop": "Empty where nobody knows it yet.",
    "field_group": "The same field in any season. Without it, it is found out by place.",
    "pixel_id": "Tells the series of a parcel apart, where it has several.",
    "date": "Of an observation. A wide table has a column a date instead.",
}
MOST_OPTIONS = 60  # columns of a wide table that are listed


def form(asked: IngestRequest, seasons: Sequence[str], bands: Sequence[str]) -> None:
    """Columns, seasons, window, bands, CRS and classes; sent, the files are read again.

    Parameters
    ----------
    asked
        How they were read last.
    seasons, bands
        Those that were found.
    """
    key = f"{KEY}-{drafts.round_()}"
    classes = drafts.classes(asked)
    with st.form(f"{key}-form", border=True):
        st.markdown("**How the files are read**")
        columns = _columns(asked, key)
        left, right = st.columns(2)
        with left:
            text = "Month and day, as 03-01 (--window)."
            st.text_input("Window from", asked.window[0], key=f"{key}-from", help=text)
        with right:
            text = "A day before the start is of the next year."
            st.text_input("Window to", asked.window[1], key=f"{key}-to", help=text)
        left, right = st.columns(2)
        with left:
            text = "Days between time steps; empty takes the data's own interval (--step)."
            st.number_input("Step, days", 1, 366, asked.step, key=f"{key}-step", help=text, placeholder="own")
        with right:
            text = "Of files that do not state theirs, as EPSG:4326 (--crs)."
            st.text_input("CRS", asked.crs or "", key=f"{key}-crs", help=text, placeholder="as stated")
        _several("Seasons", seasons, asked.seasons, f"{key}-seasons", "all", "Harvest years (--seasons).")
        _several("Bands", bands, asked.bands, f"{key}-bands", "recognised ones", "Columns (--bands).")
        if classes:
            _classes(classes, asked, f"{key}-classes")
        text = "Instead of refusing the files; notes say which (--drop-faulty)."
        st.toggle("Leave faulty parcels out", asked.drop_faulty, key=f"{key}-drop", help=text)
        st.form_submit_button(
            "Read again",
            icon=":material/refresh:",
            key=f"{key}-send",
            on_click=_send,
            args=(key, columns, classes, asked),
        )


def _columns(asked: IngestRequest, key: str) -> dict[str, dict[str, str]]:
    """A choice for each column that is needed, of parcels and of series; the widgets' keys by role."""
    from engine.studies.ingest.look import OF_PARCELS, OF_SERIES, column_for

    keys: dict[str, dict[str, str]] = {}
    for role, wanted in (("parcels", OF_PARCELS), ("series", OF_SERIES)):
        named = [file for file in drafts.files() if drafts.role(file) == role]
        there = list(dict.fromkeys(name for file in named for name in drafts.look(file).columns))
        if not there:
            continue
        keys[role] = {name: f"{key}-{role}-{name}" for name in wanted}
        st.caption(f"Columns of the {role} (--rename)")
        places = [*st.columns(2), *st.columns(2)]  # two and two, so that a phone keeps their order
        for number, name in enumerate(wanted):
            said = (old for old, new in asked.rename.items() if new == name and old in there)
            now = next(said, None) or column_for(name, there)
            options = [NONE, *there[:MOST_OPTIONS]]
            with places[number]:
                st.selectbox(
                    LABELS[name],
                    options,
                    options.index(now) if now and now in options else 0,
                    key=keys[role][name],
                    help=MEANS[name],
                )
    return keys


def _several(
    label: str, options: Iterable[str], chosen: Sequence[str] | None, key: str, placeholder: str, text: str
) -> None:
    every = list(dict.fromkeys([*options, *(chosen or ())]))
    st.multiselect(
        label, every, chosen, key=key, help=text, placeholder=placeholder, accept_new_options=True
    )  # fmt: skip


def _classes(classes: Mapping[str, int], asked: IngestRequest, key: str) -> None:
    """A row a class: whether it is used, and what it is called in the study."""
    st.caption("Classes: rename to merge, untick to leave out (--merge, --keep)")
    st.data_editor(
        _class_rows(classes, asked),
        key=key,
        hide_index=True,
        disabled=["class", "parcels"],
        column_config={
            "use": st.column_config.CheckboxColumn("Use", width=45),
            "class": st.column_config.TextColumn("In the files"),
            "parcels": st.column_config.NumberColumn("Parcels", format="localized", width=70),
            "name": st.column_config.TextColumn("In the study", required=True, max_chars=60),
        },
    )


def _class_rows(classes: Mapping[str, int], asked: IngestRequest) -> list[dict[str, Any]]:
    rows = []
    for name, count in classes.items():
        called = asked.merge.get(name, name)
        used = not asked.keep or called in asked.keep
        rows.append({"use": used, "class": name, "parcels": count, "name": called})
    return rows


def _send(
    key: str, columns: dict[str, dict[str, str]], classes: Mapping[str, int], asked: IngestRequest
) -> None:
    def held(name: str) -> Any:
        return state.stored_input(f"{key}-{name}")

    said: dict[str, object] = {"rename": _renamed(columns, state.stored_input)}
    window = str(held("from")).strip(), str(held("to")).strip()
    said |= {"window": window} if all(window) else {}
    said |= {name: held(name) for name in ("step", "crs") if held(name)}
    said |= {name: tuple(held(name)) for name in ("seasons", "bands") if held(name)}
    said |= {"drop_faulty": True} if held("drop") else {}
    if classes:
        edits = (state.stored_input(f"{key}-classes") or {}).get("edited_rows", {})
        said |= said_of_classes(_class_rows(classes, asked), edits)
    drafts.ask(said, only_form=True)


def _renamed(columns: dict[str, dict[str, str]], held: Callable[[str], Any]) -> dict[str, str]:
    """New name by old name, where another column than the one of that name was chosen."""
    return {
        str(held(key)): name
        for keys in columns.values()
        for name, key in keys.items()
        if held(key) not in (None, NONE, name)
    }


def said_of_classes(
    rows: Sequence[Mapping[str, Any]], edits: Mapping[int, Mapping[str, Any]]
) -> dict[str, object]:
    """Which classes to merge and to keep, as fields of a request.

    Parameters
    ----------
    rows
        Of the table of classes, as it was drawn.
    edits
        What was edited, by row.
    """
    now = [{**row, **edits.get(place, {})} for place, row in enumerate(rows)]
    merge = {
        row["class"]: row["name"].strip() for row in now if row["name"].strip() not in ("", row["class"])
    }
    used = dict.fromkeys(row["name"].strip() or row["class"] for row in now if row["use"])
    left_out = [row for row in now if not row["use"]]
    said: dict[str, object] = {"merge": merge} if merge else {}
    return said | ({"keep": tuple(used)} if left_out and used else {})
