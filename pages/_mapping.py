"""The form that says how files are to be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages import _drafts as drafts
from pages import _fields as fields
from pages import _layout as layout
from pages import _state as state
from pages._cures import DROP, LABELS, SEASON_OF
from pages._fields import FIELDS, GROUPS, TIME, FieldError

if TYPE_CHECKING:
    from engine.studies.ingest import IngestRequest
    from engine.studies.uploads import Received
    from pages._reading import Draft

NONE = "–"
KEY = "study-form"
COMPLAINT = "study-form-complaint"
MEANS = {
    "parcel_id": "Names a parcel within a season; both files need it.",
    "season": "The year of the harvest.",
    "crop": "Empty where nobody knows it yet.",
    "field_group": "The same field in any season. Without it, it is found out by place.",
    "pixel_id": "Tells the series of a parcel apart, where it has several.",
    "date": "Of an observation. A wide table has a column a date instead.",
}
MOST_OPTIONS = 60  # columns of a wide table that are listed
MOST_FILES = 8  # that have a field for their season
WIDE = ("texts", "numbers", "pairs", "yes")  # kinds of fields that take a line of their own


def form(asked: IngestRequest, draft: Draft) -> None:
    """Columns, classes, and all other ways to read files, in groups; sent, the files are read again.

    Parameters
    ----------
    asked
        How they were read last.
    draft
        What came of it.
    """
    key = f"{KEY}-{drafts.round_()}"
    found = draft.found
    options = {
        "seasons": [each.season for each in found.seasons] if found else [],
        "bands": [band.name for band in found.bands] if found else [],
    }
    options["linear"] = options["seasons"]
    with st.form(f"{key}-form", border=True):
        st.markdown("**How the files are read**")
        with st.expander("Columns", icon=":material/view_column:", expanded=found is None):
            columns = _columns(asked, key)
        for group in GROUPS:
            with st.expander(_title(group, asked), icon=":material/tune:"):
                if group == TIME:
                    _window(asked, key)
                _group(group, asked, options, key)
                if group == TIME:
                    _seasons_of_files(asked, key)
        if draft.classes:
            with st.expander(_title("Classes", asked), icon=":material/category:"):
                _classes(draft.classes, asked, f"{key}-classes")
        st.toggle(
            DROP, asked.drop_faulty, key=f"{key}-drop", help="Instead of refusing the files; notes say which."
        )
        st.form_submit_button(
            "Read again",
            icon=":material/refresh:",
            key=f"{key}-send",
            on_click=_send,
            args=(key, columns, draft.classes, asked),
        )
        if complaint := st.session_state.pop(COMPLAINT, None):
            st.error(layout.plain(complaint), icon=":material/error:")


def _title(group: str, asked: IngestRequest) -> str:
    """The group, and how many of its fields say something."""
    names = {each.name for each in FIELDS if each.group == group}
    names |= {TIME: {"window", "season_of"}, "Classes": {"keep", "merge"}}.get(group, set())
    count = len(names & set(drafts.asked()))
    return f"{group} :gray-badge[{count} set]" if count else group


def _window(asked: IngestRequest, key: str) -> None:
    left, right = st.columns(2)
    with left:
        st.text_input("Window from", asked.window[0], key=f"{key}-from", help="Month and day, as 03-01.")
    with right:
        text = "A day before the start is of the next year."
        st.text_input("Window to", asked.window[1], key=f"{key}-to", help=text)


def _group(group: str, asked: IngestRequest, options: Mapping[str, Sequence[str]], key: str) -> None:
    """The fields of a group, short ones two and two."""
    own = [each for each in FIELDS if each.group == group]
    short = [each for each in own if each.kind not in WIDE]
    places = iter([place for _ in short[::2] for place in st.columns(2)])  # so that a phone keeps their order
    for each in own:
        where = st.container() if each.kind in WIDE else next(places)
        with where:
            fields.draw(each, asked, f"{key}-{each.name}", options.get(each.name, ()))


def _files_with_seasons() -> tuple[Received, ...]:
    return tuple(file for file in drafts.files() if drafts.role(file) in ("parcels", "both"))[:MOST_FILES]


def _seasons_of_files(asked: IngestRequest, key: str) -> None:
    for number, file in enumerate(_files_with_seasons()):
        st.text_input(
            f"{SEASON_OF} {layout.plain(file.name)}",
            asked.season_of.get(file.path.name, ""),
            key=f"{key}-season-{number}",
            help="The harvest year of all its parcels, over its column.",
            placeholder="by its column or name",
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
        st.caption(f"Of the {role}")
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


def _classes(classes: Mapping[str, int], asked: IngestRequest, key: str) -> None:
    """A row a class: whether it is used, and what it is called in the study."""
    st.caption("Rename to merge, untick to leave out.")
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

    try:
        values = {each.name: fields.meant(each, held(each.name)) for each in FIELDS}
    except FieldError as error:
        st.session_state[COMPLAINT] = str(error)
        return
    values["window"] = str(held("from")).strip(), str(held("to")).strip()
    values["drop_faulty"] = held("drop") or None
    values["rename"] = _renamed(columns, state.stored_input)
    values["season_of"] = _said_of_files(asked, held)
    if classes:
        edits = (state.stored_input(f"{key}-classes") or {}).get("edited_rows", {})
        values |= said_of_classes(_class_rows(classes, asked), edits)
    drafts.ask(unusual(values))


def unusual(values: Mapping[str, object]) -> dict[str, object]:
    """Fields of a request that say something: those that are not empty, and not as usual.

    Parameters
    ----------
    values
        By the name of the field.
    """
    from engine.studies.ingest import IngestRequest

    usual = IngestRequest((), (), "")
    return {
        name: value
        for name, value in values.items()
        if value not in (None, "", (), {}) and value != getattr(usual, name)
    }


def _said_of_files(asked: IngestRequest, held: Callable[[str], Any]) -> dict[str, str]:
    """Season by file: as the form says for those that it has, else as before."""
    own = {
        file.path.name: str(held(f"season-{place}") or "").strip()
        for place, file in enumerate(_files_with_seasons())
    }
    before = {name: season for name, season in asked.season_of.items() if name not in own}
    return before | {name: season for name, season in own.items() if season}


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
