"""What every chart is: a figure that answers a question, with the answer as its title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from engine.domain import Legend
from engine.views import palette

FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", "Segoe UI", Helvetica, Arial, sans-serif'
ROW = 27  # height of a row of bars or cells, pixels
LEGEND_ABOVE = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}


@dataclass(frozen=True)
class Chart:
    """A figure, the answer it gives as its title, and what it shows in words for those who cannot see it.

    Parameters
    ----------
    table
        The numbers behind it, with columns to read.
    """

    title: str
    figure: go.Figure
    alt: str
    table: pd.DataFrame = field(default_factory=pd.DataFrame)


def template(dark: bool) -> go.layout.Template:
    """Fonts, greys, grid and crop colours that all charts share; backgrounds are left to the page.

    Parameters
    ----------
    dark
        Whether the theme is dark.
    """
    colours = palette.scheme(dark)
    axis = {
        "gridcolor": colours.line,
        "linecolor": colours.line,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"color": colours.muted, "size": 13},
        "title": {"font": {"color": colours.muted, "size": 13}, "standoff": 8},
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": colours.ink},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": list(palette.CROPS_DARK if dark else palette.CROPS_LIGHT),
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "xaxis": axis,
            "yaxis": axis,
            "legend": {"orientation": "h", "y": -0.15, "x": 0, "font": {"size": 13}},
            "hoverlabel": {
                "bgcolor": colours.paper,
                "bordercolor": colours.line,
                "font": {"family": FONT, "size": 13, "color": colours.ink},
            },
            "bargap": 0.4,
            "dragmode": False,
        }
    )


def shades(dark: bool) -> dict[str, Any]:
    """How cells of a matrix show a share between 0 and 1.

    Parameters
    ----------
    dark
        Whether the theme is dark.

    Returns
    -------
    Arguments of a plotly heatmap.
    """
    accent = palette.scheme(dark).accent
    scale = [[0, palette.rgba(accent, 0.03)], [1, palette.rgba(accent, 0.7)]]
    return {"zmin": 0, "zmax": 1, "colorscale": scale, "showscale": False, "xgap": 2, "ygap": 2}


def bar_names(dark: bool) -> dict[str, Any]:
    """The axis of bars that lie: a name each, the first on top.

    Parameters
    ----------
    dark
        Whether the theme is dark.

    Returns
    -------
    Settings of a plotly axis.
    """
    return {
        "type": "category",
        "autorange": "reversed",
        "tickfont": {"color": palette.scheme(dark).ink},
        "ticklabelstandoff": 6,
        "showgrid": False,
        "fixedrange": True,
    }


def rows_of(frame: pd.DataFrame) -> list[Any]:
    """The rows, with an attribute a column; what is in a column only its frame knows.

    Parameters
    ----------
    frame
        Any table; columns whose names are no Python names are reached by place.
    """
    return list(frame.itertuples())


def error_bars(
    values: Sequence[float], lows: Sequence[float], highs: Sequence[float], colour: str
) -> dict[str, Any]:
    """The intervals of values, as plotly draws them; ``[point]`` each.

    Parameters
    ----------
    values, lows, highs
        The values and the ends of their intervals, ``[point]`` each.
    colour
        Of the bars, ``#RRGGBB``.
    """
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - value for value, high in zip(values, highs, strict=True)],
        "arrayminus": [value - low for value, low in zip(values, lows, strict=True)],
        "color": colour,
        "thickness": 1.5,
        "width": 0,
    }


def colour_of(legend: Legend, name: str, dark: bool) -> str:
    """Colour of a class on the background of the theme.

    Parameters
    ----------
    legend
        Names and colours of the classes.
    name
        Of a class in the legend.
    dark
        Whether the theme is dark.
    """
    return palette.crop_colour({crop.name: crop.colour for crop in legend}[name], dark)
