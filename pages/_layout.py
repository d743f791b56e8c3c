"""How every page looks: its head, and its charts with the tables behind them."""

from __future__ import annotations

import streamlit as st

from engine.domain import Study
from engine.fieldwork.tour import Itinerary, clock
from engine.views import charts
from pages import _columns as columns
from pages import _inputs as ask
from pages import _state as session

NO_STUDY = """\
Groundplan works on a **study**: parcels with their crops, and satellite series over several seasons.

1. Have two files at hand: the parcels (GeoParquet, GeoPackage, Shapefile or GeoJSON) and their series
   (CSV or Parquet).
2. Make a study of them:
   ```
   python -m engine ingest --parcels PARCELS --series SERIES --name NAME --out FOLDER
   ```
3. Open its folder below, or start the app with it: `GROUNDPLAN_STUDY=FOLDER streamlit run app.py`
"""

WORDS = """\
**Staying at home** maps this season with models of past seasons, as they are: one network (**zero-shot**), or
a network and trees that vote (**groundplan-home**). It costs nothing.

**Groundplan** lets a network and trees vote, each taught by past seasons, by past and present together, and
by the parcels you visit alone; visited parcels they had not seen decide what each counts.

The study's methods are the yardstick: **transfer** goes on training the zero-shot network on the parcels you
visit, **scratch** learns from them alone.

**Macro F1** is the mean over crops of F1, which weighs what is missed and what is mistaken. A rare crop
counts as much as a common one.

**The interval** holds the true score in 95 of 100 cases, by repeated training and by resampling blocks of
test parcels. Where two intervals overlap widely, the data do not show which plan is better."""


def opened(question: str) -> Study:
    """The page's head and the open study; where there is none the page says what to do next, and ends."""
    study = session.study()
    if not isinstance(study, Study):
        _explain(session.complaint() or study)
        st.stop()
    _head(question, study)
    return study


def draw(chart: charts.Chart, key: str) -> None:
    """A chart under its title, and the table behind it where tables are asked for."""
    st.markdown(f"**{plain(chart.title)}**")
    st.plotly_chart(chart.figure, theme=None, key=key, alt=chart.alt, config={"displayModeBar": False})
    if ask.tables_shown() and not chart.table.empty:
        st.dataframe(chart.table, hide_index=True, placeholder=columns.MISSING, key=f"{key}-table")


def days(planned: Itinerary) -> list[dict[str, object]]:
    """The days of an itinerary as rows."""
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


def plain(text: str) -> str:
    """Text of a study, safe inside Markdown."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#+!|:$~" else sign for sign in text)


def duration(seconds: float | None) -> str:
    """Seconds as people say them."""
    if seconds is None:
        return "unknown until one is answered"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _head(question: str, study: Study) -> None:
    """The page's question, and what it is asked about; whether data are measured is always said."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(question, anchor=False)
        if session.may_run():
            with st.popover("Open another study", icon=":material/folder_open:", type="tertiary"):
                ask.folder()
        with st.popover("Words", icon=":material/help:", type="tertiary"):
            st.markdown(WORDS)
        ask.tables()
    said = session.complaint()
    if said:
        st.error(said, icon=":material/error:")
    measured = study.provenance == "measured"
    badge = ":green-badge[measured]" if measured else ":orange-badge[simulated]"
    labels = [season.label for season in sorted(study.seasons)]
    span = labels[0] if len(labels) == 1 else f"{labels[0]} to {labels[-1]}"
    st.markdown(
        f"**{plain(study.name)}** {badge} {len(labels)} season{'s' * (len(labels) > 1)}, {span} · "
        f"{len(study.parcels):,} parcels · {study.parcels['area_ha'].sum():,.0f} ha · "
        f"{len(study.legend)} classes" + (f" · :gray[{plain(study.source)}]" if study.source else "")
    )


def _explain(complaint: str) -> None:
    """What to do where the study cannot be opened."""
    st.header("This study cannot be opened", anchor=False)
    st.error(complaint, icon=":material/error:")
    st.markdown(NO_STUDY)
    if session.may_run():
        ask.folder()
