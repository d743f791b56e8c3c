"""Maps for paper: the parcels and who is visited, and the tours of the days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.decisions.wording import clean, counted, plain
from engine.fieldwork.tour import ways_of
from engine.geodesy import east_north_km
from engine.views.chart import colour_of
from engine.views.maps.tours import day_name
from engine.views.palette import day_colour
from engine.views.report.content import OnMap, Report
from engine.views.report.picture_frame import POINT, Frame, dots, framed, prepare, scale_bar
from engine.views.report.picture_ground import draw_ground
from engine.views.report.pictures import (
    ACCENT,
    INK,
    MUTED,
    PAPER,
    SMALL,
    TEXT,
    WIDE,
    Picture,
    finished,
    settings,
    sheet,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]
ACROSS = 5  # classes in a row of the key
KEY_ROW = 4.6  # mm
MOST = 29  # classes in the key


def parcels(report: Report, height: float) -> Picture:
    """The parcels in the colours of their crops, the circle, and by outline those to visit.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    height
        Of the picture on paper, its key included, mm.
    """
    season = report.study.parcels_in(report.target)
    x, y = _xy(report, season["lon"].to_numpy(float), season["lat"].to_numpy(float))
    crops = list(report.coverage["crop"])
    entries = len(crops[:MOST]) + (report.trip is not None)
    keys = KEY_ROW * -(-entries // ACROSS) + 4
    test = report.decision.question.beyond_km
    reach = min(report.circle_km, test)
    frame = framed(x, y, reach, WIDE, height - keys)
    with settings():
        figure = sheet(WIDE, height)
        axes = figure.add_axes((0, keys / height, 1, 1 - keys / height))
        prepare(axes, frame, height - keys)
        draw_ground(axes, report, frame.scale)
        dot = float(np.clip(0.34 * np.sqrt(WIDE * (height - keys) / len(season)), 0.7, 1.9))  # mm
        crop = season["crop"].to_numpy(object)
        for name in crops:
            dots(
                axes, x[crop == name], y[crop == name], colour_of(report.study.legend, name, False), dot, 0.8
            )
        if report.trip is not None:
            visited = season["parcel_id"].isin(report.trip.wanted["parcel_id"]).to_numpy()
            axes.plot(
                x[visited], y[visited], "o", ms=(dot + 0.7) * POINT, mfc="none", mec=INK, mew=0.7, zorder=4
            )
        _circle(axes, reach, f"{reach:.3g} km", ACCENT, "-", frame)
        if test - reach > 0.5:
            _circle(axes, test, f"tested beyond {test:g} km", MUTED, "--", frame, top=False)
        _start(axes, report, frame)
        scale_bar(axes, frame)
        _key(figure.add_axes((0, 0, 1, keys / height)), report, crops, keys)
        visited_text = f"{report.coverage['within'].sum():,} parcels of the trip are outlined."
        alt = (
            f"Map of {len(season):,} parcels around {clean(report.departure.title)} in the colours of their "
            f"crops, with a circle of {reach:g} km. {visited_text if report.trip else 'No field trip.'}"
        )
        return finished(figure, alt)


def tours(report: OnMap, height: float) -> Picture:
    """The way of each day over the faint parcels.

    Parameters
    ----------
    report
        With an itinerary that has day tours.
    height
        Of the picture on paper, mm.
    """
    itinerary = report.itinerary
    assert itinerary is not None
    season = report.study.parcels_in(report.target)
    x, y = _xy(report, season["lon"].to_numpy(float), season["lat"].to_numpy(float))
    ways = []
    for day, start, end in ways_of(itinerary):
        path = np.array([start, *((stop.lon, stop.lat) for stop in day.stops), end])  # [point, lon and lat]
        ways.append((day, *_xy(report, path[:, 0], path[:, 1])))
    frame = framed(
        np.concatenate([way[1] for way in ways]), np.concatenate([way[2] for way in ways]), 0, WIDE, height
    )
    several_crews = any(day.crew > 1 for day, _, _ in ways)
    with settings():
        figure = sheet(WIDE, height)
        axes = figure.add_axes((0, 0, 1, 1))
        prepare(axes, frame, height)
        draw_ground(axes, report, frame.scale)
        (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
        near = (x > left) & (x < right) & (y > low) & (y < high)
        dots(axes, x[near], y[near], MUTED, 0.7, 0.35)
        for number, (day, east, north) in enumerate(ways):
            colour = day_colour(number, dark=False)
            axes.plot(east, north, "-", lw=0.9, color=colour, zorder=3)
            axes.plot(east[1:-1], north[1:-1], "o", ms=2.4, color=colour, mew=0, zorder=3)
            far = int(np.hypot(east, north).argmax())
            axes.annotate(
                f"{day.number}" + (f".{day.crew}" if several_crews else ""),
                (east[far], north[far]), fontsize=TEXT, fontweight="bold", color=PAPER, ha="center",
                va="center", zorder=6, bbox={"boxstyle": "circle,pad=0.22", "fc": colour, "ec": PAPER},
            )  # fmt: skip
        _start(axes, report, frame)
        scale_bar(axes, frame)
        words = "; ".join(
            f"{day_name(day)}: {counted(len(day.parcels), 'parcel')}, {day.km:.0f} km"
            for day, _, _ in ways[:40]
        )
        return finished(figure, f"Map of the tours from {clean(report.departure.title)}. {words}.")


def _xy(report: OnMap, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Kilometres east and north of the departure."""
    return east_north_km(report.departure.lon, report.departure.lat, lon, lat)


