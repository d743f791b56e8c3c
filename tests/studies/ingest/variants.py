"""Variants of one small study: what tools and people make of the same files, and what must come of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine.studies.ingest import Ingested, IngestError, IngestRequest, ingest
from tests.studies.ingest.foreign import parcels, series

SMALL = 0.02  # rounding of text


def written(folder: Path, frame=None, table=None, **changes: Any) -> IngestRequest:
    """Ask for a study of parcels as GeoJSON and series as CSV."""
    (parcels() if frame is None else frame).to_file(folder / "p.geojson", driver="GeoJSON")
    (plain() if table is None else table).to_csv(folder / "s.csv", index=False)
    asked = IngestRequest((folder / "p.geojson",), (folder / "s.csv",), "Try", step=12)
    return replace(asked, **changes)


def plain() -> pd.DataFrame:
    """Series of one pixel a parcel, two decimals."""
    return series(pixels=1).drop(columns="pixel_id").round({"VV": 2, "VH": 2})


def optical(bands=("B02", "B04", "B08"), scale=10_000) -> pd.DataFrame:
    """The same with reflectances."""
    table, random = plain().drop(columns=["VV", "VH"]), np.random.default_rng(1)
    for band, middle in zip(bands, (0.06, 0.08, 0.3), strict=True):
        table[band] = (np.clip(middle * random.lognormal(0, 0.35, len(table)), 0.015, 0.9) * scale).round(4)
    return table


def values(result: Ingested) -> dict[tuple[str, str], np.ndarray]:
    """Mean series by parcel and season."""
    names = result.study.parcels["parcel_id"].to_numpy(object)
    return {
        (label, name): cube.values[names[cube.parcel] == name].mean(axis=0)
        for label, cube in result.study.cubes.items()
        for name in set(names[cube.parcel])
    }


def same(result: Ingested, as_in: Ingested) -> bool:
    """Whether two studies hold the same parcels with the same series."""
    ours, theirs = values(result), values(as_in)
    return ours.keys() == theirs.keys() and all(
        ours[key].shape == theirs[key].shape and np.allclose(ours[key], theirs[key], atol=SMALL)
        for key in ours
    )


def faults(asked: IngestRequest) -> tuple:
    """All faults of files that cannot become a study."""
    try:
        ingest(asked)
    except IngestError as error:
        return error.faults
    return ()


def cured(asked: IngestRequest) -> IngestRequest:
    """The request with the changes that its faults propose, applied literally and together."""
    changes: dict[str, Any] = {}
    for fault in faults(asked):
        for name, value in fault.changes.items():
            merged = isinstance(value, Mapping) and name in changes
            changes[name] = {**changes[name], **value} if merged else value
    assert changes
    return replace(asked, **changes)
