"""The map of a day sheet: numbered stops and the way between them, legible in black and white."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.decisions.wording import clean, counted
from engine.fieldwork.towns import towns
from engine.geodesy import bounds_of, east_north_km
from engine.views.report.pictures import INK, LINE, MUTED, PAPER, Picture, finished, settings, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from engine.fieldwork.tour import Day

Floats = npt.NDArray[np.float64]
Place = tuple[float, float]  # longitude and latitude, degrees
MARGIN = 9.0  # mm around the places
LEAST_KM = 1.5  # that a map shows across, so that two neighbours do not fill it
BARS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)  # lengths of a scale bar, km
BAR = 25.0  # mm that it is about
MOST_TOWNS = 7
NAME_MM = (30.0, 6.0)  # room that a name takes, wide and high
NUMBER, NAME = 6.2, 7.0  # points


@dataclass(frozen=True, eq=False)
class DayOnMap:
    """What the map of a day shows.

    Parameters
    ----------
    day
        The day tour.
    start, end
        Where it begins and ends.
    departure
        The departure and its name.
    season
        Longitude and latitude of all parcels of the season, ``[parcel, 2]``, degrees.
    spare
        Likewise of the day's replacements.
    """

    day: Day
    start: Place
    end: Place
    departure: tuple[Place, str]
    season: Floats
    spare: Floats


def day_map(of_day: DayOnMap, width: float, height: float) -> Picture:
    """The way of a day over faint parcels, its stops numbered, with towns and a scale bar.

    Parameters
    ----------
    of_day
        The day, and what lies around.
    width, height
        On paper, mm.
    """
    stops = np.array([(stop.lon, stop.lat) for stop in of_day.day.stops]).reshape(-1, 2)
    way = np.concatenate([[of_day.start], stops, [of_day.end]])  # [point, lon and lat]
    origin = way.mean(axis=0)

    def xy(places: Floats) -> Floats:
        return np.column_stack(east_north_km(*origin, *places.reshape(-1, 2).T))

    path = xy(way)
    low, high = path.min(axis=0), path.max(axis=0)
    span = np.maximum(high - low, LEAST_KM)
    scale = float(min((width - 2 * MARGIN) / span[0], (height - 2 * MARGIN) / span[1]))  # mm for a km
    middle = (low + high) / 2
    half = np.array([width, height]) / scale / 2
    with settings():
        figure = sheet(width, height)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(middle[0] - half[0], middle[0] + half[0])
        axes.set_ylim(middle[1] - half[1], middle[1] + half[1])
        axes.set_xticks([])
        axes.set_yticks([])
        for side in axes.spines.values():
            side.set_visible(True)
        season, spare = _within(axes, xy(of_day.season)), _within(axes, xy(of_day.spare))
        axes.plot(*season.T, "o", ms=1.4, color=LINE, mew=0, zorder=1)
        axes.plot(*spare.T, "x", ms=3.4, color=MUTED, mew=0.7, zorder=2)
        axes.plot(*path.T, "-", lw=1.0, color=INK, zorder=3)
        _name_towns(axes, xy, of_day, scale)
        _number_stops(axes, path[1:-1])
        if of_day.start != of_day.departure[0]:
            axes.plot(*path[0], "D", ms=4, color=PAPER, mec=INK, mew=0.8, zorder=4)
        _mark_departure(axes, xy(np.array([of_day.departure[0]]))[0], of_day.departure[1])
        _scale_bar(axes, scale)
        return finished(figure, f"Map of the way with {counted(len(stops), 'numbered stop')}; north is up.")


def _within(axes: Axes, places: Floats, margin: Floats | None = None) -> Floats:
    """Places on the map, a margin in km east and north left out."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    inset = np.zeros(2) if margin is None else margin
    inside = (places > np.array([left, low]) + inset) & (places < np.array([right, high]) - inset)
    return places[inside.all(axis=1)]


def _number_stops(axes: Axes, places: Floats) -> None:
    for number, (x, y) in enumerate(places, 1):
        axes.text(
            x, y, f"{number}", fontsize=NUMBER, fontweight="bold", color=INK, ha="center", va="center",
            zorder=5 + number / 1000,
            bbox={"boxstyle": "circle,pad=0.2", "fc": PAPER, "ec": INK, "lw": 0.8},
        )  # fmt: skip


def _mark_departure(axes: Axes, place: Floats, name: str) -> None:
    if not len(_within(axes, place[None])):
        return
    x, y = map(float, place)
    axes.plot([x], [y], "s", ms=6, color=INK, mec=PAPER, mew=1.0, zorder=7)
    axes.annotate(
        clean(name, 32), (x, y), (0, -8), textcoords="offset points", fontsize=NAME, fontweight="bold",
        color=INK, ha="center", va="center", zorder=7,
        bbox={"boxstyle": "round,pad=0.15", "fc": PAPER, "ec": "none", "alpha": 0.85},
    )  # fmt: skip


def _name_towns(axes: Axes, xy: Callable[[Floats], Floats], of_day: DayOnMap, scale: float) -> None:
    """The largest towns on the map whose names do not run into others."""
    lon, lat = np.array([of_day.start, of_day.end, *((stop.lon, stop.lat) for stop in of_day.day.stops)]).T
    taken = [xy(np.array([of_day.departure[0]]))[0]]
    room = np.array(NAME_MM) / scale
    for town in towns(bounds_of(lon, lat)):
        place = xy(np.array([[town.lon, town.lat]]))
        crowded = any((abs(place[0] - other) < room).all() for other in taken)
        if crowded or not len(_within(axes, place, room / 2)):
            continue
        axes.text(
            place[0, 0], place[0, 1], town.name, fontsize=NAME, style="italic", color=MUTED, ha="center",
            va="center", zorder=2.5, clip_on=True,
        )  # fmt: skip
        taken.append(place[0])
        if len(taken) > MOST_TOWNS:
            return


def _scale_bar(axes: Axes, scale: float) -> None:
    """A bar of some 25 mm; north is up."""
    km = min(BARS, key=lambda length: abs(length * scale - BAR))
    left, low = axes.get_xlim()[0] + 3 / scale, axes.get_ylim()[0] + 3 / scale
    axes.plot([left, left + km], [low, low], lw=1.4, color=INK, zorder=6, solid_capstyle="butt")
    axes.annotate(
        f"{km:g} km, north is up", (left, low), (0, 3), textcoords="offset points", fontsize=NAME, color=INK,
        va="bottom", zorder=6, bbox={"boxstyle": "round,pad=0.1", "fc": PAPER, "ec": "none", "alpha": 0.85},
    )  # fmt: skip
