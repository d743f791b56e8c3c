"""A break between two seasons, after which what a model learnt from earlier ones misleads.

Three things that happen to real archives, all at once: a crop is grown in a new way, a class of the survey
is split in two, and the images are calibrated otherwise.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.simulation.parameters import Landscape
from engine.simulation.province import Floats

# Maize follows a winter crop of the same year: sown six weeks later, in a variety that needs less warmth.
SOWING_DELAY_DAYS = {"maize": 42.0}
DEGREE_DAY_FACTOR = {"maize": 0.75}
# Until then the survey had one class for both.
SURVEYED_AS = {"barley": "winter wheat"}
# The new processing chain, VV and VH: another removal of noise and flattening of terrain, dB.
SHIFT_DB = (0.8, -1.2)


def after_break(landscape: Landscape, year: int) -> bool:
    """Whether a season lies after the break.

    Parameters
    ----------
    landscape
        Says from which harvest year on seasons lie after the break, if any do.
    year
        Harvest year of the season.
    """
    return bool(landscape.broken_past) and year >= landscape.broken_past


def sowing_delay(landscape: Landscape, year: int, name: str) -> float:
    """Days by which a class is sown later than it used to be.

    Parameters
    ----------
    landscape
        Says from which harvest year on seasons lie after the break, if any do.
    year
        Harvest year of the season.
    name
        Of the class.
    """
    return SOWING_DELAY_DAYS.get(name, 0.0) if after_break(landscape, year) else 0.0


def degree_day_factor(landscape: Landscape, year: int, name: str) -> float:
    """Factor on the degree days that a class needs.

    Parameters
    ----------
    landscape
        Says from which harvest year on seasons lie after the break, if any do.
    year
        Harvest year of the season.
    name
        Of the class.
    """
    return DEGREE_DAY_FACTOR.get(name, 1.0) if after_break(landscape, year) else 1.0


def as_surveyed(landscape: Landscape, year: int, names: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """The classes as the survey of that season named them, ``[parcel]``.

    Parameters
    ----------
    landscape
        Says from which harvest year on seasons lie after the break, if any do.
    year
        Harvest year of the season.
    names
        True class of each parcel, ``[parcel]``.
    """
    if not landscape.broken_past or after_break(landscape, year):
        return names
    surveyed = names.copy()
    for crop, name in SURVEYED_AS.items():
        surveyed[names == crop] = name
    return surveyed


def shift_db(landscape: Landscape, year: int) -> Floats:
    """What the calibration adds to each band, ``[band]`` dB.

    Parameters
    ----------
    landscape
        Says from which harvest year on seasons lie after the break, if any do.
    year
        Harvest year of the season.
    """
    return np.array(SHIFT_DB if after_break(landscape, year) else (0.0, 0.0))
