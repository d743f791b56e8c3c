"""Where a map may be trusted at all: the dissimilarity of each parcel from what the models learnt from.

The space is that of a parcel's mean composites, each band standardised by its season, then each feature by
the training parcels. Training parcels are the labelled ones of the season, and those of the source seasons
where the method uses them. The dissimilarity index of a parcel is its distance from the nearest training
parcel, in units of the mean distance between training parcels. That of a training parcel is measured to the
nearest of another spatial fold. The threshold is their largest that is no outlier: parcels beyond it differ
more from the training data than cross-validation has ever tried.

References
----------
H. Meyer, E. Pebesma (2021), "Predicting into unknown space? Estimating the area of applicability of spatial
prediction models", Methods in Ecology and Evolution 12, 1620-1633.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.domain import Study
from engine.geodesy import ground_parts
from engine.learning.features import composites
from engine.learning.metrics import parcel_probability
from engine.mapping.prediction import Predicted
from engine.studies.cubes import season_rows

MOST_OF_A_SEASON = 3_000  # source parcels, at even steps
MOST_PAIRED = 1_500  # training parcels whose mean distance is the unit
OUTLIER_IQR = 1.5
FOLDS, BLOCK_KM = 5, 5.0

Floats = npt.NDArray[np.floating]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Applicability:
    """How far parcels are from what the models learnt from.

    Parameters
    ----------
    dissimilarity
        Of each parcel, ``[parcel]``.
    threshold
        Up to which the map applies.
    features
        Of each parcel, in the space in which distances are measured, ``[parcel, feature]`` float32.
    training
        Number of training parcels.
    """

    dissimilarity: Floats
    threshold: float
    features: npt.NDArray[np.float32]
    training: int

    @property
    def applicable(self) -> npt.NDArray[np.bool_]:
        """Whether each parcel is within the threshold, ``[parcel]``."""
        within: npt.NDArray[np.bool_] = self.dissimilarity <= self.threshold
        return within


def dissimilarity(features: Floats, training: Floats, fold: Codes) -> tuple[Floats, float]:
    """The dissimilarity index of each parcel, and the threshold of the area of applicability.

    Parameters
    ----------
    features
        Of the parcels to map, ``[parcel, feature]``.
    training
        Of the training parcels, ``[training parcel, feature]``.
    fold
        Number of the spatial fold of each training parcel.

    Returns
    -------
    Index ``[parcel]``, and the largest index of a training parcel that is no outlier; it is 0 where there is
    one fold only, and then the map applies to parcels that equal a training parcel.
    """
    from scipy.spatial.distance import pdist
    from sklearn.metrics import pairwise_distances_argmin_min

    step = max(1, -(-len(training) // MOST_PAIRED))
    between = pdist(training[::step])
    unit = float(between.mean()) if len(between) else 1.0
    unit = unit or 1.0  # all training parcels are alike
    nearest = pairwise_distances_argmin_min(features, training)[1]
    apart = np.full(len(training), np.inf)
    for number in np.unique(fold):
        held_out = fold == number
        if held_out.all():
            continue
        apart[held_out] = pairwise_distances_argmin_min(training[held_out], training[~held_out])[1]
    tried = apart[np.isfinite(apart)] / unit
    return np.asarray(nearest / unit), _largest_but_outliers(tried) if len(tried) else 0.0


def _largest_but_outliers(values: Floats) -> float:
    """The largest value within 1.5 interquartile ranges of the upper quartile."""
    low, high = np.quantile(values, [0.25, 0.75])
    return float(values[values <= high + OUTLIER_IQR * (high - low)].max())


def applicability(
    study: Study, label: str, predicted: Predicted, labelled: Codes, sources: tuple[str, ...]
) -> Applicability:
    """How far each parcel of a season is from what the models learnt from.

    Parameters
    ----------
    study
        The study.
    label
        Of the season that is mapped.
    predicted
        Composites of its parcels.
    labelled
        Rows of its labelled parcels in ``Study.parcels``.
    sources
        Labels of the source seasons that the method uses.
    """
    scaled = _standardised(predicted.series, predicted.band_mean, predicted.band_std)  # [parcel, feature]
    rows, parts = [labelled], [scaled[np.searchsorted(predicted.rows, labelled)]]
    for source in sources:
        of_source, values = source_features(study, source)
        rows.append(of_source)
        parts.append(values)
    training, used = np.concatenate(parts), np.concatenate(rows)
    mean, std = training.mean(axis=0), np.maximum(training.std(axis=0), 1e-6)
    features = ((scaled - mean) / std).astype(np.float32)
    index, threshold = dissimilarity(
        features.astype(np.float64), (training - mean) / std, spatial_folds(study, used, FOLDS)
    )
    return Applicability(index, threshold, features, len(training))


def source_features(study: Study, label: str) -> tuple[Codes, Floats]:
    """Mean composites of the labelled parcels of a source season, each band standardised by the season.

    Parameters
    ----------
    study
        The study.
    label
        Of the season.

    Returns
    -------
    Rows in ``Study.parcels`` ``[parcel]``, and features ``[parcel, feature]``; of many parcels, some at even
    steps.
    """
    cube, known = study.cubes[label], study.labelled
    rows = season_rows(study, label)
    rows = rows[known[rows]]
    rows = np.intersect1d(rows[:: max(1, -(-len(rows) // MOST_OF_A_SEASON))], cube.parcel)
    series = composites(cube.values, cube.days)
    mean, std = series.mean(axis=(0, 2), dtype=np.float64), series.std(axis=(0, 2), dtype=np.float64)
    chosen = np.isin(cube.parcel, rows)
    owner = np.searchsorted(rows, cube.parcel[chosen])
    flat = series[chosen].reshape(int(chosen.sum()), -1)
    means = parcel_probability(flat, owner, len(rows)).reshape(len(rows), *series.shape[1:])
    return rows, _standardised(means, mean, np.maximum(std, 1e-6))


def spatial_folds(study: Study, rows: Codes, folds: int) -> Codes:
    """Number of the spatial fold of each parcel, ``[row]``: blocks of ground, every field in one fold.

    Parameters
    ----------
    study
        The study.
    rows
        Of the parcels in ``Study.parcels``, ``[row]``.
    folds
        At most; fewer parcels than twice as many are divided into fewer, one at least.
    """
    folds = max(1, min(folds, len(rows) // 2))
    parcels = study.parcels.iloc[rows]
    lon, lat = parcels["lon"].to_numpy(np.float64), parcels["lat"].to_numpy(np.float64)
    counted = np.ones(len(rows), dtype=bool)
    part = ground_parts(parcels["field_group"].to_numpy(dtype=object), lon, lat, counted, folds, BLOCK_KM)
    return np.unique(part, return_inverse=True)[1].ravel().astype(np.int64)


def _standardised(series: Floats, mean: Floats, std: Floats) -> Floats:
    """``[parcel, band, period]`` as ``[parcel, feature]``, each band by its season."""
    scaled = (series - mean[:, None]) / std[:, None]
    return np.asarray(scaled.reshape(len(series), -1), dtype=np.float64)
