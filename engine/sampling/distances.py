"""How far parcels lie from a departure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Departure
from engine.geodesy import around_km, geodesic_km

if TYPE_CHECKING:
    import geopandas as gpd


def with_distances(parcels: pd.DataFrame, departure: Departure) -> pd.DataFrame:
    """Parcels of one season with ``distance_km``, ``east_km`` and ``north_km`` of a departure.

    Parameters
    ----------
    parcels
        With ``lon`` and ``lat`` in degrees, and ``field_group``.
    departure
        Where the trip starts; distances are measured from it.
    """
    lon, lat = parcels["lon"].to_numpy(np.float64), parcels["lat"].to_numpy(np.float64)
    km, east, north = around_km(departure.lon, departure.lat, lon, lat)
    return parcels.assign(distance_km=_of_fields(parcels, km), east_km=east, north_km=north)


def distance_km(
    parcels: pd.DataFrame | gpd.GeoDataFrame, departure: Departure
) -> npt.NDArray[np.float64]:  # [parcel]
    """Geodesic distance from the departure to each parcel's centroid.

    A field is visited whole: the parcels of one ``field_group`` share the distance of the nearest of
    them. Give the parcels of one season to group within that season only.

    Parameters
    ----------
    parcels
        With ``lon`` and ``lat`` in degrees, and ``field_group``.
    departure
        Where the trip starts.

    Returns
    -------
    Kilometres on the WGS 84 ellipsoid, ``[parcel]``.
    """
    lon, lat = parcels["lon"].to_numpy(np.float64), parcels["lat"].to_numpy(np.float64)
    return _of_fields(parcels, geodesic_km(departure.lon, departure.lat, lon, lat))


def _of_fields(
    parcels: pd.DataFrame | gpd.GeoDataFrame, km: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The least distance in each field group, ``[parcel]``."""
    group, names = pd.factorize(parcels["field_group"])  # [parcel]
    nearest = np.full(len(names), np.inf)  # [group]
    np.minimum.at(nearest, group, km)
    return nearest[group]
