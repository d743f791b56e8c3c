"""Bring your own data: files in, what was understood of them or what is wrong with them, and a study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.studies import sample, shelf, uploads
from pages import _cache as cache
from pages import _drafts as drafts
from pages import _layout as layout
from pages import _mapping as mapping
from pages import _state as state
from pages import _users as users
from pages._faults import faults
from pages._understood import show
from pages._users import workspace

if TYPE_CHECKING:
    from engine.domain import Departure
    from engine.studies.ingest import IngestRequest
    from engine.studies.shelf import Shelved
    from engine.studies.uploads import Received
    from pages._reading import Draft, Reading

ROLES = {"parcels": "Parcels", "series": "Series", "both": "Both", drafts.UNUSED: "Not used"}
ICONS = {"parcels": "map", "series": "show_chart", "both": "dataset", drafts.UNUSED: "block"}
MEGABYTE = 1e6
PATIENCE_S = 0.5  # that the page waits for the files before it shows the steps of reading
NAME, SOURCE, SIMULATED, START = "study-name", "study-source", "study-simulated", "study-departure"
MADE = "study-made"


@layout.error_boundary
def upload() -> None:
    """All of it, in the order in which a person meets it."""
    if not state.may_run():
        st.info("This installation takes no files. With Groundplan on a machine of your own it does.")
        samples()
        return
    files = drafts.files()
    drop_zone(bool(files))
    if not files:
        samples()
        return
    listed(files)
    if unreadable(files):
        return
    asked = drafts.request()
    if not (asked.parcels and asked.series):
        lacking = "parcels" if not asked.parcels else "series"
        st.info(f"Now add the {lacking}, or say above which file holds them.", icon=":material/upload_file:")
        return
    reading = drafts.reading(asked)
    if reading.work.ended(PATIENCE_S):
        read(asked, reading.work.result(), files)
    else:
        wait(reading)


def unreadable(files: tuple[Received, ...]) -> bool:
    """Which files nothing can be read of, before anything else is asked of them; whether there is one."""
    broken = [file for file in files if not drafts.look(file).columns and drafts.role(file) != drafts.UNUSED]
    for number, file in enumerate(broken):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            what = "is empty" if not file.size else f"is damaged, or no {file.path.suffix} file"
            st.markdown(
                f":material/error: **{layout.plain(file.name)}** {what}. Remove it, and send another.",
                width="stretch",
            )
            st.button(
                f"Remove {layout.plain(file.name)}",
                icon=":material/close:",
                key=f"study-unreadable-{number}",
                on_click=drafts.leave,
                args=(file.path,),
            )
    return bool(broken)


def read(asked: IngestRequest, draft: Draft, files: tuple[Received, ...]) -> None:
    """What was understood, or what is wrong, beside the form."""
    left, right = st.columns([1.9, 1], gap="medium")
    with right:
        mapping.form(asked, draft)
        kept_as_file(asked)
    with left:
        if draft.found:
            make(draft)
            show(draft.found, draft.study, files)
        else:
            faults(draft.faults, files)


def wait(reading: Reading) -> None:
    """The steps of reading that have begun; the page is drawn anew once it has ended."""

    @layout.error_boundary
    def steps() -> None:
        if reading.work.ended():
            st.rerun()
        begun = tuple(reading.steps) or ("Waiting for others",)
        with st.status(f"{begun[-1]} ...", expanded=True):
            done = "\n".join(f"- :material/check: {step}" for step in begun[:-1])
            st.markdown(done or "The files are being read.")

    state.refreshed(steps, live=True)()


def drop_zone(again: bool) -> None:
    """Where files are dropped, or named where this machine's files may be."""
    key = f"study-files-{drafts.round_()}"
    total = uploads.MOST_BYTES // uploads.MEGABYTE
    st.file_uploader(
        "Add more files" if again else "Drop the files: parcels with their crops, and the series of each",
        accept_multiple_files=True,
        key=key,
        on_change=_sent,
        args=(key,),
        help="GeoPackage, GeoParquet, GeoJSON, Shapefile with its parts, CSV or Parquet; also in a ZIP. "
        "The ZIP of an exported study becomes that study again. "
        f"{total:,} MB in all, unpacked. They are removed once the study is made, or when you leave.",
    )
    if complaint := st.session_state.get(drafts.COMPLAINT):
        st.error(layout.plain(complaint), icon=":material/error:")
    names = uploads.listed()
    if names:
        chosen = f"study-named-{drafts.round_()}"
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.multiselect("Or files of this machine", names, key=chosen, width=460)
            st.button("Add", key="study-add", on_click=drafts.take_named, args=(chosen,))


