"""What do we know? Seasons, classes, and how the classes look from space."""

import streamlit as st

from engine.domain import Study
from engine.studies import store
from engine.views.profiles import profiles
from pages import _cache as cache
from pages import _columns as columns
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _once as once
from pages import _state as state
from pages._shelf import studies
from pages._upload import upload
from pages._widgets import Choices, choose_id

TERMS = ("Study", "Season", "Parcel", "Legend", "Series", "Band", "Provenance", "Mapping")
VIEWS = Choices({"this": "This study", "own": "Your own data", "all": "All studies"})


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
    chart = once.of(profiles, cache.profiles(study), study.legend, season, state.dark())
    layout.draw(chart, key="study-profiles")
    layout.data_note(study, ". Lines are means over the parcels of a class; hover for the spread.")


@layout.error_boundary
def known(study: Study) -> None:
    """Seasons, classes and series of the open study."""
    layout.name_study(study)
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
            for summary in once.of(store.summary, study)
        ]
        layout.table(rows, columns.seasons(), key="study-seasons")
        if waiting := [str(row["season"]) for row in rows if row["pixels"] is None]:
            st.caption(f"Parcels are known, no series yet: {', '.join(waiting)}.")
    with right:
        series(study)


def way_in() -> None:
    """For somebody without a study: those that there are, and how to make another."""
    studies()
    upload()


study = layout.open_page("What do we know?", TERMS, way_in, named=False)
view = choose_id("View", VIEWS, "study-view", label_visibility="collapsed")
if view == "this":
    known(study)
elif view == "own":
    upload()
else:
    studies()
state.say_what_was_done()
