"""Parcels that the user pins or leaves out, one by one or all within an area that is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.decisions.texts import counted, listed
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _state as state

if TYPE_CHECKING:
    from engine.decisions.trip import Trip
    from engine.domain import Departure, Study

DRAWINGS = "plan-drawings"  # how many areas were used; each use begins with nothing drawn


def marked() -> None:
    """Which parcels are pinned and left out, with a way to put all back."""
    parts = []
    for what, names in (("Pinned", inputs.pinned()), ("Left out", inputs.left_out())):
        if names:
            parts.append(f"{what}, with all of their fields: {layout.plain(listed(names))}.")
            if len(names) > inputs.MOST_IN_LINK:
                parts.append("A link carries no more than 100 of them, so it leaves these out.")
    if parts:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(" ".join(parts), width="content")
            _button("Put all back", ":material/undo:", inputs.put_back, kind="tertiary")


def one_parcel(place: Departure) -> None:
    """What can be done with the parcel that was clicked or found."""
    name = place.name
    _button(f"Start from parcel {name}", ":material/my_location:", state.depart_from, place)
    if name in inputs.pinned():
        _button(f"Unpin parcel {name}", ":material/keep_off:", inputs.put_back, name)
    else:
        _button(f"Pin parcel {name}", ":material/keep:", inputs.pin, name)
    if name in inputs.left_out():
        _button(f"Put back parcel {name}", ":material/undo:", inputs.put_back, name)
    else:
        _button(f"Leave out parcel {name}", ":material/block:", inputs.leave_out, name)


def area(study: Study, planned: Trip) -> None:
    """A chart of the parcels to draw around, and what can be done with those inside."""
    from engine.views.area import area as area_chart
    from engine.views.maps import inside

    chart = area_chart(study, planned, state.dark())
    st.markdown(f"**{layout.plain(chart.title)}**")
    used = state.stored_input(DRAWINGS) or 0
    drawn: Any = st.plotly_chart(
        chart.figure,
        theme=None,
        key=f"plan-area-{used}",
        alt=chart.alt,
        config={
            "displayModeBar": True,
            "displaylogo": False,
            "scrollZoom": True,
            "modeBarButtonsToRemove": ["toImage"],
        },
        on_select="rerun",
        selection_mode=("lasso", "box"),
    )
    names = inside(drawn.selection, study.to_visit(planned.request.target))
    with st.container(horizontal=True, vertical_alignment="center"):
        if not names:
            st.caption("Draw around parcels to pin them all, or to leave them all out.")
            return
        many = counted(len(names), "parcel")
        _button(f"Pin {many}", ":material/keep:", _used, inputs.pin, *names)
        _button(f"Leave out {many}", ":material/block:", _used, inputs.leave_out, *names)
        inner = set(names).intersection([*inputs.pinned(), *inputs.left_out()])
        if inner:
            _button(
                f"Put back {counted(len(inner), 'parcel')}", ":material/undo:", _used, inputs.put_back, *inner
            )


def _used(mark: Any, *names: str) -> None:
    mark(*names)
    state.store_input(DRAWINGS, (state.stored_input(DRAWINGS) or 0) + 1)


def _button(label: str, icon: str, call: Any, *names: Any, kind: Any = "secondary") -> None:
    """A button of a part of the page whose click counts for the whole page."""
    if st.button(layout.plain(label), icon=icon, on_click=call, args=names, type=kind):
        st.rerun()
