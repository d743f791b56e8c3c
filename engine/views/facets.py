"""Small panels side by side with shared axes and one legend below them, which covers nothing on a phone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from engine.views import palette
from engine.views.chart import template

MOST_SERIES = 6  # curves that the eye can follow in a panel
ACROSS = 3
PANEL, LOW_PANEL, GAP = 300, 230, 60  # heights in pixels; of a panel on a desktop, on a phone, between two
WIDE, NARROW = 1000, 340  # of the legend, pixels
ENTRY, LETTER, LINE = 55, 7.5, 21  # of an entry of the legend: its sign, a letter, a line
ABOVE, BELOW = 30, 52  # a panel's title; ticks and title of the axis


@dataclass(frozen=True)
class Facets:
    """A figure of panels by the name of what each shows.

    Parameters
    ----------
    rows, across
        How many panels stand one above the other, and side by side.
    """

    figure: go.Figure
    places: dict[str, dict[str, int]]
    rows: int
    across: int
    narrow: bool


def facets(titles: dict[str, str], narrow: bool) -> Facets:
    """Empty panels.

    Parameters
    ----------
    titles
        Of the panels by name, at least one.
    narrow
        Whether they are seen on a phone: one above the other.
    """
    across = 1 if narrow else min(ACROSS, len(titles))
    rows = math.ceil(len(titles) / across)
    figure = make_subplots(
        rows=rows,
        cols=across,
        shared_xaxes="all",
        shared_yaxes="all",
        subplot_titles=list(titles.values()),
        horizontal_spacing=0.03,
        vertical_spacing=GAP / _inner(rows, narrow) if rows > 1 else None,
    )
    for place, title in enumerate(figure.layout.annotations):
        domain = figure.layout[f"xaxis{place + 1 if place else ''}"].domain
        title.update(x=domain[0], xanchor="left")
    places = {
        name: {"row": place // across + 1, "col": place % across + 1} for place, name in enumerate(titles)
    }
    return Facets(figure, places, rows, across, narrow)


def arrange(
    panels: Facets, x: tuple[Sequence[float], str], y: tuple[Sequence[float], str], dark: bool
) -> None:
    """Shared axes that hold all values and little else, and the legend below all panels.

    Parameters
    ----------
    panels
        With all their traces.
    x, y
        All values on the axis, and its title.
    dark
        Whether the theme is dark.
    """
    figure, ink = panels.figure, palette.scheme(dark).ink
    names: list[str] = []
    for trace in figure.data:
        if trace.showlegend is not False:
            trace.showlegend = trace.name not in names  # a curve is named once, not once a panel
            names += [trace.name] * trace.showlegend
    legend = LINE * _lines(names, NARROW if panels.narrow else WIDE)
    margins = {"l": 8, "r": 8, "t": ABOVE, "b": BELOW}
    figure.update_layout(
        template=template(dark),
        height=_inner(panels.rows, panels.narrow) + ABOVE + BELOW + legend,
        hovermode="closest",
        margin=margins,
        legend={
            "orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0, "xanchor": "left",
        },
    )  # fmt: skip
    figure.update_annotations(selector={"yanchor": "bottom"}, font={"size": 14, "color": ink})
    figure.update_xaxes(showgrid=False, range=_span(x[0], 0.08), tickformat=",")
    figure.update_yaxes(range=_span(y[0], 0.08), tickformat=".3~p", nticks=7)
    figure.update_xaxes(title={"text": x[1]}, row=panels.rows)
    figure.update_yaxes(title={"text": y[1]}, col=1)


def _inner(rows: int, narrow: bool) -> int:
    """Height of all panels with the gaps between them, pixels."""
    return rows * (LOW_PANEL if narrow else PANEL) + (rows - 1) * GAP


def _span(values: Sequence[float], room: float) -> list[float]:
    """From the lowest to the highest value, with room on both sides as a share of that."""
    low, high = min(values), max(values)
    margin = room * (high - low) or room * abs(high) or 1.0
    return [low - margin, high + margin]


def _lines(names: Sequence[str], width: int) -> int:
    """How many lines a legend needs; all its columns are as wide as its longest entry."""
    if not names:
        return 0
    longest = ENTRY + LETTER * max(map(len, names))
    return math.ceil(len(names) / max(1, int(width / longest)))
