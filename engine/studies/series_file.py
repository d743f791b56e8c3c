"""``series-<season>.parquet``: one row a pixel, one list of floats a band."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from engine.domain import Cube, GroundplanError, Season, StudyError
from engine.studies.fingerprint import SeriesDigest
from engine.unpacking import check_parquet


def series_path(folder: Path, label: str) -> Path:
    """Where the series of a season lie in a study folder.

    Parameters
    ----------
    folder
        Of the study.
    label
        Of the season.
    """
    return folder / f"series-{label}.parquet"


def write_series(
    path: Path,
    bands: Sequence[str],
    slots: int,
    parts: Iterable[tuple[npt.NDArray[np.object_], npt.NDArray[np.float32]]],
) -> None:
    """Write a season's series, part by part.

    Parameters
    ----------
    path
        File to write.
    bands
        Names of the bands, in order.
    slots
        Number of time steps.
    parts
        Name of the parcel of each pixel, ``[pixel]``, and values ``[pixel, band, time]``; the pixels of
        a parcel lie in the same part.
    """
    schema = pa.schema(
        [
            ("parcel_id", pa.dictionary(pa.int32(), pa.string())),
            ("pixel_id", pa.int32()),
            *((band, pa.list_(pa.float32(), slots)) for band in bands),
        ]
    )
    with pq.ParquetWriter(
        path, schema, compression="zstd", use_dictionary=["parcel_id"], write_statistics=False
    ) as file:
        for parcel_id, values in parts:
            names = pd.Series(parcel_id)
            columns = [
                pa.array(parcel_id, pa.string()).dictionary_encode(),
                pa.array(names.groupby(names).cumcount().to_numpy(np.int32)),
            ]
            for place in range(len(bands)):
                series = np.ascontiguousarray(values[:, place])  # [pixel, time]
                columns.append(pa.FixedSizeListArray.from_arrays(pa.array(series.ravel()), slots))
            file.write_table(pa.table(columns, schema=schema))


def read_series(
    path: Path,
    season: Season,
    bands: tuple[str, ...],
    days: npt.NDArray[np.int64],
    row_of: dict[str, int],
) -> Cube:
    """Read a season's series straight into ``[pixel, band, time]``; its arrays are read-only.

    Parameters
    ----------
    path
        File to read.
    season
        Season of the series.
    bands
        Names of the bands that the file must hold, in order.
    days
        Days of the time steps after the start of the window, ``[time]``.
    row_of
        Row in ``Study.parcels`` by name of the parcel, for the parcels of this season.

    Raises
    ------
    StudyError
        Where the file cannot be read, or does not fit the bands, days or parcels.
    """
    try:
        with pq.ParquetFile(path) as file:
            _check_columns(file, path, bands, days)
            check_parquet(path, file)
            table = file.read()
        return _cube_of(table, path, season, bands, days, row_of)
    except StudyError:
        raise
    except Exception as error:  # a library that reads what a stranger wrote may fail in any way
        raise _unreadable(path, error) from error


def read_parts(
    path: Path,
    season: Season,
    bands: tuple[str, ...],
    days: npt.NDArray[np.int64],
    digest: str,
    row_of: dict[str, int],
    pixels: int,
) -> Iterator[Cube]:
    """Read a season's series part by part, in their order.

    Parameters
    ----------
    path, season, bands, days, row_of
        As of `read_series`.
    digest
        SHA-256 of the whole season, as `engine.studies.fingerprint.series_digest` gives it.
    pixels
        Of a part, at most.

    Raises
    ------
    StudyError
        Where the file cannot be read, or does not fit the bands, days or parcels; at the end, where it is not
        the one that the study describes.
    """
    try:
        with pq.ParquetFile(path) as file:
            _check_columns(file, path, bands, days)
            check_parquet(path, file)
            owners = _owners(file.read(["parcel_id"]), path, season, row_of)
            seen = SeriesDigest(season.label, bands, days, owners)
            for batch in file.iter_batches(batch_size=pixels):
                cube = _cube_of(pa.Table.from_batches([batch]), path, season, bands, days, row_of)
                seen.update(cube.values)
                yield cube
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(path, error) from error
    if seen.hexdigest() != digest:
        raise StudyError(
            f"{path} is not the file that study.toml describes: its hash differs. Copy the whole study "
            "folder again, or ingest it again."
        )


def _unreadable(path: Path, error: Exception) -> StudyError:
    return StudyError(
        f"{path} cannot be read ({error}). Copy it again from where it came, or ingest the study again."
    )


def _check_columns(
    file: pq.ParquetFile, path: Path, bands: tuple[str, ...], days: npt.NDArray[np.int64]
) -> None:
    """Refuse a file that does not hold the bands and days that the study announces."""
    columns, schema = ["parcel_id", "pixel_id", *bands], file.schema_arrow
    if schema.names != columns:
        raise StudyError(
            f"{path} holds the columns {', '.join(schema.names)}, but study.toml announces "
            f"{', '.join(columns)}. Ingest the study again."
        )
    for band in bands:
        kind = schema.field(band).type
        if not (
            pa.types.is_fixed_size_list(kind)
            and kind.value_type == pa.float32()
            and kind.list_size == len(days)
        ):
            raise StudyError(
                f"{path}: band {band} is stored as {kind}, but study.toml announces {len(days)} "
                "float32 values per pixel. Ingest the study again."
            )


def _owners(table: pa.Table, path: Path, season: Season, row_of: dict[str, int]) -> npt.NDArray[np.int64]:
    """Row in ``Study.parcels`` of each pixel's parcel, ``[pixel]``."""
    names = table["parcel_id"].unify_dictionaries().combine_chunks()
    rows = np.array([row_of.get(name, -1) for name in names.dictionary.to_pylist()], dtype=np.int64)
    parcel: npt.NDArray[np.int64] = rows[names.indices.to_numpy(zero_copy_only=False)]
    if (parcel < 0).any():
        raise StudyError(
            f"{path} holds {int((parcel < 0).sum())} pixels of parcels that parcels.parquet does not have in "
            f"season {season.label}. Ingest the study again."
        )
    return parcel


def _cube_of(
    table: pa.Table,
    path: Path,
    season: Season,
    bands: tuple[str, ...],
    days: npt.NDArray[np.int64],
    row_of: dict[str, int],
) -> Cube:
    parcel = _owners(table, path, season, row_of)
    values = np.empty((len(parcel), len(bands), len(days)), np.float32)
    for place, band in enumerate(bands):
        column = table[band].combine_chunks()
        if column.null_count:
            raise ValueError(f"band {band} has no values in {column.null_count} pixels")
        values[:, place] = column.flatten().to_numpy(zero_copy_only=False).reshape(len(parcel), len(days))
    parcel.flags.writeable = False
    values.flags.writeable = False
    try:
        return Cube(season, bands, days, parcel, values)
    except GroundplanError as error:
        raise StudyError(f"{path}: {error}") from error
