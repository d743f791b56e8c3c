"""What do we know? Seasons, classes, and how the classes look from space."""

import streamlit as st

from engine.domain import Study
from engine.studies import store
from engine.views import profiles
from pages import _columns as columns
from pages import _inputs as ask
from pages import _layout as show
from pages import _state as session


@st.fragment
@session.error_boundary
def looks(study: Study) -> None:
    """The profiles of a season; another season redraws only this."""
    season = study.season(ask.season(study))
    shown = session.profiles(study.fingerprint, study)
    show.draw(profiles.profiles(shown, study.legend, season, session.dark()), key="study-profiles")
    st.caption(
        f"{study.provenance.capitalize()} data. Mean of the parcels of each class; hover for the spread."
    )


study = show.opened("What do we know?")
left, right = st.columns(2, gap="medium")
with left:
    show.draw(session.class_counts(study.fingerprint, session.dark(), study), key="study-classes")
    rows = [
        {"season": one.season, "parcels": one.parcels, "pixels": one.pixels, "missing": one.missing_share}
        for one in store.summary(study)
    ]
    st.dataframe(rows, hide_index=True, column_config=columns.SEASON_COLUMNS, key="study-seasons")
with right:
    looks(study)
