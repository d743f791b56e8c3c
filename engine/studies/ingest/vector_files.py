"""Maps of parcels: GeoParquet, GeoPackage, Shapefile (also zipped) and GeoJSON.

They are told apart by their first bytes. GDAL would also open formats that point at other files or servers
(VRT, WFS, streamed algorithms); a file of such a kind never reaches it.
"""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio

from engine.studies.ingest.foreign import ForeignFile, Reader
from engine.studies.ingest.outlines import OUTLINES, as_shape, is_shape
from engine.studies.ingest.season_names import year_in

SHAPEFILE_HEAD, SQLITE_HEAD, ZIP_HEAD = b"\x00\x00\x27\x0a", b"SQLite format 3\x00", b"PK\x03\x04"
GEOPACKAGE_IDS = (b"GPKG", b"GP10", b"GP11")  # of the application, in the head of an SQLite file
IN_ZIP = {"", ".shp", ".shx", ".dbf", ".prj", ".cpg", ".qix", ".qpj", ".sbn", ".sbx", ".xml"}
IN_ZIP |= {".txt", ".md", ".pdf", ".qml", ".qmd", ".sld", ".cst", ".lyr"}  # what is packed beside them


def _is_geoparquet(file: ForeignFile) -> bool:
    if not file.is_parquet:
        return False
    schema = pq.read_schema(file.path)
    return b"geo" in (schema.metadata or {}) or bool({"geometry", "geom", "wkb_geometry"} & set(schema.names))


def _geoparquet(file: ForeignFile) -> gpd.GeoDataFrame:
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
    return file.head.startswith(SQLITE_HEAD) and file.head[68:72] in GEOPACKAGE_IDS


def _is_shapefile(file: ForeignFile) -> bool:
    return file.head.startswith((SHAPEFILE_HEAD, ZIP_HEAD))


def _is_geojson(file: ForeignFile) -> bool:
    return file.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _geopackage(file: ForeignFile) -> gpd.GeoDataFrame | dict[str, pd.DataFrame]:
    return _layers(file)


def _shapefile(file: ForeignFile) -> gpd.GeoDataFrame | dict[str, pd.DataFrame]:
    if file.head.startswith(ZIP_HEAD):
        with zipfile.ZipFile(file.path) as archive:
            strange = sorted({Path(name).suffix.lower() for name in archive.namelist()} - IN_ZIP)
        if strange:
            raise ValueError(f"the ZIP archive holds {', '.join(strange)}, only Shapefiles may lie in it")
    return _layers(file)


def _layers(file: ForeignFile) -> gpd.GeoDataFrame | dict[str, pd.DataFrame]:
    """The table of each layer, also of those without geometry; of a file with one layer just its table."""
    names = [str(name) for name, _ in pyogrio.list_layers(file.path)]
    asked = file.options.layers
    if asked is not None and not set(asked) & set(names):
        raise ValueError(f"it has no layer {' or '.join(asked)}, only {', '.join(names)}")
    chosen = [name for name in names if asked is None or name in asked]
    frames = {
        name: pyogrio.read_dataframe(file.path, layer=name, encoding=file.options.encoding) for name in chosen
    }
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
    crs = (content.get("crs") or {}).get("properties", {}).get("name", "EPSG:4326")
    return gpd.GeoDataFrame.from_features(content["features"], crs=crs)


GEOPARQUET = Reader("GeoParquet", _is_geoparquet, parcels=_geoparquet)
GEOPACKAGE = Reader("GeoPackage", _is_geopackage, parcels=_geopackage)
SHAPEFILE = Reader("Shapefile", _is_shapefile, parcels=_shapefile)
GEOJSON = Reader("GeoJSON", _is_geojson, parcels=_geojson)
