"""Which classes a circle or a trip holds, and which it misses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Departure
from engine.sampling.distances import distance_km

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True, eq=False)
class Reach:
    """The labelled parcels of a season by their distance from a departure, so that any circle is answered at
    once.

    Parameters
    ----------
    crops
        Names of the classes, ``[class]``.
    distance_km
        The nearest first, ``[parcel]``.
    code, area_ha
        Class and area of each, ``[parcel]``.
    """

    crops: tuple[str, ...]
    distance_km: npt.NDArray[np.float64]
    code: npt.NDArray[np.int64]
    area_ha: npt.NDArray[np.float64]

    def within(self, km: float) -> pd.DataFrame:
        """What a circle of that radius holds of each class, see `coverage_of`; ``[class]``."""
        count = int(np.searchsorted(self.distance_km, km, side="right"))
        near, classes = self.code[:count], len(self.crops)
        return _largest_first(
            {
                "crop": list(self.crops),
                "within": np.bincount(near, minlength=classes),
                "total": np.bincount(self.code, minlength=classes),
                "ha_within": np.bincount(near, self.area_ha[:count], minlength=classes).astype(np.float64),
            }
        )


def reach(parcels: pd.DataFrame | gpd.GeoDataFrame, departure: Departure) -> Reach:
    """How far the parcels of each class lie from a departure.

    Parameters
    ----------
    parcels
        As for `coverage_of_circle`.
    departure
        Centre of the circles.
    """
    parcels = parcels[parcels["crop"].notna()]
    km = distance_km(parcels, departure)  # [parcel]
    nearest = np.argsort(km, kind="stable")
    code, crops = pd.factorize(parcels["crop"].astype(str), sort=True)
    area_ha = parcels["area_ha"].to_numpy(np.float64)
    return Reach(tuple(crops), km[nearest], code[nearest].astype(np.int64), area_ha[nearest])


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
    return reach(parcels, departure).within(km)


def coverage_of(parcels: pd.DataFrame | gpd.GeoDataFrame, inside: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """What a choice of parcels holds of each class; those without label are left out.

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
    known = parcels["crop"].notna().to_numpy(dtype=bool)
    parcels, inside = parcels[known], inside[known]
    code, crops = pd.factorize(parcels["crop"].astype(str), sort=True)
    hectares = np.where(inside, parcels["area_ha"].to_numpy(np.float64), 0.0)
    return _largest_first(
        {
            "crop": list(crops),
            "within": np.bincount(code[inside], minlength=len(crops)),
            "total": np.bincount(code, minlength=len(crops)),
            "ha_within": np.bincount(code, hectares, minlength=len(crops)).astype(np.float64),
        }
    )


def _largest_first(columns: dict[str, object]) -> pd.DataFrame:
    table = pd.DataFrame(columns)
    return table.sort_values(["total", "crop"], ascending=[False, True], ignore_index=True)
