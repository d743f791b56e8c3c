"""The map for the screen: degrees on two axes of one scale, so that it needs no tiles and no network."""

from __future__ import annotations

import html
import math

import numpy as np
import plotly.graph_objects as go

from engine.decisions.wording import clean, counted, plain
from engine.fieldwork.tour import clock, ways_of
from engine.geodesy import WGS84, circle, unrolled
from engine.views import palette
from engine.views.chart import Chart, colour_of, template
from engine.views.maps.features import GROUND_PX
from engine.views.maps.ground import ground_at
from engine.views.maps.scales import bar_km, zoom_of
from engine.views.maps.tours import day_name
from engine.views.report.content import Report

HEIGHT = 620  # pixels
BAR_BELOW = 0.05  # of the height of the parcels: where the scale bar lies
DIGITS = 5


def safe(text: str, most: int = 60) -> str:
    """A name that plotly shows as it is: it reads some tags.

    Parameters
    ----------
    text
        Any, also from a user's file.
    most
        Number of characters that are kept.
    """
    return html.escape(clean(text, most), quote=False)


def parcels(report: Report, dark: bool) -> Chart:
    """Parcels in the colours of their crops, those to visit outlined, the circle and the tours.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    dark
        Whether the theme is dark.
    """
    departure = report.departure
    figure = go.Figure()
    _add_ground(figure, report, dark)
    _add_parcels(figure, report, dark)
    _add_tours(figure, report, dark)
    _add_circle(figure, report, dark)
    _add_scale_bar(figure, report, dark)
    bare = {"visible": False, "showgrid": False}
    scale = 1 / max(math.cos(math.radians(departure.lat)), 0.05)
    figure.update_layout(
        template=template(dark),
        height=HEIGHT,
        hovermode="closest",
        dragmode="pan",
        xaxis=bare,
        yaxis={**bare, "scaleanchor": "x", "scaleratio": scale},
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0},
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
    )
    title = report.places_title
    alt = f"Map of the parcels around {clean(departure.title)} in the colours of their crops. {title}."
    return Chart(title, figure, alt)


def _add_ground(figure: go.Figure, report: Report, dark: bool) -> None:
    """Outline, rivers, roads and towns beneath the parcels; none of them answers to the pointer."""
    bounds, departure = report.study.bounds, report.departure
    ground = ground_at(bounds, departure, zoom_of(bounds))
    quiet = {"hoverinfo": "skip", "showlegend": False}
    for kind in ("outline", "road", "river"):
        x: list[float | None] = []
        y: list[float | None] = []
        for geometry in ground.lines.loc[ground.lines["kind"] == kind, "geometry"]:
            line = geometry.exterior if kind == "outline" else geometry
            lon, lat = np.array(line.coords).T
            x += [*unrolled(lon, departure.lon).round(DIGITS).tolist(), None]
            y += [*lat.round(DIGITS).tolist(), None]
        if x:
            red, green, blue, opacity = palette.ground_colour(kind, dark)
            colour = f"rgba({red},{green},{blue},{opacity / 255:.2f})"
            fill = {"fill": "toself", "fillcolor": palette.scheme(dark).panel} if kind == "outline" else {}
            line_look = {"color": colour, "width": GROUND_PX[kind]}
            figure.add_scatter(x=x, y=y, mode="lines", name=kind, line=line_look, **fill, **quiet)
    for kind in ("town", "river"):
        of_kind = ground.names[ground.names["kind"] == kind]
        if of_kind.empty:
            continue
        colour = "rgb({},{},{})".format(*palette.name_colour(kind, dark))
        figure.add_scatter(
            x=unrolled(of_kind["lon"].to_numpy(float), departure.lon).round(DIGITS),
            y=of_kind["lat"].round(DIGITS),
            mode="markers+text" if kind == "town" else "text",
            name=f"{kind}s",
            text=[safe(text, 32) for text in of_kind["text"]],
            textposition="bottom center",
            textfont={"color": colour, "size": 12},
            marker={"size": 5, "color": colour},
            **quiet,
        )


