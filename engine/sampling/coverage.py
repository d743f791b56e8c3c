"""Which classes a circle or a trip holds, and which it misses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Departure
from engine.sampling.distances import distance_km

if TYPE_CHECKING:
    import geopandas as gpd


def coverage_of_circle(
    parcels: pd.DataFrame | gpd.GeoDataFrame, departure: Departure, km: float
) -> pd.DataFrame:  # [class]
    """What a circle around the departure holds of each class that the parcels have, see `coverage_of`.

    Parameters
    ----------
    parcels
        Of one season, with ``lon`` and ``lat`` in degrees, ``field_group``, ``crop`` and ``area_ha``.
    departure
        Centre of the circle.
    km
        Radius of the circle.
    """
    return coverage_of(parcels, distance_km(parcels, departure) <= km)


def coverage_of(parcels: pd.DataFrame | gpd.GeoDataFrame, inside: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """What a choice of parcels holds of each class.

    Parameters
    ----------
    parcels
        With ``crop`` and ``area_ha``.
    inside
        Whether each is chosen, ``[parcel]``.

    Returns
    -------
    One row per class, the largest first: ``crop``, ``within`` (chosen parcels), ``total`` (all parcels) and
    ``ha_within`` (hectares chosen).
    """
    table = pd.DataFrame(
        {
            "crop": parcels["crop"].astype(str).to_numpy(),
            "within": inside.astype(np.int64),
            "total": np.ones(len(parcels), np.int64),
            "ha_within": np.where(inside, parcels["area_ha"].to_numpy(np.float64), 0.0),
        }
    )
    summed = table.groupby("crop", as_index=False).sum()
    return summed.sort_values(["total", "crop"], ascending=[False, True], ignore_index=True)
