"""What a trip costs without routing it: fast enough for a slider.

References
----------
J. Beardwood, J. H. Halton, J. M. Hammersley (1959), "The shortest path through many points", Mathematical
Proceedings of the Cambridge Philosophical Society 55, 299-327; C. F. Daganzo (1984), "The distance traveled
to visit N points with a maximum of C stops per vehicle", Transportation Science 18, 331-350;
M. Cortina-Borja, T. Robinson (2000), "Estimating the asymptotic constants of the total length of Euclidean
minimal spanning trees with power-weighted edges", Statistics & Probability Letters 47, 125-128.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay
from scipy.spatial.distance import cdist

from engine.domain import Departure, PlanError
from engine.fieldwork.costs import FREE, Cost, Tariff, bill, exactly, work_hours
from engine.fieldwork.problem import group_stops
from engine.geodesy import east_north_km

TOUR = 0.7124  # Beardwood-Halton-Hammersley constant in the plane (Applegate et al. 2006)
TREE = 0.6331  # the same of the minimum spanning tree (Cortina-Borja and Robinson 2000)
ROUNDING_H = 1e-9
MOST_DENSE = 100  # stops up to which all distances are looked at; beyond, those of a triangulation


def estimate(parcels: pd.DataFrame, departure: Departure, tariff: Tariff) -> Cost:
    """The likely bill of day tours through all parcels, one crew, back every night.

    A tour through stops of density ``d`` is ``0.7124 sum(1 / sqrt(d))`` long (Beardwood, Halton and
    Hammersley), and their minimum spanning tree ``0.6331 sum(1 / sqrt(d))``: so a tour is taken as 1.125
    trees, which know the stops' own density also where these lie in clusters or lines. Every day adds the way
    out and back to the middle of its stops (Daganzo). The number of days follows from the length of a day.

    Parameters
    ----------
    parcels
        With ``lon`` and ``lat``, degrees.
    departure
        Where trips start and end.
    tariff
        Of rates, speeds, working times and the detour.

    Returns
    -------
    The bill, with ranges where the tariff has them.

    Raises
    ------
    PlanError
        Where no parcel can be reached and seen within a day.
    """
    if parcels.empty:
        return FREE
    lon, lat = parcels["lon"].to_numpy(np.float64), parcels["lat"].to_numpy(np.float64)
    stop = group_stops(lon, lat)
    size = np.bincount(stop)
    at_lon, at_lat = np.bincount(stop, lon) / size, np.bincount(stop, lat) / size
    east, north = east_north_km(departure.lon, departure.lat, at_lon, at_lat)
    stops = len(size)
    distance = np.hypot(east, north)  # [stop] km
    line_haul = float(distance.mean())
    detour = exactly(tariff.detour)
    nearest_h = (
        2 * float(distance.min()) * detour.likely / tariff.road_km_h + work_hours(tariff, 1, 1, 1).likely
    )
    if nearest_h > tariff.hours_per_day:
        raise PlanError(
            f"No parcel can be reached from {departure.title} within a day of {tariff.hours_per_day:g} h: "
            f"the nearest is {distance.min():,.0f} km away. Choose another departure, or lengthen "
            "hours_per_day."
        )
    local = TOUR / TREE * _tree_km(np.column_stack([east, north]))
    for days in range(1, len(parcels) + 1):  # at worst each parcel is a day of its own
        straight = local * max(stops - days, 0) / stops + 2 * line_haul * days
        driving = straight * detour.likely / tariff.road_km_h
        needed = driving + work_hours(tariff, stops, len(parcels), days).likely
        if needed <= tariff.hours_per_day * days + ROUNDING_H:
            break
    road_km = detour * straight
    return bill(tariff, road_km, road_km * (1 / tariff.road_km_h), stops, len(parcels), days)


def _tree_km(places: npt.NDArray[np.float64]) -> float:
    """Length of the minimum spanning tree of places ``[place, xy]`` in km."""
    if len(places) <= MOST_DENSE:
        return float(minimum_spanning_tree(cdist(places, places)).sum())
    corners = Delaunay(places, qhull_options="QJ").simplices  # [triangle, corner]
    edges = np.unique(np.sort(corners[:, [[0, 1], [1, 2], [0, 2]]].reshape(-1, 2), axis=1), axis=0)
    length = np.hypot(*(places[edges[:, 0]] - places[edges[:, 1]]).T)
    graph = coo_matrix((length, edges.T), shape=(len(places), len(places)))
    return float(minimum_spanning_tree(graph).sum())
