"""What a link asks for and the page does not have, in one message for all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages._text import plain

SAID = "link_said"
MOST_NAMED, MOST_LETTERS = 3, 40


@dataclass
class _Said:
    """What one run of a page has said: Streamlit has new cursors in each run."""

    cursors: object
    missing: dict[str, tuple[str, str]] = field(default_factory=dict)
    toast: Any = None


def replaced(key: str, text: str, instead: str) -> None:
    """Tell that a link asks for what is not available, in one message with all else that it asks in vain.

    Parameters
    ----------
    key, text
        Of the address.
    instead
        What is shown.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    said = st.session_state.get(SAID)
    if said is None or said.cursors is not context.cursors or context.fragment_ids_this_run:
        said = _Said(context.cursors, toast=st)
    said.missing[key] = text, instead
    said.toast = said.toast.toast(_message(said.missing), icon=":material/link_off:", duration="long")
    st.session_state[SAID] = said


def _message(missing: Mapping[str, tuple[str, str]]) -> str:
    named = [(f"{key} = {text[:MOST_LETTERS]!r}", instead) for key, (text, instead) in missing.items()]
    if len(named) == 1:
        asked, instead = named[0]
        return plain(f"The link asks for {asked}, which is not available. Shown is {instead}.")
    parts = [f"{asked} (shown is {instead})" for asked, instead in named[:MOST_NAMED]]
    more = f" and {len(named) - len(parts)} more" if len(named) > len(parts) else ""
    return plain(f"The link asks for {len(named)} things that are not available: {', '.join(parts)}{more}.")
