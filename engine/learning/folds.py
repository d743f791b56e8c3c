"""Folds: one season left out, and visited parcels as far apart as the area is from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import PlanError

Places = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
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
    rng
        Of the clusters and of the order in which they are dealt out.
    """
    from scipy.spatial.distance import cdist

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
    from scipy.cluster.vq import kmeans2

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
    for cluster in order[np.argsort(-size[order], kind="stable")]:
        fold[cluster] = load.argmin()
        load[fold[cluster]] += size[cluster]
    return fold[owner]


@dataclass(frozen=True, eq=False)
class Fold:
    """One leave-one-season-out fold: rows of ``Study.parcels`` to train on and to validate on."""

    held_out: str
    train: Rows
    validation: Rows


def separate_fields(
    field_group: npt.NDArray[np.object_], train: Rows, evaluation: Rows, test_ground: Mask
) -> tuple[Rows, Rows]:
    """Take every field that stands on both sides away from one of them.

    A field of the test half is kept for evaluation, a field of the pool half for training.

    Parameters
    ----------
    field_group
        Of every parcel of the study, ``[parcel]``.
    train, evaluation
        Rows of the parcels to train on and to evaluate on.
    test_ground
        Whether a parcel stands on ground that tests, ``[parcel]``.

    Returns
    -------
    The rows that are left of both.
    """
    shared = np.intersect1d(field_group[train], field_group[evaluation])
    train_too = pd.Index(field_group[train]).isin(shared) & test_ground[train]
    evaluation_too = pd.Index(field_group[evaluation]).isin(shared) & ~test_ground[evaluation]
    return train[~train_too], evaluation[~evaluation_too]


def leave_one_season_out(
    season: npt.NDArray[np.object_],
    field_group: npt.NDArray[np.object_],
    test_ground: Mask,
    sources: Sequence[str],
    usable: Mask,
) -> tuple[Fold, ...]:
    """Each source season validates once what the others teach.

    With a single source season there is nothing to hold out by season; the test half of its own ground
    validates then.

    Parameters
    ----------
    season, field_group, test_ground
        Label of the season, field, and whether it stands on ground that tests, of every parcel of the study,
        ``[parcel]``.
    sources
        Labels of the source seasons.
    usable
        Parcels that may be learnt from at all, ``[parcel]``.

    Raises
    ------
    PlanError
        Where the source seasons leave nothing to train on or nothing to validate on.
    """
    folds = []
    for held_out in sources:
        validation = np.flatnonzero((season == held_out) & usable)
        if len(sources) == 1:
            train, validation = validation[~test_ground[validation]], validation[test_ground[validation]]
        else:
            train = np.flatnonzero(pd.Index(season).isin([s for s in sources if s != held_out]) & usable)
        train, validation = separate_fields(field_group, train, validation, test_ground)
        if len(train) and len(validation):
            folds.append(Fold(held_out, train, validation))
    if not folds:
        raise PlanError(
            f"The seasons {', '.join(sources)} leave no parcel to learn from that is not also a test field. "
            "Name more seasons to pre-train on, or test on the far half instead of all far parcels."
        )
    return tuple(folds)
