"""One foreign table of series, long, wide or tidy -> rows of parcel, pixel, season, date and bands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from engine.studies.ingest.column_names import standard_names, the_only_text
from engine.studies.ingest.columns import as_names
from engine.studies.ingest.dates import AmbiguousDatesError, read_times
from engine.studies.ingest.faults import Findings, listed
from engine.studies.ingest.readers import read_columns
from engine.studies.ingest.request import IngestRequest
from engine.studies.ingest.season_names import season_labels
from engine.studies.ingest.statistics import is_spread
from engine.studies.ingest.tidy import widened
from engine.studies.ingest.time_axis import Window
from engine.studies.ingest.wide import DatedColumn, dated_columns, melted, not_understood

KEYS = ("parcel_id", "pixel_id", "season", "date")
UNREAD = "unread date"  # column with the text of dates that could not be read
LEAST_DATES = 3  # columns with a date that make a table wide although a column looks like dates


def read_table(path: Path, request: IngestRequest, window: Window, findings: Findings) -> pd.DataFrame | None:
    """A table with ``parcel_id``, ``pixel_id``, ``season`` (maybe), ``date``, `UNREAD` and numbers.

    None where it cannot be read; what is wrong, and what was left out, is in ``findings``.

    Parameters
    ----------
    path
        Of the table.
    request
        Which columns to use, and how dates are written.
    window
        Of the year; it gives the season of days.
    findings
        Takes the faults and notes.
    """
    frame = read_columns(path, request.options, findings)
    if frame is None:
        return None
    try:
        dated = [] if "date" in frame else dated_columns(list(map(str, frame.columns)), request.dates)
        frame = _with_our_names(frame, path, dated, request, findings)
        if frame is None:
            return None
        frame = _long(frame, path, dated, request, findings)
        times, style = read_times(frame["date"], request.dates)
    except AmbiguousDatesError as error:
        findings.fault(
            f"{path} writes dates as {error}, which may begin with the day or with the month",
            "Say it with --dates day-first or --dates month-first.",
            changes={"dates": "day-first"},
        )
        return None
    if style:
        findings.note(f"{path}: dates are written {style}.")
    unread = np.isnat(times)
    frame[UNREAD] = _texts(frame["date"], unread)
    frame["date"] = times
    if "season" in frame and request.season_from == "date":
        frame = frame.drop(columns="season")
    elif "season" in frame:
        frame["season"] = season_labels(frame["season"], window, request).names
    if "pixel_id" not in frame:
        frame["pixel_id"] = pd.Categorical.from_codes(
            np.zeros(len(frame), np.int8), categories=pd.Index(["0"], dtype="str")
        )
    else:
        frame["pixel_id"] = as_names(frame["pixel_id"])
    frame["parcel_id"] = as_names(frame["parcel_id"])
    return frame


def _texts(dates: pd.Series, unread: npt.NDArray[np.bool_]) -> pd.Categorical:
    """The text of dates that could not be read, ``[row]``; of the others, which are most, nothing is made."""
    some = as_names(dates[unread].astype("str"))
    codes = np.full(len(dates), -1, np.int32)
    codes[unread] = some.codes
    return pd.Categorical.from_codes(codes, categories=some.categories)


def _with_our_names(
    frame: pd.DataFrame, path: Path, dated: list[DatedColumn], request: IngestRequest, findings: Findings
) -> pd.DataFrame | None:
    """The table with columns by our names; None where some are missing."""
    wide = len(dated) >= LEAST_DATES
    wanted = ["parcel_id", "season", "pixel_id"] if wide else ["parcel_id", "season", "pixel_id", "date"]
    frame = frame.rename(columns=standard_names(frame, wanted, str(path), findings))
    absent = [column for column in ("parcel_id", "date") if column not in frame]
    if dated and "date" in absent:
        absent.remove("date")
    odd = not_understood(list(map(str, frame.columns)), dated) if absent == ["date"] else ()
    if len(odd) >= LEAST_DATES:
        findings.fault(
            f"Columns of {path} whose names hold a band, but no date with its year",
            f"Write the date into each name, such as --rename {odd[0]}=VV_2018-03-01, or give a table with a "
            "row a date and the column date.",
            odd,
        )
        return None
    if absent:
        columns = ", ".join(map(str, frame.columns[:12]))
        findings.fault(
            f"{path} lacks the columns {', '.join(absent)}; it has {columns}",
            f"Name the right ones with --rename OLD={absent[0]}; in a wide table each date is a column, "
            "such as VV_2018-03-01.",
            changes=the_only_text(frame, absent[0]) if len(absent) == 1 else None,
        )
        return None
    return frame


def _long(
    frame: pd.DataFrame, path: Path, dated: list[DatedColumn], request: IngestRequest, findings: Findings
) -> pd.DataFrame:
    """The table with a row a pixel and date and a column a band."""
    if "date" in frame:
        frame, note = widened(frame)
        if note:
            findings.note(f"{path}: {note}.")
        return frame
    names = list(map(str, frame.columns))
    if odd := not_understood(names, dated):
        findings.fault(
            f"Columns of {path} whose date was not understood",
            "Write dates as 2021-03-31, or leave the columns out of the table.",
            odd,
        )
    places = {each.place for each in dated}
    left = [name for place, name in enumerate(names) if place not in places and name not in KEYS]
    if left := [name for name in left if name not in odd]:
        findings.note(f"{listed(f'Columns of {path} that are not used', left)}.")
    spreads = {each.band for each in dated if each.band and is_spread(each.band)}
    if spreads and request.bands is None:
        findings.note(f"{listed(f'Statistics of {path} that are no bands', sorted(spreads))}.")
        dated = [each for each in dated if each.band not in spreads]
    _say_repeated(path, dated, findings)
    if any(each.band is None for each in dated) and request.band == IngestRequest.band:
        findings.note(
            f'{path} does not name its band: it is called "{request.band}", and its values are not '
            "checked. Name it with --band, for example --band NDVI."
        )
    owner = frame.assign(**{key: as_names(frame[key]) for key in KEYS if key in frame})
    return melted(owner, dated, request.band)


def _say_repeated(path: Path, dated: list[DatedColumn], findings: Findings) -> None:
    seen: set[tuple[str | None, np.datetime64]] = set()
    again = []
    for each in dated:
        key = each.band, each.date
        again += [f"{each.band or ''} {each.date.astype('datetime64[D]')}".strip()] if key in seen else []
        seen.add(key)
    if again:
        findings.note(f"{listed(f'Columns of {path} that stand more than once', again)}; they are averaged.")


def columns_of_numbers(frame: pd.DataFrame) -> list[str]:
    """Names of the columns that may be bands.

    Parameters
    ----------
    frame
        A table as `read_table` gives it.
    """
    return [
        str(column)
        for column in frame.columns
        if column not in (*KEYS, UNREAD)
        and is_numeric_dtype(frame[column])
        and not is_bool_dtype(frame[column])
    ]
