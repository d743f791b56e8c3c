"""When the weather of a season lets something happen: warmth that has gathered, fields that are dry."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.simulation.province import Floats

DRY_MM = 8.0  # three days' rain that leaves a field passable


def degree_days(base: float, cap: float, temperature: Floats) -> Floats:
    """Degree days gathered since 1 January, ``[place, day]``.

    Parameters
    ----------
    base, cap
        Temperatures below and above which a day adds nothing more, degrees C.
    temperature
        Daily mean in degrees C, ``[place, day]``.
    """
    gathered: Floats = np.cumsum(np.clip(temperature - base, 0, cap - base), axis=1)
    return gathered


def first_day(reached: npt.NDArray[np.bool_]) -> Floats:
    """First day on which something is reached, or the number of days, ``[place]``.

    Parameters
    ----------
    reached
        Whether it is reached, ``[place, day]``.
    """
    day: Floats = np.where(reached.any(axis=1), reached.argmax(axis=1), reached.shape[1]).astype(np.float64)
    return day


def first_dry(wished: Floats, rain: Floats) -> Floats:
    """The first day from the wished one on which a field is passable, ``[place]``.

    Where none comes, it is the wished day; a wish beyond the last day stays.

    Parameters
    ----------
    wished
        Day of the year on which the work is wished, ``[place]``.
    rain
        In mm, ``[place, day]``.
    """
    summed = np.cumsum(rain, axis=1)
    three = summed - np.pad(summed, ((0, 0), (3, 0)))[:, :-3]
    ready = (np.arange(rain.shape[1]) >= wished[:, None]) & (three < DRY_MM)
    found: Floats = np.where(ready.any(axis=1), ready.argmax(axis=1), np.ceil(wished)).astype(np.float64)
    return found
