"""How wide the window is, as far as drawing depends on it."""

from __future__ import annotations

import streamlit as st

# Only the browser knows how wide its window is; it says so where a picture for a desktop would be cropped.
WINDOW = """
export default ({ setStateValue }) => {
  if (window.innerWidth < 640) setStateValue("narrow", true)
}
"""
_window = st.components.v2.component("window", js=WINDOW)


def narrow(key: str) -> bool:
    """Whether the page is seen on a phone; False until the browser has said so."""
    return bool(_window(key=key, default={"narrow": False}, on_narrow_change=lambda: None).narrow)
