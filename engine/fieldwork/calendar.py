"""Dates of the days of an itinerary: from a start, on the working days of a week."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from babel import Locale, localedata
from babel.dates import format_date

from engine.domain import PlanError
from engine.fieldwork.tour import Itinerary

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE = WEEKDAYS[:5]
ENGLISH = "en"
READABLE = "EEE d MMM y"  # Mon 18 May 2026, in the order and words of Unicode's CLDR


@dataclass(frozen=True)
class Calendar:
    """When a crew works. Days of several crews of one number are on one date.

    Parameters
    ----------
    start
        First date on which a crew may be out; where that is no working day, the next one that is.
    working
        Days of the week, of `WEEKDAYS`.
    language
        Code of the language in which dates are written, as ``en``, ``fr`` or ``sr_Latn``.

    Raises
    ------
    PlanError
        Where nobody works, a name is no day of the week, or the language is not known.

    Examples
    --------
    >>> Calendar(dt.date(2026, 5, 15)).date(2).isoformat()
    '2026-05-18'
    """

    start: dt.date
    working: tuple[str, ...] = OFFICE
    language: str = ENGLISH

    def __post_init__(self) -> None:
        if _own_name(self.language) is None:
            raise PlanError(
                f"{self.language!r} is no language of dates. Give a code such as en, fr, de or sr_Latn."
            )
        unknown = [name for name in self.working if name not in WEEKDAYS]
        if unknown or not self.working:
            fault = (
                f"{unknown[0]!r} is no day of the week"
                if unknown
                else "A trip without working days never starts"
            )
            raise PlanError(f"{fault}. Give some of {', '.join(WEEKDAYS)}.")

    def date(self, number: int) -> dt.date:
        """The date of a day of the itinerary.

        Parameters
        ----------
        number
            Counted from 1.
        """
        mask = [name in self.working for name in WEEKDAYS]
        day = np.busday_offset(np.datetime64(self.start, "D"), number - 1, roll="forward", weekmask=mask)
        return dt.date.fromisoformat(str(day))


def working_days(text: str) -> tuple[str, ...]:
    """Days of the week from text, in the order of the week.

    Parameters
    ----------
    text
        Names parted by commas, as ``mon,tue,wed``; longer names and capitals do not matter.

    Raises
    ------
    PlanError
        Where one is no day of the week.
    """
    names = [name.strip().casefold()[:3] for name in text.split(",") if name.strip()]
    return tuple(sorted(Calendar(dt.date.min, tuple(dict.fromkeys(names))).working, key=WEEKDAYS.index))


def dated(itinerary: Itinerary, calendar: Calendar | None) -> Itinerary:
    """An itinerary whose days have dates; without a calendar as it is.

    Parameters
    ----------
    itinerary
        The days to drive.
    calendar
        When crews work.
    """
    if calendar is None:
        return itinerary
    days = (replace(day, date=calendar.date(day.number).isoformat()) for day in itinerary.days)
    return replace(itinerary, days=tuple(days))


def written_date(date: str, language: str = ENGLISH) -> str:
    """A date to read, as ``Mon 18 May 2026``.

    Parameters
    ----------
    date
        As a day has it, YYYY-MM-DD; empty stays empty.
    language
        Of `languages`.

    Examples
    --------
    >>> written_date("2026-05-18"), written_date("2026-05-18", "fr")
    ('Mon 18 May 2026', 'lun. 18 mai 2026')
    """
    return format_date(dt.date.fromisoformat(date), READABLE, locale=language) if date else ""


@lru_cache(maxsize=1)
def languages() -> dict[str, str]:
    """Languages in which dates can be written: their own names by code, from Unicode's CLDR."""
    named = ((code, _own_name(code)) for code in sorted(localedata.locale_identifiers()))
    return {code: name for code, name in named if name}


def _own_name(code: str) -> str | None:
    """What a language calls itself; None where the code is of no language, or of one in one place (en_GB)."""
    of_a_place = any(len(part) == 2 or part.isdigit() for part in code.split("_")[1:])
    if of_a_place or not localedata.exists(code):
        return None
    return Locale.parse(code).display_name or None
