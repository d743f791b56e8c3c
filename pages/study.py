"""What do we know? Seasons, classes, and how the classes look from space."""

import streamlit as st

from engine.domain import Study
from engine.studies import store
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
    if not study.has_series(season.label):
        st.info(
            f"Season {season.label} has {len(study.parcels_in(season.label)):,} parcels and no series yet."
        )
        return
    if study.is_open(season.label):
        st.info(
            f"Season {season.label} has no labels yet, so how its classes look is not known. Choose another "
            "season."
        )
        return
    chart = profiles(cache.profiles(study), study.legend, season, state.dark())
    layout.draw(chart, key="study-profiles")
    layout.data_note(study, ". Lines are means over the parcels of a class; hover for the spread.")


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
    if waiting := [row["season"] for row in rows if row["pixels"] is None]:
        st.caption(f"Parcels are known, no series yet: {', '.join(waiting)}.")
with right:
    series(study)
