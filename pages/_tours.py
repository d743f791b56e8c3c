"""Day tours on a page: the first ones at once, then the final ones in their place."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from engine.decisions.trip import Trip
from engine.domain import Study
from engine.fieldwork.tour import Itinerary
from pages import _itineraries as itineraries
from pages import _layout as layout
from pages import _state as state

IMPROVING = "First plan; improving..."


def day_tours(
    study: Study,
    trip: Trip,
    crews: int,
    sleep_out: bool,
    draw: Callable[[Itinerary, bool], None],
) -> None:
    """Draw the day tours of a trip.

    Parameters
    ----------
    study, trip
        The study and the trip.
    crews
        Cars that go out at the same time.
    sleep_out
        Whether nights are spent near the last stop.
    draw
        Takes the tours, and whether they are the final ones, whose numbers reports and files have too.
    """

    @layout.error_boundary
    def first_tours() -> None:
        """The first tours, until the page is drawn anew with the final ones."""
        if itineraries.itinerary_ended(study, trip, crews, sleep_out):
            st.rerun()
        st.caption(IMPROVING)
        draw(first, False)

    first = itineraries.first_itinerary(study, trip, crews, sleep_out)
    if first is not None:
        state.refreshed(first_tours, live=True)()
        return
    with st.spinner("Planning the day tours"):
        planned = itineraries.itinerary(study, trip, crews, sleep_out)
    draw(planned, True)
