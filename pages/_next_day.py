"""What one more day in the field would be worth, once labels are in and a map exists."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from engine.decisions.kept_next_day import kept_next_day
from engine.decisions.next_day import next_day_sentence
from engine.domain import Study
from engine.experiments.jobs import stamp_of
from engine.mapping.store import MAPS
from pages import _layout as layout
from pages import _state as state
from pages._kept import cached


@layout.error_boundary
def next_day(study: Study) -> None:
    """Whether to go on, where a map of the season is there; else nothing."""
    season = str(state.next_input(state.SEASON, max(study.seasons).label))
    if season not in {each.label for each in study.seasons} or not study.is_partly_labelled(season):
        return
    workspace = state.archive().folder
    key = _map_key(study, season, workspace)
    if key is None:
        return
    st.subheader("One more day?")
    kept = kept_next_day(workspace, key)
    if kept is not None:
        st.markdown(layout.plain(next_day_sentence(kept.found, kept.currency)))
        return
    st.markdown(
        "What one more day would add is learnt by training models for some minutes. This command does:"
    )
    st.code(f"python -m engine next-day {state.folder()} --target {season}", language="bash")


@cached(lambda study, season, workspace: (study.fingerprint, season, stamp_of(workspace / MAPS)), entries=8)
def _map_key(study: Study, season: str, workspace: Path) -> str | None:
    from engine.mapping.kept_maps import latest_map

    made = latest_map(study, season, workspace)
    return made.key if made else None
