"""What lies within reach: distances from a departure, and the classes a circle holds or misses."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Geod, Transformer

from engine.domain import Departure

if TYPE_CHECKING:
    import geopandas as gpd

Floats = npt.NDArray[np.float64]
WGS84 = Geod(ellps="WGS84")


def project(home_lon: float, home_lat: float, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Kilometres east and north of a place, azimuthal equidistant, ``[place]`` each."""
    x, y = _around(home_lon, home_lat).transform(lon, lat)
    return x, y


@lru_cache(maxsize=64)
def _around(home_lon: float, home_lat: float) -> Transformer:
    projection = f"+proj=aeqd +lon_0={home_lon} +lat_0={home_lat} +units=km"
    return Transformer.from_crs("EPSG:4326", projection, always_xy=True)


def placed(parcels: pd.DataFrame, departure: Departure) -> pd.DataFrame:
    """Parcels of one season with ``distance_km``, ``east_km`` and ``north_km`` of a departure."""
    lon, lat = parcels["lon"].to_numpy(np.float64), parcels["lat"].to_numpy(np.float64)
    east, north = project(departure.lon, departure.lat, lon, lat)
    return parcels.assign(distance_km=distance_km(parcels, departure), east_km=east, north_km=north)


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

    Returns
    -------
    Kilometres on the WGS 84 ellipsoid, ``[parcel]``.

    References
    ----------
    C. F. F. Karney (2013), "Algorithms for geodesics", Journal of Geodesy 87, 43-55.
    """
    lon = parcels["lon"].to_numpy(np.float64)  # [parcel] degrees
    lat = parcels["lat"].to_numpy(np.float64)
    start = np.full_like(lon, departure.lon), np.full_like(lat, departure.lat)
    _, _, metres = WGS84.inv(*start, lon, lat)
    km = np.asarray(metres, np.float64) / 1000
    group, names = pd.factorize(parcels["field_group"])  # [parcel]
    nearest = np.full(len(names), np.inf)  # [group]
    np.minimum.at(nearest, group, km)
    return nearest[group]


def coverage(
    parcels: pd.DataFrame | gpd.GeoDataFrame, departure: Departure, km: float
) -> pd.DataFrame:  # [class]
    """What a circle around the departure holds of each class that the parcels have.

    Returns
    -------
    One row per class, the largest first: ``crop``, ``within`` (parcels in the circle), ``total``
    (parcels altogether) and ``ha_within`` (hectares in the circle).
    """
    return held(parcels, distance_km(parcels, departure) <= km)


def held(parcels: pd.DataFrame | gpd.GeoDataFrame, inside: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """The same of any choice of parcels, ``[parcel]``."""
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
