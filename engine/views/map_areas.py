"""How much land a crop map gives each class, and how much of it is unlike the training data."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from engine.decisions.wording import plain
from engine.domain import Legend
from engine.mapping.crop_map import CropMap
from engine.views import palette
from engine.views.chart import ROW, Chart, colour_of, template

ROOM = 1.5  # for the number behind the longest bar, also on a phone
FAINT = 0.45  # opacity of land where the map does not apply


def map_areas_frame(crop_map: CropMap) -> pd.DataFrame:
    """Hectares that the map gives each class, the largest first.

    Parameters
    ----------
    crop_map
        The map.

    Returns
    -------
    A row a class that the map has: ``class``, ``parcels``, ``area_ha``, and ``beyond_ha``, the part of it
    where the map does not apply.
    """
    parcels = crop_map.parcels
    beyond = parcels["area_ha"].where(~parcels["applicable"].astype(bool), 0.0)
    table = pd.DataFrame({"class": parcels["crop"], "area_ha": parcels["area_ha"], "beyond_ha": beyond})
    frame = table.groupby("class").agg(
        parcels=("area_ha", "size"), area_ha=("area_ha", "sum"), beyond_ha=("beyond_ha", "sum")
    )
    return frame.sort_values("area_ha", ascending=False, kind="stable").reset_index()


def map_areas(crop_map: CropMap, legend: Legend, dark: bool) -> Chart:
    """A bar a class: mapped hectares; the faint end is land where the map does not apply.

    They are counted on the map, whose errors do not cancel; estimates of the true areas need an accuracy
    sample.

    Parameters
    ----------
    crop_map
        The map.
    legend
        Names and colours of the classes.
    dark
        Whether the theme is dark.
    """
    frame = map_areas_frame(crop_map)
    names = [plain(name) for name in frame["class"]]
    colours = [colour_of(legend, name, dark) for name in frame["class"]]
    within = frame["area_ha"] - frame["beyond_ha"]
    figure = go.Figure(
        [
            _bars(names, within, colours, 1.0, "map applies"),
            _bars(names, frame["beyond_ha"], colours, FAINT, "unlike the training data"),
        ]
    )
    ink = palette.scheme(dark).ink
    figure.add_scatter(
        x=frame["area_ha"], y=names, mode="text", text=[f" {area:,.0f} ha" for area in frame["area_ha"]],
        textposition="middle right", textfont={"color": ink, "size": 13}, hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    figure.update_layout(
        template=template(dark),
        height=ROW * len(frame) + 70,
        barmode="stack",
        showlegend=False,
        xaxis={"title": {"text": "ha on the map"}, "range": [0, ROOM * float(frame["area_ha"].max())]},
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "tickfont": {"color": ink},
            "ticklabelstandoff": 6,
        },
    )
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    title = _title(frame, names)
    alt = f"{title}. " + "; ".join(
        f"{name} {area:,.0f} ha, of which {out:,.0f} ha unlike the training data"
        for name, area, out in zip(names, frame["area_ha"], frame["beyond_ha"], strict=True)
    )
    return Chart(title, figure, alt, frame.assign(**{"class": names}))


def _bars(names: list[str], area: pd.Series, colours: list[str], opacity: float, what: str) -> go.Bar:
    return go.Bar(
        y=names, x=area, orientation="h", marker={"color": colours, "opacity": opacity, "line": {"width": 0}},
        hovertemplate="%{y}: %{x:,.0f} ha, " + what + "<extra></extra>", name=what,
    )  # fmt: skip


def _title(frame: pd.DataFrame, names: list[str]) -> str:
    total, beyond = float(frame["area_ha"].sum()), float(frame["beyond_ha"].sum())
    share = float(frame["area_ha"].iloc[0]) / total
    first = f"{names[0][:1].upper()}{names[0][1:]} covers {share:.0%} of {total:,.0f} ha mapped"
    return f"{first}; the map does not apply to {beyond / total:.0%}" if beyond else first
