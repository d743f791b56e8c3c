"""Day tours: in which order to visit parcels, and on which day.

Tours are planned with PyVRP (N. A. Wouda, L. Lan, W. Kool 2024, "PyVRP: a high-performance VRP solver
package", INFORMS Journal on Computing 36, 943-955) as a vehicle routing problem with a day's length, and as
a prize-collecting one where not all parcels can be paid for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyvrp
from pyvrp.stop import MaxIterations, MaxRuntime, MultipleCriteria, NoImprovement
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from engine.domain import Departure, PlanError
from engine.fieldwork.costs import FREE, Cost, Tariff, bill, exactly
from engine.fieldwork.roads import Distances, Roads, Straight
from engine.fieldwork.tour import START_H, Day, Itinerary, Stop
from engine.geodesy import east_north_km

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

NEIGHBOURS_KM = 0.25  # parcels nearer than this are seen from one stop
STOP_KM = 0.6  # but a stop never spreads wider than this
MONEY = 1e5  # units of a currency unit in the solver's integers
PRIZE = 1_000_000  # metres that a visit is worth where days are short and as many as possible are wanted


@dataclass(frozen=True, eq=False)
class _Task:
    """What is to be routed: stops (row 0 is the departure) and how far apart they are."""

    members: tuple[tuple[str, ...], ...]  # of stops 1, 2, ...
    lon: Floats
    lat: Floats
    value: Floats  # [stop], 0 at the departure
    work_h: Floats  # [stop], 0 at the departure
    between: Distances

    def __len__(self) -> int:
        return len(self.members)


def plan_days(
    parcels: pd.DataFrame,
    departure: Departure,
    tariff: Tariff,
    *,
    crews: int = 1,
    sleep_out: bool = False,
    most_days: int | None = None,
    budget: float | None = None,
    roads: Roads | None = None,
    effort: int = 800,
    most_seconds: float | None = None,
    seed: int = 0,
) -> Itinerary:
    """Plan day tours from the departure.

    Parameters
    ----------
    parcels
        With ``parcel_id``, ``lon``, ``lat`` and, where some are worth more than others, ``value``.
    crews
        Cars that go out at the same time.
    sleep_out
        Nights are spent near the last stop instead of at the departure.
    most_days
        Calendar days at most; what does not fit is left out, the least valuable first.
    budget
        Money at most, by the likely rates.
    effort
        Iterations of the solver without improvement before it stops. The same effort and seed give the
        same itinerary.
    most_seconds
        Time after which the solver stops whatever it has; then the itinerary depends on the machine.

    Raises
    ------
    PlanError
        Where a limit makes no sense.
    """
    if crews < 1 or (most_days is not None and most_days < 1):
        raise PlanError(f"{crews} crews on {most_days} days drive nowhere. Give at least 1 of each.")
    if budget is not None and not (math.isfinite(budget) and budget >= 0):
        raise PlanError(f"A budget of {budget} buys nothing. Give an amount of money.")
    if parcels.empty:
        return Itinerary(departure, tariff, (), (), FREE)
    task = _task(parcels, departure, tariff, roads or Straight())
    reachable = _reachable(task, tariff)
    limits = _Limits(crews, most_days, sleep_out, effort, seed, most_seconds)
    if budget is None:
        tours = _tours(task, reachable, tariff, limits)
    else:
        tours = _within_budget(task, reachable, tariff, limits, budget)
    return _itinerary(task, tours, departure, tariff, limits)


@dataclass(frozen=True)
class _Limits:
    """What the crews may do."""

    crews: int
    most_days: int | None
    sleep_out: bool
    effort: int
    seed: int
    most_seconds: float | None = None


def _task(parcels: pd.DataFrame, departure: Departure, tariff: Tariff, roads: Roads) -> _Task:
    lon, lat = parcels["lon"].to_numpy(np.float64), parcels["lat"].to_numpy(np.float64)
    value = parcels["value"].to_numpy(np.float64) if "value" in parcels else np.ones(len(parcels))
    stop = group_stops(lon, lat)
    count = int(stop.max()) + 1
    size = np.bincount(stop)
    minutes = exactly(tariff.minutes_per_parcel).likely
    tracks_h = 2 * tariff.field_km / tariff.field_km_h
    names = parcels["parcel_id"].to_numpy(dtype=object)
    order = np.argsort(stop, kind="stable")
    members = np.split(names[order], np.cumsum(size)[:-1])
    at_lon = np.concatenate([[departure.lon], np.bincount(stop, lon) / size])
    at_lat = np.concatenate([[departure.lat], np.bincount(stop, lat) / size])
    return _Task(
        tuple(tuple(map(str, one)) for one in members),
        at_lon,
        at_lat,
        np.concatenate([[0.0], np.bincount(stop, value, count)]),
        np.concatenate([[0.0], size * minutes / 60 + tracks_h]),
        roads.distances(at_lon, at_lat, tariff),
    )


def group_stops(lon: Floats, lat: Floats) -> Rows:
    """Number of the stop that each place is seen from, ``[place]``.

    Places nearer than 250 m hang together; a chain of them is cut into pieces of at most 600 m.
    """
    xy = np.column_stack(east_north_km(float(lon.mean()), float(lat.mean()), lon, lat))  # [place, xy]
    near = cKDTree(xy).sparse_distance_matrix(cKDTree(xy), NEIGHBOURS_KM, output_type="coo_matrix")
    chain = connected_components(near, directed=False)[1]
    low = np.full((chain.max() + 1, 2), np.inf)  # [chain, xy] its south-western corner
    np.minimum.at(low, chain, xy)
    piece = np.floor((xy - low[chain]) / STOP_KM).astype(np.int64)  # [place, xy]
    return np.unique(np.column_stack([chain, piece]), axis=0, return_inverse=True)[1].ravel().astype(np.int64)


def _reachable(task: _Task, tariff: Tariff) -> Rows:
    """Stops that a day is long enough for, out and back."""
    out, back = task.between.hours[0, 1:], task.between.hours[1:, 0]
    needed = out + task.work_h[1:] + back + exactly(tariff.minutes_first_stop).likely / 60
    return np.flatnonzero(needed <= tariff.hours_per_day) + 1


def _tours(task: _Task, stops: Rows, tariff: Tariff, limits: _Limits) -> list[list[int]]:
    """Tours through stops, each a day of a crew; where days are limited, as many stops as they hold."""
    if not len(stops):
        return []
    rows = np.concatenate([[0], stops])
    hours = task.between.hours[np.ix_(rows, rows)].copy()
    hours[0, 1:] += exactly(tariff.minutes_first_stop).likely / 60
    seconds = np.round(3600 * hours).astype(np.int64)
    metres = np.round(1000 * task.between.km[np.ix_(rows, rows)]).astype(np.int64)
    np.fill_diagonal(seconds, 0)
    shift = int(3600 * tariff.hours_per_day)
    most = len(stops) if limits.most_days is None else min(len(stops), limits.most_days * limits.crews)
    per_metre = round(exactly(tariff.per_km).likely / 1000 * MONEY)
    per_second = round(exactly(tariff.per_hour).likely * tariff.crew / 3600 * MONEY)
    per_day = round(exactly(tariff.allowance).likely * tariff.crew * MONEY)
    optional = limits.most_days is not None
    prizes = np.round(task.value[rows] * (PRIZE if optional else 0)).astype(np.int64)
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in rows],
        clients=[
            pyvrp.Client(
                place,
                service_duration=round(3600 * task.work_h[row]),
                prize=int(prizes[place]),
                required=not optional,
            )
            for place, row in enumerate(rows)
            if place
        ],
        depots=[pyvrp.Depot(0)],
        vehicle_types=[
            pyvrp.VehicleType(
                num_available=most,
                shift_duration=shift,
                fixed_cost=0 if optional else per_day,
                # A tariff without rates still wants short tours.
                unit_distance_cost=1 if optional else max(per_metre, 1),
                unit_duration_cost=0 if optional else per_second,
            )
        ],
        distance_matrices=[metres],
        duration_matrices=[seconds],
    )
    found = solved(data, limits.effort, limits.seed, limits.most_seconds)
    if not found.is_feasible():
        raise PlanError(
            f"No tours were found for {len(stops)} stops with days of {tariff.hours_per_day:g} h. Allow more "
            "days or crews, or lengthen hours_per_day."
        )
    return [[int(rows[place]) for place in visits_of(route)] for route in found.best.routes() if len(route)]


def solved(
    data: pyvrp.ProblemData, effort: int, seed: int, most_seconds: float | None = None
) -> pyvrp.Result:
    """The best tours found within an effort, as `plan_days` has it."""
    ends: list[pyvrp.stop.StoppingCriterion] = [NoImprovement(effort), MaxIterations(20 * effort)]
    if most_seconds is not None:
        ends.append(MaxRuntime(most_seconds))
    return pyvrp.solve(data, MultipleCriteria(ends), seed=seed, collect_stats=False)


def visits_of(route: pyvrp.Route) -> list[int]:
    """Places of a route's clients, in order; the departure is place 0."""
    return [activity.idx + 1 for activity in route if activity.is_client()]


