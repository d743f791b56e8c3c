"""A map on a page: with its legend, a base map to choose, and a button that returns to the opening view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages import _inputs as inputs
from pages import _layout as layout
from pages import _state as state
from pages._widgets import Choices, pick, pick_id
from pages._window import narrow

if TYPE_CHECKING:
    from engine.domain import Departure
    from engine.fieldwork.tour import Day, Itinerary
    from engine.views.maps import Map

ALL_DAYS = "all days"
RESETS = "-resets"


def draw(drawn: Map, key: str, alt: str, found: Departure | None = None, **how: Any) -> Any:
    """A map under its key, opened on a parcel that was found; what was selected on it, if that is asked."""
    from engine.views import maps

    place = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        choices = Choices({name: base.label for name, base in maps.BASE_MAPS.items()})
        base = pick_id("Base map", choices, inputs.BASE_MAP, label_visibility="collapsed", width=210)
        st.button(
            "Reset view",
            icon=":material/fit_screen:",
            key=f"{key}-reset",
            type="tertiary",
            on_click=_reset,
            args=(key,),
        )
        on_phone = narrow(f"{key}-window")
    opened = drawn.open_on(base, on_phone, state.stored_input(key + RESETS) or 0, found)
    with place:
        selected = st.pydeck_chart(opened, height=opened.height, key=key, alt=alt, **how)
        st.html(opened.legend)
        credit = maps.BASE_MAPS[base].credit
        if credit:
            st.caption(
                layout.plain(f"Base map: {credit}. It needs a network; without it the map is as before.")
            )
    return selected


def day_of(itinerary: Itinerary, key: str) -> Day | None:
    """The day tour to draw alone; None for all."""
    from engine.views import maps

    days = {maps.day_name(day): day for day in itinerary.days}
    return days.get(pick("Day", [ALL_DAYS, *days], key, width=210))


def _reset(key: str) -> None:
    state.store_input(key + RESETS, (state.stored_input(key + RESETS) or 0) + 1)