def samples() -> None:
    """What to try the way in with, and what to fill in."""
    from engine.studies.templates import MAP, TABLE, templates

    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(
            "**No files at hand?** The sample is what a survey and an archive give: 2,000 simulated parcels "
            "of 2018 to 2022, with series in dB. Nobody knows the crops of 2022 yet."
        )
        with st.container(horizontal=True):
            if state.may_run():
                st.button(
                    "Try the sample",
                    icon=":material/play_arrow:",
                    key="study-try",
                    on_click=drafts.take_sample,
                )
            _download("Sample, ZIP", sample.packed, "groundplan-sample.zip", "study-sample")
    with right:
        st.markdown(
            "**Templates** have the columns that are read, and a row each. Other names will do: you say "
            "which column is which."
        )
        with st.container(horizontal=True):
            for name in (MAP, TABLE):
                _download(name, lambda name=name: templates()[name], name, f"study-template-{name}")
    with st.expander("The same on the command line", icon=":material/terminal:"):
        st.code(sample.commands(), language="bash", wrap_lines=True)


def listed(files: tuple[Received, ...]) -> None:
    """Each file with what it is used as."""
    with st.container(border=True, gap="small"):
        for file in files:
            held = drafts.role(file)
            key = f"study-role-{drafts.round_()}-{file.path.parent.name}-{file.path.name}"
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    f":material/{ICONS[held]}: **{layout.plain(file.name)}** :gray[{_size(file.size)}]",
                    width="stretch",
                )
                st.selectbox(
                    f"Use {file.name} as",
                    list(ROLES),
                    list(ROLES).index(held),
                    format_func=lambda name: ROLES[name],
                    key=key,
                    label_visibility="collapsed",
                    width=120,
                    on_change=drafts.use_as,
                    args=(file.path, key),
                )
                st.button(
                    ":material/close:",
                    help=f"Remove {file.name}",
                    type="tertiary",
                    key=f"{key}-remove",
                    on_click=drafts.leave,
                    args=(file.path,),
                )
        with st.container(horizontal=True, vertical_alignment="center"):
            if passed := st.session_state.get(drafts.PASSED):
                st.caption(f"Passed over: {layout.plain(', '.join(passed))}")
            st.button(
                "Start over",
                icon=":material/restart_alt:",
                type="tertiary",
                key="study-over",
                on_click=drafts.start_over,
            )


def kept_as_file(asked: IngestRequest) -> None:
    """What was said, as a file for the command line."""
    if drafts.asked():
        from engine.studies.ingest.mapping import mapping_text

        text = "It keeps all this for files like these: python -m engine ingest --mapping FILE."
        _download("Mapping, TOML", mapping_text(asked), "mapping.toml", "study-mapping", text)


def make(draft: Draft) -> None:
    """Name, departure and source of the study, and the button that makes it."""
    study = draft.study
    towns = cache.towns_near(study)
    names = {town.title: town for town in towns}
    with st.container(border=True):
        st.markdown("**The files are understood**: look them over below, then name the study and make it.")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("Name of the study", key=NAME, placeholder="My study", max_chars=80, width=240)
            st.selectbox("Departure", list(names), key=START, width=200, help="Where trips start.")
            st.text_input("Source", key=SOURCE, placeholder="where the data come from", width=220)
            st.toggle("Simulated", key=SIMULATED, help="The data are simulated, not measured.")
            st.button(
                "Make the study",
                icon=":material/check:",
                key="study-make",
                on_click=_make,
                args=(draft, names),
            )
        if complaint := st.session_state.pop(MADE, None):
            st.error(layout.plain(complaint), icon=":material/error:")


def _sent(key: str) -> None:
    """Take what was dropped; an exported study is open then."""
    made = drafts.take_sent(key)
    if made:
        _open(made, "is back, and open")


def _open(made: Shelved, what: str) -> None:
    state.open_folder(str(made.folder))
    state.set_input("study-view", state.store_input("study-view", "this"))
    state.say(layout.plain(f"{made.name} {what}."), ":material/check:")


def _make(draft: Draft, towns: dict[str, Departure]) -> None:
    from engine.domain import GroundplanError

    assert draft.folder is not None
    start = towns.get(str(state.stored_input(START)))
    try:
        made = shelf.put(
            workspace(),
            draft.folder,
            str(state.stored_input(NAME) or "").strip() or "My study",
            start,
            "simulated" if state.stored_input(SIMULATED) else "measured",
            str(state.stored_input(SOURCE) or ""),
        )
    except GroundplanError as error:
        st.session_state[MADE] = str(error)
        return
    users.note("study made", made.id)
    drafts.start_over()
    state.forget_inputs([NAME, SOURCE, SIMULATED, START])
    _open(made, "is made, and open")


def _download(label: str, content: Any, name: str, key: str, text: str | None = None) -> None:
    st.download_button(
        label, content, name, icon=":material/download:", key=key, on_click="ignore", help=text
    )


def _size(count: int) -> str:
    return f"{count / MEGABYTE:,.1f} MB" if count >= MEGABYTE else f"{max(1, round(count / 1000)):,} kB"