def _within_budget(
    task: _Task, stops: Rows, tariff: Tariff, limits: _Limits, budget: float
) -> list[list[int]]:
    """The most value for the money.

    The number of days that the budget pays for is bisected; a day more is then thinned to the budget, and
    the better of the two is taken.
    """

    def affordable(tours: list[list[int]]) -> bool:
        return _cost(task, tours, tariff, limits).money.likely <= budget

    everything = _tours(task, stops, tariff, limits)
    if affordable(everything):
        return everything
    best: list[list[int]] = []
    low, high, beyond = 0, len(everything), everything
    while high - low > 1:
        middle = (low + high) // 2
        tours = _tours(task, stops, tariff, replace(limits, most_days=middle, crews=1))
        low, high = (middle, high) if affordable(tours) else (low, middle)
        best, beyond = (tours, beyond) if affordable(tours) else (best, tours)
    return max(best, _thinned(task, beyond, tariff, limits, budget), key=lambda tours: _value(task, tours))


def _thinned(
    task: _Task, tours: list[list[int]], tariff: Tariff, limits: _Limits, budget: float
) -> list[list[int]]:
    """Tours without the stops that are dearest for their value, until the budget pays for the rest."""
    tours = [list(tour) for tour in tours]
    km, hours = task.between.km, task.between.hours
    per_km, per_hour = exactly(tariff.per_km).likely, exactly(tariff.per_hour).likely * tariff.crew
    while tours and _cost(task, tours, tariff, limits).money.likely > budget:
        dearest, where = -1.0, (0, 0)
        for number, tour in enumerate(tours):
            path = [0, *tour, 0]
            for place in range(1, len(path) - 1):
                a, b, c = path[place - 1 : place + 2]
                saved = per_km * (km[a, b] + km[b, c] - km[a, c])
                saved += per_hour * (hours[a, b] + hours[b, c] - hours[a, c] + task.work_h[b])
                rate = saved / max(float(task.value[b]), 1e-9)
                if rate > dearest:
                    dearest, where = rate, (number, place - 1)
        del tours[where[0]][where[1]]
        tours = [tour for tour in tours if tour]
    return tours


