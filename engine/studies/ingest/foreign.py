"""A file that somebody else made, and what reads one dialect of such files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from engine.studies.ingest.column_names import is_text
from engine.studies.ingest.csv_style import CsvStyle, csv_style, read_csv
from engine.unpacking import check_parquet

PARQUET = (".parquet", ".geoparquet", ".pq")
HEAD_BYTES = 100
JSON_HEADS = (b"{", b"[")


@dataclass(frozen=True)
class FileOptions:
    """How files are to be read, where they do not say it.

    Parameters
    ----------
    rename
        New name by old name of columns, which the reader's caller applies to what it returns.
    layers
        Layers to read, by name; None takes all that hold parcels.
    encoding, separator, decimal
        How text is written; None finds out.
    """

    rename: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[str, ...] | None = None
    encoding: str | None = None
    separator: str | None = None
    decimal: str | None = None


@dataclass(frozen=True)
class ForeignFile:
    """A file of parcels or series, or a folder of such files, looked at only as far as it is asked for.

    Parameters
    ----------
    options
        How it is to be read, where it does not say it.
    """

    path: Path
    options: FileOptions = field(default_factory=FileOptions)

    @property
    def is_parquet(self) -> bool:
        """Whether its name says that it is Parquet."""
        return self.path.suffix.lower() in PARQUET and not self.is_folder

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, whose files may be read, but none outside it."""
        return self.path.is_dir()

    @property
    def is_json(self) -> bool:
        """Whether its first letter is that of JSON."""
        return self.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(JSON_HEADS)

    @cached_property
    def head(self) -> bytes:
        """The first bytes, by which formats are told apart; none of a folder."""
        if self.is_folder:
            return b""
        with self.path.open("rb") as file:
            return file.read(HEAD_BYTES)

    @cached_property
    def style(self) -> CsvStyle:
        """How the file is written, if it is text with columns."""
        return csv_style(self.path, self.options.encoding, self.options.separator, self.options.decimal)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of a Parquet or CSV table; none of any other file."""
        if self.is_folder or self.is_json:
            return ()
        if self.is_parquet:
            return tuple(pq.read_schema(self.path).names)
        try:
            return self.style.header
        except ValueError:  # neither text nor a table
            return ()

    @cached_property
    def documents(self) -> tuple[Any, ...]:
        """The content of a JSON file: one document, or one a line."""
        text = self.path.read_text(encoding="utf-8-sig")
        try:
            return (json.loads(text),)
        except json.JSONDecodeError as error:
            if "Extra data" not in error.msg:
                raise
            return tuple(json.loads(line) for line in text.splitlines() if line.strip())

    def checked(self) -> pq.ParquetFile:
        """The Parquet file, opened, unless it unpacks to too much."""
        file = pq.ParquetFile(self.path)
        check_parquet(self.path, file)
        return file

    def files(self, pattern: str) -> list[Path]:
        """Files of a folder by a pattern of their path in it, sorted; none outside it, where links lead."""
        root = self.path.resolve()
        found = self.path.glob(pattern)
        return sorted(path for path in found if path.is_file() and path.resolve().is_relative_to(root))

    def table(self) -> pd.DataFrame:
        """The columns of a Parquet or CSV table, without geometries; a CSV may have a name twice."""
        if not self.is_parquet:
            texts = [name for name in self.columns if is_text(self.options.rename.get(name, name))]
            return read_csv(self.path, self.style, texts)  # ids may begin with zeros
        file = self.checked()
        simple = [column.name for column in file.schema_arrow if _is_simple(column.type)]
        texts = [column.name for column in file.schema_arrow if pa.types.is_string(column.type)]
        frame: pd.DataFrame = pq.read_table(self.path, columns=simple, read_dictionary=texts).to_pandas()
        named = [name for name in frame.index.names if name is not None]
        return frame.reset_index(level=named) if named else frame


def _is_simple(kind: pa.DataType) -> bool:
    return not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_nested(kind))


@dataclass(frozen=True)
class Reader:
    """What reads one dialect of foreign files.

    A new reader is one file that makes one of these, and an entry in `engine.studies.ingest.readers.READERS`.
    A file must never make another file or an address open.

    Parameters
    ----------
    name
        Of the dialect, for error messages.
    recognises
        Whether a file is of the dialect. It may raise what reading a damaged file raises.
    parcels
        Reads ``parcel_id``, ``season`` (a year or a day, if the file states one), ``crop``, perhaps
        ``field_group``, and geometry with the coordinate reference system if the file states one; of a file
        with several layers, such a table for each layer by name. None where the dialect holds no parcels.
    series
        Reads ``parcel_id``, perhaps ``pixel_id`` and ``season``, and either ``date`` and a column a band, or
        a column a date. None where the dialect holds no series.
    """

    name: str
    recognises: Callable[[ForeignFile], bool]
    parcels: Callable[[ForeignFile], gpd.GeoDataFrame | dict[str, pd.DataFrame]] | None = None
    series: Callable[[ForeignFile], pd.DataFrame] | None = None
