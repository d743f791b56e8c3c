"""The regular time axis: observations of any dates become slots of a day-of-year window."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.domain import Season, StudyError

Days = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

STEP_RANGE = (5, 32)  # days
PIXELS_AT_ONCE = 20_000
ANY_COMMON_YEAR = 2001
MONTH_DAY = re.compile(r"\d\d-\d\d", re.ASCII)


@dataclass(frozen=True)
class Window:
    """A window of the year, for example ``03-01`` to ``10-31``, both days inclusive.

    A window whose start lies after its end begins in the year before the harvest.
    """

    start: str = "03-01"
    end: str = "10-31"

    def __post_init__(self) -> None:
        for day in (self.start, self.end):
            try:
                if not MONTH_DAY.fullmatch(day):
                    raise ValueError(day)
                dt.datetime.strptime(f"{ANY_COMMON_YEAR}-{day}", "%Y-%m-%d")
            except ValueError:
                raise StudyError(
                    f'Window day "{day}" is not a day of every year. Write month and day as 03-01.'
                ) from None
        if self.start == self.end:
            raise StudyError(f"The window starts and ends on {self.start}. Give an end after the start.")

    def season(self, label: str) -> Season:
        """The season of that harvest year."""
        year = int(label)
        first = year - 1 if self.start > self.end else year
        return Season(
            dt.date.fromisoformat(f"{first}-{self.start}"), dt.date.fromisoformat(f"{year}-{self.end}"), label
        )

    def harvest_years(self, time: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
        """Year of the harvest that each time leads up to, same shape."""
        year = time.astype("datetime64[Y]")
        harvest = year.astype(np.int64) + 1970
        if self.start <= self.end:
            return harvest
        first = self._in_year(year, self.start)
        return np.asarray(harvest + (time.astype("datetime64[D]") >= first), np.int64)

    def holds(self, time: npt.NDArray[np.datetime64]) -> npt.NDArray[np.bool_]:
        """Whether the window of some season holds each time, same shape."""
        day = time.astype("datetime64[D]")
        year = day.astype("datetime64[Y]")
        start, end = (self._in_year(year, text) for text in (self.start, self.end))
        if self.start <= self.end:
            return np.asarray((day >= start) & (day <= end))
        return np.asarray((day >= start) | (day <= end))

    @staticmethod
    def _in_year(year: npt.NDArray[np.datetime64], text: str) -> npt.NDArray[np.datetime64]:
        """That day of each year."""
        month, day = (int(part) for part in text.split("-"))
        start = year.astype("datetime64[M]") + np.timedelta64(month - 1, "M")
        return np.asarray(start.astype("datetime64[D]") + np.timedelta64(day - 1, "D"))


def slot_days(seasons: Iterable[Season], step: int) -> Days:
    """Days of the slots after the start of the window, ``[time]``; the same in leap years and others.

    Parameters
    ----------
    seasons
        All seasons; the shortest window decides the length.
    step
        Days between slots.
    """
    shortest = min((season.end - season.start).days for season in seasons)
    return np.arange(0, shortest + 1, step, dtype=np.int64)


def slots_of(day: Days, days: Days, season: Season, step: int) -> Days:
    """Slot of each day, or -1 outside; slot k covers ``days[k] +- step / 2`` within the window.

    Parameters
    ----------
    day
        Days after the start of the window, ``[observation]``.
    days
        Days of the slots after the start of the window, ``[time]``.
    season
        Whose window counts.
    step
        Days between slots.
    """
    slot = (2 * day + step) // (2 * step)
    inside = (day >= 0) & (day <= (season.end - season.start).days) & (slot < len(days))
    return np.where(inside, slot, -1)


def revisit(series: Days, day: Days) -> float:
    """Median interval in days between successive observations of the same series; NaN if there is none.

    Parameters
    ----------
    series, day
        Which series was observed, and when, ``[observation]``.
    """
    order = np.lexsort((day, series))
    gap = np.diff(day[order])
    gap = gap[(np.diff(series[order]) == 0) & (gap > 0)]
    return float(np.median(gap)) if len(gap) else float("nan")


def regular(
    series: Days, slot: Days, values: Floats, count: int, slots: int, in_decibel: bool
) -> tuple[Floats, float]:
    """One band of one season on the regular axis.

    Observations of a slot are averaged (decibels as power), empty slots are interpolated linearly
    in time, and the ends are held at the nearest value.

    Parameters
    ----------
    series, slot
        Row of the series and slot of each observation, ``[observation]``.
    values
        ``[observation]``, finite; dB or unitless.
    count, slots
        How many series and slots there are; each series needs an observation.
    in_decibel
        Whether the values are dB.

    Returns
    -------
    The values ``[series, time]`` and the share of slots that were empty.
    """
    cell = series * slots + slot
    number = np.bincount(cell, minlength=count * slots).reshape(count, slots)
    weights = 10 ** (values.astype(np.float64) / 10) if in_decibel else values.astype(np.float64)
    total = np.bincount(cell, weights=weights, minlength=count * slots).reshape(count, slots)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / number
        grid = (10 * np.log10(mean) if in_decibel else mean).astype(np.float32)
    for first in range(0, count, PIXELS_AT_ONCE):
        grid[first : first + PIXELS_AT_ONCE] = fill_gaps(grid[first : first + PIXELS_AT_ONCE])
    return grid, float((number == 0).mean())


def fill_gaps(values: Floats) -> Floats:
    """Interpolate NaN linearly along the last axis; the ends are held. Each row needs a finite value.

    Parameters
    ----------
    values
        ``[series, time]`` at regular times.
    """
    slots = values.shape[1]
    slot = np.arange(slots)
    seen = np.isfinite(values)
    before = np.maximum.accumulate(np.where(seen, slot, -1), axis=1)
    after = np.minimum.accumulate(np.where(seen, slot, slots)[:, ::-1], axis=1)[:, ::-1]
    left = np.where(before < 0, after, before)
    right = np.where(after == slots, before, after)
    low = np.take_along_axis(values, left, axis=1)
    high = np.take_along_axis(values, right, axis=1)
    share = ((slot - left) / np.maximum(right - left, 1)).astype(np.float32)
    return np.asarray(low + share * (high - low), np.float32)
