"""Feature sets: what a model sees of a season's series.

A composite averages the acquisitions of a period, and with them speckle: on the simulated landscape trees of
15-day means tell crops apart far better than trees of single acquisitions. The difference of two bands in dB
is their ratio, which soil moisture and calibration change less than either (Veloso et al. 2017, Remote
Sensing of Environment 199, 415). The place of a field tells what is usually grown there and when: regions
differ in the same way every season, and a trip to one region says nothing of the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from engine.learning.samples import Samples

PERIOD_DAYS = 15.0
STATIC_FEATURES = 2  # east and north of the pixel's parcel, km

Values = npt.NDArray[np.float32]
Days = npt.NDArray[np.integer]


@dataclass(frozen=True)
class RawSeries:
    """The series as they are.

    ``repeat_pixels`` says that a parcel with few pixels repeats them, so that each parcel weighs the same.
    """

    repeat_pixels: ClassVar[bool] = True

    def of(self, samples: Samples, days: Days, place_km: npt.NDArray[np.float64]) -> Samples:
        """The samples."""
        return samples


@dataclass(frozen=True)
class CompositeSeries:
    """Composites, differences of bands, and the place as static features.

    Pixels are not repeated: trees would take copies for evidence, and weights level the parcels instead.

    Parameters
    ----------
    period_days
        Of a composite, at most.
    """

    period_days: float = PERIOD_DAYS
    repeat_pixels: ClassVar[bool] = False

    def of(self, samples: Samples, days: Days, place_km: npt.NDArray[np.float64]) -> Samples:
        """Samples whose values are composites.

        Parameters
        ----------
        samples
            Of one season.
        days
            Of the acquisitions since the season's start, ``[time]``.
        place_km
            Of every parcel of the study, ``[parcel, xy]``.
        """
        series = composites(samples.values, days, self.period_days)  # [pixel, band, period]
        bands = [series]
        bands += [
            series[:, [first]] - series[:, [second]]
            for first, second in combinations(range(series.shape[1]), 2)
        ]
        place = place_km[samples.parcel].astype(np.float32)[:, :, None]  # [pixel, xy, 1]
        bands.append(np.repeat(place, series.shape[2], axis=2))
        return replace(samples, values=np.concatenate(bands, axis=1), static=STATIC_FEATURES)


def composites(values: Values, days: Days, period_days: float = PERIOD_DAYS) -> Values:
    """Means over groups of successive acquisitions, ``[pixel, band, period]``.

    As many acquisitions as fit into the period make a group; those that are left at the end join the last.
    Where two do not fit, the series is left as it is.

    Parameters
    ----------
    values
        ``[pixel, band, time]``.
    days
        Of the acquisitions since the season's start, ``[time]``.
    period_days
        Length of the period, days.
    """
    times = values.shape[2]
    step = float(np.median(np.diff(days))) if times > 1 else period_days
    size = max(1, int(period_days // step))
    if size == 1:
        return values
    starts = np.arange(max(1, times // size)) * size
    summed = np.add.reduceat(values, starts, axis=2)
    count = np.diff([*starts, times]).astype(np.float32)
    return np.asarray(summed / count, dtype=np.float32)


def tree_features(values: Values, static: int) -> Values:
    """Features for trees, ``[pixel, feature]``.

    Every band at every time; of each band its highest and lowest value, when they are reached, mean and
    standard deviation; and the static features, once.

    Parameters
    ----------
    values
        ``[pixel, band, time]``.
    static
        How many of the bands, the last ones, do not change over time.
    """
    dynamic = values[:, : values.shape[1] - static]  # [pixel, band, time]
    summary = [
        dynamic.max(axis=2), dynamic.min(axis=2), dynamic.argmax(axis=2), dynamic.argmin(axis=2),
        dynamic.mean(axis=2), dynamic.std(axis=2),
    ]  # fmt: skip
    fixed = values[:, values.shape[1] - static :, 0]  # [pixel, static feature]
    parts = [dynamic.reshape(len(values), -1), *summary, fixed]
    return np.concatenate(parts, axis=1, dtype=np.float32)
