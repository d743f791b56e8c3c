"""What a packed file unpacks to, known before it is unpacked: a small file can hold more than a machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile, ZipInfo

if TYPE_CHECKING:
    import pyarrow.parquet as pq

MEGABYTE = 1_000_000
FREE_BYTES = 100 * MEGABYTE  # however well they were packed
MOST_TIMES = 200  # that a larger file may grow
MOST_BYTES = 16_000 * MEGABYTE  # of one file, unpacked
MOST_MEMBERS = 10_000  # of an archive
CELL_BYTES = 8  # of a number in memory


class BombError(ValueError):
    """A file that unpacks to more than is taken."""


def check_size(packed: int, unpacked: int) -> None:
    """Refuse what unpacks to too much.

    Parameters
    ----------
    packed, unpacked
        Bytes.

    Raises
    ------
    BombError
        Where it is more than `MOST_BYTES`, or more than `FREE_BYTES` and grows more than `MOST_TIMES` times.
    """
    if unpacked > MOST_BYTES or (unpacked > FREE_BYTES and unpacked > MOST_TIMES * packed):
        raise BombError(f"its {packed / MEGABYTE:,.1f} MB unpack to {unpacked / MEGABYTE:,.0f} MB")


def check_archive(archive: ZipFile, members: Sequence[ZipInfo] | None = None) -> None:
    """Refuse a ZIP archive that unpacks to too much; no member unpacks to more than the directory says.

    Parameters
    ----------
    archive
        Its directory is read.
    members
        That are unpacked; None for all.

    Raises
    ------
    BombError
        See `check_size`; also where it has more than `MOST_MEMBERS` files.
    """
    every = archive.infolist() if members is None else members
    if len(every) > MOST_MEMBERS:
        raise BombError(f"it has {len(every):,} files, more than {MOST_MEMBERS:,}")
    check_size(sum(each.compress_size for each in every), sum(each.file_size for each in every))


def check_parquet(path: Path, file: pq.ParquetFile) -> None:
    """Refuse a Parquet file that unpacks to too much: by what its columns say, and by its cells.

    Parameters
    ----------
    path, file
        The file, and the same opened.

    Raises
    ------
    BombError
        See `check_size`.
    """
    about = file.metadata
    groups = [about.row_group(number) for number in range(about.num_row_groups)]
    cells = sum(group.num_rows for group in groups) * about.num_columns * CELL_BYTES
    check_size(path.stat().st_size, max(cells, sum(group.total_byte_size for group in groups)))
