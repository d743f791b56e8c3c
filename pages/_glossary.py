"""Help texts, which are those of ``docs/glossary.md``."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages import _cache as cache


def help_of(*terms: str) -> str:
    """What the terms mean, one after the other; a term that the glossary lacks fails a test, not a page."""
    meanings = cache.glossary()
    if len(terms) == 1:
        return meanings.get(terms[0], "")
    return _listed(terms)


def popover(terms: Sequence[str]) -> None:
    """The terms of a page behind a button."""
    with st.popover("Glossary", icon=":material/help:", type="tertiary"):
        st.markdown(_listed(terms))


def _listed(terms: Sequence[str]) -> str:
    meanings = cache.glossary()
    return "\n\n".join(f"**{term}.** {meanings[term]}" for term in terms if term in meanings)
