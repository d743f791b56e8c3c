"""Which parcels are drawn how at which zoom: a province in a thousand specks, a village in its fields.

Where no graphics card draws, every disc is a draw call of its own, and polygons are drawn all in one. So many
parcels are drawn as small polygons, in a file for each range of zooms, and none is smaller than a speck.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.geodesy import Bounds

DESKTOP = (620, 520)  # width that a map has at least, and its height, pixels
PHONE = (345, 400)
MARGIN = 0.12  # of height and width around what a map shows
BAR_PX = 80  # of the scale bar where the map opens
BARS_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # lengths of a scale bar
TILE_PX = 512  # of 360 degrees at zoom 0
LARGEST_ZOOM = 15
METRES_PER_PIXEL = 40_075_016.7 / TILE_PX  # at zoom 0, on the equator
SPECK_PX = 2.0  # radius of the smallest parcel
STEP = 1.5  # zooms from one scale to the next
LONGEST = 6  # scales at most


@dataclass(frozen=True)
class Scale:
    """A range of zooms.

    Parameters
    ----------
    least, most
        Where it begins and ends; None is no limit.
    speck_m
        Radius of the smallest parcel, metres.
    """

    least: float | None
    most: float | None
    speck_m: float


def zoom_of(bounds: Bounds, size: tuple[int, int] = DESKTOP) -> float:
    """The zoom at which a map shows all between west, south, east and north.

    Parameters
    ----------
    bounds
        West, south, east, north, in degrees.
    size
        Width and height of the map, pixels.
    """
    west, south, east, north = bounds
    width = max(east - west, 0.02)
    height = max(north - south, 0.02) / _shrinking(bounds)
    room = (1 - MARGIN) * 360 / TILE_PX  # degrees on the equator that a pixel has at zoom 0
    zoom = np.log2(min(room * size[0] / width, room * size[1] / height))
    return round(float(np.clip(zoom, 1, LARGEST_ZOOM)), 2)


def scales_of(bounds: Bounds, radius_m: float) -> tuple[Scale, ...]:
    """From the zoom that shows all parcels to the one at which parcels are larger than specks.

    Parameters
    ----------
    bounds
        West, south, east, north of the parcels, in degrees.
    radius_m
        Of a usual parcel, metres.
    """
    opening = zoom_of(bounds)
    ground = METRES_PER_PIXEL * _shrinking(bounds)
    scales: list[Scale] = []
    while len(scales) < LONGEST:
        zoom = opening + STEP * len(scales)
        speck_m = float(round(SPECK_PX * ground / 2**zoom))
        least = round(zoom - STEP / 2, 2) if scales else None
        if speck_m < radius_m or len(scales) == LONGEST - 1:
            return (*scales, Scale(least, None, speck_m))
        scales.append(Scale(least, round(zoom + STEP / 2, 2), speck_m))
    return tuple(scales)


def bar_km(bounds: Bounds, size: tuple[int, int] = DESKTOP) -> float:
    """Length of the scale bar of a map that shows all between west, south, east and north.

    Parameters
    ----------
    bounds
        West, south, east, north, in degrees.
    size
        Width and height of the map, pixels.
    """
    ground = METRES_PER_PIXEL * _shrinking(bounds)
    return round_km(BAR_PX * ground / 2 ** zoom_of(bounds, size) / 1000)


def round_km(wanted: float) -> float:
    """The round length that comes next to a length, km.

    Parameters
    ----------
    wanted
        In km.
    """
    return min(BARS_KM, key=lambda length: abs(np.log(length / wanted)))


def _shrinking(bounds: Bounds) -> float:
    """How long a degree of longitude is at the middle of the map, against one on the equator."""
    return max(float(np.cos(np.radians((bounds[1] + bounds[3]) / 2))), 0.05)
