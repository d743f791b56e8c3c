"""What a model predicts of every parcel of a season, read part by part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.domain import UNLABELLED, Study
from engine.learning.calibration import probabilities
from engine.learning.features import composites
from engine.learning.protocols import FeatureSet, Model
from engine.learning.samples import Samples
from engine.sampling.split import utm_km
from engine.studies.cubes import season_rows
from engine.studies.parts import season_parts

PIXELS = 50  # of a parcel, at most, as in the study
PIXEL_SEED = 0
LEAST_VARIANCE = 1e-12  # of a band that never changes
CHUNK = 32_768  # pixels that a model looks at, at once

Floats = npt.NDArray[np.floating]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Predicted:
    """Means over the pixels of parcels.

    Parameters
    ----------
    rows
        Of the parcels in ``Study.parcels``, ascending, ``[parcel]``.
    decision, calibrated
        Probabilities that decide, and calibrated ones, ``[parcel, class]``.
    series
        Composites, not standardised, ``[parcel, band, period]``.
    band_mean, band_std
        Of the composites of all pixels, ``[band]``.
    """

    rows: Codes
    decision: Floats
    calibrated: Floats
    series: Floats
    band_mean: Floats
    band_std: Floats


def predict_season(study: Study, label: str, model: Model, features: FeatureSet) -> Predicted:
    """What a model predicts of every parcel that has series, 50 random pixels of each at most.

    Parameters
    ----------
    study
        The study.
    label
        Of the season.
    model
        Of series as its feature set gives them.
    features
        Of the model's method.

    Raises
    ------
    StudyError
        Where the season's series cannot be read.
    """
    place_km = np.column_stack(utm_km(study, label))  # [parcel, xy]
    sums = _Sums(season_rows(study, label), len(study.legend))
    rng = np.random.default_rng(PIXEL_SEED)
    for part in season_parts(study, label, CHUNK):
        owner = np.searchsorted(sums.rows, part.parcel)
        chosen = _within_limit(owner, sums.count, rng)
        if len(chosen):
            values, parcel = part.values[chosen], part.parcel[chosen]
            nobody = np.full(len(chosen), UNLABELLED)
            samples = Samples(values, nobody, parcel, len(study.legend))
            seen = features.of(samples, part.days, place_km).values
            sums.add(owner[chosen], *probabilities(model, seen), composites(values, part.days))
    return sums.means()


def _within_limit(owner: Codes, count: Codes, rng: np.random.Generator) -> Codes:
    """Numbers of pixels of a part, at random, so that no parcel gets more than `PIXELS`, ascending."""
    order = rng.permutation(len(owner))
    order = order[np.argsort(owner[order], kind="stable")]
    sorted_owner = owner[order]
    _, first, pixels = np.unique(sorted_owner, return_index=True, return_counts=True)
    turn = np.arange(len(owner)) - np.repeat(first, pixels)  # [pixel] 0, 1, 2, ... within a parcel
    return np.sort(order[turn + count[sorted_owner] < PIXELS])


class _Sums:
    """Sums over the pixels of each parcel, in one pass over the parts of a season."""

    def __init__(self, rows: Codes, classes: int) -> None:
        self.rows = rows
        self.count = np.zeros(len(rows), dtype=np.int64)
        self.decision, self.calibrated = np.zeros((len(rows), classes)), np.zeros((len(rows), classes))
        self.series: Floats | None = None
        self.first: Floats = np.zeros(1)  # sums of the bands' values, of their squares, and how many
        self.second: Floats = np.zeros(1)
        self.values = 0

    def add(self, owner: Codes, decision: Floats, calibrated: Floats, series: Floats) -> None:
        """Add pixels to the parcels that own them, ``[pixel, ...]``."""
        if self.series is None:
            self.series = np.zeros((len(self.rows), *series.shape[1:]), dtype=np.float32)
        parcels, place = np.unique(owner, return_inverse=True)
        self.count[parcels] += np.bincount(place)
        self.decision[parcels] += _summed(decision, place, len(parcels))
        self.calibrated[parcels] += _summed(calibrated, place, len(parcels))
        self.series[parcels] += _summed(series, place, len(parcels))
        exact = series.astype(np.float64)
        self.first = self.first + exact.sum(axis=(0, 2))
        self.second = self.second + (exact**2).sum(axis=(0, 2))
        self.values += series.shape[0] * series.shape[2]

    def means(self) -> Predicted:
        """The means of the parcels that have series."""
        assert self.series is not None
        there = np.flatnonzero(self.count)
        count = self.count[there]
        mean = self.first / self.values
        variance = self.second / self.values - mean**2
        return Predicted(
            self.rows[there],
            self.decision[there] / count[:, None],
            self.calibrated[there] / count[:, None],
            np.asarray(self.series[there] / count[:, None, None], dtype=np.float32),
            mean,
            np.sqrt(np.maximum(variance, LEAST_VARIANCE)),
        )


def _summed(values: Floats, place: Codes, parcels: int) -> Floats:
    """Sums of pixels by parcel, ``[parcel, ...]``."""
    order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[order], np.arange(parcels))
    return np.asarray(np.add.reduceat(values[order].astype(np.float64), starts, axis=0))
