"""Days and times as people and programs write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.studies.ingest.columns import as_names

if TYPE_CHECKING:
    from engine.studies.ingest.request import DateOrder

Times = npt.NDArray[np.datetime64]

ISO = re.compile(r"\d{4}-\d{1,2}(-\d{1,2})?([T ].*)?|\d{8}([T ]?\d{4,6}.*)?")
YEAR_FIRST = re.compile(r"(\d{4})[./_ ](\d{1,2})[./_ ](\d{1,2})(?:[T ].*)?")
YEAR_LAST = re.compile(r"(\d{1,2})([./\-_ ])(\d{1,2})\2(\d{4})(?:[T ,].*)?")
SHORT_YEAR = re.compile(r"(\d{1,2})([./\-])(\d{1,2})\2(\d{2})(?:[T ,].*)?")
MONTH_NAMED = re.compile(
    r"(?:[A-Za-z]{3}, )?\d{1,2}[\-. /][A-Za-z]{3,9}[\-. /](?:\d{4}|\d{2})(?:[ T].*)?"
    r"|[A-Za-z]{3,9} \d{1,2},? \d{4}"
)
# Dates whose parts one pattern of strptime reads, and what is said of them.
IN_PARTS = (
    (re.compile(r"(\d{4})-?W(\d{2})(?:-?([1-7]))?"), "%G-%V-%u", "year and week, of which the Monday counts"),
    (re.compile(r"(\d{4})-(\d{3})"), "%Y-%j", "year and day of the year"),
    (re.compile(r".*?_(\d{8})T\d{6}_.*"), "%Y%m%d", "in the names of images"),
)
NUMBER = re.compile(r"\d+(\.0+)?")
DAY_OF_YEAR = re.compile(r"(?:19|20)\d{2}[0-3]\d{2}")
EXCEL_DAYS = (36526, 62000)  # 2000 to 2069, counted from 1899-12-30
SIX = 6  # digits of a date with a year of two
SECONDS, MILLISECONDS = 10, 13  # digits of a time since 1970 in this century


class AmbiguousDatesError(ValueError):
    """Dates such as 03/04/2021, of which nothing says whether the day or the month comes first."""


def read_times(column: pd.Series, order: DateOrder | None) -> tuple[Times, str | None]:
    """Times in UTC, and how they are written where that is not ISO; what is no time becomes NaT.

    Parameters
    ----------
    column
        Times, numbers or text; times without a zone are UTC.
    order
        Whether the day or the month comes first in ``03/04/2021``; None finds out.

    Raises
    ------
    AmbiguousDatesError
        Where the order is needed and cannot be found out.
    """
    if pd.api.types.is_datetime64_any_dtype(column):
        if getattr(column.dt, "tz", None) is not None:
            column = column.dt.tz_convert("UTC").dt.tz_localize(None)
        return column.to_numpy("datetime64[s]"), None
    names = as_names(column)
    texts = pd.Series(names.categories, dtype="str").str.lstrip("'")  # by which spreadsheets mark text
    times, style = _parsed(texts, order)
    return np.asarray(np.append(times, np.datetime64("NaT"))[names.codes]), style


def _parsed(texts: pd.Series[str], order: DateOrder | None) -> tuple[Times, str | None]:
    """Times of different texts, ``[text]``, each by the first style that fits."""
    times = np.full(len(texts), np.datetime64("NaT"), "datetime64[s]")
    styles = []

    def fill(marked: npt.NDArray[np.bool_], parsed: pd.Series, style: str | None) -> None:
        times[marked] = parsed.dt.tz_localize(None).to_numpy("datetime64[s]")
        if style and not np.isnat(times[marked]).all():
            styles.append(style)

    iso = texts.str.fullmatch(ISO).to_numpy(bool)
    if iso.any():
        fill(iso, pd.to_datetime(texts[iso], format="ISO8601", errors="coerce", utc=True), None)
    year_first = texts.str.fullmatch(YEAR_FIRST).to_numpy(bool) & np.isnat(times)
    if year_first.any():
        fill(year_first, _from_parts(texts[year_first].str.extract(YEAR_FIRST), (0, 1, 2)), "year first")
    for pattern, form, way in IN_PARTS:
        marked = texts.str.fullmatch(pattern).to_numpy(bool) & np.isnat(times)
        if marked.any():
            joined = texts[marked].str.extract(pattern).fillna("1").agg("-".join, axis=1)
            fill(marked, pd.to_datetime(joined, format=form, errors="coerce", utc=True), way)
    for pattern, century in ((YEAR_LAST, ""), (SHORT_YEAR, "20")):
        marked = texts.str.fullmatch(pattern).to_numpy(bool)
        if not marked.any():
            continue
        parts = texts[marked].str.extract(pattern)
        parts[3] = century + parts[3]
        day_first = _day_first(parts[0].astype(int), parts[2].astype(int), parts[1], order)
        columns = (3, 2, 0) if day_first else (3, 0, 2)
        fill(marked, _from_parts(parts, columns), "day first" if day_first else "month first")
    named = texts.str.fullmatch(MONTH_NAMED).to_numpy(bool)
    if named.any():
        parsed = pd.to_datetime(texts[named], format="mixed", dayfirst=True, errors="coerce", utc=True)
        fill(named, parsed, "month by name")
    numbers = texts.str.fullmatch(NUMBER).to_numpy(bool) & np.isnat(times)
    if numbers.any():
        parsed, style = _counted(texts[numbers].str.partition(".")[0])
        fill(numbers, parsed, style)
    return times, " and ".join(dict.fromkeys(styles)) or None


def _from_parts(parts: pd.DataFrame, columns: tuple[int, int, int]) -> pd.Series:
    year, month, day = (parts[column] for column in columns)
    text = year + "-" + month.str.zfill(2) + "-" + day.str.zfill(2)
    return pd.to_datetime(text, format="%Y-%m-%d", errors="coerce", utc=True)


def _day_first(
    first: pd.Series[int], second: pd.Series[int], sign: pd.Series[str], order: DateOrder | None
) -> bool:
    """Whether the first number is the day: as said, as one beyond 12 shows, or as dots make likely."""
    if order is not None:
        return order == "day-first"
    if (first > 12).any() != (second > 12).any():
        return bool((first > 12).any())
    if (sign == ".").all() and not (second > 12).any():
        return True
    raise AmbiguousDatesError(f"{first.iloc[0]:02d}{sign.iloc[0]}{second.iloc[0]:02d}")


def _counted(texts: pd.Series[str]) -> tuple[pd.Series, str | None]:
    """Times written as one number: since 1970, since 1900 as spreadsheets do, or year and day of the year."""
    length = texts.str.len()
    if (length == MILLISECONDS).all():
        return pd.to_datetime(texts.astype("int64"), unit="ms", utc=True), "milliseconds since 1970"
    if (length == SECONDS).all():
        return pd.to_datetime(texts.astype("int64"), unit="s", utc=True), "seconds since 1970"
    if (length == SIX).all():
        parsed = pd.to_datetime("20" + texts, format="%Y%m%d", errors="coerce", utc=True)
        if parsed.notna().all():
            return parsed, "year, month and day, two digits each"
    if texts.str.fullmatch(DAY_OF_YEAR).all():
        parsed = pd.to_datetime(texts, format="%Y%j", errors="coerce", utc=True)
        return parsed, "year and day of the year"
    days = pd.to_numeric(texts, errors="coerce").where(length <= len(str(EXCEL_DAYS[1])))
    if days.between(*EXCEL_DAYS).all():
        return pd.to_datetime(days, unit="D", origin="1899-12-30", utc=True), "days of a spreadsheet"
    return pd.Series(pd.NaT, index=texts.index, dtype="datetime64[s, UTC]"), None
