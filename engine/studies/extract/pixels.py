"""Which pixels stand for a parcel: random ones, a pixel away from its border."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from engine.studies.extract.raster import Grid

SMALL = "small"  # column that marks the pixels of parcels too small for the buffer


@dataclass(frozen=True)
class Pixels:
    """Pixels that were drawn.

    Parameters
    ----------
    table
        ``parcel_id``, ``pixel_id``, ``x`` and ``y`` of the centre, ``small``.
    crs
        The reference system of ``x`` and ``y``.
    """

    table: pd.DataFrame
    crs: str


def draw(parcels: gpd.GeoDataFrame, grid: Grid, count: int, seed: int, buffer: float) -> Pixels:
    """Random pixels of each parcel.

    A parcel without a pixel inside its shrunken outline gives those whose centres lie in the outline, and if
    there is none, the one at its centroid.

    Parameters
    ----------
    parcels
        ``parcel_id`` and outlines.
    grid
        The pixels to draw from.
    count
        Pixels a parcel at most.
    seed
        The same seed draws the same pixels of a parcel, whatever other parcels there are.
    buffer
        How far from its border a pixel's centre must be, in pixels.
    """
    shapes = shapely.transform(
        parcels.to_crs(grid.crs).geometry.to_numpy(),
        lambda xy: np.column_stack(grid.cells(xy[:, 0], xy[:, 1])),
    )
    drawn = []
    for parcel, shape in zip(parcels["parcel_id"], shapes, strict=True):
        cells, small = _cells(shape, buffer)
        if len(cells) > count:
            stream = np.random.default_rng([seed, zlib.crc32(str(parcel).encode())])
            cells = cells[np.sort(stream.choice(len(cells), count, replace=False))]
        x, y = grid.centres(cells[:, 0], cells[:, 1])
        drawn.append(
            pd.DataFrame(
                {"parcel_id": parcel, "pixel_id": np.arange(len(cells)), "x": x, "y": y, SMALL: small}
            )
        )
    return Pixels(pd.concat(drawn, ignore_index=True), grid.crs)


def _cells(shape: shapely.Geometry, buffer: float) -> tuple[npt.NDArray[np.int64], bool]:
    """Columns and rows of a parcel's pixels, ``[pixel, 2]``, and whether it is too small for the buffer."""
    inner = _centres_in(shapely.buffer(shape, -buffer))
    if len(inner):
        return inner, False
    whole = _centres_in(shape)
    if len(whole):
        return whole, True
    middle = shapely.centroid(shape)
    return np.floor([[middle.x, middle.y]]).astype(np.int64), True


def _centres_in(shape: shapely.Geometry) -> npt.NDArray[np.int64]:
    """Columns and rows of the pixels whose centres lie in a shape in pixel coordinates, ``[pixel, 2]``."""
    if shape.is_empty or shape.area == 0:
        return np.empty((0, 2), np.int64)
    left, top, right, bottom = np.floor(shape.bounds).astype(np.int64)
    column, row = (
        part.ravel() for part in np.meshgrid(np.arange(left, right + 1), np.arange(top, bottom + 1))
    )
    shapely.prepare(shape)
    inside = shapely.contains_xy(shape, column + 0.5, row + 0.5)
    return np.asarray(np.column_stack([column, row])[inside], np.int64)
