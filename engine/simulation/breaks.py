"""A past that no longer holds: what a model learnt from it misleads.

Three things that happen to real archives between two seasons, all at once: a crop is grown in a new way,
a class of the survey is split in two, and the images are calibrated otherwise.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.simulation.parameters import Landscape
from engine.simulation.province import Floats

# Maize follows a winter crop of the same year: sown six weeks later, in a variety that needs less warmth.
LATER_DAYS = {"maize": 42.0}
FASTER = {"maize": 0.75}
# Until then the survey wrote one class for both.
WRITTEN_AS = {"barley": "winter wheat"}
# The new processing chain, VV and VH: another removal of noise and flattening of terrain, dB.
SHIFT_DB = (0.8, -1.2)


def broken(landscape: Landscape, year: int) -> bool:
    """Whether a season lies after the break."""
    return bool(landscape.broken_past) and year >= landscape.broken_past


def later(landscape: Landscape, year: int, name: str) -> float:
    """Days by which a class is sown later than it used to be."""
    return LATER_DAYS.get(name, 0.0) if broken(landscape, year) else 0.0


def faster(landscape: Landscape, year: int, name: str) -> float:
    """Factor on the degree days that a class needs."""
    return FASTER.get(name, 1.0) if broken(landscape, year) else 1.0


def as_written(landscape: Landscape, year: int, names: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """The classes as the survey of that season wrote them, ``[parcel]``."""
    if not landscape.broken_past or broken(landscape, year):
        return names
    written = names.copy()
    for grown, name in WRITTEN_AS.items():
        written[names == grown] = name
    return written


def shift_db(landscape: Landscape, year: int) -> Floats:
    """What the calibration adds to each band, ``[band]`` dB."""
    return np.array(SHIFT_DB if broken(landscape, year) else (0.0, 0.0))
