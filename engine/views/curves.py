"""A curve of trips with its interval, in a chart alone or in a panel of many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from engine.views import palette
from engine.views.chart import error_bars


class Look(NamedTuple):
    """How a curve is drawn: its name in the legend, `palette.design_style`, and whether it has a band."""

    name: str
    style: Mapping[str, Any]
    band: bool = True


def add_curve(
    figure: go.Figure, curve: pd.DataFrame, axis: str, look: Look, sign: str, panel: Mapping[str, int] | None
) -> None:
    """The points of a method and design with their interval as a band; points of provisional outcomes are
    hollow. What is clicked ends with the key of its plan.

    Parameters
    ----------
    figure
        To draw on.
    curve
        Rows of `engine.views.trade_off.trade_off_frame`, in the order of the axis.
    axis
        The column of x.
    look
        Of the curve.
    sign
        Of all money: ``€``.
    panel
        Its ``row`` and ``col`` in a figure of panels; None where there is one.
    """
    x, name, place = curve[axis].tolist(), look.name, dict(panel or {})
    if look.band:
        figure.add_scatter(
            x=x + x[::-1],
            y=curve["high"].tolist() + curve["low"].tolist()[::-1],
            fill="toself",
            fillcolor=palette.rgba(look.style["line"]["color"], 0.10),
            mode="lines",
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
            legendgroup=name,
            **place,
        )
    costs = [f"<br>{cost} {sign}" if cost else "" for cost in curve["cost_range"]]
    points = curve[["radius", "parcels", "interval", "key"]].to_numpy(object)
    style = dict(look.style)
    if curve["provisional"].any():  # hollow: it will still change
        symbol = style["marker"].get("symbol", "circle")
        symbols = [f"{symbol}-open" if hollow else symbol for hollow in curve["provisional"]]
        style["marker"] = {**style["marker"], "symbol": symbols}
    repeats = [
        f"<br>provisional: {text} repeats" if hollow else ""
        for text, hollow in zip(curve["repeats"], curve["provisional"], strict=True)
    ]
    figure.add_scatter(
        x=x,
        y=curve["f1"].tolist(),
        name=name,
        legendgroup=name,
        mode="lines+markers",
        **style,
        customdata=[
            [*point[:3], cost + more, point[3]]
            for point, cost, more in zip(points, costs, repeats, strict=True)
        ],
        hovertemplate=f"{name}<br>%{{customdata[1]:,}} parcels, %{{customdata[0]:g}} km<br>"
        "%{customdata[2]}%{customdata[3]}<extra></extra>",
        **place,
    )


def add_mark(
    figure: go.Figure,
    marked: pd.DataFrame,
    axis: str,
    words: tuple[str, str],
    dark: bool,
    panel: Mapping[str, int] | None = None,
) -> None:
    """A ring around an option, with its interval and words beside it; nothing where it is no trip.

    Parameters
    ----------
    figure
        To draw on.
    marked
        Its row of `engine.views.trade_off.trade_off_frame`, or none.
    axis
        The column of x.
    words
        What is said of it, and on which side: ``left`` or ``right``.
    dark
        Whether the theme is dark.
    panel
        As of `add_curve`.
    """
    if not marked["visits"].any():
        return
    ink = palette.scheme(dark).ink
    y, low, high = (marked[name].tolist() for name in ("f1", "low", "high"))
    figure.add_scatter(
        x=marked[axis].tolist(),
        y=y,
        error_y=error_bars(y, low, high, ink),
        mode="markers+text",
        marker={"symbol": "circle-open", "size": 20, "line": {"width": 2.5}, "color": ink},
        text=[words[0]],
        textposition=f"top {words[1]}",
        textfont={"color": ink, "size": 13},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
        **dict(panel or {}),
    )
