"""The one place where images are opened: only GeoTIFF, and only the blocks that hold a pixel."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.geodesy import DEGREES, Bounds
from engine.studies.extract.images import ExtractError, Layer

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DRIVER = "GTiff"  # reads COG too; formats such as VRT point at other files and servers
OPTIONS: dict[str, Any] = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",  # nothing beside the file is looked for
    "GDAL_CACHEMAX": 64,  # MB
    "GDAL_HTTP_TIMEOUT": 60,
    "GDAL_HTTP_CONNECTTIMEOUT": 20,
    "GDAL_HTTP_MAX_RETRY": 3,
    "GDAL_HTTP_RETRY_DELAY": 1,
    "GDAL_HTTP_MULTIRANGE": "YES",
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
}
TILE = 512  # pixels a side that are read at once
REASON = 160  # letters of an error that are shown


@dataclass(frozen=True)
class Grid:
    """Where the pixels of an image lie: its reference system, and the affine map from (column, row)."""

    crs: str
    affine: tuple[float, float, float, float, float, float]

    @property
    def size(self) -> float:
        """Width of a pixel, in units of the reference system."""
        a, _, _, d, _, _ = self.affine
        return float(np.hypot(a, d))

    def centres(self, column: npt.ArrayLike, row: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Coordinates of the centres of pixels, ``[pixel]`` each."""
        a, b, c, d, e, f = self.affine
        x, y = np.asarray(column, float) + 0.5, np.asarray(row, float) + 0.5
        return a * x + b * y + c, d * x + e * y + f

    def cells(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Column and row of places, with fractions; the inverse of `centres`."""
        a, b, c, d, e, f = self.affine
        across, down, whole = x - c, y - f, a * e - b * d
        return (e * across - b * down) / whole, (a * down - d * across) / whole


@dataclass(frozen=True)
class Header:
    """What an image says about itself."""

    grid: Grid
    bounds: Bounds
    bands: tuple[str | None, ...]  # descriptions


@dataclass(frozen=True)
class Sampled:
    """Numbers of one layer at places.

    Parameters
    ----------
    values
        ``[place]``, NaN where there is none.
    inside
        Whether the place lies in the image, ``[place]``.
    scale, offset
        As stated of the layer, or in the file; None where nothing is stated.
    """

    values: Floats
    inside: Bools
    scale: float | None
    offset: float | None


@contextmanager
def opened(href: str, address: str | None = None) -> Iterator[Any]:
    """An open image; whatever is wrong with it is an `ExtractError`.

    Parameters
    ----------
    href
        For messages.
    address
        Where it is, with a token; None is ``href``.
    """
    try:
        import rasterio
        from rasterio.errors import NotGeoreferencedWarning, RasterioError
    except ImportError as error:  # its wheels need a library that slim systems lack
        raise ExtractError(
            f"Images cannot be read on this machine ({error}). Run: pip install -r requirements.txt; on "
            "Debian and Ubuntu also: apt-get install libexpat1"
        ) from None
    logging.getLogger("rasterio").addHandler(logging.NullHandler())
    place = address or href
    try:
        with warnings.catch_warnings(), rasterio.Env(**OPTIONS):
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(place, driver=DRIVER, sharing=False) as dataset:
                if dataset.crs is None:
                    raise ExtractError(
                        f"{href} does not state its coordinate reference system. Write it into the file, for "
                        f"example with: gdal_edit.py -a_srs EPSG:32634 {href}"
                    )
                yield dataset
    except RasterioError as error:
        reason = " ".join(str(error).replace(place, href).split())[:REASON]
        raise ExtractError(
            f"{href} cannot be read as GeoTIFF ({reason}). Check it, or leave it out; what is finished is "
            "kept, and the same command goes on."
        ) from None


def header(href: str, address: str | None = None) -> Header:
    """Grid, extent in degrees and band names of an image.

    Parameters
    ----------
    href, address
        See `opened`.
    """
    with opened(href, address) as dataset:
        from rasterio.warp import transform_bounds

        bounds = transform_bounds(dataset.crs, DEGREES, *dataset.bounds)
        return Header(_grid(dataset), tuple(bounds), tuple(dataset.descriptions))


def _grid(dataset: Any) -> Grid:
    return Grid(dataset.crs.to_wkt(), tuple(dataset.transform)[:6])


def sample(
    layer: Layer, address: str, places: tuple[str, Floats, Floats], *, nodata: float | None, border: int = 0
) -> Sampled:
    """The numbers of a layer at places, each the nearest pixel's.

    Parameters
    ----------
    layer, address
        What is read, and from where.
    places
        Reference system, x and y, ``[place]`` each.
    nodata
        Where neither the layer nor its file states it.
    border
        Pixels beside numbers that are missing, zero or negative that are left out too.
    """
    crs, x, y = places
    with opened(layer.href, address) as dataset:
        if not 1 <= layer.number <= dataset.count:
            raise ExtractError(
                f"{layer.href} has {dataset.count} bands, not {layer.number}. Name them all with --bands, in "
                "order."
            )
        grid = _grid(dataset)
        column, row = (
            np.floor(cell).astype(np.int64) for cell in grid.cells(*_projected(crs, grid.crs, x, y))
        )
        inside = (column >= 0) & (column < dataset.width) & (row >= 0) & (row < dataset.height)
        values = np.full(len(column), np.nan)
        stated = layer.nodata if layer.nodata is not None else dataset.nodatavals[layer.number - 1]
        missing = nodata if stated is None else stated
        seen = np.flatnonzero(inside)
        tiles, of = np.unique(np.column_stack([row, column])[seen] // TILE, axis=0, return_inverse=True)
        for number, (down, across) in enumerate(tiles):
            here = seen[of.ravel() == number]
            top, left, block = _block(dataset, layer.number, int(down), int(across), border)
            block[block == missing] = np.nan
            if border:
                block[_beside_missing(block, border)] = np.nan
            values[here] = block[row[here] - top, column[here] - left]
        scale, offset = _stated(layer, dataset)
    return Sampled(values, inside, scale, offset)


def _block(dataset: Any, number: int, down: int, across: int, border: int) -> tuple[int, int, Floats]:
    """First row, first column and numbers of a tile with its border, NaN where the file masks them."""
    from rasterio.windows import Window

    top, left = max(down * TILE - border, 0), max(across * TILE - border, 0)
    height = min((down + 1) * TILE + border, dataset.height) - top
    width = min((across + 1) * TILE + border, dataset.width) - left
    read = dataset.read(number, window=Window(left, top, width, height), masked=True)
    return top, left, np.ma.filled(read.astype(np.float64), np.nan)


def _beside_missing(block: Floats, border: int) -> Bools:
    """Pixels that have a missing, zero or negative one within ``border`` pixels."""
    from scipy.ndimage import maximum_filter

    with np.errstate(invalid="ignore"):
        bad = ~(block > 0)
    return np.asarray(maximum_filter(bad, size=2 * border + 1, mode="nearest"))


def _stated(layer: Layer, dataset: Any) -> tuple[float | None, float | None]:
    """Scale and offset that the catalogue states, else the file's where it states some."""
    if layer.scale is not None or layer.offset is not None:
        return layer.scale, layer.offset
    scale, offset = dataset.scales[layer.number - 1], dataset.offsets[layer.number - 1]
    return (None, None) if (scale, offset) == (1.0, 0.0) else (float(scale), float(offset))


def _projected(crs: str, into: str, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Places in another reference system."""
    if crs == into:
        return x, y
    into_x, into_y = _transformer(crs, into).transform(x, y)
    return np.asarray(into_x), np.asarray(into_y)


@lru_cache(maxsize=32)
def _transformer(crs: str, into: str) -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(crs, into, always_xy=True)
