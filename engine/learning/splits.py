"""Splits that do not cheat: by season, by spatial block, and never through a field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import PlanError

BLOCK_KM = 5.0

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Fold:
    """One leave-one-season-out fold: rows of ``Study.parcels`` to train on and to validate on."""

    held_out: str
    train: Rows
    validation: Rows


def blocks(
    x_km: npt.NDArray[np.float64], y_km: npt.NDArray[np.float64], size_km: float
) -> npt.NDArray[np.int64]:
    """Number of the square block that each place lies in, ``[place]``; numbers are 0, 1, 2, ..."""
    cells = np.column_stack([np.floor(x_km / size_km), np.floor(y_km / size_km)])  # [place, xy]
    return np.unique(cells, axis=0, return_inverse=True)[1].ravel().astype(np.int64)


def halves(
    field_group: npt.ArrayLike,
    x_km: npt.NDArray[np.float64],
    y_km: npt.NDArray[np.float64],
    counted: Mask,
    size_km: float = BLOCK_KM,
) -> Mask:
    """Divide the ground once into a test half and a pool half.

    Whole blocks are dealt out along a Hilbert curve, each to the half that has fewer parcels so far, so
    that the halves are of a size and interleaved everywhere, whatever the departure. A field group goes
    where the middle of its parcels lies. The same parcels always give the same halves.

    Parameters
    ----------
    field_group, x_km, y_km
        Field and projected place of every parcel, ``[parcel]``.
    counted
        The parcels whose number is to be balanced: those of the target season, ``[parcel]``.

    Returns
    -------
    True for the parcels of the test half, ``[parcel]``.
    """
    table = pd.DataFrame({"group": np.asarray(field_group), "x": x_km, "y": y_km})
    middle = table.groupby("group")[["x", "y"]].transform("mean")
    block = blocks(middle["x"].to_numpy(), middle["y"].to_numpy(), size_km)  # [parcel]
    weight = np.bincount(block, weights=counted)  # [block] parcels to balance
    centre = table.assign(block=block).groupby("block")[["x", "y"]].mean()
    points = gpd.GeoSeries(gpd.points_from_xy(centre["x"], centre["y"]))
    test = np.zeros(len(weight), dtype=bool)  # [block]
    given = [0.0, 0.0]  # parcels in pool, in test
    for one in np.argsort(points.hilbert_distance().to_numpy(), kind="stable"):
        side = int(given[1] <= given[0])
        test[one] = bool(side)
        given[side] += weight[one]
    return np.asarray(test[block])


def kept_apart(
    field_group: npt.NDArray[np.object_], train: Rows, evaluation: Rows, test_side: Mask
) -> tuple[Rows, Rows]:
    """Take every field that stands on both sides away from one of them.

    A field of the test half is kept for evaluation, a field of the pool half for training.
    """
    shared = np.intersect1d(field_group[train], field_group[evaluation])
    train_too = pd.Index(field_group[train]).isin(shared) & test_side[train]
    evaluation_too = pd.Index(field_group[evaluation]).isin(shared) & ~test_side[evaluation]
    return train[~train_too], evaluation[~evaluation_too]


def leave_one_season_out(
    season: npt.NDArray[np.object_],
    field_group: npt.NDArray[np.object_],
    test_side: Mask,
    sources: Sequence[str],
    usable: Mask,
) -> tuple[Fold, ...]:
    """Each source season validates once what the others teach.

    With a single source season there is nothing to hold out by season; the test half of its own ground
    validates then.

    Parameters
    ----------
    season, field_group, test_side
        Of every parcel of the study, ``[parcel]``.
    usable
        Parcels that may be learnt from at all, ``[parcel]``.
    """
    folds = []
    for held_out in sources:
        validation = np.flatnonzero((season == held_out) & usable)
        if len(sources) == 1:
            train, validation = validation[~test_side[validation]], validation[test_side[validation]]
        else:
            train = np.flatnonzero(pd.Index(season).isin([s for s in sources if s != held_out]) & usable)
        train, validation = kept_apart(field_group, train, validation, test_side)
        if len(train) and len(validation):
            folds.append(Fold(held_out, train, validation))
    if not folds:
        raise PlanError(
            f"The seasons {', '.join(sources)} leave no parcel to learn from that is not also a test field. "
            "Name more seasons to pre-train on, or test on the far half instead of all far parcels."
        )
    return tuple(folds)