def _value(task: _Task, tours: list[list[int]]) -> float:
    return float(sum(task.value[tour].sum() for tour in tours))


def _chained(task: _Task, tours: Sequence[Sequence[int]], tariff: Tariff) -> list[list[int]]:
    """Day tours joined into one long one and cut again where a day ends, for crews that sleep out.

    Tours are joined by their bearing from the departure, so that one begins near where another ended.
    """

    def bearing(tour: Sequence[int]) -> float:
        east = task.lon[list(tour)].mean() - task.lon[0]
        return math.atan2(task.lat[list(tour)].mean() - task.lat[0], east)

    line = [stop for tour in sorted(tours, key=bearing) for stop in tour]
    hours = task.between.hours
    morning = exactly(tariff.minutes_first_stop).likely / 60
    days: list[list[int]] = []
    here, used = 0, math.inf
    for stop in line:
        needed = float(hours[here, stop] + task.work_h[stop])
        if used + needed > tariff.hours_per_day:
            days.append([])
            used = morning
        days[-1].append(stop)
        used += needed
        here = stop
    if days and used + hours[here, 0] > tariff.hours_per_day:
        days.append([])  # a day to drive home
    return days


def _itinerary(
    task: _Task, tours: list[list[int]], departure: Departure, tariff: Tariff, limits: _Limits
) -> Itinerary:
    days = []
    schedule = _schedule(task, tours, tariff, limits)
    for number, crew, start, tour, end in schedule:
        days.append(_day(task, number, crew, start, tour, end, tariff))
    visited = {stop for tour in tours for stop in tour}
    left_out = [
        parcel for stop, members in enumerate(task.members, 1) if stop not in visited for parcel in members
    ]
    cost = _cost(task, tours, tariff, limits)
    return Itinerary(departure, tariff, tuple(days), tuple(left_out), cost)


