"""The first page of a report and what is in it; made in the background, for the downloads too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import streamlit as st

from pages import _layout as layout
from pages._background import Work
from pages._kept import cached
from pages._tours import follow

if TYPE_CHECKING:
    from engine.views.report.preview import Preview

MAKING = "The report is being made..."
PATIENCE_S = 0.3
PAGE_PX = 620


def preview(make: Callable[[], Mapping[str, bytes]], name: object, labels: Mapping[str, str]) -> None:
    """Show a report at a glance, once it is made.

    ``name`` tells reports apart; ``labels`` are what people read for the names of its files.
    """
    work = _preview(make, name)
    if not work.ended(PATIENCE_S):
        follow(work.ended, MAKING)
        return
    from engine.views.report.preview import size_text

    made = work.result()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(f"**{made.title}**")
        with st.container(border=True, width=PAGE_PX):
            st.image(made.page, width="stretch", alt=f"{made.title}: {', '.join(made.sections[:1])}")
    with right:
        st.markdown("**What is in it**")
        st.markdown("\n".join(f"{n}. {layout.plain(text)}" for n, text in enumerate(made.sections, 1)))
        st.markdown("**Files**")
        sizes = (f"- {layout.plain(labels.get(file, file))}: {size_text(size)}" for file, size in made.sizes)
        st.markdown("\n".join(sizes))


@cached(lambda make, name: name, entries=8, valid=lambda work: not work.failure_seen)
def _preview(make: Callable[[], Mapping[str, bytes]], name: object) -> Work[Preview]:
    def work() -> Preview:
        from engine.views.report.preview import preview_of

        return preview_of(make())

    return Work(work, "making the report", waits=True)
