"""What a trip or a circle holds of each class, and what that is known by."""

from __future__ import annotations

from typing import Any

import streamlit as st

from engine.decisions.class_mix import ClassMix
from engine.decisions.outlook_wording import basis_sentence, missed_sentence, mix_sentence
from engine.decisions.trip import Trip
from engine.domain import Legend
from pages import _layout as layout
from pages import _once as once
from pages import _state as state


def counts_of(mix: ClassMix, trip: Trip) -> Any:
    """How many parcels of each class a trip visits, as a table."""
    return once.of(_counts_of, mix, trip)


def missed(mix: ClassMix, trip: Trip) -> str:
    """Which classes a trip visits too rarely, in words; empty where there is none."""
    return once.of(_missed, mix, trip)


def _counts_of(mix: ClassMix, trip: Trip) -> Any:
    return mix.counts(mix.parcels["parcel_id"].isin(trip.wanted["parcel_id"]).to_numpy())


def _missed(mix: ClassMix, trip: Trip) -> str:
    return missed_sentence(mix, trip.wanted["parcel_id"])


def class_counts(mix: ClassMix, table: Any, legend: Legend, what: str, key: str) -> None:
    """The counts as a chart, or in words where single parcels have no class.

    Parameters
    ----------
    mix
        What the classes of the season are.
    table
        Its counts of the trip or circle.
    legend
        Names and colours of the classes.
    what
        Holds the parcels: the circle, the trip.
    key
        Of the chart.
    """
    from engine.views.coverage import coverage

    if mix.basis in ("last season", "unknown"):
        st.markdown(f"**Classes that the {what} misses: not known yet**")
        st.caption(layout.plain(mix_sentence(mix, table)))
        return
    layout.draw(once.of(coverage, table, legend, state.dark(), what), key=key)
    if mix.basis != "labels":
        st.caption(layout.plain(basis_sentence(mix.basis, mix.season)))
