"""Days that a person would drive: of even length, and with nights out no way back to where one has been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.fieldwork.problem import RoutingProblem, Rows, Tour
from engine.fieldwork.schedule import cost_of, schedule
from engine.fieldwork.solver import Effort, solve_within

MOST_DEARER = 1.03  # what even days may cost, as a multiple of the cheapest ones
EVEN = 0.8  # hours of the shortest day over those of the longest, from which days are even
STEPS = 4  # of the bisection of a day's length
SHARE = 8  # one so many of the iterations of a search for each of its steps
LEAST_ITERATIONS = 60
YEAR_H = 24.0 * 365


def evened(problem: RoutingProblem, tours: Sequence[Tour], effort: Effort) -> list[Tour]:
    """Day tours through the same stops, no more of them, the longest as short as 3 % more money make it.

    The length of a day is bisected between the mean of the tours and their longest.

    Parameters
    ----------
    problem
        The stops, and the ways between them.
    tours
        From the departure and back.
    effort
        Of the search that gave them; each step takes an eighth of it.
    """
    best = list(tours)
    low, high = _mean_and_longest(problem, best)
    if len(tours) < 2 or _shortest(problem, best) >= EVEN * high:
        return best
    most, stops = MOST_DEARER * _money(problem, best), stops_of(best)
    for _ in range(STEPS):
        middle = (low + high) / 2
        found = solve_within(problem, stops, _less(effort), len(tours), middle)
        if found is not None and _money(problem, found) <= most:
            best, high = found, middle
        else:
            low = middle
    return best


def grand_tour(problem: RoutingProblem, stops: Rows, effort: Effort) -> Tour:
    """All stops as one tour from the departure and back, as short as can be.

    Parameters
    ----------
    problem, effort
        As for `evened`.
    stops
        Rows of the problem.
    """
    if not len(stops):
        return []
    found = solve_within(problem, stops, _less(effort), 1, YEAR_H)
    return found[0] if found else [*map(int, stops)]


def _less(effort: Effort) -> Effort:
    return replace(effort, iterations=max(effort.iterations // SHARE, LEAST_ITERATIONS))


def stops_of(tours: Sequence[Tour]) -> Rows:
    """All stops of tours, sorted.

    Parameters
    ----------
    tours
        Rows of a problem.
    """
    return np.array(sorted(stop for tour in tours for stop in tour), dtype=np.int64)


def _mean_and_longest(problem: RoutingProblem, tours: Sequence[Tour]) -> tuple[float, float]:
    hours = [problem.tour_hours(tour) for tour in tours] or [0.0]
    return sum(hours) / len(hours), max(hours)


def _shortest(problem: RoutingProblem, tours: Sequence[Tour]) -> float:
    return min((problem.tour_hours(tour) for tour in tours), default=0.0)


def _money(problem: RoutingProblem, tours: Sequence[Tour]) -> float:
    return cost_of(problem, schedule(problem, tours, 1)).money.likely