def _circle(axes: Axes, km: float, text: str, colour: str, dash: str, frame: Frame, top: bool = True) -> None:
    """A circle around the departure, as far as the sheet shows it."""
    angle = np.linspace(0, 2 * np.pi, 181)
    axes.plot(km * np.cos(angle), km * np.sin(angle), dash, lw=1.1, color=colour, zorder=5)
    # The name goes where the circle is on the sheet.
    spots = [(0.0, km if top else -km), (0.0, -km if top else km), (km, 0.0), (-km, 0.0)]
    edge = 4 / frame.scale
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    for x, y in spots:
        if left + edge < x < right - edge and low + edge < y < high - edge:
            axes.text(
                x, y, text, fontsize=SMALL, color=colour, ha="center", va="center", zorder=6,
                bbox={"boxstyle": "round,pad=0.15", "fc": PAPER, "ec": "none", "alpha": 0.85},
            )  # fmt: skip
            return


def _start(axes: Axes, report: OnMap, frame: Frame) -> None:
    axes.plot([0], [0], "o", ms=7, color=ACCENT, mec=PAPER, mew=1.4, zorder=7)
    axes.text(
        0, -3.6 / frame.scale, clean(report.departure.title, 32), fontsize=TEXT, fontweight="bold", color=INK,
        ha="center", va="center", zorder=7,
        bbox={"boxstyle": "round,pad=0.15", "fc": PAPER, "ec": "none", "alpha": 0.85},
    )  # fmt: skip


def _key(axes: Axes, report: Report, crops: list[str], height: float) -> None:
    """Names of the colours, and of the outline."""
    axes.set_xlim(0, WIDE)
    axes.set_ylim(height, 0)
    axes.axis("off")
    looks: list[tuple[str, dict[str, Any]]] = [
        (plain(clean(name, 20)), {"color": colour_of(report.study.legend, name, dark=False), "mew": 0})
        for name in crops[:MOST]
    ]
    if report.trip is not None:
        looks.insert(0, ("to visit", {"mfc": "none", "mec": INK, "mew": 1.0}))
    for place, (words, look) in enumerate(looks):
        x, y = 2 + WIDE / ACROSS * (place % ACROSS), 5 + KEY_ROW * (place // ACROSS)
        axes.plot([x], [y], "o", ms=5, **look)
        axes.text(x + 2.4, y, words, fontsize=SMALL, color=INK, va="center")
