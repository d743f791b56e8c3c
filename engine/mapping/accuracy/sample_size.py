"""How many parcels an accuracy sample needs, and how they are divided among the strata."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from engine.mapping.accuracy.nouns import ACCURACY_LEVEL, AccuracyError, Floats, Integers

Allocation = Literal["proportional", "neyman"]
ALLOCATIONS: tuple[Allocation, ...] = ("proportional", "neyman")
USUAL_ACCURACY = 0.8  # expected where nobody says better
FLOOR = 10  # parcels of a stratum at least, so that its user's accuracy can be told
MOST_UNEVEN = 5  # a stratum's parcels may differ in area no more than this for the plan


@dataclass(frozen=True, eq=False)
class Size:
    """A size with its allocation.

    Parameters
    ----------
    parcels
        To draw, those that will refuse included.
    by_stratum
        In the order of the strata.
    half_width
        Expected, of the overall accuracy, with the responding parcels.
    allocation
        How it was divided.
    """

    parcels: int
    by_stratum: Mapping[str, int]
    half_width: float
    allocation: Allocation


def optimum_size(
    weights: Floats, deviations: Floats, standard_error: float, parcels: float = math.inf
) -> float:
    """Parcels for a wanted standard error of the overall accuracy, divided as Neyman's allocation does.

    Parameters
    ----------
    weights
        Shares of the strata, ``[stratum]``.
    deviations
        Standard deviation within each stratum: of a share p it is the root of p (1 - p), ``[stratum]``.
    standard_error
        Wanted.
    parcels
        In the population; without end there is no finite population correction.

    References
    ----------
    W. G. Cochran (1977), "Sampling Techniques", eq. 5.25; P. Olofsson et al. (2014), Remote Sensing of
    Environment 148, 42-57, eq. 13.
    """
    within = float((weights * deviations**2).sum())
    return float((weights * deviations).sum() ** 2) / (standard_error**2 + within / parcels)


def sample_size(
    strata: pd.DataFrame,
    half_width: float,
    expected: Mapping[str, float] | float = USUAL_ACCURACY,
    allocation: Allocation = "proportional",
    response: float = 1.0,
    level: float = ACCURACY_LEVEL,
) -> Size:
    """The fewest parcels whose overall accuracy has the wanted interval.

    Cochran's formula is where the search begins; the floor of each stratum and whole parcels may need a few
    more.

    Parameters
    ----------
    strata
        ``stratum``, ``parcels``, ``area_ha``, and where it is known ``area_cv``: the coefficient of
        variation of the areas of its parcels; ``stands_for`` where the strata are those of a first sample:
        how many of all parcels each stands for.
    half_width
        Wanted, of the interval of the overall accuracy.
    expected
        User's accuracy that is expected of each stratum, or of all.
    allocation
        Proportional to area, or to area times standard deviation (Neyman); each with a floor.
    response
        Share of the drawn parcels that will have a reference.
    level
        Of the interval.

    Raises
    ------
    AccuracyError
        Where no sample of these parcels gives that.
    """
    if not 0 < half_width < 0.5:
        raise AccuracyError(
            f"A half-width of {half_width:g} is not between 0 and 0.5. For plus or minus 3 points give 0.03."
        )
    if not 0 < response <= 1:
        raise AccuracyError(f"A response of {response:g} is not above 0 and at most 1. For 90 % give 0.9.")
    z = float(stats.norm.ppf((1 + level) / 2))
    weights, deviations = _planned(strata, expected)
    total = int(strata["parcels"].sum())
    start = optimum_size(weights, deviations, half_width / z, total)
    least = int(np.minimum(strata["parcels"].to_numpy(dtype=np.int64), 2).sum())
    for size in range(max(math.floor(start), least), total + 1):
        answered = allocate(strata, size, allocation, expected)
        if _half_width(strata, answered, weights, deviations, z) <= half_width:
            needed = min(math.ceil(int(answered.sum()) / response - 1e-9), total)
            drawn = allocate(strata, needed, allocation, expected)
            return _sized(strata, drawn, response, expected, allocation, level)
    raise AccuracyError(
        f"Not even all {total} parcels give a half-width of {half_width:g}. Ask for a wider interval."
    )


def planned(
    strata: pd.DataFrame,
    parcels: int,
    expected: Mapping[str, float] | float = USUAL_ACCURACY,
    allocation: Allocation = "proportional",
    response: float = 1.0,
    level: float = ACCURACY_LEVEL,
) -> Size:
    """What a given number of parcels will give.

    Parameters
    ----------
    strata, expected, allocation, response, level
        As `sample_size` takes them.
    parcels
        To draw.

    Raises
    ------
    AccuracyError
        Where there are fewer parcels, or fewer than two of a stratum to draw.
    """
    total = int(strata["parcels"].sum())
    least = int(np.minimum(strata["parcels"].to_numpy(dtype=np.int64), 2).sum())
    if not least <= parcels <= total:
        raise AccuracyError(
            f"A sample of {parcels} parcels is not between {least} (two of each stratum) and all "
            f"{total}. Give another size."
        )
    return _sized(
        strata, allocate(strata, parcels, allocation, expected), response, expected, allocation, level
    )


def allocate(
    strata: pd.DataFrame, parcels: int, allocation: Allocation, expected: Mapping[str, float] | float
) -> Integers:
    """Parcels of each stratum, ``[stratum]``: a floor first, the rest by the allocation.

    Parameters
    ----------
    strata
        As `sample_size` takes them.
    parcels
        To divide.
    allocation
        Of the rest.
    expected
        User's accuracies.
    """
    available = strata["parcels"].to_numpy(dtype=np.int64)
    weights, deviations = _planned(strata, expected)
    aim = weights * (deviations if allocation == "neyman" else 1)
    sizes: Integers = np.minimum(available, min(FLOOR, max(parcels // len(available), 2)))
    for _ in range(max(parcels - int(sizes.sum()), 0)):
        lack = np.where(
            sizes < available, aim / (sizes + 0.5), -1.0
        )  # Sainte-Laguë: the next goes where it lacks
        sizes[int(lack.argmax())] += 1
    return sizes


def _planned(strata: pd.DataFrame, expected: Mapping[str, float] | float) -> tuple[Floats, Floats]:
    """Weight and standard deviation of each stratum; uneven areas make a parcel tell less."""
    names = strata["stratum"].tolist()
    shares = np.array(
        [expected.get(name, USUAL_ACCURACY) if isinstance(expected, Mapping) else expected for name in names]
    )
    if ((shares < 0) | (shares > 1)).any():
        raise AccuracyError(
            f"An expected accuracy of {shares[(shares < 0) | (shares > 1)][0]:g} is not between 0 and 1. For "
            "85 % give 0.85."
        )
    areas = strata["area_ha"].to_numpy(float)
    uneven = strata["area_cv"].to_numpy(float) if "area_cv" in strata else np.zeros(len(strata))
    return areas / areas.sum(), np.sqrt(shares * (1 - shares) * (1 + np.minimum(uneven, MOST_UNEVEN) ** 2))


def _half_width(
    strata: pd.DataFrame, sizes: Integers, weights: Floats, deviations: Floats, z: float
) -> float:
    of = strata["stands_for" if "stands_for" in strata else "parcels"].to_numpy(float)
    left = np.clip(1 - sizes / of, 0, 1)
    return z * math.sqrt(float((weights**2 * deviations**2 * left / np.maximum(sizes, 1)).sum()))


def _sized(
    strata: pd.DataFrame,
    sizes: Integers,
    response: float,
    expected: Mapping[str, float] | float,
    allocation: Allocation,
    level: float,
) -> Size:
    z = float(stats.norm.ppf((1 + level) / 2))
    weights, deviations = _planned(strata, expected)
    answered = np.maximum((sizes * response).astype(np.int64), 1)
    width = _half_width(strata, answered, weights, deviations, z)
    by_stratum = dict(zip(strata["stratum"].tolist(), (int(size) for size in sizes), strict=True))
    return Size(int(sizes.sum()), by_stratum, width, allocation)
