"""Maps of any format, for dialects that differ in their columns only."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import pyogrio

from engine.studies.ingest.foreign import ForeignFile
from engine.studies.ingest.vector_files import (
    GEOJSON,
    GEOPACKAGE,
    GEOPARQUET,
    IN_ZIP,
    SHAPEFILE,
    ZIP_HEAD,
)

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
    if GEOPACKAGE.recognises(file) or (SHAPEFILE.recognises(file) and _holds_shapefiles_only(file)):
        layers = [name for name, kind in pyogrio.list_layers(file.path) if kind is not None]
        return tuple(str(name) for layer in layers for name in pyogrio.read_info(file.path, layer)["fields"])
    return _properties(file) if GEOJSON.recognises(file) else ()


def outlines(file: ForeignFile) -> gpd.GeoDataFrame:
    """The parcels of a map with all their columns.

    Parameters
    ----------
    file
        A map of one of the formats.
    """
    read = next(reader.parcels for reader in FORMATS if reader.recognises(file))
    assert read is not None
    return read(file)


def in_use(file: ForeignFile) -> frozenset[str]:
    """The columns of `fields` in small letters; none where ``parcel_id`` and ``crop`` are named already.

    Parameters
    ----------
    file
        The file to look at.
    """
    names = fields(file)
    if {"parcel_id", "crop"} <= {*names, *file.rename.values()}:
        return frozenset()
    return frozenset(name.casefold() for name in names)


def _properties(file: ForeignFile) -> tuple[str, ...]:
    """Names of the properties of the first feature, and ``id`` where features have one."""
    content = file.documents[0]
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features or not isinstance(features[0], dict):
        return ()
    return (*(features[0].get("properties") or {}), *(["id"] if "id" in features[0] else []))


def _holds_shapefiles_only(file: ForeignFile) -> bool:
    """Whether GDAL would open nothing else; what is wrong with the archive is said when it is read."""
    if not file.head.startswith(ZIP_HEAD):
        return True
    with zipfile.ZipFile(file.path) as archive:
        return {Path(name).suffix.lower() for name in archive.namelist()} <= IN_ZIP