def _schedule(
    task: _Task, tours: list[list[int]], tariff: Tariff, limits: _Limits
) -> list[tuple[int, int, int, list[int], int]]:
    """Day, crew, where it starts, its stops, where it ends; 0 is the departure."""
    if not tours:
        return []
    if not limits.sleep_out:
        # Long days first, so that crews come home on the same last day.
        order = sorted(tours, key=lambda tour: -_tour_hours(task, tour, tariff))
        return [(1 + i // limits.crews, 1 + i % limits.crews, 0, tour, 0) for i, tour in enumerate(order)]
    rows = []
    for crew in range(limits.crews):
        chain = _chained(task, tours[crew :: limits.crews], tariff)
        start = 0
        for number, tour in enumerate(chain, 1):
            end = (tour[-1] if tour else start) if number < len(chain) else 0
            rows.append((number, crew + 1, start, tour, end))
            start = end
    return sorted(rows, key=lambda row: row[:2])


def _tour_hours(task: _Task, tour: Sequence[int], tariff: Tariff) -> float:
    path = [0, *tour, 0]
    driving = float(task.between.hours[path[:-1], path[1:]].sum())
    return driving + float(task.work_h[list(tour)].sum()) + exactly(tariff.minutes_first_stop).likely / 60


def _day(
    task: _Task, number: int, crew: int, start: int, tour: Sequence[int], end: int, tariff: Tariff
) -> Day:
    clock = START_H + exactly(tariff.minutes_first_stop).likely / 60
    here, stops, km, drive = start, [], 0.0, 0.0
    for stop in tour:
        leg_km, leg_h = float(task.between.km[here, stop]), float(task.between.hours[here, stop])
        clock += leg_h
        leave = clock + float(task.work_h[stop])
        place = float(task.lon[stop]), float(task.lat[stop])
        stops.append(Stop(task.members[stop - 1], *place, clock, leave, leg_km, leg_h))
        clock, here, km, drive = leave, stop, km + leg_km, drive + leg_h
    if end != here:
        km += float(task.between.km[here, end])
        drive += float(task.between.hours[here, end])
        clock += float(task.between.hours[here, end])
    return Day(number, crew, tuple(stops), clock, km, drive, away=end != 0)


def _cost(task: _Task, tours: list[list[int]], tariff: Tariff, limits: _Limits) -> Cost:
    days = [_day(task, *row, tariff) for row in _schedule(task, tours, tariff, limits)]
    spread = task.between.spread
    return bill(
        tariff,
        spread * sum(day.km for day in days),
        spread * sum(day.drive_h for day in days),
        sum(len(day.stops) for day in days),
        sum(len(day.parcels) for day in days),
        len(days),
        sum(day.away for day in days),
    )
