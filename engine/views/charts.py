"""Charts: each answers a question, and its title says the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from engine.decisions.wording import listed, plain
from engine.domain import Legend
from engine.views import palette

if TYPE_CHECKING:
    import geopandas as gpd

FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", "Segoe UI", Helvetica, Arial, sans-serif'
ROW = 27  # height of a row of bars or cells, pixels


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
    """Fonts, greys, grid and crop colours that all charts share; backgrounds are left to the page."""
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
    """How cells of a matrix show a share between 0 and 1."""
    accent = palette.scheme(dark).accent
    scale = [[0, palette.rgba(accent, 0.03)], [1, palette.rgba(accent, 0.7)]]
    return {"zmin": 0, "zmax": 1, "colorscale": scale, "showscale": False, "xgap": 2, "ygap": 2}


def bar_names(dark: bool) -> dict[str, Any]:
    """The axis of bars that lie: a name each, the first on top."""
    return {
        "type": "category",
        "autorange": "reversed",
        "tickfont": {"color": palette.scheme(dark).ink},
        "ticklabelstandoff": 6,
        "showgrid": False,
        "fixedrange": True,
    }


def class_counts(parcels: gpd.GeoDataFrame, legend: Legend, dark: bool) -> Chart:
    """Parcels of each class in each season: the numbers, shaded by their share of the season."""
    colours = palette.scheme(dark)
    counts = pd.crosstab(parcels["crop"].astype(str), parcels["season"].astype(str))  # [class, season]
    counts = counts.reindex([name for name in legend.names if name in counts.index]).sort_index(axis=1)
    counts = counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    seasons, rows = len(counts.columns), len(counts)
    share = (counts / counts.sum()).to_numpy()  # [class, season]
    x, y = np.arange(seasons), np.arange(rows)
    figure = go.Figure(
        go.Heatmap(
            x=x,
            y=y,
            z=share,
            **shades(dark),
            customdata=np.dstack([np.tile(counts.columns, (rows, 1)), _tiled(counts), counts.to_numpy()]),
            hovertemplate="%{customdata[1]} in %{customdata[0]}: %{customdata[2]} parcels, "
            "%{z:.0%} of the season<extra></extra>",
        )
    )
    cells = [(i, j, f"{n:,}" if n else "–", n) for (j, i), n in np.ndenumerate(counts.to_numpy())]
    totals = counts.sum(axis=1).to_numpy()
    cells += [(seasons, j, f"{n:,}", n) for j, n in enumerate(totals)]
    cells += [(i, rows, f"{n:,}", n) for i, n in enumerate(counts.sum().to_numpy())]
    cells += [(seasons, rows, f"{totals.sum():,}", int(totals.sum()))]
    figure.add_scatter(
        x=[cell[0] for cell in cells],
        y=[cell[1] for cell in cells],
        text=[cell[2] for cell in cells],
        mode="text",
        textfont={
            "size": 13,
            "color": [
                colours.muted if i == seasons or j == rows or not n else colours.ink for i, j, _, n in cells
            ],
        },
        hoverinfo="skip",
        showlegend=False,
    )
    for j, name in enumerate(counts.index):
        figure.add_shape(
            type="rect",
            xref="paper",
            xsizemode="pixel",
            xanchor=0,
            x0=-17,
            x1=-6,
            yref="y",
            ysizemode="pixel",
            yanchor=j,
            y0=-5.5,
            y1=5.5,
            line={"width": 0},
            fillcolor=colour_of(legend, str(name), dark),
        )
    figure.update_layout(
        template=template(dark),
        height=ROW * (rows + 1) + 34,
        xaxis={
            "tickvals": [*x, seasons],
            "ticktext": [*counts.columns, "all"],
            "side": "top",
            "range": [-0.5, seasons + 0.5],
            "showgrid": False,
            "fixedrange": True,
        },
        yaxis={
            "tickvals": [*y, rows],
            "ticktext": [*map(plain, counts.index), "all"],
            "range": [rows + 0.5, -0.5],
            "tickfont": {"color": colours.ink},
            "ticklabelstandoff": 20,
            "showgrid": False,
            "fixedrange": True,
        },
    )
    title = _mix(counts)
    alt = f"{title}. " + "; ".join(
        f"{season}: " + ", ".join(f"{plain(str(name))} {n}" for name, n in counts[season].items() if n)
        for season in counts.columns
    )
    behind = counts.assign(all=totals).rename(index=plain).rename_axis("class").reset_index()
    return Chart(title, figure, alt, behind)


def coverage(table: pd.DataFrame, legend: Legend, dark: bool, what: str = "circle") -> Chart:
    """The share of each class's parcels that a circle or a trip holds; ``table`` is ``reach.held``'s."""
    colours = palette.scheme(dark)
    names = [plain(name) for name in table["crop"]]
    share = (table["within"] / table["total"]).to_numpy()  # [class]
    figure = go.Figure()
    figure.add_bar(
        y=names,
        x=[1] * len(table),
        orientation="h",
        marker={"color": colours.panel},
        text=[f"{w:,} of {t:,}" for w, t in zip(table["within"], table["total"], strict=True)],
        textposition="outside",
        textfont={"size": 13, "color": colours.ink},
        cliponaxis=False,
        hoverinfo="skip",
    )
    figure.add_bar(
        y=names,
        x=[round(float(part), 4) for part in share],  # as text: a tenth of what an array takes
        orientation="h",
        marker={"color": [colour_of(legend, name, dark) for name in table["crop"]]},
        customdata=[round(hectares) for hectares in table["ha_within"].tolist()],
        hovertemplate="%{y}: %{x:.0%} of its parcels, %{customdata:,} ha<extra></extra>",
    )
    figure.update_layout(
        template=template(dark),
        barmode="overlay",
        showlegend=False,
        height=ROW * len(table) + 16,
        xaxis={"visible": False, "range": [0, 1.45], "fixedrange": True},
        yaxis=bar_names(dark),
    )
    title = _missed(table, what)
    alt = f"{title}. " + "; ".join(
        f"{name}: {w} of {t} parcels"
        for name, w, t in zip(names, table["within"], table["total"], strict=True)
    )
    behind = pd.DataFrame(
        {"class": names, f"in the {what}": table["within"], "in all": table["total"], "share": share}
    )
    return Chart(title, figure, alt, behind)


def _mix(counts: pd.DataFrame) -> str:
    """The answer of `class_counts`: what dominates, and what some season lacks."""
    totals = counts.sum(axis=1)
    top = totals.index[:2]
    part = totals[top].sum() / totals.sum()
    text = f"{_sentence(listed([plain(name) for name in top]))} {'make' if len(top) > 1 else 'makes'} up "
    text += f"{part:.0%} of {totals.sum():,} parcels".replace("%", " %")
    lacking = int((counts == 0).any(axis=1).sum())
    if lacking:
        some = "is" if lacking == 1 else "are"
        return f"{text}; {lacking} of {len(counts)} classes {some} not in every season"
    return f"{text}; every class is in every season"


def _missed(table: pd.DataFrame, what: str) -> str:
    """The answer of `coverage`: the classes that are missed."""
    missed = [plain(name) for name in table.loc[table["within"] == 0, "crop"]]
    if len(missed) == len(table):
        return f"The {what} holds no parcel"
    if missed:
        return f"The {what} misses {listed(missed)}"
    fewest = int(table["within"].to_numpy().argmin())
    count, name = int(table["within"].iloc[fewest]), plain(str(table["crop"].iloc[fewest]))
    if len(table) == 1:
        return f"The {what} holds {count} parcels of {name}, the only class"
    return f"The {what} holds all {len(table)} classes; the rarest is {name} with {count}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tiled(counts: pd.DataFrame) -> npt.NDArray[np.str_]:
    return np.tile(np.array([plain(name) for name in counts.index])[:, None], (1, len(counts.columns)))


def colour_of(legend: Legend, name: str, dark: bool) -> str:
    """Colour of a class on that background."""
    colour = {crop.name: crop.colour for crop in legend}[name]
    return palette.crop_colour(colour, dark)
