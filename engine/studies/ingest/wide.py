"""Wide tables, one column a band and date: what their columns mean, and the long tables behind them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.studies.ingest.bands import recognised
from engine.studies.ingest.dates import AmbiguousDatesError
from engine.studies.ingest.request import DateOrder

KEYS = ("parcel_id", "pixel_id", "season")
MONTH_NAMES = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DATE = re.compile(
    r"(?<!\d)(?:(?P<year>(?:19|20)\d\d)(?P<sign>[-_./ ]?)(?P<month>0[1-9]|1[0-2])(?P=sign)"
    r"(?P<day>0[1-9]|[12]\d|3[01])"
    r"|(?P<year1>(?:19|20)\d\d)(?P<sign1>[-_./ ])(?P<month1>1[0-2]|0?[1-9])(?P=sign1)(?P<day1>\d{1,2})"
    r"|(?P<first>\d{1,2})(?P<sign2>[-_./ ])(?P<second>\d{1,2})(?P=sign2)(?P<year2>(?:19|20)\d\d)"
    r"|(?P<year3>(?:19|20)\d\d)[-_]?(?P<of_year>[0-3]\d\d)"
    r"|(?P<day4>0[1-9]|[12]\d|3[01])(?P<month4>0[1-9]|1[0-2])(?P<year4>(?:19|20)\d\d)"
    rf"|(?P<day5>\d{{1,2}})(?P<sign5>[-_./ ]?)(?P<name5>{MONTH_NAMES})(?P=sign5)(?P<year5>(?:19|20)\d\d)"
    rf"|(?P<year6>(?:19|20)\d\d)(?P<sign6>[-_./ ]?)(?P<name6>{MONTH_NAMES})(?P=sign6)(?P<day6>\d{{1,2}})"
    r")(?!\d)",
    re.IGNORECASE,
)
TIME = re.compile(r"T\d{4,6}(?!\w)|T\d{4,6}(?=_)|[T ]?\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")
WORDS = re.compile(r"[_\-. /()\[\]]+")
NAMELESS = ("", "X", "D", "T", "DATE", "DAY")  # what programs put before a date where a band has no name
MONTHS = 12
DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class DatedColumn:
    """A column of a wide table.

    Parameters
    ----------
    place
        Of the column in the table, from 0.
    band
        None where its name holds nothing but the date.
    """

    place: int
    band: str | None
    date: np.datetime64


def dated_columns(columns: Sequence[str], order: DateOrder | None) -> list[DatedColumn]:
    """The columns whose names hold a date, with or without a band before or after it.

    Parameters
    ----------
    columns
        Names as the file has them, maybe twice.
    order
        Whether the day or the month comes first in ``VV_03.04.2021``; None finds out.

    Raises
    ------
    AmbiguousDatesError
        Where the order is needed and cannot be found out.
    """
    found = [(place, name, match) for place, name in enumerate(columns) if (match := DATE.search(name))]
    day_first = _day_first([match for _, _, match in found if match["first"]], order)
    dated = []
    for place, name, match in found:
        date = _date(match, day_first)
        if not np.isnat(date):
            band = _band(name[: match.start()], name[match.end() :])
            dated.append(DatedColumn(place, band, date))
    return dated


def not_understood(columns: Sequence[str], dated: Sequence[DatedColumn]) -> tuple[str, ...]:
    """Columns that look like a band on a date, of which the date was not understood.

    Parameters
    ----------
    columns
        Names as the file has them.
    dated
        Those that were understood.
    """
    understood = {each.place for each in dated}
    odd = []
    for place, name in enumerate(columns):
        words = [word for word in WORDS.split(name) if word]
        if place not in understood and any(recognised(word) for word in words):
            rest = [word for word in words if not recognised(word)]
            if any(DIGIT.search(word) for word in rest):
                odd.append(name)
    return tuple(odd)


def melted(frame: pd.DataFrame, dated: Sequence[DatedColumn], unnamed: str) -> pd.DataFrame:
    """A wide table as a long one, date after date; a date that stands twice gives two observations.

    Parameters
    ----------
    frame
        With ``parcel_id`` and perhaps ``pixel_id`` and ``season``; rows of one parcel are its pixels.
    dated
        The columns to use.
    unnamed
        Name of the band where columns are nothing but dates.
    """
    keys = frame[[column for column in KEYS if column in frame]].copy()
    if "pixel_id" not in keys:
        keys["pixel_id"] = keys.groupby(list(keys.columns), observed=True).cumcount()
    bands = list(dict.fromkeys(each.band or unnamed for each in dated))
    nth: dict[tuple[int, np.datetime64], dict[str, int]] = {}  # column by band, the n-th time of a date
    for each in dated:
        band, turn = each.band or unnamed, 0
        while band in nth.setdefault((turn, each.date), {}):
            turn += 1
        nth[turn, each.date][band] = each.place
    steps = sorted(nth)
    long = pd.concat([keys] * len(steps), ignore_index=True)
    long["date"] = np.repeat(np.array([date for _, date in steps], "datetime64[s]"), len(frame))
    empty = np.full(len(frame), np.nan, np.float32)
    for band in bands:
        places = [nth[step].get(band) for step in steps]
        long[band] = np.concatenate(
            [empty if place is None else frame.iloc[:, place].to_numpy() for place in places]
        )
    return long


def _day_first(matches: Sequence[re.Match[str]], order: DateOrder | None) -> bool:
    if order is not None or not matches:
        return order == "day-first"
    first = any(int(match["first"]) > MONTHS for match in matches)
    second = any(int(match["second"]) > MONTHS for match in matches)
    if first == second:
        if not first and all(match["sign2"] == "." for match in matches):
            return True
        raise AmbiguousDatesError(matches[0].group())
    return first


def _date(match: re.Match[str], day_first: bool) -> np.datetime64:
    if match["of_year"]:
        return _as_day(match["year3"] + match["of_year"], "%Y%j")
    for nth in ("5", "6"):
        if name := match["name" + nth]:
            return _as_day(f"{match['year' + nth]}-{name.title()}-{match['day' + nth]}", "%Y-%b-%d")
    if match["first"]:
        day, month = (match["first"], match["second"]) if day_first else (match["second"], match["first"])
        parts = match["year2"], month, day
    elif match["year4"]:
        parts = match["year4"], match["month4"], match["day4"]
    elif match["year1"]:
        parts = match["year1"], match["month1"], match["day1"]
    else:
        parts = match["year"], match["month"], match["day"]
    return _as_day("-".join(parts), "%Y-%m-%d")


def _as_day(text: str, form: str) -> np.datetime64:
    """The day, or NaT where there is no such day."""
    try:
        return np.datetime64(dt.datetime.strptime(text, form), "s")
    except ValueError:
        return np.datetime64("NaT", "s")


def _band(before: str, after: str) -> str | None:
    """The band in what stands before and after the date, without the names of images around it."""
    after = after.strip()
    if time := TIME.match(after):
        after = after[time.end() :]
    in_image = bool(DATE.search(after))  # the name of an image goes on, to the end of its acquisition
    for text in (after, before):
        words = _words(text)
        known = [place for place, word in enumerate(words) if recognised(word)]
        if known:
            named = words[known[0] :]
            if in_image:
                return named[0] if text is before else "_".join(named)
            return "_".join([*named, *(_words(after) if text is before else [])])
    return "_".join(_words(f"{before}_{after}")) or None


def _words(text: str) -> list[str]:
    """The words of a part of a name, without the letters that programs put before a date."""
    return [word for word in WORDS.split(text) if word.upper() not in NAMELESS]
