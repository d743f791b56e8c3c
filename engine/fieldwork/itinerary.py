"""Day tours: in which order to visit parcels, and on which day."""

from __future__ import annotations

import math

import pandas as pd

from engine.domain import Departure
from engine.fieldwork.costs import FREE, Cost, Tariff, exactly
from engine.fieldwork.crews import CrewLimits
from engine.fieldwork.evening import MOST_DEARER, evened, grand_tour, stops_of
from engine.fieldwork.problem import DEPARTURE, RoutingProblem, Tour, routing_problem
from engine.fieldwork.roads import Roads, Straight
from engine.fieldwork.schedule import cost_of, schedule
from engine.fieldwork.solver import Effort, solve
from engine.fieldwork.tour import Day, Itinerary, calendar_days

DECIMALS = 2  # of money; smaller differences are none
LEAST_VALUE = 1e-9  # of a stop, so that one of no value can be compared


def plan_days(
    parcels: pd.DataFrame,
    departure: Departure,
    tariff: Tariff,
    limits: CrewLimits | None = None,
    *,
    roads: Roads | None = None,
    effort: Effort | None = None,
    even: bool = False,
) -> Itinerary:
    """Plan day tours from the departure.

    Parameters
    ----------
    parcels
        With ``parcel_id``, ``lon``, ``lat`` and, where some are worth more than others, ``value``.
    departure
        Where trips start and end.
    tariff
        Of rates, speeds, working times and the longest day.
    limits
        By default one crew that comes back every night and visits whatever a day can reach.
    roads
        Source of distances; by default straight lines with the tariff's detour.
    effort
        Of the solver.
    even
        Whether days are evened out: as many, of lengths as alike as 3 % more money make them.

    Raises
    ------
    PlanError
        Where no tours were found.
    RoadsError
        Where the routing server does not answer.
    """
    if parcels.empty:
        return Itinerary(departure, tariff, (), (), FREE)
    limits, effort = limits or CrewLimits(), effort or Effort()
    problem = routing_problem(parcels, departure, tariff, roads or Straight())
    order = grand_tour(problem, problem.reachable(), effort) if limits.sleep_out is not False else []
    tours = _tours(problem, limits, effort, order)
    days = _scheduled(problem, tours, limits, order)
    if even and len(days) > 1:
        days = _eased(problem, tours, limits, effort, days, order)
    visited = {stop for tour in tours for stop in tour}
    left_out = [
        parcel for stop, ids in enumerate(problem.parcels, 1) if stop not in visited for parcel in ids
    ]
    return Itinerary(departure, tariff, tuple(days), tuple(left_out), cost_of(problem, days))


def _tours(problem: RoutingProblem, limits: CrewLimits, effort: Effort, order: Tour) -> list[Tour]:
    stops = problem.reachable()
    everything = solve(problem, stops, effort, limits.most_tours)
    if limits.budget is None or _cost(problem, everything, limits, order).money.likely <= limits.budget:
        return everything
    return _within_budget(problem, everything, limits, effort, order)


def _eased(
    problem: RoutingProblem,
    tours: list[Tour],
    limits: CrewLimits,
    effort: Effort,
    days: list[Day],
    order: Tour,
) -> list[Day]:
    """Even days over the same stops, where they are no more, and dearer by 3 % at most; else as they are."""
    most = min(MOST_DEARER * cost_of(problem, days).money.likely, limits.budget or math.inf)
    stops = stops_of(tours)
    if limits.sleep_out is not False and len(stops) < len(order):  # what was cut shortens the tour
        order = grand_tour(problem, stops, effort)
    even = tours if limits.sleep_out else evened(problem, tours, effort)
    eased = _scheduled(problem, even, limits, order)
    no_more = len(eased) <= len(days) and calendar_days(eased) <= calendar_days(days)
    return eased if no_more and cost_of(problem, eased).money.likely <= most else days


def _scheduled(problem: RoutingProblem, tours: list[Tour], limits: CrewLimits, order: Tour) -> list[Day]:
    """The days of the crews. Where it is open how many go out or where they sleep: of the ways that keep the
    days the cheapest, to a hundredth; of equal ones that of fewest crews, back every night.
    """

    def merit(days: list[Day]) -> tuple[int, float]:
        late = 0 if limits.most_days is None else max(calendar_days(days) - limits.most_days, 0)
        return late, round(cost_of(problem, days).money.likely, DECIMALS)

    return min(
        (schedule(problem, tours, crews, order if away else None) for crews, away in limits.ways), key=merit
    )


def _cost(problem: RoutingProblem, tours: list[Tour], limits: CrewLimits, order: Tour) -> Cost:
    return cost_of(problem, _scheduled(problem, tours, limits, order))


def _within_budget(
    problem: RoutingProblem, everything: list[Tour], limits: CrewLimits, effort: Effort, order: Tour
) -> list[Tour]:
    """The most value for the money.

    The number of days that the budget pays for is bisected; a day more is then thinned to the budget, and
    the better of the two is taken.
    """
    assert limits.budget is not None
    best: list[Tour] = []
    stops = problem.reachable()
    low, high, dearer = 0, len(everything), everything
    while high - low > 1:
        middle = (low + high) // 2
        tours = solve(problem, stops, effort, middle)
        if _cost(problem, tours, limits, order).money.likely <= limits.budget:
            low, best = middle, tours
        else:
            high, dearer = middle, tours
    return max(best, _thinned(problem, dearer, limits, order), key=problem.total_value)


def _thinned(problem: RoutingProblem, tours: list[Tour], limits: CrewLimits, order: Tour) -> list[Tour]:
    """Tours without the stops that are dearest for their value, until the budget pays for the rest."""
    assert limits.budget is not None
    tours = [list(tour) for tour in tours]
    while tours and _cost(problem, tours, limits, order).money.likely > limits.budget:
        places = [(number, place) for number, tour in enumerate(tours) for place in range(len(tour))]
        number, place = max(places, key=lambda at: _saved_by_skipping(problem, tours[at[0]], at[1]))
        del tours[number][place]
        tours = [tour for tour in tours if tour]
    return tours


def _saved_by_skipping(problem: RoutingProblem, tour: Tour, place: int) -> float:
    """Money that a tour saves without one of its stops, for each unit of the stop's value."""
    before, stop, after = [DEPARTURE, *tour, DEPARTURE][place : place + 3]
    km, hours, tariff = problem.roads.km, problem.roads.hours, problem.tariff
    driven = km[before, stop] + km[stop, after] - km[before, after]
    spent = hours[before, stop] + hours[stop, after] - hours[before, after] + problem.work_h[stop]
    saved = exactly(tariff.per_km).likely * driven + exactly(tariff.per_hour).likely * tariff.crew * spent
    return float(saved) / max(float(problem.value[stop]), LEAST_VALUE)
