"""A trip on a page: its estimate at once, and called one, then the routed trip in its place."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from engine.decisions.decision import Decision
from engine.decisions.outlook import Outlook
from engine.decisions.routed import RoutedTrip
from engine.decisions.trip import TripRequest
from engine.domain import Study
from pages import _itineraries as itineraries
from pages import _layout as layout
from pages import _state as state

ROUTING = "Estimated, not routed yet. The day tours are being planned..."


def routed_or_none(study: Study, request: TripRequest) -> RoutedTrip | None:
    """The routed trip; None while it is made: the page then says so, and is drawn anew once it is there."""
    archive = state.archive()
    made = itineraries.routed_now(study, request, archive)
    if made is None:
        follow(lambda: itineraries.routing_ended(study, request, archive))
    return made


def settled_or_none(study: Study, decided: Decision, budget: float | None) -> itineraries.Settled | None:
    """The decision with its routed trip; None while that is made, and then the page says so likewise."""
    archive = state.archive()
    made = itineraries.settled_now(study, decided, budget, archive)
    if made is None:
        follow(lambda: itineraries.settling_ended(study, decided, budget, archive))
    return made


def forecast_or_none(study: Study, found: Outlook) -> itineraries.SettledOutlook | None:
    """The outlook with its routed trip; None while that is made, and then the page says so likewise."""
    archive = state.archive()
    made = itineraries.outlook_now(study, found, archive)
    if made is None:
        follow(lambda: itineraries.outlook_ended(study, found, archive))
    return made


def follow(ended: Callable[[], bool]) -> None:
    """Say that a trip is being routed, and draw the page anew once that has ended."""

    @layout.error_boundary
    def watch() -> None:
        if ended():
            st.rerun()
        st.caption(ROUTING)

    state.refreshed(watch, live=True)()
