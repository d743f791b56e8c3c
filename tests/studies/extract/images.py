"""Images with known numbers, and parcels on them: UTM zone 34, pixels of 10 m, near Novi Sad."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from rasterio.transform import from_origin
from shapely.geometry import box

from engine.studies.extract.extraction import extract
from engine.studies.extract.request import Extraction, ExtractRequest

CRS, SIZE = "EPSG:32634", 10.0
WEST, NORTH = 400_000.0, 5_010_000.0


def write_image(path: Path, numbers, *, west=WEST, north=NORTH, size=SIZE, crs=CRS, **profile) -> Path:
    """A tiled GeoTIFF; ``[row, column]`` or ``[band, row, column]``."""
    numbers = np.asarray(numbers)
    numbers = numbers[np.newaxis] if numbers.ndim == 2 else numbers
    names, scale, offset = (profile.pop(key, None) for key in ("names", "scale", "offset"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path, "w", driver="GTiff", count=len(numbers), height=numbers.shape[1], width=numbers.shape[2],
        dtype=numbers.dtype, crs=crs, transform=from_origin(west, north, size, size), tiled=True,
        blockxsize=64, blockysize=64, **profile,
    ) as file:  # fmt: skip
        file.write(numbers)
        if names:
            file.descriptions = names
        if scale is not None:
            file.scales, file.offsets = [scale] * len(numbers), [offset] * len(numbers)
    return path


def constant(value, shape=(64, 64), dtype="float32"):
    return np.full(shape, value, dtype)


def field(column: float, row: float, width: float, height: float):
    """A rectangle, in pixels from the upper left corner."""
    left, top = WEST + column * SIZE, NORTH - row * SIZE
    return box(left, top - height * SIZE, left + width * SIZE, top)


def write_parcels(path: Path, shapes, *, seasons=("2021",), **columns) -> Path:
    """Parcels p0, p1, ... in every season."""
    frame = pd.DataFrame(
        [
            {"parcel_id": f"p{number}", "season": season, "crop": "wheat" if number % 2 else "maize"}
            for season in seasons
            for number in range(len(shapes))
        ]
    ).assign(**columns)
    gpd.GeoDataFrame(frame, geometry=list(shapes) * len(seasons), crs=CRS).to_file(path, driver="GPKG")
    return path


def extracted(parcels: Path, out: Path, progress=None, **options) -> tuple[pd.DataFrame, Extraction]:
    """The table and what is said about it."""
    made = extract(ExtractRequest((parcels,), out, **options), progress=progress)
    return pd.read_parquet(out), made
