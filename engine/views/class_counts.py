"""How many parcels of each class each season has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.decisions.wording import listed, plain
from engine.domain import Legend
from engine.views import palette
from engine.views.chart import ROW, Chart, colour_of, shades, template

if TYPE_CHECKING:
    import geopandas as gpd


def class_counts_frame(parcels: gpd.GeoDataFrame, legend: Legend) -> pd.DataFrame:
    """Labelled parcels of each class in each season, ``[class, season]``, the most frequent class first.

    Parameters
    ----------
    parcels
        Of all seasons, with ``crop`` and ``season``.
    legend
        Names and colours of the classes.
    """
    known = parcels[parcels["crop"].notna()]
    counts = pd.crosstab(known["crop"].astype(str), known["season"].astype(str))
    counts = counts.reindex([name for name in legend.names if name in counts.index]).sort_index(axis=1)
    return counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def class_counts(parcels: gpd.GeoDataFrame, legend: Legend, dark: bool) -> Chart:
    """Parcels of each class in each season: the numbers, shaded by their share of the season.

    Parameters
    ----------
    parcels
        Of all seasons, with ``crop`` and ``season``.
    legend
        Names and colours of the classes.
    dark
        Whether the theme is dark.
    """
    counts = class_counts_frame(parcels, legend)
    rows, seasons = counts.shape
    figure = go.Figure([_shares(counts, dark), _numbers(counts, dark)])
    for row, name in enumerate(counts.index):
        figure.add_shape(
            type="rect",
            xref="paper", xsizemode="pixel", xanchor=0, x0=-17, x1=-6,
            yref="y", ysizemode="pixel", yanchor=row, y0=-5.5, y1=5.5,
            line={"width": 0},
            fillcolor=colour_of(legend, str(name), dark),
        )  # fmt: skip
    figure.update_layout(
        template=template(dark),
        height=ROW * (rows + 1) + 34,
        xaxis={
            "tickvals": list(range(seasons + 1)),
            "ticktext": [*counts.columns, "all"],
            "side": "top",
            "range": [-0.5, seasons + 0.5],
            "showgrid": False,
            "fixedrange": True,
        },
        yaxis={
            "tickvals": list(range(rows + 1)),
            "ticktext": [*map(plain, counts.index), "all"],
            "range": [rows + 0.5, -0.5],
            "tickfont": {"color": palette.scheme(dark).ink},
            "ticklabelstandoff": 20,
            "showgrid": False,
            "fixedrange": True,
        },
    )
    title = _title(counts)
    alt = f"{title}. " + "; ".join(
        f"{season}: "
        + ", ".join(f"{plain(str(name))} {count}" for name, count in counts[season].items() if count)
        for season in counts.columns
    )
    behind = counts.assign(all=counts.sum(axis=1)).rename(index=plain).rename_axis("class").reset_index()
    return Chart(title, figure, alt, behind)


def _shares(counts: pd.DataFrame, dark: bool) -> go.Heatmap:
    rows, seasons = counts.shape
    classes = np.tile(np.array([plain(name) for name in counts.index])[:, None], (1, seasons))
    return go.Heatmap(
        x=np.arange(seasons),
        y=np.arange(rows),
        z=(counts / counts.sum()).to_numpy(),  # [class, season]
        **shades(dark),
        customdata=np.dstack([np.tile(counts.columns, (rows, 1)), classes, counts.to_numpy()]),
        hovertemplate="%{customdata[1]} in %{customdata[0]}: %{customdata[2]} parcels, "
        "%{z:.0%} of the season<extra></extra>",
    )


def _numbers(counts: pd.DataFrame, dark: bool) -> go.Scatter:
    """The counts as text, with the sums of rows and columns, which are muted."""
    colours = palette.scheme(dark)
    rows, seasons = counts.shape
    summed = np.zeros((rows + 1, seasons + 1), dtype=int)  # [class and all, season and all]
    summed[:-1, :-1] = counts
    summed[:-1, -1], summed[-1, :-1] = counts.sum(axis=1), counts.sum()
    summed[-1, -1] = counts.to_numpy().sum()
    cells = [(column, row, int(count)) for (row, column), count in np.ndenumerate(summed)]
    return go.Scatter(
        x=[column for column, _, _ in cells],
        y=[row for _, row, _ in cells],
        text=[
            f"{count:,}" if count or seasons == column or rows == row else "–" for column, row, count in cells
        ],
        mode="text",
        textfont={
            "size": 13,
            "color": [
                colours.ink if count and column < seasons and row < rows else colours.muted
                for column, row, count in cells
            ],
        },
        hoverinfo="skip",
        showlegend=False,
    )


def _title(counts: pd.DataFrame) -> str:
    """What dominates, and what some season lacks."""
    totals = counts.sum(axis=1)
    top = totals.index[:2]
    names = listed([plain(name) for name in top])
    verb, share = "makes" if len(top) == 1 else "make", totals[top].sum() / totals.sum()
    title = f"{names[:1].upper()}{names[1:]} {verb} up {share:.0%} of {totals.sum():,} parcels"
    lacking = int((counts == 0).any(axis=1).sum())
    if not lacking:
        return f"{title}; every class is in every season"
    return (
        f"{title}; {lacking} of {len(counts)} classes {'is' if lacking == 1 else 'are'} not in every season"
    )
