"""Outline, rivers, roads and towns beneath the maps on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.decisions.wording import clean
from engine.domain import Departure, Study
from engine.geodesy import east_north_km
from engine.views import palette
from engine.views.maps.ground import LETTER_PX, ground_at
from engine.views.maps.scales import METRES_PER_PIXEL
from engine.views.report.pictures import LINE, MM, MUTED, PANEL, PAPER, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LETTER_MM = 0.6 * SMALL / 72 * MM  # width of a letter
LOOKS = {"outline": (MUTED, 0.8), "river": (palette.WATER_LIGHT, 1.2), "road": (LINE, 0.9)}  # points
EDGE_MM = 6.0  # in which no name begins


class OnGround(Protocol):
    """What the ground needs to know of whatever is drawn on it."""

    @property
    def study(self) -> Study:
        """Whose parcels are drawn."""

    @property
    def departure(self) -> Departure:
        """The origin."""


def draw_ground(axes: Axes, report: OnGround, scale: float) -> None:
    """Draw what lies beneath the parcels, around the departure.

    Parameters
    ----------
    axes
        In km east and north of the departure, with their limits set.
    report
        Whose parcels are drawn.
    scale
        mm on paper for a km.
    """
    departure = report.departure
    metres = 1000 * LETTER_MM / LETTER_PX / scale  # that a letter's pixel would have on the map
    zoom = np.log2(METRES_PER_PIXEL * np.cos(np.radians(departure.lat)) / metres)
    ground = ground_at(report.study.bounds, departure, float(zoom))
    for kind, geometry in ground.lines[["kind", "geometry"]].to_numpy(object):
        line = geometry.exterior if kind == "outline" else geometry
        lon, lat = np.array(line.coords).T
        east, north = east_north_km(departure.lon, departure.lat, lon, lat)
        colour, width = LOOKS[kind]
        if kind == "outline":
            axes.fill(east, north, color=PANEL, lw=0, zorder=0)
        axes.plot(east, north, "-", lw=width, color=colour, alpha=0.8, zorder=0.5)
    if ground.names.empty:
        return
    lon, lat = ground.names[["lon", "lat"]].to_numpy(float).T
    east, north = east_north_km(departure.lon, departure.lat, lon, lat)
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    edge = EDGE_MM / scale
    inside = (east > left + edge) & (east < right - edge) & (north > low + edge) & (north < high - edge)
    drawn = ground.names.assign(east=east, north=north)[inside]
    for x, y, kind, text in drawn[["east", "north", "kind", "text"]].to_numpy(object):
        _name(axes, (x, y), clean(text, 32), kind == "river")


def _name(axes: Axes, place: tuple[float, float], text: str, river: bool) -> None:
    """A town as a dot with its name below, or the name of a river; light around the letters."""
    from matplotlib.patheffects import withStroke

    colour = palette.WATER_LIGHT if river else MUTED
    if not river:
        axes.plot(*place, "o", ms=2.2, color=colour, mew=0, zorder=4.4)
    axes.annotate(
        text, place, xytext=(0, -6.5), textcoords="offset points", fontsize=SMALL, color=colour, ha="center",
        va="center", fontstyle="italic" if river else "normal", zorder=4.5,
        path_effects=[withStroke(linewidth=2, foreground=PAPER, alpha=0.85)],
    )  # fmt: skip
