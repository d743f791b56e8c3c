"""The parcels as a chart to draw around: a lasso or a box, which the other maps do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.decisions.trip import Trip
from engine.decisions.wording import counted
from engine.domain import Study
from engine.geodesy import bounds_of
from engine.views import palette
from engine.views.chart import Chart, template
from engine.views.maps.ground import Ground, ground_of

if TYPE_CHECKING:
    from collections.abc import Iterable

HEIGHT = 520
MARGIN = 0.03  # around the parcels, share of their extent
NO_LABEL = "crop not known yet"


def area(study: Study, trip: Trip, dark: bool) -> Chart:
    """The parcels of a season with those of a trip.

    Parameters
    ----------
    study
        With its parcels and classes.
    trip
        Whose parcels have rings; its pins and gaps are marked.
    dark
        Whether the theme is dark.
    """
    request = trip.request
    parcels, colours = study.parcels_in(request.target), palette.scheme(dark)
    ground = ground_of(bounds_of(parcels["lon"], parcels["lat"]), request.departure)
    wanted, muted = parcels["parcel_id"].isin(trip.wanted["parcel_id"]), colours.muted
    traces = [
        *_lines(ground, dark),
        *_crops(study, parcels, dark),
        _places(parcels[wanted], "to visit", {"symbol": "circle-open", "size": 9, "color": colours.accent}),
        _places(
            parcels[parcels["parcel_id"].isin(request.pinned)],
            "pinned",
            {"symbol": "diamond", "size": 10, "color": colours.accent},
        ),
        _places(
            parcels[parcels["parcel_id"].isin(request.unreachable)],
            "left out",
            {"symbol": "x", "size": 8, "color": colours.ink},
        ),
    ]
    figure = go.Figure([trace for trace in traces if len(trace.x)])
    _name_places(figure, ground, trip, dark)
    figure.update_layout(
        template=template(dark),
        height=HEIGHT,
        dragmode="lasso",
        hovermode="closest",
        uirevision="area",
        margin={"l": 0, "r": 0, "t": 28, "b": 0},
        legend={"y": -0.02, "yanchor": "top", "itemsizing": "constant"},
        modebar={"color": muted, "activecolor": colours.accent, "bgcolor": "rgba(0,0,0,0)"},
        newselection={"line": {"color": colours.accent, "width": 2}},
    )
    _scale(figure, parcels, ground)
    title = f"Draw around parcels: {counted(int(wanted.sum()), 'parcel')} of {len(parcels):,} are on the trip"
    return Chart(title, figure, title, pd.DataFrame())


def _scale(figure: go.Figure, parcels: pd.DataFrame, ground: Ground) -> None:
    """A degree of latitude as long as it is on the ground beside one of longitude."""
    bounds = ground.bounds or bounds_of(parcels["lon"], parcels["lat"])
    west, south, east, north = bounds
    hidden = {"visible": False, "constrain": "domain"}
    aside, above = MARGIN * (east - west), MARGIN * (north - south)
    figure.update_xaxes(range=[west - aside, east + aside], **hidden)
    figure.update_yaxes(
        range=[south - above, north + above],
        scaleanchor="x",
        scaleratio=1 / max(float(np.cos(np.radians((south + north) / 2))), 0.05),
        **hidden,
    )


def _lines(ground: Ground, dark: bool) -> Iterable[go.Scatter]:
    colours = palette.scheme(dark)
    for kind, colour, width in (
        ("road", colours.line, 1.0),
        ("river", palette.water(dark), 1.5),
        ("outline", colours.muted, 1.2),
    ):
        x, y = _course(ground.lines[ground.lines["kind"] == kind].geometry)
        line = {"color": colour, "width": width}
        yield go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False)


def _course(shapes: Any) -> tuple[list[float | None], list[float | None]]:
    """Longitudes and latitudes of all corners, with a gap after each part."""
    x: list[float | None] = []
    y: list[float | None] = []
    for shape in shapes.explode(index_parts=False):
        corners = np.asarray((shape.exterior if shape.geom_type == "Polygon" else shape).coords)
        x += [*corners[:, 0].round(4).tolist(), None]
        y += [*corners[:, 1].round(4).tolist(), None]
    return x, y


def _crops(study: Study, parcels: pd.DataFrame, dark: bool) -> Iterable[go.Scattergl]:
    """The parcels, a trace a crop."""
    muted = palette.scheme(dark).muted
    for crop in study.legend:
        marker = {"size": 5, "opacity": 0.6, "color": palette.crop_colour(crop.colour, dark)}
        yield _places(parcels[parcels["crop"] == crop.name], crop.name.replace("_", " "), marker)
    unknown = parcels[parcels["crop"].isna()]
    yield _places(unknown, NO_LABEL, {"size": 4, "opacity": 0.6, "color": muted})


def _places(parcels: pd.DataFrame, name: str, marker: dict[str, Any]) -> go.Scattergl:
    return go.Scattergl(
        x=parcels["lon"].round(5),
        y=parcels["lat"].round(5),
        text=parcels["parcel_id"],
        name=f"{name} {len(parcels):,}",
        mode="markers",
        marker=marker,
        hovertemplate="%{text}<extra></extra>",
        unselected={"marker": {"opacity": 0.25}},
    )


def _name_places(figure: go.Figure, ground: Ground, trip: Trip, dark: bool) -> None:
    """The departure and the towns, on a ground of their own."""
    colours, start = palette.scheme(dark), trip.request.departure
    first = ground.names["least"].min() if len(ground.names) else None
    near = ground.names[ground.names["least"] == first]
    style = {"showarrow": False, "bgcolor": palette.rgba(colours.paper, 0.75), "borderpad": 1}
    for text, lon, lat in zip(near["text"], near["lon"], near["lat"], strict=True):
        font = {"size": 11, "color": colours.muted}
        figure.add_annotation(x=lon, y=lat, text=text, yshift=-10, font=font, **style)
    font = {"size": 12, "color": colours.ink}
    figure.add_annotation(
        x=start.lon, y=start.lat, text=f"<b>{start.title}</b>", yshift=-16, font=font, **style
    )
    marker = {"size": 13, "color": colours.accent, "line": {"color": colours.paper, "width": 2}}
    figure.add_trace(
        go.Scatter(
            x=[start.lon], y=[start.lat], mode="markers", marker=marker, hoverinfo="skip", showlegend=False
        )
    )
