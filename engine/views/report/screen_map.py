"""The map for the screen: degrees on two axes of one scale, so that it needs no tiles and no network."""

from __future__ import annotations

import html
import math

import numpy as np
import plotly.graph_objects as go

from engine.decisions.wording import clean, plain
from engine.fieldwork.tour import clock, ways_of
from engine.geodesy import circle, unrolled
from engine.views import palette
from engine.views.charts import Chart, colour_of, template
from engine.views.palette import DAYS_DARK, DAYS_LIGHT
from engine.views.report.content import Report

HEIGHT = 620  # pixels
DIGITS = 5


def safe(text: str, most: int = 60) -> str:
    """A name that plotly shows as it is: it reads some tags."""
    return html.escape(clean(text, most), quote=False)


def ground(report: Report, dark: bool) -> Chart:
    """Parcels in the colours of their crops, those to visit outlined, the circle and the tours."""
    colours, home = palette.scheme(dark), report.departure
    season = report.study.parcels_in(report.target)
    lon = unrolled(season["lon"].to_numpy(np.float64), home.lon).round(DIGITS)
    lat = season["lat"].to_numpy(np.float64).round(DIGITS)
    crop, names = season["crop"].to_numpy(object), season["parcel_id"].astype(str).to_numpy(object)
    figure = go.Figure()
    for one in report.coverage["crop"]:
        some = crop == one
        figure.add_scatter(
            x=lon[some],
            y=lat[some],
            name=safe(plain(one), 32),
            mode="markers",
            marker={"size": 6, "color": colour_of(report.study.legend, one, dark), "opacity": 0.85},
            customdata=[safe(name) for name in names[some]],
            hovertemplate=f"{safe(plain(one), 32)}<br>%{{customdata}}<extra></extra>",
        )
    if report.trip is not None:
        chosen = season["parcel_id"].isin(report.trip.wanted["parcel_id"]).to_numpy()
        figure.add_scatter(
            x=lon[chosen],
            y=lat[chosen],
            name="to visit",
            mode="markers",
            marker={"size": 10, "symbol": "circle-open", "color": colours.ink, "line": {"width": 1.5}},
            hoverinfo="skip",
        )
    _tours(figure, report, DAYS_DARK if dark else DAYS_LIGHT)
    reach = (
        report.advice.recommended.outcome.plan.design.equivalent_radius_km
        or report.decision.question.beyond_km
    )
    ring = circle(home.lon, home.lat, reach)  # [point, lon and lat]
    figure.add_scatter(
        x=ring[:, 0], y=ring[:, 1], mode="lines", name=f"{reach:g} km", hoverinfo="skip",
        line={"color": colours.accent, "width": 2},
    )  # fmt: skip
    figure.add_annotation(
        x=home.lon, y=home.lat, yshift=-19, text=f"<b>{safe(home.title, 32)}</b>", showarrow=False,
        font={"color": colours.ink, "size": 14}, bgcolor=palette.rgba(colours.paper, 0.8), borderpad=1,
    )  # fmt: skip
    figure.add_scatter(
        x=[home.lon], y=[home.lat], mode="markers", name="departure", showlegend=False,
        marker={"size": 13, "color": colours.accent, "line": {"color": colours.paper, "width": 2}},
        hoverinfo="skip",
    )  # fmt: skip
    bare = {"visible": False, "showgrid": False}
    figure.update_layout(
        template=template(dark),
        height=HEIGHT,
        hovermode="closest",
        dragmode="pan",
        xaxis=bare,
        yaxis={**bare, "scaleanchor": "x", "scaleratio": 1 / max(math.cos(math.radians(home.lat)), 0.05)},
        legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0},
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
    )
    inside, every = report.coverage["within"].sum(), report.coverage["total"].sum()
    title = f"{inside:,} of {every:,} parcels " + (
        "are visited" if report.trip else f"lie within the {report.subject}"
    )
    alt = f"Map of the parcels around {clean(home.title)} in the colours of their crops. {title}."
    return Chart(title, figure, alt)


def _tours(figure: go.Figure, report: Report, hues: tuple[str, ...]) -> None:
    """A line for each day; a click on its name hides it."""
    if report.itinerary is None:
        return
    for number, (day, start, end) in enumerate(ways_of(report.itinerary)):
        places = [start, *((stop.lon, stop.lat) for stop in day.stops), end]
        name = f"day {day.number}" + (f", crew {day.crew}" if day.crew > 1 else "")
        halts = [
            f"{name}, stop {place}, {clock(stop.arrival_h)}, {len(stop.parcels)} parcels"
            for place, stop in enumerate(day.stops, 1)
        ]
        figure.add_scatter(
            x=unrolled(np.array([place[0] for place in places]), report.departure.lon).round(DIGITS),
            y=np.array([place[1] for place in places]).round(DIGITS),
            mode="lines",
            name=name,
            line={"color": hues[number % len(hues)], "width": 2},
            customdata=["start", *halts, "end"],
            hovertemplate="%{customdata}<extra></extra>",
        )
