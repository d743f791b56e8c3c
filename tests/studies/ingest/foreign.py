"""Foreign tables as users have them, small and sound; a test breaks one thing of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

from engine.studies.ingest import Ingested, IngestRequest, ingest

CROPS = ("maize", "wheat", "soybean")
SEASONS = (2019, 2020)
PARCELS = 9  # a season
DAYS = range(0, 240, 12)  # from the first of March


def parcels() -> gpd.GeoDataFrame:
    """Square parcels of about 1 ha in a row; maize, wheat, soybean, maize, ..."""
    rows = [
        {
            "parcel_id": f"p{season}-{i}",
            "season": season,
            "crop": CROPS[i % 3],
            "geometry": box(19 + 0.01 * i, season - 1974, 19 + 0.01 * i + 0.00127, season - 1974 + 0.0009),
        }
        for season in SEASONS
        for i in range(PARCELS)
    ]
    return gpd.GeoDataFrame(rows, crs="EPSG:4326")


def series(pixels: int = 2) -> pd.DataFrame:
    """Long table with VV and VH in dB, different for each pixel and day."""
    rows = [
        (f"p{season}-{i}", pixel, season, pd.Timestamp(f"{season}-03-01") + pd.Timedelta(day, "D"))
        for season in SEASONS
        for i in range(PARCELS)
        for pixel in range(pixels)
        for day in DAYS
    ]
    table = pd.DataFrame(rows, columns=["parcel_id", "pixel_id", "season", "date"])
    noise = np.random.default_rng(0).normal(0, 1, (len(table), 2))
    table["VV"], table["VH"] = -10 + noise[:, 0], -16 + noise[:, 1]
    return table


def request(folder: Path, parcels: gpd.GeoDataFrame, series: pd.DataFrame, **changes: Any) -> IngestRequest:
    """Write both tables as Parquet and ask for a study of them."""
    parcels.to_parquet(folder / "p.parquet")
    series.to_parquet(folder / "s.parquet")
    plain = IngestRequest((folder / "p.parquet",), (folder / "s.parquet",), "Try", step=12)
    return replace(plain, **changes)


def ingested(folder: Path, parcels: gpd.GeoDataFrame, series: pd.DataFrame, **changes: Any) -> Ingested:
    """The study made of both tables."""
    return ingest(request(folder, parcels, series, **changes))
