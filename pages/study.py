"""What do we know? Seasons, classes, and how the classes look from space."""

import streamlit as st

from engine.domain import Study
from engine.studies import sample, store
from engine.views.profiles import profiles
from pages import _cache as cache
from pages import _columns as columns
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _state as state

TERMS = ("Study", "Season", "Parcel", "Legend", "Series", "Band", "Provenance")


@st.fragment
@layout.error_boundary
def series(study: Study) -> None:
    """The mean series of the classes; another season redraws only this."""
    season = study.season(inputs.season(study))
    if study.is_open(season.label):
        lacks = "labels" if study.has_series(season.label) else "series and labels"
        count = len(study.parcels_in(season.label))
        known = study.seasons_before(season.label) or study.other_seasons(season.label)
        last = f" Shown is {known[-1]}, the last season that has them." if known else ""
        st.info(f"Season {season.label} has {count:,} parcels, and no {lacks} yet.{last}")
        if not known:
            return
        season = study.season(known[-1])
    chart = profiles(cache.profiles(study), study.legend, season, state.dark())
    layout.draw(chart, key="study-profiles")
    layout.data_note(study, ". Lines are means over the parcels of a class; hover for the spread.")


@layout.error_boundary
def bring_your_own() -> None:
    """Files to try the way in with, and the commands that lead from them to a forecast."""
    st.markdown("**Bring your own data**")
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(
            "A study is made of two files: parcels with their crops, and the satellite series of each. "
            "The sample has both, as they come from a survey and an archive, and says what to do with them."
        )
        st.download_button(
            "Sample files, ZIP",
            sample.packed,
            "groundplan-sample.zip",
            icon=":material/download:",
            key="study-sample",
            on_click="ignore",
        )
    with right:
        st.code(sample.commands(), language="bash", wrap_lines=True)


study = layout.open_page("What do we know?", TERMS)
left, right = st.columns(2, gap="medium")
with left:
    layout.draw(cache.class_counts(study, state.dark()), key="study-classes")
    rows = [
        {
            "season": summary.season,
            "parcels": summary.parcels,
            "unlabelled": summary.unlabelled,
            "pixels": summary.pixels or None,
            "missing": summary.missing_share,
        }
        for summary in store.summary(study)
    ]
    layout.table(rows, columns.seasons(), key="study-seasons")
    if waiting := [str(row["season"]) for row in rows if row["pixels"] is None]:
        st.caption(f"Parcels are known, no series yet: {', '.join(waiting)}.")
with right:
    series(study)
bring_your_own()
