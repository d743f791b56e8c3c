"""What every page shows in the same way: its head, errors, charts with the tables behind them, numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import streamlit as st

from engine.decisions.run_wording import provisional_sentence
from engine.decisions.wording import HINDSIGHT, forecast_or_hindsight
from engine.domain import GroundplanError, Study
from engine.files import not_writable
from pages import _columns as columns
from pages import _entry as entry
from pages import _glossary as glossary
from pages import _inputs as inputs
from pages import _state as state
from pages import _users as users
from pages._copy import copy_link
from pages._text import plain as plain

if TYPE_CHECKING:
    from engine.decisions.glance import Glance
    from engine.experiments.outcome import Outcome
    from engine.fieldwork.tour import Itinerary
    from engine.views.chart import Chart

Choose = Callable[[str | None], None]
VIEW, STUDY_VIEW = "compare-view", "study"  # in the address of the study's experiment
T = TypeVar("T")
P = ParamSpec("P")
NO_STUDY = """\
Groundplan works on a **study**: parcels with their crops, and satellite series over several seasons. The page
Study makes one of your files; `python -m engine ingest` does the same. Or open the folder of a study:
"""


def open_page(
    question: str, terms: Sequence[str], way_in: Callable[[], None] | None = None, named: bool = True
) -> Study:
    """Draw the page's head and return the open study; without one, say what to do and end the page.

    Parameters
    ----------
    question
        The page's title.
    terms
        Of the glossary, for the page's readers.
    way_in
        Draws what the page has for somebody without a study.
    named
        Whether the head says which study is open; else the page calls `name_study` where it shows it.
    """
    if not entry.let_in():
        st.stop()
    study = state.study()
    if not isinstance(study, Study):
        _explain(state.pop_complaint() or study)
        if way_in:
            way_in()
        else:
            st.page_link("pages/study.py", label="Make a study of your files", icon=":material/upload_file:")
        st.stop()
    _head(question, terms)
    if named:
        name_study(study)
    return study


def name_study(study: Study) -> None:
    """The open study, and how large it is."""
    measured = study.provenance == "measured"
    badge = ":green-badge[measured]" if measured else ":orange-badge[simulated]"
    labels = [season.label for season in sorted(study.seasons)]
    span = labels[0] if len(labels) == 1 else f"{labels[0]} to {labels[-1]}"
    st.markdown(
        f"**{plain(study.name)}** {badge} {len(labels)} season{'s' * (len(labels) > 1)}, {span} · "
        f"{len(study.parcels):,} parcels · {study.parcels['area_ha'].sum():,.0f} ha · "
        f"{len(study.legend)} classes" + (f" · :gray[{plain(study.source)}]" if study.source else "")
    )


def error_boundary(part: Callable[P, T]) -> Callable[P, T | None]:
    """The same part of a page; an error with a cure is shown in its place."""

    @wraps(part)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return part(*args, **kwargs)
        except GroundplanError as error:
            st.error(plain(str(error)), icon=":material/error:")
        except OSError as error:
            known = not_writable(error)
            if known is None:
                raise
            st.error(plain(str(known)), icon=":material/error:")
        return None

    return guarded


def draw(chart: Chart, key: str, choose: Choose | None = None) -> None:
    """A chart under its title, with the table behind it where the user wants tables.

    ``choose`` gets the name of a point that is clicked, the last part of its data.
    """
    st.markdown(f"**{plain(chart.title)}**")
    chosen: Any = partial(_choose_point, key, choose) if choose else "ignore"
    st.plotly_chart(
        chart.figure,
        theme=None,
        key=key,
        alt=chart.alt,
        config={"displayModeBar": False},
        on_select=chosen,
        selection_mode="points",
    )
    if inputs.with_tables() and not chart.table.empty:
        table(chart.table, columns.of_chart(chart.table), key=f"{key}-table")


def tiles(glance: Glance) -> None:
    """The numbers of a decision, side by side as far as the page is wide."""
    with st.container(horizontal=True):
        for tile in glance.tiles:
            st.metric(
                plain(tile.name),
                tile.value,
                plain(tile.detail) or None,
                delta_color="off",
                delta_arrow="off",
                border=True,
                width="stretch",
                height="stretch",
            )


def table(
    rows: Any, config: dict[str, Any], key: str, names: Sequence[str] = (), choose: Choose | None = None
) -> None:
    """Rows under readable column names, with the labels of methods and designs.

    ``choose`` gets the name of a row that is clicked, of ``names``, one a row.
    """
    how: dict[str, Any] = {}
    if choose:
        how = {"on_select": partial(_choose_row, key, names, choose), "selection_mode": "single-row"}
    displayed, formats = columns.drawn(rows, config)
    st.dataframe(
        displayed,
        hide_index=True,
        column_config=formats,
        placeholder=columns.MISSING,
        key=key,
        **how,
    )


def _choose_point(key: str, choose: Choose) -> None:
    """Choose what was clicked in a chart; what names nothing, like a band, is passed over."""
    picked = [point["customdata"][-1] for point in _selection(key).points if point.get("customdata")]
    if picked:
        choose(str(picked[0]))


def _choose_row(key: str, names: Sequence[str], choose: Choose) -> None:
    """Choose what was clicked in a table; nothing where the mark was taken away."""
    picked = _selection(key).rows
    choose(names[picked[0]] if picked else None)


def _selection(key: str) -> Any:
    return state.stored_input(key).selection


def data_note(study: Study, rest: str) -> None:
    """Whether the data are measured or simulated, which every page says beside its figures."""
    st.caption(f"{study.provenance.capitalize()} data{rest}")


def time_badge(study: Study, season: str, forecast: bool = False) -> None:
    """Whether what follows is forecast, or hindsight."""
    name, meaning = forecast_or_hindsight(study, season, forecast)
    icon = ":material/history:" if name == HINDSIGHT else ":material/query_stats:"
    st.badge(name, icon=icon, color="gray", help=meaning)


def provisional_note(outcomes: Sequence[Outcome]) -> None:
    """Which of the outcomes are provisional, and how charts mark them; nothing where none is."""
    sentence = provisional_sentence(outcomes)
    if sentence:
        st.caption(f":material/hourglass_top: {sentence} Their points are hollow.")


def link_to_experiments(label: str) -> None:
    """A link to where plans are run, if this installation runs any."""
    if state.may_run():
        st.page_link("pages/experiments.py", label=label, icon=":material/play_arrow:")


def link_to_the_study() -> None:
    """A link to the published study's experiment."""
    st.page_link(
        "pages/compare.py",
        label="The study's experiment",
        icon=":material/science:",
        query_params={VIEW: STUDY_VIEW},
    )


def days(planned: Itinerary) -> list[dict[str, object]]:
    """The days of an itinerary as rows."""
    from engine.fieldwork.tour import clock

    return [
        {
            "day": day.number,
            "crew": day.crew,
            "parcels": len(day.parcels),
            "stops": len(day.stops),
            "km": day.km,
            "back": clock(day.end_h),
        }
        for day in planned.days
    ]


def _head(question: str, terms: Sequence[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(question, anchor=False)
        if state.may_run():
            with st.popover("Open another study", icon=":material/folder_open:", type="tertiary"):
                inputs.study_folder()
        glossary.popover(terms)
        inputs.tables()
        copy_link()
        users.who()
    complaint = state.pop_complaint()
    if complaint:
        st.error(plain(complaint), icon=":material/error:")


def _explain(complaint: str) -> None:
    st.header("This study cannot be opened", anchor=False)
    st.error(plain(complaint), icon=":material/error:")
    st.markdown(NO_STUDY)
    if state.may_run():
        inputs.study_folder()
