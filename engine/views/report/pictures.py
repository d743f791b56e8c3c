"""Pictures for paper: drawn by matplotlib as SVG, so that they stay vectors, with what they show in words."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.views import palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, MUTED, LINE = palette.LIGHT.ink, palette.LIGHT.muted, palette.LIGHT.line
ACCENT, PANEL, PAPER = palette.LIGHT.accent, palette.LIGHT.panel, palette.LIGHT.paper
MM = 25.4  # in an inch
WIDE = 174.0  # mm, the text's width on A4
SMALL, TEXT = 7.5, 8.5  # points
_DRAWING = threading.Lock()  # matplotlib's settings are the whole process's


@dataclass(frozen=True)
class Picture:
    """A vector picture.

    Parameters
    ----------
    width, height
        On paper, mm.
    alt
        What it shows, for those who cannot see it.
    """

    svg: bytes
    width: float
    height: float
    alt: str


@contextmanager
def settings() -> Iterator[None]:
    """The look that all pictures share; ``$`` in a name is a dollar and no formula."""
    import matplotlib

    look: Any = {
        "svg.fonttype": "path",
        "svg.hashsalt": "groundplan",
        "path.simplify": False,
        "text.parse_math": False,
        "font.family": "DejaVu Sans",
        "font.size": TEXT,
        "text.color": INK,
        "axes.edgecolor": LINE,
        "axes.labelcolor": MUTED,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": LINE,
        "ytick.color": LINE,
        "xtick.labelcolor": MUTED,
        "ytick.labelcolor": MUTED,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
    }
    with _DRAWING, matplotlib.rc_context(look):
        yield


def sheet(width: float, height: float) -> Figure:
    """An empty picture of so many mm.

    Parameters
    ----------
    width, height
        On paper, mm.
    """
    from matplotlib.figure import Figure

    return Figure((width / MM, height / MM))


def finished(figure: Figure, alt: str) -> Picture:
    """The picture as SVG, the same for the same content.

    Parameters
    ----------
    figure
        A sheet with all that is drawn on it.
    alt
        What it shows, for those who cannot see it.
    """
    content = io.BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(content, format="svg", transparent=True, metadata=nothing)
    width, height = figure.get_size_inches()
    return Picture(content.getvalue(), width * MM, height * MM, alt)
