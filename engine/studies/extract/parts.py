"""Finished parts of an extraction: a file each, kept until the request changes, joined at the end."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from engine.domain import Season
from engine.files import write_atomic, write_whole
from engine.studies.extract.images import Image
from engine.studies.extract.pixels import Pixels
from engine.studies.extract.request import ExtractRequest
from engine.studies.extract.values import KEYS, Observed

ABOUT = b"extract"  # key of a part's metadata
REVISION = 1  # of how values are made; parts of another are made again
TYPES = {"parcel_id": pa.string(), "pixel_id": pa.int32(), "season": pa.string(), "date": pa.timestamp("ms")}


@dataclass(frozen=True)
class Part:
    """One finished part: the series of neighbouring parcels in a month of a season."""

    path: Path
    season: str
    bands: tuple[str, ...]
    rows: int
    images: tuple[str, ...]
    held: int
    masked: int


def folder_of(request: ExtractRequest, parcels: gpd.GeoDataFrame, source: str) -> Path:
    """Where the parts of this request are; another request has another folder.

    Parameters
    ----------
    request
        What is extracted.
    parcels
        From where.
    source
        All that says how numbers become values.
    """
    asked = (
        *(REVISION, source, request.images, request.stac, request.collection, request.bands, request.window),
        *(request.pixels, request.seed, request.per_orbit, request.parcels_at_once),
    )
    digest = hashlib.sha256(repr(asked).encode())
    digest.update(
        pd.util.hash_pandas_object(parcels[["parcel_id", "season"]], index=False).to_numpy().tobytes()
    )
    for outline in parcels.geometry.to_wkb():
        digest.update(outline)
    work = request.work or request.out.with_name(f"{request.out.name}.parts")
    return work / digest.hexdigest()[:12]


def part_path(folder: Path, season: str, chunk: int, month: str, images: Sequence[Image]) -> Path:
    """Name of a part; other images make another one.

    Parameters
    ----------
    folder
        Of the request.
    season, chunk, month
        Which part.
    images
        All that it is made of.
    """
    made_of = repr(
        [(image.name, image.version, image.mask, sorted(image.layers.items())) for image in images]
    )
    return folder / f"{season}-{chunk:05d}-{month}-{hashlib.sha256(made_of.encode()).hexdigest()[:8]}.parquet"


def write_part(path: Path, observed: Observed) -> None:
    """Write a part, whole or not at all.

    Parameters
    ----------
    path
        See `part_path`.
    observed
        What it holds.
    """
    bands = [column for column in observed.table.columns if column not in KEYS]
    table = pa.Table.from_pandas(observed.table, _schema(bands), preserve_index=False)
    about = {"images": observed.images, "held": observed.held, "masked": observed.masked}
    buffer = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({ABOUT: json.dumps(about).encode()}), buffer)
    write_atomic(path, buffer.getvalue())


def read_about(path: Path, season: str) -> Part:
    """What a part is about, without its rows.

    Parameters
    ----------
    path
        Of the part.
    season
        That it belongs to.
    """
    metadata = pq.read_metadata(path)
    about = json.loads(metadata.metadata[ABOUT])
    bands = tuple(name for name in metadata.schema.to_arrow_schema().names if name not in KEYS)
    return Part(
        path, season, bands, metadata.num_rows, tuple(about["images"]), about["held"], about["masked"]
    )


def stored_pixels(path: Path) -> Pixels | None:
    """Pixels drawn in an earlier run; None where none are.

    Parameters
    ----------
    path
        Of the file.
    """
    if not path.exists():
        return None
    table = pq.read_table(path)
    return Pixels(table.to_pandas(), table.schema.metadata[ABOUT].decode())


def store_pixels(path: Path, pixels: Pixels) -> None:
    """Keep the pixels that were drawn, so that a resumed run goes on with them.

    Parameters
    ----------
    path
        Of the file.
    pixels
        What to keep.
    """
    table = pa.Table.from_pandas(pixels.table, preserve_index=False)
    buffer = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({ABOUT: pixels.crs.encode()}), buffer)
    write_atomic(path, buffer.getvalue())


def join(parts: Sequence[Part], bands: Sequence[str], out: Path) -> None:
    """All parts as one table, written part by part.

    Parameters
    ----------
    parts
        In order.
    bands
        Of all parts; a part that lacks one has it empty.
    out
        The table.
    """
    schema = _schema(bands)
    with write_whole(out) as temporary, pq.ParquetWriter(temporary, schema) as writer:
        for table in _tables(parts, schema):
            writer.write_table(table)


def month_of(image: Image) -> str:
    """Year and month of an image, as ``202104``.

    Parameters
    ----------
    image
        Any.
    """
    return f"{image.day:%Y%m}"


def months_of(season: Season) -> int:
    """How many months a season touches.

    Parameters
    ----------
    season
        Any.
    """
    return 12 * (season.end.year - season.start.year) + season.end.month - season.start.month + 1


def _tables(parts: Sequence[Part], schema: pa.Schema) -> Iterator[pa.Table]:
    for part in parts:
        table = pq.read_table(part.path)
        columns = [
            table[name] if name in table.column_names else pa.nulls(len(table), schema.field(name).type)
            for name in schema.names
        ]
        yield pa.table(columns, schema=schema)


def _schema(bands: Sequence[str]) -> pa.Schema:
    return pa.schema([*TYPES.items(), *((band, pa.float32()) for band in bands)])