def _add_scale_bar(figure: go.Figure, report: Report, dark: bool) -> None:
    """A round number of km south of the parcels: true at every zoom."""
    bounds, ink = report.study.bounds, palette.scheme(dark).ink
    km, (west, south, _, north) = bar_km(bounds), bounds
    lat = south - BAR_BELOW * (north - south)
    east = float(WGS84.fwd(west, lat, 90, 1000 * km)[0])
    ends = unrolled(np.array([west, east]), report.departure.lon)
    figure.add_scatter(
        x=[ends[0], ends.mean(), ends[1]],
        y=[lat, lat, lat],
        mode="lines+text",
        name="scale",
        text=["", f"{km:g} km", ""],
        textposition="top center",
        textfont={"color": ink, "size": 12},
        line={"color": ink, "width": 3},
        hoverinfo="skip",
        showlegend=False,
    )


def _add_parcels(figure: go.Figure, report: Report, dark: bool) -> None:
    season = report.study.parcels_in(report.target)
    lon = unrolled(season["lon"].to_numpy(np.float64), report.departure.lon).round(DIGITS)
    lat = season["lat"].to_numpy(np.float64).round(DIGITS)
    crops, ids = season["crop"].to_numpy(object), season["parcel_id"].astype(str).to_numpy(object)
    for crop in report.coverage["crop"]:
        rows, name = crops == crop, safe(plain(crop), 32)
        figure.add_scatter(
            x=lon[rows],
            y=lat[rows],
            name=name,
            mode="markers",
            marker={"size": 6, "color": colour_of(report.study.legend, crop, dark), "opacity": 0.85},
            customdata=[safe(parcel) for parcel in ids[rows]],
            hovertemplate=f"{name}<br>%{{customdata}}<extra></extra>",
        )
    if report.trip is not None:
        rows = season["parcel_id"].isin(report.trip.wanted["parcel_id"]).to_numpy()
        ink = palette.scheme(dark).ink
        figure.add_scatter(
            x=lon[rows],
            y=lat[rows],
            name="to visit",
            mode="markers",
            marker={"size": 10, "symbol": "circle-open", "color": ink, "line": {"width": 1.5}},
            hoverinfo="skip",
        )


def _add_tours(figure: go.Figure, report: Report, dark: bool) -> None:
    """A line for each day; a click on its name hides it."""
    for number, (day, start, end) in enumerate(ways_of(report.itinerary) if report.itinerary else ()):
        places = [start, *((stop.lon, stop.lat) for stop in day.stops), end]
        name = day_name(day)
        stops = [
            f"{name}, stop {place}, {clock(stop.arrival_h)}, {counted(len(stop.parcels), 'parcel')}"
            for place, stop in enumerate(day.stops, 1)
        ]
        figure.add_scatter(
            x=unrolled(np.array([place[0] for place in places]), report.departure.lon).round(DIGITS),
            y=np.array([place[1] for place in places]).round(DIGITS),
            mode="lines",
            name=name,
            line={"color": palette.day_colour(number, dark), "width": 2},
            customdata=["start", *stops, "end"],
            hovertemplate="%{customdata}<extra></extra>",
        )


def _add_circle(figure: go.Figure, report: Report, dark: bool) -> None:
    """The departure, and the circle of the recommended trip or of the test around it."""
    colours, departure, km = palette.scheme(dark), report.departure, report.circle_km
    ring = circle(departure.lon, departure.lat, km)  # [point, lon and lat]
    figure.add_scatter(
        x=ring[:, 0], y=ring[:, 1], mode="lines", name=f"{km:g} km", hoverinfo="skip",
        line={"color": colours.accent, "width": 2},
    )  # fmt: skip
    figure.add_annotation(
        x=departure.lon, y=departure.lat, yshift=-19, text=f"<b>{safe(departure.title, 32)}</b>",
        showarrow=False, font={"color": colours.ink, "size": 14},
        bgcolor=palette.rgba(colours.paper, 0.8), borderpad=1,
    )  # fmt: skip
    figure.add_scatter(
        x=[departure.lon], y=[departure.lat], mode="markers", name="departure", showlegend=False,
        marker={"size": 13, "color": colours.accent, "line": {"color": colours.paper, "width": 2}},
        hoverinfo="skip",
    )  # fmt: skip
