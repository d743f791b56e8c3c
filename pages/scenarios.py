"""Which plan do we prefer? Saved scenarios, two or three side by side."""

from collections.abc import Callable, Sequence

import streamlit as st

from engine.decisions import scenario_store as store
from engine.decisions.scenario import MOST_BYTES, Scenario, check, parsed, written
from engine.decisions.scenario_result import Result
from engine.decisions.scenario_rows import properties
from engine.decisions.scenario_wording import verdict
from engine.domain import GroundplanError, Study
from engine.views.scenario_cards import SIGN, scenario_cards
from pages import _cache as cache
from pages import _layout as layout
from pages import _saving as saving
from pages import _state as state
from pages._tours import routed_each
from pages._widgets import Choices, several_ids, switch

TERMS = ("Scenario", "Field trip", "Bill", "Forecast", "Baseline", "Interval")
MOST = 3  # side by side
CHOSEN, FILE = "scenarios-chosen", "scenarios-file"


@layout.error_boundary
def page(study: Study) -> None:
    """The scenarios that are kept, and some of them side by side."""
    state.say_what_was_done()
    kept, damaged = store.read_all(state.archive(), study)
    for complaint in damaged:
        st.warning(layout.plain(complaint), icon=":material/broken_image:")
    chosen = choice(study, kept)
    if not kept:
        st.info("No scenario is kept yet. Save a trip on Overview or Plan, or load a file.")
        with st.container(horizontal=True):
            st.page_link(saving.OVERVIEW, label="Overview", icon=":material/flag:")
            st.page_link(saving.PLAN, label="Plan", icon=":material/route:")
        return
    found = results(study, chosen)
    if len(found) == 1:
        st.caption("Choose or save another scenario to see two side by side.")
    if found:
        side_by_side(study, found)


def choice(study: Study, kept: Sequence[Scenario]) -> list[Scenario]:
    """Which scenarios to show; beside them the last change, to undo, and a file to load."""
    by_name = {scenario.name: scenario for scenario in kept}
    last = store.last_change(state.archive(), study)
    newest = [last.name] if last and last.name in by_name else []
    usual = sorted(list(dict.fromkeys([*newest, *by_name]))[:MOST], key=list(by_name).index)
    chosen: list[str] = []
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if kept:
            names = Choices({name: name for name in by_name})
            chosen = several_ids("Side by side", names, usual, CHOSEN)
        if state.may_run():
            load(study)
            if last:
                st.button(
                    f"Undo: {layout.plain(last.title)}",
                    icon=":material/undo:",
                    key="scenarios-undo",
                    on_click=_undo,
                    args=(study,),
                )
    if len(chosen) > MOST:
        st.caption(f"Shown are the first {MOST} of {len(chosen)} chosen scenarios.")
    return [by_name[name] for name in chosen[:MOST]]


def load(study: Study) -> None:
    """A file to load."""
    with (
        st.popover("Load a file", icon=":material/upload_file:"),
        st.form("scenarios-load", border=False, clear_on_submit=True),
    ):
        st.file_uploader("File of a scenario", type="json", key=FILE, max_upload_size=MOST_BYTES // 1_000_000)
        st.form_submit_button("Load", key="scenarios-load-button", on_click=_load, args=(study,))


def results(study: Study, chosen: Sequence[Scenario]) -> list[Result]:
    """What the scenarios cost and gain; what is wrong with one does not hide the others."""
    fitting = []
    for scenario in chosen:
        try:
            check(scenario, study)
            fitting.append(scenario)
        except GroundplanError as error:
            st.error(layout.plain(str(error)), icon=":material/error:")
    archive = state.archive()
    outcomes = cache.current_outcomes(study, archive)
    going = [scenario.request for scenario in fitting if scenario.visits]
    routed = dict(zip(going, routed_each(study, going), strict=True))
    found = []
    for scenario in fitting:
        try:
            made = None
            if scenario.visits:
                made = routed[scenario.request] or cache.trip(study, scenario.request, archive)
                if isinstance(made, GroundplanError):
                    raise made
            found.append(saving.result(study, scenario, outcomes, archive, made))
        except GroundplanError as error:
            st.error(layout.plain(f"{scenario.name}: {error}"), icon=":material/error:")
    return found


def side_by_side(study: Study, found: Sequence[Result]) -> None:
    """The scenarios as cards whose lines are level, and what can be done with each."""
    names = [result.scenario.name for result in found]
    rows = properties(found)
    if len(found) > 1:
        st.markdown(f"**{layout.plain(verdict(found))}**")
        with st.container(horizontal=True, vertical_alignment="center"):
            if switch("Only what differs", "scenarios-differing"):
                rows = tuple(row for row in rows if row.differs)
            st.caption(f"{SIGN} differs from {layout.plain(names[0])}. Ranges of gains are 90% intervals.")
    st.html(scenario_cards(names, rows, state.dark()))
    for column, result in zip(st.columns(len(found), gap="small"), found, strict=True):
        with column:
            actions(study, result.scenario)
    layout.data_note(study, ". A scenario keeps what was asked; its numbers follow from today's answers.")


def actions(study: Study, scenario: Scenario) -> None:
    """Open a scenario, keep it as a file, or remove it."""
    name = scenario.name
    can_open = saving.address_of(study, scenario) is not None
    text = None if scenario.visits else "Overview has the map without a trip beside the recommended one."
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            f"Open {layout.plain(name)}",
            icon=":material/open_in_new:",
            key=f"scenarios-open-{name}",
            disabled=not can_open,
            help=text if can_open else "No page can ask for this trip. Only the command line can.",
        ):
            saving.open_scenario(study, scenario)
        st.download_button(
            "Download",
            written(scenario),
            scenario.file_name,
            "application/json",
            icon=":material/download:",
            key=f"scenarios-get-{name}",
            on_click="ignore",
        )
        if state.may_run():
            st.button(
                "Remove",
                icon=":material/delete:",
                key=f"scenarios-remove-{name}",
                type="tertiary",
                on_click=_remove,
                args=(study, name),
            )


def _undo(study: Study) -> None:
    _change(lambda: f"Undone: {store.undo(state.archive(), study).title}.", ":material/undo:")


def _remove(study: Study, name: str) -> None:
    _change(lambda: f"{store.remove(state.archive(), study, name).title}.", ":material/delete:")


def _load(study: Study) -> None:
    file = state.stored_input(FILE)
    if file is None:
        state.say("Choose the file of a scenario first.", ":material/error:")
        return

    def loaded() -> str:
        scenario = parsed(file.getvalue(), file.name)
        check(scenario, study)
        return f"{store.save(state.archive(), study, scenario).title}."

    _change(loaded, ":material/upload_file:")


def _change(work: Callable[[], str], icon: str) -> None:
    """Do it, and say what was done, or what is wrong."""
    try:
        state.say(layout.plain(work()), icon)
    except GroundplanError as error:
        state.say(layout.plain(str(error)), ":material/error:")


page(layout.open_page("Which plan do we prefer?", TERMS))
