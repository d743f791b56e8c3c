"""Widgets whose values are in the address, so that a link opens the same view, and go along to other pages.

A value of a link that is not available (a season that the study lacks, a radius beyond the slider's end) is
replaced by the nearest one, and the page says so. An id of an earlier version becomes today's silently.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from pages import _links as links
from pages import _state as state

Option = TypeVar("Option")


@dataclass(frozen=True)
class Choices:
    """Ids to choose from with the labels that people read, and older ids that links still have.

    Streamlit's own binding would write the labels into the address; links keep the ids.
    """

    labels: Mapping[str, str]
    old_ids: Mapping[str, str] = field(default_factory=dict)

    def label(self, name: str) -> str:
        """The label of an id."""
        return self.labels.get(name, name)


def pick(label: str, options: Sequence[Any], key: str, **how: Any) -> Any:
    """Choose from a list."""
    _mend(key, options, how.get("index", 0))
    return state.store_input(key, st.selectbox(label, options, key=key, bind="query-params", **how))


def choose(label: str, options: Sequence[Option], key: str, **how: Any) -> Option:
    """Choose from a few options side by side."""
    _mend(key, options)
    how = {"default": options[0], "required": True, **how}
    chosen: Option = st.segmented_control(label, options, key=key, bind="query-params", **how)
    return state.store_input(key, chosen)


def several(label: str, options: Sequence[Any], default: Sequence[Any], key: str, **how: Any) -> list[Any]:
    """Choose any of a few options."""
    state.restore_input(key)
    how = {"selection_mode": "multi", "bind": "query-params", **how}
    return state.store_input(key, st.pills(label, options, default=default, key=key, **how))


def pick_id(label: str, choices: Choices, key: str, **how: Any) -> str:
    """Choose from a list of labels."""
    ids = list(choices.labels)
    _restore_ids(key, choices, ids[:1], many=False)
    how = {"format_func": choices.label, **how}
    return _store_id(key, st.selectbox(label, ids, key=key, **how), ids[0])


def choose_id(label: str, choices: Choices, key: str, first: str | None = None, **how: Any) -> str:
    """Choose from a few labels side by side; ``first`` is chosen where nothing else is, else the first id."""
    ids = list(choices.labels)
    default = first if first in ids else ids[0]
    _restore_ids(key, choices, [default], many=False)
    how = {"default": default, "required": True, "format_func": choices.label, **how}
    return _store_id(key, st.segmented_control(label, ids, key=key, **how), default)


def several_ids(label: str, choices: Choices, default: Sequence[str], key: str, **how: Any) -> list[str]:
    """Choose any of a few labels."""
    _restore_ids(key, choices, list(default), many=True)
    how = {"selection_mode": "multi", "format_func": choices.label, **how}
    chosen = st.pills(label, list(choices.labels), default=default, key=key, **how)
    state.write_address(key, None if chosen == list(default) else chosen)
    return state.store_input(key, chosen)


def slide(label: str, low: int, high: int, default: int, step: int, key: str) -> int:
    """A whole number on a slider."""
    mend_number(key, low, high, whole=True)
    return state.store_input(key, st.slider(label, low, high, default, step, key=key, bind="query-params"))


def number(label: str, low: float, high: float | None, value: float | None, key: str, **how: Any) -> Any:
    """A number in a field; whole where its limits are."""
    mend_number(key, low, math.inf if high is None else high, whole=isinstance(low, int))
    typed = st.number_input(label, low, high, value, key=key, bind="query-params", **how)
    return state.store_input(key, typed)


def day(label: str, key: str, **how: Any) -> date | None:
    """A date; none by default."""
    state.restore_input(key)
    how = {"value": None, "format": "YYYY-MM-DD", "bind": "query-params", **how}
    typed: date | None = st.date_input(label, key=key, **how)
    return state.store_input(key, typed)


def switch(label: str, key: str, **how: Any) -> bool:
    """Yes or no."""
    _mend(key, [False, True])
    return state.store_input(key, st.toggle(label, key=key, bind="query-params", **how))


def mend_number(key: str, low: float, high: float, whole: bool = False, nearest: bool = True) -> None:
    """Replace a number of the address that is not available by the nearest one, or else by the default."""
    if not state.restore_input(key):
        return
    text = st.query_params[key]
    try:
        value = float(text)
        if not math.isfinite(value):
            raise ValueError(text)
    except ValueError:
        _replace(key, text, None)
        return
    fitting = min(max(value, low), high)
    fitting = round(fitting) if whole else fitting
    if fitting != value or (whole and not text.lstrip("-").isdigit()):
        _replace(key, text, fitting if nearest else None)


def _mend(key: str, options: Sequence[Any], default: int = 0) -> None:
    """Replace a choice of the address that is not available by the default."""
    if not state.restore_input(key):
        value = state.stored_input(key)
        if value is not None and value not in options:
            state.set_input(key, options[default])  # as after opening another study
        return
    text = st.query_params[key]
    if text.lower() not in (str(option).lower() for option in options):
        _replace(key, text, options[default])


def _replace(key: str, text: str, value: Any) -> None:
    state.mend_address(key, None if value is None else str(value))
    if value is not None:
        state.set_input(key, value)
    links.replaced(key, text, "the default" if value is None else str(value))


def _restore_ids(key: str, choices: Choices, default: list[str], many: bool) -> None:
    """Give a widget its ids: those it holds, else of the address, else of another page, else the default."""
    linked = state.address(key) if key not in st.session_state or state.went_back() else None
    if linked is not None:
        ids = [choices.old_ids.get(text, text) for text in linked if text]
    elif state.went_back():
        ids = default
    else:
        held = state.stored_input(key)
        ids = default if held is None else held if many else [held]
    fitting = [name for name in ids if name in choices.labels]
    if linked is not None and len(fitting) < len(ids):
        unknown = next(name for name in ids if name not in choices.labels)
        links.replaced(key, unknown, ", ".join(map(choices.label, fitting or default)) or "nothing")
    fitting = fitting or ([] if many and not ids else default)
    state.set_input(key, fitting if many else fitting[0])  # a new page would lose what it holds


def _store_id(key: str, chosen: str, default: str) -> str:
    state.write_address(key, None if chosen == default else [chosen])
    return state.store_input(key, chosen)
