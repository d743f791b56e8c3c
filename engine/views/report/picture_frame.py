"""What maps on paper share: their frame, dots and scale bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.views.maps.scales import round_km
from engine.views.report.pictures import INK, MM, SMALL, WIDE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]
POINT = 72 / MM  # points in a mm
BAR_MM = 25  # of the scale bar


@dataclass(frozen=True)
class Frame:
    """What a map shows: km east and north of its origin, and mm on paper for a km."""

    west: float
    south: float
    east: float
    north: float
    scale: float


def framed(x: Floats, y: Floats, reach: float | None, width: float, height: float) -> Frame:
    """Everything, and the circle around the origin where there is one, with a margin.

    Parameters
    ----------
    x, y
        Places, km east and north of the origin.
    reach
        Radius of the circle, km; None without an origin to show.
    width, height
        Of the sheet, mm.
    """
    around = [] if reach is None else [-reach, reach, 0.0]
    west, east = min([x.min(), *around]), max([x.max(), *around])
    south, north = min([y.min(), *around]), max([y.max(), *around])
    wide, high = max(east - west, 1.0), max(north - south, 1.0)
    return Frame(west, south, east, north, min((width - 8) / wide, (height - 8) / high))


def prepare(axes: Axes, frame: Frame, height: float) -> None:
    """Fill the sheet around the middle of the frame, one scale for both axes.

    Parameters
    ----------
    axes
        That fill the sheet.
    frame
        What they show.
    height
        Of the sheet, mm.
    """
    x, y = (frame.west + frame.east) / 2, (frame.south + frame.north) / 2
    half_x, half_y = WIDE / frame.scale / 2, height / frame.scale / 2
    axes.set_xlim(x - half_x, x + half_x)
    axes.set_ylim(y - half_y, y + half_y)
    axes.axis("off")


def dots(axes: Axes, x: Floats, y: Floats, colour: str, size: float, opacity: float) -> None:
    """Many places as one path: lines without length, whose round ends are the dots.

    Parameters
    ----------
    axes, x, y
        Where, km.
    colour, size, opacity
        Of the dots; the size in mm.
    """
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not len(x):
        return
    points = np.repeat(np.column_stack([x, y]), 2, axis=0)
    points[1::2, 0] += 1e-4  # km
    codes = np.tile(np.array([Path.MOVETO, Path.LINETO]), len(x))
    look: dict[str, Any] = {"fill": False, "lw": size * POINT, "capstyle": "round", "clip_on": False}
    axes.add_patch(PathPatch(Path(points, codes), edgecolor=colour, alpha=opacity, **look))


def scale_bar(axes: Axes, frame: Frame) -> None:
    """A bar of some `BAR_MM`; north is up.

    Parameters
    ----------
    axes, frame
        Of the map.
    """
    km = round_km(BAR_MM / frame.scale)
    (left, _), (low, _) = axes.get_xlim(), axes.get_ylim()
    x, y = left + 2 / frame.scale, low + 2.5 / frame.scale
    axes.plot([x, x + km], [y, y], lw=1.4, color=INK, zorder=6, solid_capstyle="butt")
    axes.text(
        x, y + 1.4 / frame.scale, f"{km:g} km, north is up", fontsize=SMALL, color=INK, va="bottom", zorder=6
    )
