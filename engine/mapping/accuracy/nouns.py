"""What an accuracy assessment starts from and what it ends in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Estimate, GroundplanError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Weight = Literal["area", "parcels"]

ACCURACY_LEVEL = 0.95  # of every design-based interval


class AccuracyError(GroundplanError):
    """A sample, a map or a requirement from which no accuracy follows."""


@dataclass(frozen=True, eq=False)
class Frame:
    """The parcels that a sample speaks for.

    Parameters
    ----------
    strata
        As drawn: ``stratum``, ``parcels`` and ``area_ha``, a row a stratum.
    mapped_ha
        Area by class of the map that is assessed, where known; else it is estimated.
    parcels
        Every parcel of the frame, for model-assisted estimates: ``parcel_id``, ``mapped``, ``area_ha`` and
        the calibrated probability of each class in a column of its name.
    visited
        Parcels outside the frame whose crop is known, because a trip visited them: ``reference`` and
        ``area_ha``. They count in areas, without error, and not in accuracies.
    first_phase
        The larger sample that drew its ``stratum`` and ``area_ha`` first, where the strata are known for it
        and not for every parcel. The totals of ``strata`` are then those of all parcels, see
        `engine.mapping.accuracy.two_phases`.
    finite
        Whether the finite population correction applies.
    """

    strata: pd.DataFrame
    mapped_ha: Mapping[str, float] | None = None
    parcels: pd.DataFrame | None = None
    visited: pd.DataFrame | None = None
    first_phase: pd.DataFrame | None = None
    finite: bool = True


@dataclass(frozen=True)
class Figure:
    """An estimate with its interval and its standard error."""

    estimate: Estimate
    standard_error: float


@dataclass(frozen=True)
class ClassFigures:
    """The figures of a class.

    Parameters
    ----------
    name
        Of the class.
    users
        User's accuracy: how much of what is mapped as the class is the class; None where nothing of it was
        sampled.
    producers
        Producer's accuracy: how much of the class is mapped as it; None where none of it was found.
    f1
        Of the two; None where none of it was found.
    share
        Of the frame's area, or of its parcels.
    area
        Of the class in ha, visited parcels included.
    mapped_ha
        What the map shows as the class within the frame, ha.
    sampled, found
        Responding parcels that are mapped as the class, and that are the class.
    """

    name: str
    users: Figure | None
    producers: Figure | None
    f1: Figure | None
    share: Figure
    area: Figure
    mapped_ha: float
    sampled: int
    found: int


@dataclass(frozen=True)
class Response:
    """How many sampled parcels have a reference, and why others have none."""

    drawn: int
    responded: int
    reasons: Mapping[str, int]

    @property
    def rate(self) -> float:
        """Share of the drawn parcels that have a reference."""
        return self.responded / self.drawn


@dataclass(frozen=True, eq=False)
class Accuracy:
    """What a probability sample says of a map.

    Parameters
    ----------
    classes
        Names, in the order of the matrices.
    overall, macro_f1
        Overall accuracy, and macro F1 over the classes that the sample found.
    by_class
        In the order of ``classes``.
    matrix
        Estimated shares by mapped class (row) and reference class (column); they add up to 1.
    counts
        Responding parcels, likewise.
    effective
        Effective sample size of the overall accuracy, and its degrees of freedom.
    response
        Who has a reference.
    weight
        Whether a hectare or a parcel counts.
    assisted
        Whether the map's probabilities helped with areas.
    notes
        What a reader must know.
    """

    classes: tuple[str, ...]
    overall: Figure
    macro_f1: Figure
    by_class: tuple[ClassFigures, ...]
    matrix: Floats
    counts: Integers
    effective: tuple[float, float]
    response: Response
    weight: Weight
    assisted: bool
    notes: tuple[str, ...]
