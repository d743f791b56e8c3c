"""What a trip costs without routing it: fast enough for a slider.

References
----------
J. Beardwood, J. H. Halton, J. M. Hammersley (1959), "The shortest path through many points", Mathematical
Proceedings of the Cambridge Philosophical Society 55, 299-327; C. F. Daganzo (1984), "The distance traveled
to visit N points with a maximum of C stops per vehicle", Transportation Science 18, 331-350.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from engine.domain import Departure
from engine.fieldwork.costs import FREE, Cost, Tariff, bill, exactly, work_hours
from engine.fieldwork.itinerary import group_stops
from engine.fieldwork.reach import project

TOUR = 0.7124  # Beardwood-Halton-Hammersley constant in the plane (Applegate et al. 2006)
NEAREST = 5  # stops from whose distance the density around a stop is read
MOST_ROUNDS = 50


def estimate(parcels: pd.DataFrame, departure: Departure, tariff: Tariff) -> Cost:
    """The likely bill of day tours through all parcels, one crew, home every night.

    A tour through stops of local density ``d`` is ``0.7124 sum(1 / sqrt(d))`` long (Beardwood, Halton and
    Hammersley); every day adds the way out and back to the middle of its stops (Daganzo). The number of
    days follows from the length of a day.

    Parameters
    ----------
    parcels
        With ``lon`` and ``lat``.
    """
    if parcels.empty:
        return FREE
    lon, lat = parcels["lon"].to_numpy(np.float64), parcels["lat"].to_numpy(np.float64)
    stop = group_stops(lon, lat)
    size = np.bincount(stop)
    at_lon, at_lat = np.bincount(stop, lon) / size, np.bincount(stop, lat) / size
    x, y = project(departure.lon, departure.lat, at_lon, at_lat)
    stops = len(size)
    line_haul = float(np.hypot(x, y).mean())  # km
    if stops > NEAREST:
        reach = cKDTree(np.column_stack([x, y])).query(np.column_stack([x, y]), k=NEAREST + 1)[0][:, -1]
        local = TOUR * float(reach.sum()) * math.sqrt(math.pi / NEAREST)
    else:
        local = TOUR * math.sqrt(stops * max(float(np.ptp(x) * np.ptp(y)), 0.0))
    detour = exactly(tariff.detour)
    days, straight = 1, 0.0
    for _ in range(MOST_ROUNDS):
        straight = local * max(stops - days, 0) / stops + 2 * line_haul * days
        driving = straight * detour.likely / tariff.road_km_h
        needed = driving + work_hours(tariff, stops, len(parcels), days).likely
        enough = math.ceil(needed / tariff.hours_per_day - 1e-9)
        if enough <= days:
            break
        days += 1
    road = detour * straight
    return bill(tariff, road, road * (1 / tariff.road_km_h), stops, len(parcels), days)
