"""Which reader reads which foreign file; whatever cannot be read is a fault, never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from engine.studies.ingest.dialects.breizhcrops import BREIZHCROPS
from engine.studies.ingest.dialects.eurocrops import EUROCROPS
from engine.studies.ingest.dialects.eurocropsml import EUROCROPSML
from engine.studies.ingest.dialects.fiboa import FIBOA
from engine.studies.ingest.dialects.openeo import OPENEO
from engine.studies.ingest.dialects.reference import WORLDCEREAL_REFERENCE
from engine.studies.ingest.dialects.registers import REGISTER
from engine.studies.ingest.dialects.sentinel_hub import SENTINEL_HUB
from engine.studies.ingest.dialects.sits import SITS
from engine.studies.ingest.dialects.worldcereal import WORLDCEREAL
from engine.studies.ingest.faults import Findings
from engine.studies.ingest.foreign import ForeignFile, Reader
from engine.studies.ingest.vector_files import GEOJSON, GEOPACKAGE, GEOPARQUET, SHAPEFILE

PARQUET_TABLE = Reader("Parquet", lambda file: file.is_parquet, series=ForeignFile.table)
CSV = Reader("CSV", lambda file: not (file.is_parquet or file.is_folder), series=ForeignFile.table)

FORMATS = (GEOPACKAGE, SHAPEFILE, GEOJSON, GEOPARQUET, PARQUET_TABLE, CSV)
DIALECTS = (
    *(BREIZHCROPS, EUROCROPSML, SENTINEL_HUB, OPENEO),
    *(WORLDCEREAL, WORLDCEREAL_REFERENCE, SITS),
    *(FIBOA, EUROCROPS, REGISTER),  # known by fewer columns than the others
)
# The first that recognises a file reads it, so a dialect stands before the format that it is written in.
READERS: list[Reader] = [*DIALECTS, *FORMATS]

# What readers raise on files that are damaged or of another kind.
UNREADABLE = (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, pa.ArrowException)

REASON = 120  # letters of an error that are shown

Content = Literal["parcels", "series"]


def read_map(path: Path, rename: Mapping[str, str], findings: Findings) -> gpd.GeoDataFrame | None:
    """Parcels of one file with their CRS where it states one; None where it cannot be read.

    Parameters
    ----------
    path
        File with parcels.
    rename
        New name by old name of columns.
    findings
        Takes the faults.
    """
    frame = _read(ForeignFile(path, rename), "parcels", "map", findings)
    if frame is None:
        return None
    if not isinstance(frame, gpd.GeoDataFrame):
        findings.fault(f"{path} has no geometry", "Give the file that holds the parcels' outlines.")
        return None
    if frame.empty:
        findings.fault(f"{path} holds no parcels", "Give a file with at least one row a season and class.")
        return None
    frame = frame.rename(columns={"field_grou": "field_group", **rename})  # Shapefiles cut names to ten
    if _ambiguous(frame, path, findings):
        return None
    return frame.rename_geometry("geometry") if frame.geometry.name != "geometry" else frame


def read_columns(path: Path, rename: Mapping[str, str], findings: Findings) -> pd.DataFrame | None:
    """The columns of one table of series, without geometries; None where it cannot be read.

    Parameters
    ----------
    path
        File with series.
    rename
        New name by old name of columns.
    findings
        Takes the faults.
    """
    frame = _read(ForeignFile(path, rename), "series", "table", findings)
    if frame is None:
        return None
    if frame.empty:
        findings.fault(f"{path} holds no rows", "Give a table with at least one observation a parcel.")
        return None
    frame = frame.rename(columns=dict(rename))
    return None if _ambiguous(frame, path, findings) else frame


def _read(file: ForeignFile, content: Content, form: str, findings: Findings) -> pd.DataFrame | None:
    """What the first reader of such content that recognises a file makes of it."""
    if not file.path.exists():
        findings.fault(f"There is no file {file.path}", "Check the path.")
        return None
    readers: list[tuple[Reader, Callable[[ForeignFile], pd.DataFrame]]] = [
        (reader, read) for reader in READERS if (read := getattr(reader, content))
    ]
    try:
        for reader, read in readers:
            if reader.recognises(file):
                return read(file)
        kind = "files are" if file.is_folder else "first bytes are"
        reason = f"its {kind} those of no format that is read"
    except UNREADABLE as error:
        reason = (str(error) or type(error).__name__).splitlines()[0][:REASON]
    names = [reader.name for reader, _ in sorted(readers, key=lambda pair: pair[0] not in FORMATS)]
    findings.fault(
        f"{file.path} cannot be read as a {form} ({reason})", f"Give {', '.join(names[:-1])} or {names[-1]}."
    )
    return None


def _ambiguous(frame: pd.DataFrame, path: Path, findings: Findings) -> bool:
    """Whether a table has two columns of one name, which is a fault."""
    twice = tuple(frame.columns[frame.columns.duplicated()].astype(str))
    if twice:
        findings.fault(f"Columns that {path} has twice", "Rename one of them, or check --rename.", twice)
    return bool(twice)
