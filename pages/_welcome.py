"""Four steps for a first visit, which can be skipped; the browser remembers that they were seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages import _state as state

SEEN, STEP = "overview-welcome-seen", "overview-welcome-step"
STEPS = (
    (
        "What should we do this season?",
        "The sentence on top is the answer. The five numbers below it say what it costs and what it gains.",
        "overview",
        "Overview",
    ),
    (
        "Is there a better trip?",
        "Click a point of the chart or a row of the table. The map, the field plan and the report follow.",
        "compare",
        "Compare",
    ),
    (
        "Where would we go?",
        "Plan changes the departure, the design and the size. Fieldwork prints a sheet for each day.",
        "plan",
        "Plan",
    ),
    (
        "What about our own fields?",
        "All this is simulated. The page Study has sample files, and the way in for yours.",
        "study",
        "Study",
    ),
)
# Only the browser knows whether somebody was here before.
MEMORY = """
export default ({ setStateValue, data }) => {
  const key = "groundplan-welcome"
  if (data.seen) localStorage.setItem(key, "seen")
  if (!localStorage.getItem(key)) setStateValue("first", true)
}
"""
_memory = st.components.v2.component("welcome", js=MEMORY)


def welcome() -> None:
    """The steps, for whoever is here for the first time and has not skipped them."""
    seen = bool(state.stored_input(SEEN))
    first = _memory(
        key="overview-welcome-memory", data={"seen": seen}, default={"first": False}, on_first_change=_nothing
    ).first
    if not first or seen:
        return
    step = min(int(state.stored_input(STEP) or 0), len(STEPS) - 1)
    question, text, page, label = STEPS[step]
    with st.container(border=True, key="overview-welcome"):
        st.markdown(f"**{question}** :gray[Step {step + 1} of {len(STEPS)}]\n\n{text}")
        with st.container(horizontal=True, vertical_alignment="center"):
            if step + 1 < len(STEPS):
                _button("Next", ":material/arrow_forward:", _go, step + 1)
                _button("Skip", ":material/close:", _skip)
            else:
                _button("Done", ":material/check:", _skip)
            if page != "overview":
                st.page_link(f"pages/{page}.py", label=f"Open {label}")


def _button(label: str, icon: str, act: Callable[..., None], *args: Any) -> None:
    st.button(label, icon=icon, key=f"overview-welcome-{label.lower()}", on_click=act, args=args)


def _go(step: int) -> None:
    state.store_input(STEP, step)


def _skip() -> None:
    state.store_input(SEEN, True)


def _nothing() -> None:
    """The page is drawn anew by the change itself."""
