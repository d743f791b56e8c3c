"""The routing problem of a trip: which stops there are, how long each takes, and how far apart they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from engine.domain import Departure
from engine.fieldwork.costs import Tariff, exactly
from engine.fieldwork.roads import Distances, Roads
from engine.geodesy import east_north_km

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Tour = list[int]  # rows of a day's stops in the order of the visits

DEPARTURE = 0  # its row among the stops
VALUE = "value"  # column of what a parcel is worth beside the others
NEIGHBOURS_KM = 0.25  # parcels nearer than this are seen from one stop
STOP_KM = 0.6  # but a stop never spreads wider than this


@dataclass(frozen=True, eq=False)
class RoutingProblem:
    """Stops to visit; row 0 of everything is the departure.

    Parameters
    ----------
    tariff
        Of speeds, working times and rates.
    parcels
        Ids of the parcels seen from stops 1, 2, ...
    lon, lat
        Degrees, ``[stop]``.
    value
        What the visit is worth, ``[stop]``; 0 at the departure.
    work_h
        Hours at the stop and on its field track, ``[stop]``; 0 at the departure.
    roads
        Between the stops, ``[from, to]``.
    """

    tariff: Tariff
    parcels: tuple[tuple[str, ...], ...]
    lon: Floats
    lat: Floats
    value: Floats
    work_h: Floats
    roads: Distances

    @property
    def morning_h(self) -> float:
        """Hours of getting ready each morning."""
        return exactly(self.tariff.minutes_first_stop).likely / 60

    def reachable(self) -> Rows:
        """Stops that a day is long enough for, out and back."""
        out, back = self.roads.hours[DEPARTURE, 1:], self.roads.hours[1:, DEPARTURE]
        needed = out + self.work_h[1:] + back + self.morning_h
        return np.flatnonzero(needed <= self.tariff.hours_per_day) + 1

    def tour_hours(self, tour: Sequence[int]) -> float:
        """Length of a day that visits these stops from the departure."""
        path = [DEPARTURE, *tour, DEPARTURE]
        driving = float(self.roads.hours[path[:-1], path[1:]].sum())
        return driving + float(self.work_h[list(tour)].sum()) + self.morning_h

    def total_value(self, tours: Sequence[Tour]) -> float:
        """What the visits of tours are worth together."""
        return float(sum(self.value[tour].sum() for tour in tours))


def routing_problem(
    parcels: pd.DataFrame, departure: Departure, tariff: Tariff, roads: Roads
) -> RoutingProblem:
    """Group parcels into stops and measure the ways between them.

    Parameters
    ----------
    parcels
        With ``parcel_id``, ``lon``, ``lat`` and perhaps ``value``; at least one.
    departure
        Where tours start and end; row 0 of the problem.
    tariff
        Of speeds, working times and rates.
    roads
        Source of distances.
    """
    lon, lat = parcels["lon"].to_numpy(np.float64), parcels["lat"].to_numpy(np.float64)
    value = parcels[VALUE].to_numpy(np.float64) if VALUE in parcels else np.ones(len(parcels))
    stop = group_stops(lon, lat)
    size = np.bincount(stop)
    minutes = exactly(tariff.minutes_per_parcel).likely
    tracks_h = 2 * tariff.field_km / tariff.field_km_h
    ids = parcels["parcel_id"].to_numpy(dtype=object)[np.argsort(stop, kind="stable")]
    at_lon = np.concatenate([[departure.lon], np.bincount(stop, lon) / size])
    at_lat = np.concatenate([[departure.lat], np.bincount(stop, lat) / size])
    return RoutingProblem(
        tariff,
        tuple(tuple(map(str, names)) for names in np.split(ids, np.cumsum(size)[:-1])),
        at_lon,
        at_lat,
        np.concatenate([[0.0], np.bincount(stop, value)]),
        np.concatenate([[0.0], size * minutes / 60 + tracks_h]),
        roads.distances(at_lon, at_lat, tariff),
    )


def group_stops(lon: Floats, lat: Floats) -> Rows:
    """Number of the stop that each place is seen from, ``[place]``.

    Places nearer than 250 m hang together; a chain of them is cut into pieces of at most 600 m.

    Parameters
    ----------
    lon, lat
        Degrees, ``[place]``.
    """
    xy = np.column_stack(east_north_km(float(lon.mean()), float(lat.mean()), lon, lat))  # [place, xy]
    near = cKDTree(xy).sparse_distance_matrix(cKDTree(xy), NEIGHBOURS_KM, output_type="coo_matrix")
    chain = connected_components(near, directed=False)[1]
    corner = np.full((chain.max() + 1, 2), np.inf)  # [chain, xy] the south-western one
    np.minimum.at(corner, chain, xy)
    piece = np.floor((xy - corner[chain]) / STOP_KM).astype(np.int64)  # [place, xy]
    return np.unique(np.column_stack([chain, piece]), axis=0, return_inverse=True)[1].ravel().astype(np.int64)
