"""Maps of any format, for dialects that differ in their columns only."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pandas as pd

from engine.studies.ingest.foreign import ForeignFile
from engine.studies.ingest.vector_files import (
    GEOJSON,
    GEOPACKAGE,
    GEOPARQUET,
    SHAPEFILE,
)
from engine.vectors import columns_of

BEGINNING = 100_000  # letters of GeoJSON in which its first feature is looked for
FEATURES = re.compile(r'"features"\s*:\s*\[\s*')
FORMATS = (GEOPACKAGE, SHAPEFILE, GEOJSON, GEOPARQUET)


def fields(file: ForeignFile) -> tuple[str, ...]:
    """Names of the columns of a map, without reading its outlines; none of any other file.

    Parameters
    ----------
    file
        The file to look at.
    """
    if file.is_parquet:
        return file.columns
    if GEOPACKAGE.recognises(file) or SHAPEFILE.recognises(file):
        return columns_of(file.path)
    return _properties(file) if GEOJSON.recognises(file) else ()


def each_layer(
    file: ForeignFile, converted: Callable[[gpd.GeoDataFrame, ForeignFile], gpd.GeoDataFrame]
) -> gpd.GeoDataFrame | dict[str, pd.DataFrame]:
    """The parcels of a map by our names of columns, layer by layer; tables without outlines stay as they are.

    Parameters
    ----------
    file
        A map of one of the formats.
    converted
        Makes a layer with our names of columns of one with all its columns.
    """
    read = next(reader.parcels for reader in FORMATS if reader.recognises(file))
    assert read is not None
    content = read(file)
    if not isinstance(content, dict):
        return converted(content, file)
    return {
        name: converted(frame, file) if isinstance(frame, gpd.GeoDataFrame) else frame
        for name, frame in content.items()
    }


def in_use(file: ForeignFile) -> frozenset[str]:
    """The columns of `fields` in small letters; none where ``parcel_id`` and ``crop`` are named already.

    Parameters
    ----------
    file
        The file to look at.
    """
    names = fields(file)
    if {"parcel_id", "crop"} <= {*names, *file.options.rename.values()}:
        return frozenset()
    return frozenset(name.casefold() for name in names)


def _properties(file: ForeignFile) -> tuple[str, ...]:
    """Names of the properties of the first feature, and ``id`` where features have one."""
    feature = _first_feature(file)
    if not isinstance(feature, dict):
        return ()
    return (*map(str, feature.get("properties") or ()), *(["id"] if "id" in feature else []))


def _first_feature(file: ForeignFile) -> Any:
    """The first feature of GeoJSON; a large file is not parsed for it."""
    with file.path.open(encoding="utf-8-sig", errors="replace") as text:
        start = text.read(BEGINNING)
    if opening := FEATURES.search(start):
        with contextlib.suppress(json.JSONDecodeError):  # it is longer than the beginning
            return json.JSONDecoder().raw_decode(start, opening.end())[0]
    content = file.documents[0]
    features = content.get("features") if isinstance(content, dict) else None
    return features[0] if isinstance(features, list) and features else None
