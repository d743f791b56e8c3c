"""What one more day in the field would add, once labels are in and a map exists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from engine.decisions.next_day import basis_sentences, next_day_sentence
from engine.decisions.weighed_day import DAY, DayAsked, WeighedDay, weighed_day
from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.jobs import stamp_of
from engine.mapping.crop_map import CropMap
from engine.mapping.findings import kept_learning_curve
from engine.mapping.kept_maps import latest_map, request_of
from engine.mapping.request import MapRequest
from engine.mapping.store import MAPS
from pages import _cache as cache
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _map_kept as kept
from pages import _map_making as making
from pages import _state as state
from pages._kept import cached
from pages._rates import stored_tariff

QUESTION = "What would one more day add?"


@layout.error_boundary
def after_latest_map(study: Study) -> None:
    """Whether to go on, by the latest map of the season; nothing where none is made."""
    season = str(state.next_input(state.SEASON, max(study.seasons).label))
    if season not in {each.label for each in study.seasons} or not study.is_partly_labelled(season):
        return
    key = _map_key(study, season, state.archive().folder)
    made = kept.kept_map(state.archive().folder, key) if key else None
    if made is not None:
        st.subheader("One more day?")
        next_day(study, made, request_of(study, made), "fieldwork")


@layout.error_boundary
def next_day(study: Study, made: CropMap, request: MapRequest, page: str = "crop_map") -> None:
    """Whether one more day is worth driving, or the button on that page that finds it out."""
    archive = state.archive()
    curve = kept_learning_curve(archive.folder, made.key)
    if curve is None and made.validation is not None:
        if not making.progress(request, "learning-curve"):
            st.caption("Trains the map anew with 40% and with 70% of its labels.")
            making.start_button(QUESTION, request, "learning-curve", page=page)
        return
    design = kept.driven_trip(state.folder(), made.season).design
    day = DayAsked(
        inputs.stored_departure(study), stored_tariff(), design, DAY,
        value_of_point=state.stored_input(inputs.VALUE),
    )  # fmt: skip
    outcomes = cache.current_outcomes(study, archive)
    found = _weighed(study, made, curve, day, outcomes, archive)
    st.markdown(layout.plain(next_day_sentence(found.worth, found.bill.currency)))
    st.caption(layout.plain(" ".join(basis_sentences(found.worth, curve))))


@cached(
    lambda study, made, curve, day, outcomes, archive: (
        study.fingerprint, made.key, curve, day, cache.keys(outcomes), archive.identity,
    ),
    entries=8,
)  # fmt: skip
def _weighed(
    study: Study, made: CropMap, curve: Any, day: DayAsked, outcomes: Any, archive: Archive
) -> WeighedDay:
    return weighed_day(study, made, curve, day, outcomes, archive)


@cached(lambda study, season, workspace: (study.fingerprint, season, stamp_of(workspace / MAPS)), entries=8)
def _map_key(study: Study, season: str, workspace: Path) -> str | None:
    made = latest_map(study, season, workspace)
    return made.key if made else None
