"""Which reader reads which foreign file; whatever cannot be read is a fault, never a traceback."""

from __future__ import annotations

import logging
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import shapely
from pyproj.exceptions import CRSError

from engine.studies.ingest.columns import with_plain_cells
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
from engine.studies.ingest.foreign import FileOptions, ForeignFile, Reader
from engine.studies.ingest.point_tables import POINT_TABLE
from engine.studies.ingest.shapes import drawn
from engine.studies.ingest.text_numbers import with_numbers
from engine.studies.ingest.vector_files import GEOJSON, GEOPACKAGE, GEOPARQUET, SHAPEFILE

PARQUET_TABLE = Reader("Parquet", lambda file: file.is_parquet, series=ForeignFile.table)
CSV = Reader("CSV", lambda file: not (file.is_parquet or file.is_folder), series=ForeignFile.table)

FORMATS = (GEOPACKAGE, SHAPEFILE, GEOJSON, GEOPARQUET, POINT_TABLE, PARQUET_TABLE, CSV)
DIALECTS = (
    *(BREIZHCROPS, EUROCROPSML, SENTINEL_HUB, OPENEO),
    *(WORLDCEREAL, WORLDCEREAL_REFERENCE, SITS),
    *(FIBOA, EUROCROPS, REGISTER),  # known by fewer columns than the others
)
# The first that recognises a file reads it, so a dialect stands before the format that it is written in.
READERS: list[Reader] = [*DIALECTS, *FORMATS]

# What readers raise on files that are damaged or of another kind.
UNREADABLE = (
    *(OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError, pa.ArrowException),
    *(shapely.errors.ShapelyError, CRSError, zipfile.BadZipFile),
)
# First bytes of what is no table, but holds or was one; and the cure.
KINDS = (
    (
        b"PK\x03\x04",
        "a ZIP archive or a workbook",
        "Unpack it, or save the sheet of a workbook as CSV, and give that",
    ),
    (b"\xd0\xcf\x11\xe0", "a workbook of Excel", "Save its sheet as CSV, and give that"),
    (b"\x1f\x8b", "compressed with gzip", "Unpack it (gunzip), and give what was in it"),
    (b"ARROW1", "a Feather file", "Save it as Parquet, and give that"),
    (b"FEA1", "a Feather file", "Save it as Parquet, and give that"),
)

REASON = 160  # letters of an error that are shown
SOME = 8  # columns that are named

Content = Literal["parcels", "series"]


@dataclass(frozen=True)
class Layer:
    """One layer of a file of parcels, or the only table of it.

    Parameters
    ----------
    path
        Of the file.
    name
        Of the layer; None where the file has no layers.
    frame
        With geometry, or without where it only tells of parcels that another file draws.
    """

    path: Path
    name: str | None
    frame: pd.DataFrame

    def __str__(self) -> str:
        return str(self.path) if self.name in (None, self.path.stem) else f"{self.path}:{self.name}"

    @property
    def has_geometry(self) -> bool:
        """Whether it draws its parcels."""
        return isinstance(self.frame, gpd.GeoDataFrame)


def read_layers(path: Path, options: FileOptions, findings: Findings) -> list[Layer] | None:
    """The layers of one file of parcels, columns renamed; None where it cannot be read.

    Parameters
    ----------
    path
        File with parcels.
    options
        How it is to be read, and new names of columns.
    findings
        Takes the faults and notes.
    """
    file = ForeignFile(path, options)
    content = _read(file, "parcels", "map", findings)
    if content is None:
        return None
    frames = content if isinstance(content, dict) else {None: content}
    layers = []
    for name, frame in frames.items():
        frame = frame.rename(columns=dict(options.rename))
        if _ambiguous(frame, path, findings):
            return None
        frame = drawn(with_plain_cells(frame))
        if isinstance(frame, gpd.GeoDataFrame) and frame.geometry.name != "geometry":
            frame = frame.rename(columns={"geometry": "another geometry"}).rename_geometry("geometry")
        layers.append(Layer(path, name or None, frame))
    if all(layer.frame.empty for layer in layers):
        findings.fault(f"{path} holds no parcels", "Give a file with at least one row a season and class.")
        return None
    return layers


