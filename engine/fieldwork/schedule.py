"""Which crew drives which tour on which day, where it sleeps, and what that costs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from engine.fieldwork.costs import Cost, bill
from engine.fieldwork.problem import DEPARTURE, RoutingProblem, Tour
from engine.fieldwork.tour import DAY_START_H, Day, Stop

HALVINGS = 10  # of the length at which a long tour is cut into days


class Shift(NamedTuple):
    """A crew's day: its number and crew from 1, the rows where it starts and ends, and its stops."""

    day: int
    crew: int
    start: int
    tour: Tour
    end: int


def schedule(
    problem: RoutingProblem, tours: Sequence[Tour], crews: int, order: Tour | None = None
) -> list[Day]:
    """The days of the crews, in order.

    Parameters
    ----------
    problem
        The stops, and the ways between them.
    tours
        Day tours from the departure.
    crews
        Cars that go out at the same time.
    order
        For crews that spend their nights near the last stop: the stops, perhaps with others, as one long
        tour. None for crews that come back every night.
    """
    if order is None:
        shifts = _nights_back(problem, tours, crews)
    else:
        visited = {stop for tour in tours for stop in tour}
        shifts = _nights_out(problem, [stop for stop in order if stop in visited], crews)
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


def _nights_out(problem: RoutingProblem, order: Tour, crews: int) -> list[Shift]:
    """Every day from where the last one ended, and on the last day back to the departure."""
    shifts = []
    for crew, piece in enumerate(_pieces(problem, order, crews), 1):
        days = _even_days(problem, piece)
        start = DEPARTURE
        for number, tour in enumerate(days, 1):
            end = (tour[-1] if tour else start) if number < len(days) else DEPARTURE
            shifts.append(Shift(number, crew, start, tour, end))
            start = end
    return sorted(shifts, key=lambda shift: shift[:2])


def _pieces(problem: RoutingProblem, order: Tour, crews: int) -> list[Tour]:
    """A long tour in as many pieces as crews, of about equal hours; no more of them than stops.

    References
    ----------
    J. E. Beasley (1983), "Route first, cluster second methods for vehicle routing", Omega 11, 403-408.
    """
    if not order:
        return []
    hours = problem.roads.hours[[DEPARTURE, *order[:-1]], order] + problem.work_h[order]
    middle = np.cumsum(hours) - hours / 2  # [stop]
    crew = np.minimum((middle / hours.sum() * crews).astype(int), crews - 1)
    return [[stop for stop, at in zip(order, crew, strict=True) if at == place] for place in np.unique(crew)]


def _even_days(problem: RoutingProblem, order: Tour) -> list[Tour]:
    """A long tour cut into as few days as it takes, none of them longer than it must be."""
    longest = problem.tariff.hours_per_day
    days = _cut(problem, order, longest)
    low, high = longest / 2 if len(days) < 3 else longest * (len(days) - 2) / len(days), longest
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        shorter = _cut(problem, order, middle)
        if len(shorter) > len(days):
            low = middle
        else:
            days, high = shorter, middle
    return days


def _cut(problem: RoutingProblem, order: Tour, longest: float) -> list[Tour]:
    """A long tour cut where a day of so many hours ends; the last may only drive back."""
    hours = problem.roads.hours
    days: list[Tour] = []
    here, used = DEPARTURE, math.inf
    for stop in order:
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
