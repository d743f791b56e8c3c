"""Folds of visited parcels that are as hard as the area is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.cluster.vq import kmeans2
from scipy.spatial.distance import cdist

Places = npt.NDArray[np.float64]
QUANTILES = np.linspace(0, 1, 50)


def matched_folds(place: Places, area: Places, folds: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Number of the fold of each place, ``[place]``, by k-fold nearest neighbour distance matching.

    Held-out places lie about as far from the training places as the area lies from all of them: folds
    of random places where the trip is spread, of whole clusters where it is not (Linnenbrink et al. 2024,
    Geoscientific Model Development 17, 5897). Distributions of distances are compared by their
    Wasserstein distance.

    Parameters
    ----------
    place, area
        Visited places and places to map, km, ``[place, xy]``.
    folds
        At most; fewer places than that are a fold each.
    """
    count = len(place)
    folds = min(folds, count)
    if folds < 2:
        return np.zeros(count, dtype=np.int64)
    wanted = np.quantile(cdist(area, place).min(axis=1), QUANTILES)
    between = cdist(place, place)
    best, least = np.arange(count) % folds, np.inf
    for clusters in sorted({folds, 2 * folds, 4 * folds, count // 4, count // 2, count}):
        if not folds <= clusters <= count:
            continue
        fold = _dealt(_clusters(place, clusters, rng), folds, rng)
        if len(np.unique(fold)) < 2:
            continue
        apart = np.where(fold[:, None] == fold[None], np.inf, between).min(axis=1)
        distance = float(np.abs(np.quantile(apart, QUANTILES) - wanted).mean())
        if distance < least:
            best, least = fold, distance
    return best


def _clusters(place: Places, clusters: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """k-means; places at the same spot stay together."""
    spots, owner = np.unique(place, axis=0, return_inverse=True)
    if len(spots) <= clusters:
        return owner.ravel().astype(np.int64)
    label = kmeans2(spots, clusters, rng=rng, minit="++")[1]  # [spot]
    named: npt.NDArray[np.int64] = label[owner.ravel()].astype(np.int64)
    return named


def _dealt(label: npt.NDArray[np.int64], folds: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Clusters dealt out to folds, the largest first, each to the smallest fold."""
    names, owner, size = np.unique(label, return_inverse=True, return_counts=True)
    order = rng.permutation(len(names))
    load, fold = np.zeros(folds), np.zeros(len(names), dtype=np.int64)
    for one in order[np.argsort(-size[order], kind="stable")]:
        fold[one] = load.argmin()
        load[fold[one]] += size[one]
    return fold[owner]
