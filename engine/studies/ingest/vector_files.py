"""Maps of parcels: GeoParquet, GeoPackage, Shapefile (also zipped) and GeoJSON.

They are told apart by their first bytes, see `engine.vectors`.
"""

from __future__ import annotations

import contextlib
import re
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from engine.geodesy import DEGREES
from engine.studies.ingest.foreign import ForeignFile, Reader
from engine.studies.ingest.outlines import OUTLINES, as_shape, is_shape
from engine.studies.ingest.season_names import year_in
from engine.vectors import is_geopackage, is_shapefile, layers_of, read_layers

REFERENCE_SYSTEM = re.compile(r"urn:ogc:def:crs:[\w.-]+:[\w.-]*:[\w.-]+|[A-Za-z]+:[\w.-]+")


def _is_geoparquet(file: ForeignFile) -> bool:
    if not file.is_parquet:
        return False
    schema = pq.read_schema(file.path)
    return b"geo" in (schema.metadata or {}) or bool({"geometry", "geom", "wkb_geometry"} & set(schema.names))


def _geoparquet(file: ForeignFile) -> gpd.GeoDataFrame:
    file.checked()
    frame = pd.read_parquet(file.path)
    if b"geo" in (pq.read_schema(file.path).metadata or {}):
        with contextlib.suppress(KeyError):  # of a column that it names, but lacks
            frame = gpd.read_parquet(file.path)
    if frame.index.name:
        frame = frame.reset_index()
    if isinstance(frame, gpd.GeoDataFrame):
        return frame
    column = next(name for name in (*OUTLINES, *frame.columns) if name in frame and is_shape(frame[name]))
    shapes = gpd.GeoSeries([as_shape(each) for each in frame[column]], index=frame.index)
    return gpd.GeoDataFrame(frame.drop(columns=column), geometry=shapes)


def _is_geopackage(file: ForeignFile) -> bool:
    return is_geopackage(file.head)


def _is_shapefile(file: ForeignFile) -> bool:
    return is_shapefile(file.head)


def _is_geojson(file: ForeignFile) -> bool:
    return file.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _layers(file: ForeignFile) -> gpd.GeoDataFrame | dict[str, pd.DataFrame]:
    """The table of each layer, also of those without geometry; of a file with one layer just its table."""
    names, asked = list(layers_of(file.path)), file.options.layers
    if asked is not None and not set(asked) & set(names):
        raise ValueError(f"it has no layer {' or '.join(asked)}, only {', '.join(names)}")
    frames = read_layers(file.path, asked, file.options.encoding)
    chosen = list(frames)
    alone = len(frames) == 1 and year_in(chosen[0]) is None
    return frames[chosen[0]] if alone else frames


def _geojson(file: ForeignFile) -> gpd.GeoDataFrame:
    """Features of GeoJSON; degrees WGS 84 unless the file names another reference system (RFC 7946, and
    the 2008 specification before it).
    """
    documents = file.documents
    content = documents[0]
    if all(each.get("type") == "Feature" for each in documents):  # a single one, or one a line
        content = {"type": "FeatureCollection", "features": list(documents)}
    if content.get("type") != "FeatureCollection":
        raise ValueError(f"its type is {content.get('type')!r}, not FeatureCollection")
    crs = _reference_system(content.get("crs"))
    return gpd.GeoDataFrame.from_features(content["features"], crs=crs)


def _reference_system(stated: Any) -> str:
    """What a GeoJSON file names; one that it only links to, or spells out, is not looked up."""
    if not stated:
        return DEGREES
    name = stated["properties"].get("name")
    if not isinstance(name, str) or not REFERENCE_SYSTEM.fullmatch(name):
        raise ValueError(
            "its coordinate reference system has no name such as EPSG:4326, and links are not followed"
        )
    return name


GEOPARQUET = Reader("GeoParquet", _is_geoparquet, parcels=_geoparquet)
GEOPACKAGE = Reader("GeoPackage", _is_geopackage, parcels=_layers)
SHAPEFILE = Reader("Shapefile", _is_shapefile, parcels=_layers)
GEOJSON = Reader("GeoJSON", _is_geojson, parcels=_geojson)