def read_columns(path: Path, options: FileOptions, findings: Findings) -> pd.DataFrame | None:
    """The columns of one table of series, without geometries; None where it cannot be read.

    Parameters
    ----------
    path
        File with series.
    options
        How it is to be read, and new names of columns.
    findings
        Takes the faults and notes.
    """
    frame = _read(ForeignFile(path, options), "series", "table", findings)
    if frame is None or isinstance(frame, dict):
        return None
    if frame.empty:
        findings.fault(f"{path} holds no rows", "Give a table with at least one observation a parcel.")
        return None
    frame = with_numbers(with_plain_cells(frame).rename(columns=dict(options.rename)), str(path), findings)
    dated = frame.columns.astype("str").str.contains(r"\d{4}")  # a date may stand twice
    return None if _ambiguous(frame.loc[:, ~dated], path, findings) else frame


def _read(
    file: ForeignFile, content: Content, form: str, findings: Findings
) -> pd.DataFrame | dict[str, pd.DataFrame] | None:
    """What the first reader of such content that recognises a file makes of it."""
    if not file.path.exists():
        findings.fault(f"There is no file {file.path}", "Check the path.")
        return None
    readers: list[tuple[Reader, Callable[[ForeignFile], pd.DataFrame | dict[str, pd.DataFrame]]]] = [
        (reader, read) for reader in READERS if (read := getattr(reader, content))
    ]
    reason = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a library speaks of options that the user does not have
            logging.getLogger("pyogrio").setLevel(logging.CRITICAL)
            for reader, read in readers:
                if reader.recognises(file):
                    frame = read(file)
                    _say_style(file, findings)
                    return frame
        kind = "files are" if file.is_folder else "first bytes are"
        reason = f"its {kind} those of no format that is read"
        if content == "parcels" and len(file.columns) > 1:
            columns = ", ".join(file.columns[:SOME])
            reason = f"a table without positions, outlines or crops; it has {columns}"
    except Exception as error:  # a library that reads what a stranger wrote may fail in any way
        reason = (str(error) or type(error).__name__).splitlines()[0][:REASON]
        if "sqlite3_" in reason:  # a statement of a library, which tells nobody anything
            reason = "the database in it is damaged or incomplete"
    if other := _other_kind(file):
        findings.fault(*other)
        return None
    names = [reader.name for reader, _ in sorted(readers, key=lambda pair: pair[0] not in FORMATS)]
    cure = _of_folder(file, content) or f"Give {', '.join(names[:-1])} or {names[-1]}."
    findings.fault(f"{file.path} cannot be read as a {form} ({reason})", cure)
    return None


def _of_folder(file: ForeignFile, content: Content) -> str | None:
    """The cure for a folder of tables that are no data set that is known."""
    tables = (
        [path for form in ("csv", "parquet") for path in file.files(f"*.{form}")] if file.is_folder else []
    )
    if not tables:
        return None
    pattern = file.path / f"*{tables[0].suffix}"
    return f"Give its {len(tables):,} tables, --{content} {pattern}; each needs the column parcel_id."


def _other_kind(file: ForeignFile) -> tuple[str, str] | None:
    """What a file is that no reader reads, and the cure; None where nothing is known of it."""
    for head, kind, cure in KINDS:
        if file.head.startswith(head) and not (head.startswith(b"PK") and file.path.suffix == ".shp"):
            return f"{file.path} cannot be read: it is {kind}", f"{cure}."
    return None


def _say_style(file: ForeignFile, findings: Findings) -> None:
    """How a text table is written, where it was found out and is unusual."""
    note = file.style.note if "style" in vars(file) else None
    if note:
        findings.note(
            f"{file.path}: {note}. Say otherwise with --separator, --decimal or --encoding if that is wrong."
        )


def _ambiguous(frame: pd.DataFrame, path: Path, findings: Findings) -> bool:
    """Whether a table has two columns of one name, which is a fault."""
    twice = tuple(frame.columns[frame.columns.duplicated()].astype(str))
    if twice:
        findings.fault(f"Columns that {path} has twice", "Rename one of them, or check --rename.", twice)
    return bool(twice)
