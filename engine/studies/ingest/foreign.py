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

PARQUET = (".parquet", ".geoparquet", ".pq")
TEXT_COLUMNS = ("parcel_id", "season", "crop", "field_group", "date")
HEAD_BYTES = 100
JSON_HEADS = (b"{", b"[")


@dataclass(frozen=True)
class ForeignFile:
    """A file of parcels or series, or a folder of such files, looked at only as far as it is asked for.

    Parameters
    ----------
    rename
        New name by old name of columns, which the reader's caller applies to what it returns.
    """

    path: Path
    rename: Mapping[str, str] = field(default_factory=dict)

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
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of a Parquet or CSV table; none of any other file."""
        if self.is_folder or self.is_json:
            return ()
        if self.is_parquet:
            return tuple(pq.read_schema(self.path).names)
        try:
            return tuple(map(str, pd.read_csv(self.path, nrows=0).columns))
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

    def files(self, pattern: str) -> list[Path]:
        """Files of a folder by a pattern of their path in it, sorted; none outside it, where links lead."""
        root = self.path.resolve()
        found = self.path.glob(pattern)
        return sorted(path for path in found if path.is_file() and path.resolve().is_relative_to(root))

    def table(self) -> pd.DataFrame:
        """The columns of a Parquet or CSV table, without geometries."""
        if not self.is_parquet:
            texts = [name for name in self.columns if self.rename.get(name, name) in TEXT_COLUMNS]
            return pd.read_csv(self.path, dtype=dict.fromkeys(texts, "str"))  # ids may begin with zeros
        file = pq.ParquetFile(self.path)
        simple = [column.name for column in file.schema_arrow if _is_simple(column.type)]
        texts = [column.name for column in file.schema_arrow if pa.types.is_string(column.type)]
        frame: pd.DataFrame = pq.read_table(self.path, columns=simple, read_dictionary=texts).to_pandas()
        return frame.reset_index() if frame.index.name else frame


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
        Reads ``parcel_id``, ``season``, ``crop``, perhaps ``field_group``, and geometry with the coordinate
        reference system if the file states one. None where the dialect holds no parcels.
    series
        Reads ``parcel_id``, perhaps ``pixel_id`` and ``season``, and either ``date`` and a column a band, or
        a column a date. None where the dialect holds no series.
    """

    name: str
    recognises: Callable[[ForeignFile], bool]
    parcels: Callable[[ForeignFile], gpd.GeoDataFrame] | None = None
    series: Callable[[ForeignFile], pd.DataFrame] | None = None
