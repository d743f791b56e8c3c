"""The first page of a report and what is in it; made in the background, for the downloads too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ParamSpec

import streamlit as st

from pages import _layout as layout
from pages._background import Work
from pages._itineraries import PATIENCE_S
from pages._kept import Kept, cached
from pages._tours import follow

if TYPE_CHECKING:
    from engine.views.report.preview import Preview

P = ParamSpec("P")
MAKING = "The report is being made..."
PAGE_PX = 620


def preview(
    labels: Mapping[str, str], make: Kept[P, dict[str, bytes]], *args: P.args, **named: P.kwargs
) -> None:
    """Show a report at a glance, once it is made.

    ``labels`` are what people read for the names of its files, which ``make`` returns.
    """
    work = _preview(make, args, named)
    if not work.ended(PATIENCE_S):
        follow(work.ended, MAKING)
        return
    from engine.views.report.preview import size_text

    made = work.result()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(f"**{layout.plain(made.title)}**")
        with st.container(border=True, width=PAGE_PX):
            st.image(made.page, width="stretch", alt=f"{made.title}: {', '.join(made.sections[:1])}")
    with right:
        st.markdown("**What is in it**")
        st.markdown("\n".join(f"{n}. {layout.plain(text)}" for n, text in enumerate(made.sections, 1)))
        st.markdown("**Files**")
        sizes = (f"- {layout.plain(labels.get(file, file))}: {size_text(size)}" for file, size in made.sizes)
        st.markdown("\n".join(sizes))


@cached(
    lambda make, args, named: make.name(*args, **named),
    entries=8,
    valid=lambda work: not work.failure_seen,
)
def _preview(make: Kept[..., dict[str, bytes]], args: Any, named: Any) -> Work[Preview]:
    def work() -> Preview:
        from engine.views.report.preview import preview_of

        return preview_of(make(*args, **named))

    return Work(work, "making the report", waits=True)
