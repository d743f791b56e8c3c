"""How a vote sees series: composites of half a month, what one band has over another, and where they are.

A composite averages the acquisitions of a period, and with them speckle: on the simulated landscape trees of
15-day means tell crops apart far better than trees of single acquisitions. The difference of two bands in dB
is their ratio, which soil moisture and calibration move less than either (Veloso et al. 2017, Remote Sensing
of Environment 199, 415). Where a field lies tells what is usually grown there and when: regions differ every
season in the same way, and a map that knows of the north only from this season's circle in the south forgets
it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from engine.learning.samples import Samples

PERIOD_DAYS = 15.0
AXES = 2  # bands that tell where a pixel lies: east and north, km

Values = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Composites:
    """A way to see the samples of one season.

    Parameters
    ----------
    days
        Of the acquisitions since the season's start, ``[time]``.
    place
        Of every parcel of the study, km, ``[parcel, xy]``.
    period_days
        Of a composite, at most.
    """

    days: npt.NDArray[np.integer]
    place: npt.NDArray[np.float64]
    period_days: float = PERIOD_DAYS

    def of(self, samples: Samples) -> Samples:
        """Samples whose values are composites, differences of bands, and the place."""
        series = composited(samples.values, self.days, self.period_days)  # [pixel, band, period]
        bands = [series]
        bands += [
            series[:, [one]] - series[:, [other]] for one, other in combinations(range(series.shape[1]), 2)
        ]
        where = self.place[samples.parcel].astype(np.float32)[:, :, None]  # [pixel, xy, 1]
        bands.append(np.repeat(where, series.shape[2], axis=2))
        return replace(samples, values=np.concatenate(bands, axis=1), still=AXES)


def composited(values: Values, days: npt.NDArray[np.integer], period_days: float = PERIOD_DAYS) -> Values:
    """Means over groups of acquisitions that follow each other, ``[pixel, band, period]``.

    As many acquisitions as fit into the period make a group; those that are left at the end join the last.
    Where two don't fit, the series is left as it is.

    Parameters
    ----------
    values
        ``[pixel, band, time]``.
    days
        ``[time]``.
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


def described(values: Values, still: int) -> Values:
    """Features for trees, ``[pixel, feature]``: every band at every time; of each band its highest and lowest
    value, when they are reached, mean and standard deviation; and what does not move, once.
    """
    moving = values[:, : values.shape[1] - still]  # [pixel, band, time]
    summary = [
        moving.max(axis=2), moving.min(axis=2), moving.argmax(axis=2), moving.argmin(axis=2),
        moving.mean(axis=2), moving.std(axis=2),
    ]  # fmt: skip
    fixed = values[:, values.shape[1] - still :, 0]  # [pixel, xy]
    parts = [moving.reshape(len(values), -1), *summary, fixed]
    return np.concatenate(parts, axis=1, dtype=np.float32)
