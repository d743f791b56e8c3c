"""The making of a routed trip: the largest one of a design that keeps its limits by the routed bill."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from engine.decisions.trip import Trip, TripRequest, estimated_design, trip_to
from engine.domain import PlanError
from engine.fieldwork.crews import MOST_CREWS, CrewLimits
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.problem import VALUE
from engine.fieldwork.roads import Roads
from engine.fieldwork.solver import SEARCH, Effort
from engine.fieldwork.tour import Itinerary
from engine.sampling import design_by_name
from engine.sampling.limits import cure, of_size, sizes
from engine.sampling.listed import ListedParcels
from engine.sampling.protocol import PINNED, pinned_count

MOST_ROUTINGS = 10  # of sizes, until the largest that keeps the limits is taken for found
FULL = 0.98  # share of the limit from which a trip is not enlarged further
PIN_VALUE = 100.0  # of a pinned parcel; that of another is 1
GUESSES = 4  # of a size by proportion; then the sizes left are halved


def route_trip(
    ready: gpd.GeoDataFrame, request: TripRequest, roads: Roads | None = None
) -> tuple[Trip, Itinerary]:
    """The parcels of a trip, also those that are left out, and its day tours.

    Parameters
    ----------
    ready
        What `engine.decisions.trip.candidates` gave.
    request
        The design or the list, the limits and the crews.
    roads
        Source of distances; by default straight lines with the tariff's detour.

    Raises
    ------
    PlanError
        Where no parcel keeps the limits.
    """
    if request.listed:
        trip = trip_to(ready, request, ListedParcels(request.listed))
        return trip, _routed_list(trip, roads)
    return _fitted(ready, request, roads)


def _driven(request: TripRequest) -> CrewLimits:
    """What the crews may do where the size keeps the limits; an open number of crews keeps days, too."""
    crews, sleep_out = request.driving.crews, request.driving.sleep_out
    return CrewLimits(crews, sleep_out, request.most_days if crews is None else None)


def _keeps(planned: Itinerary, request: TripRequest) -> bool:
    days, budget = request.most_days, request.budget
    return (days is None or planned.calendar_days <= days) and (
        budget is None or planned.cost.money.likely <= budget
    )


def _routed_list(trip: Trip, roads: Roads | None) -> Itinerary:
    """The parcels of a list that keep the limits."""
    request, days = trip.request, trip.request.most_days
    effort, crews = Effort(seed=request.seed), request.driving.crews
    while True:
        limits = CrewLimits(crews, request.driving.sleep_out, days, request.budget)
        planned = plan_days(
            trip.wanted, request.departure, request.tariff, limits, roads=roads, effort=effort, even=True
        )
        if crews is None and not _keeps(planned, request):
            crews = MOST_CREWS  # not even so many visit all
            continue
        if days is None or days == 1 or _keeps(planned, request):
            break
        days -= 1  # nights out cut the tours anew, which may take a day more
    if not _keeps(planned, request):
        raise PlanError(
            f"No tour to these parcels keeps the limit of {request.most_days} days. Raise it, or do not ask "
            "for nights away."
        )
    return planned


def _fitted(ready: gpd.GeoDataFrame, request: TripRequest, roads: Roads | None) -> tuple[Trip, Itinerary]:
    """The largest trip of a design that keeps the limits once routed."""
    bare = design_by_name(request.design, 1.0)
    radii = sizes(ready)
    counts = np.searchsorted(np.sort(ready["distance_km"].to_numpy()), radii, side="right")  # [size]
    counts = np.maximum(counts, pinned_count(ready))

    def route(
        parcels: pd.DataFrame, effort: Effort, budget: float | None = None, even: bool = True
    ) -> Itinerary:
        place, tariff, limits = request.departure, request.tariff, replace(_driven(request), budget=budget)
        if PINNED in parcels:  # where not all have room, these go last
            parcels = parcels.assign(**{VALUE: np.where(parcels[PINNED], PIN_VALUE, 1.0)})
        return plan_days(parcels, place, tariff, limits, roads=roads, effort=effort, even=even)

    full = Effort(seed=request.seed)
    if request.most_days is None and request.budget is None:
        trip = trip_to(ready, request, estimated_design(ready, request))
        return trip, route(trip.wanted, full)
    draw = bare.drawing(ready, np.random.default_rng(request.seed))
    quick = replace(SEARCH, seed=request.seed)
    first, most = _sizes_to_try(ready, request, radii)
    size, planned = _largest(
        first, most, counts, request, lambda size: route(draw(int(counts[size])), quick, even=False)
    )
    trip = trip_to(ready, request, of_size(bare, radii, size))
    longer = route(trip.wanted, full, request.budget)  # no dearer, but perhaps on a day more
    kept = _keeps(longer, request) and len(longer.parcels) >= len(planned.parcels)
    return trip, longer if kept else planned


def _sizes_to_try(ready: gpd.GeoDataFrame, request: TripRequest, radii: np.ndarray) -> tuple[int, int]:
    """The size to begin with, by the estimate, and the largest that is asked."""

    def place(asked: TripRequest) -> int:
        radius = estimated_design(ready, asked).equivalent_radius_km
        return max(int(np.searchsorted(radii, radius, side="right")) - 1, 0)

    most = len(radii) - 1
    if request.limit.kind not in ("days", "money"):
        most = place(replace(request, driving=CrewLimits()))
    try:
        return min(place(request), most), most
    except PlanError:  # the estimate holds even the smallest too dear; routing has the last word
        return 0, most


def _largest(
    first: int,
    most: int,
    counts: np.ndarray,
    request: TripRequest,
    route: Callable[[int], Itinerary],
) -> tuple[int, Itinerary]:
    """The largest size found whose tours keep the limits, with its tours.

    Sizes are guessed by proportion, then halved, until the limits are used or some are tried.
    """
    low, high, size = -1, most + 1, first
    best: Itinerary | None = None
    tried = 0
    while low + 1 < high and (tried < MOST_ROUTINGS or best is None):
        planned = route(size)
        tried += 1
        use = _use(planned, request)
        if _keeps(planned, request):
            low, best = size, planned
            if use >= FULL:
                break
        else:
            high, least = size, planned
        guess = int(np.searchsorted(counts, counts[size] / max(use, 0.05), side="right")) - 1
        size = min(max(guess, low + 1), high - 1) if tried <= GUESSES else (low + high) // 2
        size = max(size, 0)
    if best is None:
        raise PlanError(_too_little(least, int(counts[0]), request))
    return low, best


def _use(planned: Itinerary, request: TripRequest) -> float:
    """How much of its limits a trip uses; about 1 where they are used up."""
    shares = [0.0]
    if request.budget is not None:
        shares.append(planned.cost.money.likely / max(request.budget, 1e-9))
    if request.most_days is not None:
        hours = request.tariff.hours_per_day * request.most_days * (request.driving.crews or MOST_CREWS)
        by_hours = sum(day.hours for day in planned.days) / hours
        by_days = planned.calendar_days / request.most_days
        shares.append(max(by_hours, by_days if by_days > 1 else 0.0))
    return max(shares)


def _too_little(planned: Itinerary, parcels: int, request: TripRequest) -> str:
    wanted, needed = [], []
    if request.most_days is not None:
        wanted.append(f"{request.most_days} days")
        needed.append(f"{planned.calendar_days} days")
    if request.budget is not None:
        wanted.append(f"{math.floor(request.budget):,} {planned.cost.currency}")
        needed.append(f"{math.ceil(planned.cost.money.likely):,} {planned.cost.currency}")
    return (
        f"A limit of {' and '.join(wanted)} pays for no trip of the design {request.design}; once routed its "
        f"smallest, {parcels} parcels, needs {' and '.join(needed)}. {cure(len(request.pinned))}"
    )
