"""A parcel of its own that stands in for each parcel of a trip."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from engine.sampling.protocol import PREDICTED_CLASS

OTHER_CLASS_KM = 20.0  # that a replacement of the same predicted class may lie farther away than another
NEAREST = 24  # parcels around a visit among which its replacement is looked for first
REPLACES, AWAY = "replaces", "replaces_km"  # columns of a replacement

Floats = npt.NDArray[np.float64]


def replacements(parcels: pd.DataFrame, visits: Iterable[str]) -> dict[str, str]:
    """For each visit the parcel that is visited instead, where it cannot be.

    The parcels that nobody visits are dealt out so that the sum of the distances to what they replace is
    least (linear sum assignment). Each replaces one visit, unless there are fewer of them than visits: the
    visits left over take the nearest. Where a predicted class is known, one of the same class may lie 20 km
    farther away than one of another. No label is looked at.

    Parameters
    ----------
    parcels
        As `engine.sampling.protocol.Design` wants them: all that may be visited.
    visits
        Ids of the parcels to visit.

    References
    ----------
    D. F. Crouse (2016), "On implementing 2D rectangular assignment algorithms", IEEE Transactions on
    Aerospace and Electronic Systems 52, 1679-1696.
    """
    visited = parcels["parcel_id"].isin(list(visits)).to_numpy()
    free = ~parcels["field_group"].isin(parcels.loc[visited, "field_group"]).to_numpy()
    wanted, spare = parcels[visited], parcels[free]
    if wanted.empty or spare.empty:
        return {}
    spare = spare.iloc[_nearby(_xy(wanted), _xy(spare))]
    away = cdist(_xy(wanted), _xy(spare))  # [visit, replacement] km
    if PREDICTED_CLASS in parcels:
        ours, theirs = (frame[PREDICTED_CLASS].to_numpy(object) for frame in (wanted, spare))
        away += OTHER_CLASS_KM * (ours[:, None] != theirs)
    chosen = away.argmin(axis=1)
    row, column = linear_sum_assignment(away)
    chosen[row] = column
    names = spare["parcel_id"].to_numpy(object)[chosen]
    return dict(zip(map(str, wanted["parcel_id"]), map(str, names), strict=True))


def replacement_rows(parcels: pd.DataFrame, pairs: Mapping[str, str]) -> pd.DataFrame:
    """The replacements as rows of parcels, in the order of the visits.

    Parameters
    ----------
    parcels
        As for `replacements`.
    pairs
        What it gave.

    Returns
    -------
    Rows of ``parcels`` with ``replaces``, the id of the visit, and ``replaces_km``, how far away that is.

    Raises
    ------
    KeyError
        Where one is none of these parcels.
    """
    by_id = parcels.set_index("parcel_id", drop=False)
    wanted, spare = by_id.loc[list(pairs)], by_id.loc[list(pairs.values())].reset_index(drop=True)
    away = np.hypot(*(_xy(wanted) - _xy(spare)).T)
    return spare.assign(**{REPLACES: list(pairs), AWAY: away})


def _xy(parcels: pd.DataFrame) -> Floats:
    """Kilometres east and north of the departure, ``[parcel, xy]``."""
    return parcels[["east_km", "north_km"]].to_numpy(np.float64)


def _nearby(visits: Floats, spare: Floats) -> npt.NDArray[np.int64]:
    """Rows of the candidates that are among the nearest of any visit; as many as visits, where there are."""
    tree, most = cKDTree(spare), NEAREST
    while True:
        near = np.unique(tree.query(visits, k=np.arange(1, min(most, len(spare)) + 1))[1])
        if len(near) >= len(visits) or most >= len(spare):
            return near.astype(np.int64)
        most *= 2
