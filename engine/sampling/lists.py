"""Lists of parcels that people keep in files."""

from __future__ import annotations

import csv
from pathlib import Path

from engine.domain import PlanError
from engine.spreadsheets import unmarked


def read_ids(path: Path) -> tuple[str, ...]:
    """Parcel ids from a file: the column ``parcel_id`` of a CSV, or one id a line.

    Parameters
    ----------
    path
        Of a text file in UTF-8.

    Returns
    -------
    Ids in the order of the file, each once.

    Raises
    ------
    PlanError
        Where the file cannot be read or names no parcel.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(
            f"The list {path} cannot be read ({error}). Give a text file of parcel ids."
        ) from error
    rows = [
        [unmarked(cell.strip()) for cell in row]
        for row in csv.reader(lines)
        if any(cell.strip() for cell in row)
    ]
    column = 0
    if rows and "parcel_id" in rows[0]:
        column = rows[0].index("parcel_id")
        rows = rows[1:]
    ids = dict.fromkeys(row[column] for row in rows if len(row) > column and row[column])
    if not ids:
        raise PlanError(
            f"The list {path} names no parcel. Write one parcel_id a line, or a column parcel_id."
        )
    return tuple(ids)
