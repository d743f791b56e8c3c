"""How much of each crop there is: counted on the map, and estimated from a probability sample."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from engine.decisions.wording import plain
from engine.domain import Legend
from engine.mapping.accuracy.nouns import Accuracy
from engine.mapping.crop_map import CropMap
from engine.views import palette
from engine.views.chart import LEGEND_ABOVE, ROW, Chart, bar_names, error_bars, rows_of, template
from engine.views.map_areas import map_areas_frame

ROUNDING = 0.001  # of an area, which says nothing
SHORT = {
    "class": "class", "mapped_ha": "counted", "estimated_ha": "estimated", "low_ha": "low", "high_ha": "high",
}  # fmt: skip
COUNTED, ESTIMATED, TRUE = "counted on the map", "estimated from the sample", "truth"


def areas_frame(
    crop_map: CropMap, accuracy: Accuracy | None = None, truth: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Hectares of each class, the largest first.

    Parameters
    ----------
    crop_map
        The map.
    accuracy
        What a probability sample says; None without one.
    truth
        True hectares by class; None where nobody knows them.

    Returns
    -------
    ``class``, ``counted``, ``estimated``, ``low``, ``high`` and ``truth``, in ha; columns that nothing is
    known of are left out.
    """
    every = map_areas_frame(crop_map, accuracy)
    table = every[[name for name in SHORT if name in every]].rename(columns=SHORT)
    return table if truth is None else table.assign(truth=table["class"].map(dict(truth)))


def areas(
    crop_map: CropMap,
    legend: Legend,
    dark: bool,
    accuracy: Accuracy | None = None,
    truth: Mapping[str, float] | None = None,
) -> Chart:
    """Area of each class as counted on the map, and where there is a sample, as estimated with intervals.

    Parameters
    ----------
    crop_map, accuracy, truth
        As for `areas_frame`.
    legend
        Names and colours of the classes.
    dark
        Whether the theme is dark.
    """
    frame = areas_frame(crop_map, accuracy, truth)
    colours = palette.scheme(dark)
    own = {crop.name: palette.crop_colour(crop.colour, dark) for crop in legend}
    names = [plain(name) for name in frame["class"]]
    fill = [own.get(name, colours.muted) for name in frame["class"]]
    figure = go.Figure(
        go.Bar(
            y=names,
            x=frame["counted"],
            orientation="h",
            name=COUNTED,
            marker={"color": fill, "opacity": 0.55 if accuracy else 1.0},
            hovertemplate=f"%{{y}}: %{{x:,.0f}} ha {COUNTED}<extra></extra>",
            showlegend=False,
        )
    )
    if accuracy is not None:
        value, low, high = (frame[name].tolist() for name in ("estimated", "low", "high"))
        figure.add_scatter(
            y=names,
            x=frame["estimated"],
            error_x=error_bars(value, low, high, colours.ink),
            mode="markers",
            name=f"{ESTIMATED}, 95% interval",
            marker={"color": colours.ink, "size": 8},
            customdata=frame[["low", "high"]],
            hovertemplate="%{y}: %{x:,.0f} ha (%{customdata[0]:,.0f} to %{customdata[1]:,.0f})"
            "<extra></extra>",
        )
    if truth is not None:
        figure.add_scatter(
            y=names,
            x=frame["truth"],
            mode="markers",
            name=TRUE,
            marker={
                "color": colours.accent,
                "size": 11,
                "symbol": "diamond-open",
                "line": {"width": 2, "color": colours.accent},
            },
            hovertemplate="%{y}: truly %{x:,.0f} ha<extra></extra>",
        )
    figure.update_layout(
        template=template(dark),
        height=ROW * len(frame) + 90,
        legend=LEGEND_ABOVE,
        xaxis={"title": {"text": "ha"}, "rangemode": "tozero", "fixedrange": True, "tickformat": ",.0f"},
        yaxis=bar_names(dark),
    )
    title = _title(frame, accuracy is not None)
    return Chart(title, figure, f"Area of each class. {title}.", frame.assign(**{"class": names}))


def _title(frame: pd.DataFrame, sampled: bool) -> str:
    largest = rows_of(frame.rename(columns={"class": "crop"}))[0]
    name = plain(largest.crop)[:1].upper() + plain(largest.crop)[1:]
    if not sampled:
        share = largest.counted / frame["counted"].sum()
        return f"{name} covers most: {largest.counted:,.0f} ha, {share:.0%} of the mapped area ({COUNTED})"
    estimate = f"{largest.estimated:,.0f} ha ({largest.low:,.0f} to {largest.high:,.0f})"
    counted = frame["counted"]
    off = frame[(counted * (1 + ROUNDING) < frame["low"]) | (counted * (1 - ROUNDING) > frame["high"])]
    if off.empty:
        return f"{name} covers most: {estimate}; the counts of the map lie within every interval"
    worst = rows_of(off.rename(columns={"class": "crop"}))[0]
    what = "too little" if worst.counted < worst.low else "too much"
    return f"{name} covers most: {estimate}; the map counts {what} {plain(worst.crop)}"
