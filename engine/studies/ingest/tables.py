"""Read foreign files into data frames; whatever cannot be read is a fault, never a traceback."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from engine.studies.ingest import worldcereal
from engine.studies.ingest.faults import Findings

# What the readers raise on files that are damaged or of another kind.
UNREADABLE = (OSError, ValueError, RuntimeError, KeyError, TypeError, pa.ArrowException)
PARQUET = (".parquet", ".geoparquet", ".pq")
TEXT_COLUMNS = ("parcel_id", "season", "crop", "field_group", "date")
YEAR = re.compile(r"(19|20)\d\d")
# The first bytes of the formats that GDAL may open.
SHAPEFILE, SQLITE, ZIP = b"\x00\x00\x27\x0a", b"SQLite format 3\x00", b"PK\x03\x04"
GEOPACKAGE = (b"GPKG", b"GP10", b"GP11")  # application ids
ZIPPED = {"", ".shp", ".shx", ".dbf", ".prj", ".cpg", ".qix", ".qpj", ".sbn", ".sbx", ".xml"}


def read_map(path: Path, rename: Mapping[str, str], found: Findings) -> gpd.GeoDataFrame | None:
    """Parcels of one file with their CRS where it states one; None where it cannot be read."""
    if not path.exists():
        found.fault(f"There is no file {path}", "Check the path.")
        return None
    try:
        frame = _map_from_parquet(path) if path.suffix.lower() in PARQUET else _map_from_file(path)
    except UNREADABLE as error:
        found.fault(
            f"{path} cannot be read as a map ({_brief(error)})",
            "Give GeoParquet, GeoPackage, Shapefile or GeoJSON with polygons or points.",
        )
        return None
    if not isinstance(frame, gpd.GeoDataFrame):
        found.fault(f"{path} has no geometry", "Give the file that holds the parcels' outlines.")
        return None
    if frame.empty:
        found.fault(f"{path} holds no parcels", "Give a file with at least one row a season and class.")
        return None
    frame = frame.rename(columns={"field_grou": "field_group", **rename})  # Shapefiles cut names to ten
    if _ambiguous(frame, path, found):
        return None
    return frame.rename_geometry("geometry") if frame.geometry.name != "geometry" else frame


def read_columns(path: Path, rename: Mapping[str, str], found: Findings) -> pd.DataFrame | None:
    """The columns of one table, without geometries; None where it cannot be read."""
    if not path.exists():
        found.fault(f"There is no file {path}", "Check the path.")
        return None
    try:
        frame = _from_parquet(path) if path.suffix.lower() in PARQUET else _from_csv(path, rename)
    except UNREADABLE as error:
        found.fault(f"{path} cannot be read as a table ({_brief(error)})", "Give CSV or Parquet.")
        return None
    if frame.empty:
        found.fault(f"{path} holds no rows", "Give a table with at least one observation a parcel.")
        return None
    if worldcereal.describes(frame.columns):
        frame = worldcereal.series(frame)
    frame = frame.rename(columns=dict(rename))
    return None if _ambiguous(frame, path, found) else frame


def as_names(column: pd.Series) -> pd.Categorical:
    """Names as stripped text, missing where there is none; whole numbers lose their ``.0``."""
    code, raw = pd.factorize(column)
    if pd.api.types.is_float_dtype(raw) and (np.asarray(raw) % 1 == 0).all():
        raw = raw.astype(np.int64)
    texts = np.array([str(name).strip() or None for name in raw], dtype=object)
    merged, names = pd.factorize(texts)  # "a" and "a " are one name
    return pd.Categorical.from_codes(np.append(merged, -1)[code], categories=pd.Index(names, dtype="str"))


def as_text(column: pd.Series) -> pd.Series[str]:
    """The same as a column of text."""
    return pd.Series(as_names(column), index=column.index).astype("str")


def as_time(column: pd.Series) -> npt.NDArray[np.datetime64]:
    """Times in UTC; what is no ISO date becomes NaT."""
    if not pd.api.types.is_datetime64_any_dtype(column):
        names = as_names(column)
        parsed = pd.to_datetime(
            pd.Series(names.categories, dtype="str"), format="ISO8601", errors="coerce", utc=True
        )
        times = np.append(parsed.dt.tz_localize(None).to_numpy("datetime64[s]"), np.datetime64("NaT"))
        return np.asarray(times[names.codes])
    if getattr(column.dt, "tz", None) is not None:
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    return column.to_numpy("datetime64[s]")


def _ambiguous(frame: pd.DataFrame, path: Path, found: Findings) -> bool:
    """Whether a table has two columns of one name, which is a fault."""
    twice = tuple(frame.columns[frame.columns.duplicated()].astype(str))
    if twice:
        found.fault(f"Columns that {path} has twice", "Rename one of them, or check --rename.", twice)
    return bool(twice)


def _map_from_parquet(path: Path) -> gpd.GeoDataFrame:
    columns = pq.read_schema(path)
    if worldcereal.describes(columns.names):
        return worldcereal.parcels(pd.read_parquet(path, columns=list(worldcereal.PARCEL_COLUMNS)))
    if b"geo" in (columns.metadata or {}):
        return gpd.read_parquet(path)
    frame = pd.read_parquet(path)
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries.from_wkb(frame["geometry"]))


def _map_from_file(path: Path) -> gpd.GeoDataFrame:
    """Parcels of a GeoPackage, a Shapefile (also zipped) or GeoJSON, told by their first bytes.

    GDAL would also open formats that point at other files or servers (VRT, WFS, streamed algorithms); a
    file of such a kind never reaches it.
    """
    with path.open("rb") as file:
        head = file.read(100)
    if head.startswith(SHAPEFILE) or (head.startswith(SQLITE) and head[68:72] in GEOPACKAGE):
        return gpd.read_file(path)
    if head.startswith(ZIP):
        with zipfile.ZipFile(path) as archive:
            strange = sorted({Path(name).suffix.lower() for name in archive.namelist()} - ZIPPED)
        if strange:
            raise ValueError(f"the ZIP archive holds {', '.join(strange)}, only a Shapefile may lie in it")
        return gpd.read_file(path)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _map_from_geojson(path)
    raise ValueError("its first bytes are those of no format that is read")


def _map_from_geojson(path: Path) -> gpd.GeoDataFrame:
    """Features of GeoJSON; degrees WGS 84 unless the file names another reference system (RFC 7946, and
    the 2008 specification before it).
    """
    content = json.loads(path.read_text(encoding="utf-8-sig"))
    if content.get("type") != "FeatureCollection":
        raise ValueError(f"its type is {content.get('type')!r}, not FeatureCollection")
    named = (content.get("crs") or {}).get("properties", {}).get("name", "EPSG:4326")
    return gpd.GeoDataFrame.from_features(content["features"], crs=named)


def _from_parquet(path: Path) -> pd.DataFrame:
    file = pq.ParquetFile(path)
    wanted = [field.name for field in file.schema_arrow if _is_simple(field.type)]
    texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
    frame: pd.DataFrame = pq.read_table(path, columns=wanted, read_dictionary=texts).to_pandas()
    return frame.reset_index() if frame.index.name else frame


def _is_simple(kind: pa.DataType) -> bool:
    return not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_nested(kind))


def _from_csv(path: Path, rename: Mapping[str, str]) -> pd.DataFrame:
    header = pd.read_csv(path, nrows=0).columns
    texts = [name for name in header if rename.get(name, name) in TEXT_COLUMNS]
    return pd.read_csv(path, dtype=dict.fromkeys(texts, "str"))  # ids may begin with zeros


def _brief(error: BaseException) -> str:
    """The first line of an error's text."""
    return (str(error) or type(error).__name__).splitlines()[0][:120]
