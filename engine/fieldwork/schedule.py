"""Which crew drives which tour on which day, where it sleeps, and what that costs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.fieldwork.costs import Cost, bill
from engine.fieldwork.problem import DEPARTURE, RoutingProblem, Tour
from engine.fieldwork.tour import DAY_START_H, Day, Stop


class Shift(NamedTuple):
    """A crew's day: its number and crew from 1, the rows where it starts and ends, and its stops."""

    day: int
    crew: int
    start: int
    tour: Tour
    end: int


def schedule(problem: RoutingProblem, tours: Sequence[Tour], crews: int, sleep_out: bool) -> list[Day]:
    """The days of the crews, in order.

    Parameters
    ----------
    problem
        The stops, and the ways between them.
    tours
        Day tours from the departure.
    crews
        Cars that go out at the same time.
    sleep_out
        Whether nights are spent near the last stop instead of at the departure.
    """
    shifts = (_nights_out if sleep_out else _nights_back)(problem, tours, crews)
    return [_day(problem, shift) for shift in shifts]


def scheduled_again(problem: RoutingProblem, tours: Iterable[tuple[int, int, Tour, bool]]) -> tuple[Day, ...]:
    """Days whose tours are known, with their hours and ways.

    Parameters
    ----------
    problem
        The stops, and the ways between them.
    tours
        Of each day its number, crew, stops, and whether the night after it is spent away; in order.
    """
    night: dict[int, int] = {}  # where each crew spent it
    days = []
    for number, crew, tour, away in tours:
        start = night.get(crew, DEPARTURE)
        end = (tour[-1] if tour else start) if away else DEPARTURE
        days.append(_day(problem, Shift(number, crew, start, tour, end)))
        night[crew] = end
    return tuple(days)


def cost_of(problem: RoutingProblem, days: Sequence[Day]) -> Cost:
    """The bill of days.

    Parameters
    ----------
    problem
        The stops, the ways between them and the tariff.
    days
        Of all crews.
    """
    spread = problem.roads.spread
    return bill(
        problem.tariff,
        spread * sum(day.km for day in days),
        spread * sum(day.drive_h for day in days),
        sum(len(day.stops) for day in days),
        sum(len(day.parcels) for day in days),
        len(days),
        sum(day.away for day in days),
    )


def _nights_back(problem: RoutingProblem, tours: Sequence[Tour], crews: int) -> list[Shift]:
    """Every day from the departure and back; long days first, so that crews end on the same last day."""
    order = sorted(tours, key=lambda tour: -problem.tour_hours(tour))
    return [
        Shift(1 + number // crews, 1 + number % crews, DEPARTURE, tour, DEPARTURE)
        for number, tour in enumerate(order)
    ]


def _nights_out(problem: RoutingProblem, tours: Sequence[Tour], crews: int) -> list[Shift]:
    """Every day from where the last one ended, and on the last day back to the departure."""
    shifts = []
    for crew in range(crews):
        days = _chained(problem, tours[crew::crews])
        start = DEPARTURE
        for number, tour in enumerate(days, 1):
            end = (tour[-1] if tour else start) if number < len(days) else DEPARTURE
            shifts.append(Shift(number, crew + 1, start, tour, end))
            start = end
    return sorted(shifts, key=lambda shift: shift[:2])


def _chained(problem: RoutingProblem, tours: Sequence[Tour]) -> list[Tour]:
    """Day tours joined into one long one and cut again where a day ends.

    Tours are joined by their bearing from the departure, so that one begins near where another ended.
    """

    def bearing(tour: Tour) -> float:
        east = problem.lon[tour].mean() - problem.lon[DEPARTURE]
        return math.atan2(problem.lat[tour].mean() - problem.lat[DEPARTURE], east)

    hours, longest = problem.roads.hours, problem.tariff.hours_per_day
    days: list[Tour] = []
    here, used = DEPARTURE, math.inf
    for stop in (stop for tour in sorted(tours, key=bearing) for stop in tour):
        needed = float(hours[here, stop] + problem.work_h[stop])
        if used + needed > longest:
            days.append([])
            used = problem.morning_h
        days[-1].append(stop)
        used += needed
        here = stop
    if days and used + hours[here, DEPARTURE] > longest:
        days.append([])  # a day to drive back
    return days


def _day(problem: RoutingProblem, shift: Shift) -> Day:
    """A shift with its hours: morning, ways, stops and the way to where it ends."""
    roads = problem.roads
    clock = DAY_START_H + problem.morning_h
    here, stops, km, drive_h = shift.start, [], 0.0, 0.0
    for stop in shift.tour:
        leg_km, leg_h = float(roads.km[here, stop]), float(roads.hours[here, stop])
        clock += leg_h
        leave = clock + float(problem.work_h[stop])
        place = float(problem.lon[stop]), float(problem.lat[stop])
        stops.append(Stop(problem.parcels[stop - 1], *place, clock, leave, leg_km, leg_h))
        clock, here, km, drive_h = leave, stop, km + leg_km, drive_h + leg_h
    if shift.end != here:
        last_h = float(roads.hours[here, shift.end])
        clock, km, drive_h = clock + last_h, km + float(roads.km[here, shift.end]), drive_h + last_h
    return Day(shift.day, shift.crew, tuple(stops), clock, km, drive_h, away=shift.end != DEPARTURE)
