"""What was understood of files: seasons, map, series, classes, bands and notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.studies.uploads import with_names
from pages import _cache as cache
from pages import _columns as columns
from pages import _layout as layout
from pages import _maps
from pages import _state as state
from pages._cures import in_words
from pages._window import narrow

if TYPE_CHECKING:
    from engine.domain import Study
    from engine.studies.understood import Understood
    from engine.studies.uploads import Received

MOST_SEASONS, ON_PHONES = 4, 2


def show(found: Understood, study: Study, files: Sequence[Received]) -> None:
    """All of it.

    Parameters
    ----------
    found
        What was understood.
    study
        The study that would be made.
    files
        Of which it would be made.
    """
    from engine.views.class_medians import class_medians

    seasons(found)
    notes(found, files)
    most = ON_PHONES if narrow("study-draft-window") else MOST_SEASONS
    layout.draw(class_medians(found, state.dark(), most), key="study-medians")
    st.caption("Lines are medians over the parcels of a class; hover for their spread.")
    left, right = st.columns(2, gap="medium")
    with left:
        layout.draw(cache.class_counts(study, state.dark()), key="study-draft-classes")
    with right:
        st.markdown("**Values of the bands**")
        bands(found)
        st.caption("Of all series and time steps; nine tenths of the values lie between the outer columns.")
    parcels(study)


def seasons(found: Understood) -> None:
    """A row a season."""
    rows = [
        {
            "season": each.season,
            "parcels": each.parcels,
            "labelled": each.labelled,
            "series": each.pixels or None,
            "first": each.first,
            "last": each.last,
            "missing": each.missing,
        }
        for each in found.seasons
    ]
    layout.table(rows, columns.seasons_found(), key="study-draft-seasons")


def bands(found: Understood) -> None:
    """A row a band."""
    rows: list[dict[str, Any]] = [
        {
            "band": f"{band.name}, {band.unit}" if band.unit else band.name,
            "low": band.low,
            "median": band.median,
            "high": band.high,
        }
        for band in found.bands
    ]
    layout.table(rows, columns.bands(), key="study-draft-bands")


def notes(found: Understood, files: Sequence[Received]) -> None:
    """What was repaired, merged, left out or chosen on the way."""
    if found.notes:
        st.markdown("\n".join(f"- {in_words(with_names(note, files))}" for note in found.notes))


def parcels(study: Study) -> None:
    """Where the parcels are, season by season."""
    from engine.views import maps

    labels = [season.label for season in sorted(study.seasons, reverse=True)]
    first = next((place for place, label in enumerate(labels) if not study.is_open(label)), 0)
    label = st.selectbox("Parcels of", labels, first, key="study-draft-season", width=105)
    published = cache.published_parcels(study, label)
    ground = cache.published_ground(study, study.departure)
    drawn = maps.parcels_map(published, study.departure, state.dark(), ground)
    _maps.draw(drawn, "study-draft-map", f"Map of the parcels of {label}, coloured by crop.")
