"""Files of others, read as `ingest` reads them: the first reader that recognises one reads it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

from engine.studies.ingest.faults import Findings
from engine.studies.ingest.foreign import FileOptions, ForeignFile
from engine.studies.ingest.readers import READERS, read_columns, read_layers

SQUARES = [box(19 + 0.01 * i, 45, 19.005 + 0.01 * i, 45.004) for i in range(3)]


def squares(**columns: list[object]) -> gpd.GeoDataFrame:
    """Three square parcels in degrees."""
    return gpd.GeoDataFrame(columns, geometry=SQUARES, crs="EPSG:4326")


def as_parcels(path: Path, **rename: str) -> gpd.GeoDataFrame:
    findings = Findings()
    layers = read_layers(path, FileOptions(rename), findings)
    assert layers is not None, findings.error()
    (layer,) = layers
    assert isinstance(layer.frame, gpd.GeoDataFrame)
    return layer.frame


def as_series(path: Path, **rename: str) -> pd.DataFrame:
    findings = Findings()
    frame = read_columns(path, FileOptions(rename), findings)
    assert frame is not None, findings.error()
    return frame


def fault(path: Path, content: str = "map") -> str:
    """The only fault of a file that cannot be read."""
    findings = Findings()
    read = read_layers if content == "map" else read_columns
    assert read(path, FileOptions(), findings) is None
    (only,) = findings.faults
    return str(only)


def reader_of(path: Path, content: str = "parcels") -> str:
    """Name of the reader that reads a file."""
    file = ForeignFile(path)
    return next(reader.name for reader in READERS if getattr(reader, content) and reader.recognises(file))
