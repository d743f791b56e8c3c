"""Maps of parcels: GeoParquet, GeoPackage, Shapefile (also zipped) and GeoJSON.

They are told apart by their first bytes. GDAL would also open formats that point at other files or servers
(VRT, WFS, streamed algorithms); a file of such a kind never reaches it.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from engine.studies.ingest.foreign import ForeignFile, Reader

SHAPEFILE_HEAD, SQLITE_HEAD, ZIP_HEAD = b"\x00\x00\x27\x0a", b"SQLite format 3\x00", b"PK\x03\x04"
GEOPACKAGE_IDS = (b"GPKG", b"GP10", b"GP11")  # of the application, in the head of an SQLite file
IN_ZIP = {"", ".shp", ".shx", ".dbf", ".prj", ".cpg", ".qix", ".qpj", ".sbn", ".sbx", ".xml"}


def _geoparquet(file: ForeignFile) -> gpd.GeoDataFrame:
    if b"geo" in (pq.read_schema(file.path).metadata or {}):
        return gpd.read_parquet(file.path)
    frame = pd.read_parquet(file.path)
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries.from_wkb(frame["geometry"]))


def _is_geopackage(file: ForeignFile) -> bool:
    return file.head.startswith(SQLITE_HEAD) and file.head[68:72] in GEOPACKAGE_IDS


def _is_shapefile(file: ForeignFile) -> bool:
    return file.head.startswith((SHAPEFILE_HEAD, ZIP_HEAD))


def _is_geojson(file: ForeignFile) -> bool:
    return file.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _geopackage(file: ForeignFile) -> gpd.GeoDataFrame:
    return gpd.read_file(file.path)


def _shapefile(file: ForeignFile) -> gpd.GeoDataFrame:
    if file.head.startswith(ZIP_HEAD):
        with zipfile.ZipFile(file.path) as archive:
            strange = sorted({Path(name).suffix.lower() for name in archive.namelist()} - IN_ZIP)
        if strange:
            raise ValueError(f"the ZIP archive holds {', '.join(strange)}, only a Shapefile may lie in it")
    return gpd.read_file(file.path)


def _geojson(file: ForeignFile) -> gpd.GeoDataFrame:
    """Features of GeoJSON; degrees WGS 84 unless the file names another reference system (RFC 7946, and
    the 2008 specification before it).
    """
    content = json.loads(file.path.read_text(encoding="utf-8-sig"))
    if content.get("type") != "FeatureCollection":
        raise ValueError(f"its type is {content.get('type')!r}, not FeatureCollection")
    crs = (content.get("crs") or {}).get("properties", {}).get("name", "EPSG:4326")
    return gpd.GeoDataFrame.from_features(content["features"], crs=crs)


GEOPARQUET = Reader("GeoParquet", lambda file: file.is_parquet, parcels=_geoparquet)
GEOPACKAGE = Reader("GeoPackage", _is_geopackage, parcels=_geopackage)
SHAPEFILE = Reader("Shapefile", _is_shapefile, parcels=_shapefile)
GEOJSON = Reader("GeoJSON", _is_geojson, parcels=_geojson)
