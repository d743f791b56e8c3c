"""Folds: one season left out, and visited parcels as far apart as the area is from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import PlanError
from engine.geodesy import ground_parts

Places = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
QUANTILES = np.linspace(0, 1, 50)
LEAST_LEFT = (
    0.2  # share of a side's parcels that must be left where its recurring fields go to the other side
)
GROUND_PARTS = 3  # of the ground, one of which validates where fields recur
BLOCK_KM = 5.0  # of the ground that is divided between folds


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
    """One leave-one-season-out fold: rows of ``Study.parcels`` to train on and to validate on.

    ``by_ground`` tells that ground is held out too: blocks that validate are not those that teach.
    """

    held_out: str
    train: Rows
    validation: Rows
    by_ground: bool = False


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
    degrees: Places,
    test_ground: Mask,
    sources: Sequence[str],
    usable: Mask,
) -> tuple[Fold, ...]:
    """Each source season validates once what the others teach.

    With a single source season there is nothing to hold out by season; the test half of its own ground
    validates then. Where that leaves too little, since the fields recur in every season, ground is held out
    too: of the fields that stand on both sides, those on a third of the blocks validate and the others teach.

    Parameters
    ----------
    season, field_group, test_ground
        Label of the season, field, and whether it stands on ground that tests, of every parcel of the study,
        ``[parcel]``.
    degrees
        Longitude and latitude, ``[parcel, lon and lat]``.
    sources
        Labels of the source seasons.
    usable
        Parcels that may be learnt from at all, ``[parcel]``.

    Raises
    ------
    PlanError
        Where the source seasons leave nothing to train on or nothing to validate on.
    """
    taught = np.flatnonzero(pd.Index(season).isin(sources) & usable)
    folds, part = [], None
    for number, held_out in enumerate(sources):
        of_season = taught[season[taught] == held_out]
        others = of_season if len(sources) == 1 else taught[season[taught] != held_out]
        if len(sources) == 1:
            train, validation = others[~test_ground[others]], of_season[test_ground[of_season]]
        else:
            train, validation = others, of_season
        train, validation = separate_fields(field_group, train, validation, test_ground)
        by_ground = len(train) < LEAST_LEFT * len(others) or len(validation) < LEAST_LEFT * len(of_season)
        if by_ground:
            part = _ground_parts(field_group, degrees, taught) if part is None else part
            train, validation = _apart(field_group, others, of_season, part == number % GROUND_PARTS)
        if len(train) and len(validation):
            folds.append(Fold(held_out, train, validation, by_ground))
    if not folds:
        raise PlanError(
            f"The seasons {', '.join(sources)} leave no parcel to learn from that is not also a test field. "
            "Name more seasons to pre-train on, or test on the far half instead of all far parcels."
        )
    return tuple(folds)


def _ground_parts(field_group: npt.NDArray[np.object_], degrees: Places, rows: Rows) -> npt.NDArray[np.int64]:
    """Part of the ground of every parcel, ``[parcel]``, -1 of those not in ``rows``."""
    part = np.full(len(field_group), -1, dtype=np.int64)
    counted = np.ones(len(rows), dtype=bool)
    lon, lat = degrees[rows].T
    part[rows] = ground_parts(field_group[rows], lon, lat, counted, GROUND_PARTS, BLOCK_KM)
    return part


def _apart(
    field_group: npt.NDArray[np.object_], others: Rows, of_season: Rows, held_out: Mask
) -> tuple[Rows, Rows]:
    """Rows that train and rows that validate: a field of both stands on the side of its ground."""
    shared = np.intersect1d(field_group[others], field_group[of_season])
    train_too = pd.Index(field_group[others]).isin(shared) & held_out[others]
    validation_too = pd.Index(field_group[of_season]).isin(shared) & ~held_out[of_season]
    return others[~train_too], of_season[~validation_too]
