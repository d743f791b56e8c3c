"""Tours through stops, each a day of a crew.

They are planned with PyVRP as a vehicle routing problem with a day's length, and as a prize-collecting one
where not all stops can be visited.

References
----------
N. A. Wouda, L. Lan, W. Kool (2024), "PyVRP: a high-performance VRP solver package", INFORMS Journal on
Computing 36, 943-955.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvrp
from pyvrp.stop import MaxIterations, MaxRuntime, MultipleCriteria, NoImprovement

from engine.domain import PlanError
from engine.fieldwork.costs import exactly
from engine.fieldwork.problem import DEPARTURE, RoutingProblem, Rows, Tour

MONEY = 1e5  # units of a currency unit in the solver's integers
PRIZE = 1_000_000  # metres that a visit is worth where days are short and as many as possible are wanted
MOST_PENALTY = 1e8  # of a second too many: a day more must cost less than a minute beyond the day's end
MOST_ITERATIONS = 20  # all together, as a multiple of those without improvement


@dataclass(frozen=True)
class Effort:
    """How long the solver searches.

    Parameters
    ----------
    iterations
        Without improvement before it stops. The same iterations and seed give the same tours.
    most_seconds
        Time after which it stops whatever it has; then the tours depend on the machine.
    seed
        Of the search.
    """

    iterations: int = 800
    most_seconds: float | None = None
    seed: int = 0


# Tours that show what a size costs, within a few per cent. A longer search from the same seed begins with the
# same steps, so it ends with tours that are no dearer.
SEARCH = Effort(iterations=60)


def solve(problem: RoutingProblem, stops: Rows, effort: Effort, most_tours: int | None = None) -> list[Tour]:
    """Tours through stops.

    Parameters
    ----------
    problem
        The stops, and the ways between them.
    stops
        Rows of the problem.
    effort
        How long to search.
    most_tours
        Where it is given, as many and as valuable stops as so many tours hold; else all stops, by the
        cheapest tours.

    Raises
    ------
    PlanError
        Where no tours were found.
    """
    if not len(stops):
        return []
    rows = np.concatenate([[DEPARTURE], stops])
    result = solve_vrp(_vrp(problem, rows, most_tours, optional=most_tours is not None), effort)
    if not result.is_feasible():
        raise PlanError(
            f"No tours were found for {len(stops)} stops with days of {problem.tariff.hours_per_day:g} h. "
            "Allow more days or crews, or lengthen hours_per_day."
        )
    return _tours_of(result, rows)


def solve_within(
    problem: RoutingProblem, stops: Rows, effort: Effort, most_tours: int, hours: float
) -> list[Tour] | None:
    """At most so many tours through all stops, each no longer than so many hours; None where none are found.

    Parameters
    ----------
    problem
        The stops, and the ways between them.
    stops
        Rows of the problem, at least one.
    effort
        How long to search.
    most_tours, hours
        Number of the tours, and the length of each with the morning.
    """
    rows = np.concatenate([[DEPARTURE], stops])
    result = solve_vrp(_vrp(problem, rows, most_tours, hours), effort)
    return _tours_of(result, rows) if result.is_feasible() else None


def solve_vrp(data: pyvrp.ProblemData, effort: Effort) -> pyvrp.Result:
    """The best solution of a vehicle routing problem within an effort.

    Parameters
    ----------
    data
        The problem in the solver's integers.
    effort
        How long to search.
    """
    ends: list[pyvrp.stop.StoppingCriterion] = [
        NoImprovement(effort.iterations),
        MaxIterations(MOST_ITERATIONS * effort.iterations),
    ]
    if effort.most_seconds is not None:
        ends.append(MaxRuntime(effort.most_seconds))
    params = pyvrp.SolveParams(penalty=pyvrp.PenaltyParams(max_penalty=MOST_PENALTY))
    return pyvrp.solve(data, MultipleCriteria(ends), seed=effort.seed, collect_stats=False, params=params)


def _tours_of(result: pyvrp.Result, rows: Rows) -> list[Tour]:
    return [[int(rows[place]) for place in _places(route)] for route in result.best.routes() if len(route)]


def _places(route: pyvrp.Route) -> list[int]:
    """Places of a route's clients, in order; the departure is place 0."""
    return [activity.idx + 1 for activity in route if activity.is_client()]


def _vrp(
    problem: RoutingProblem,
    rows: Rows,
    most_tours: int | None,
    longest_h: float | None = None,
    optional: bool = False,
) -> pyvrp.ProblemData:
    """The problem in the solver's integers: metres, seconds and small change."""
    tariff = problem.tariff
    hours = problem.roads.hours[np.ix_(rows, rows)].copy()
    hours[0, 1:] += problem.morning_h
    seconds: Any = np.round(3600 * hours).astype(np.int64)  # of any shape for pyvrp's type of a matrix
    metres: Any = np.round(1000 * problem.roads.km[np.ix_(rows, rows)]).astype(np.int64)
    np.fill_diagonal(seconds, 0)
    prizes = np.round(problem.value[rows] * (PRIZE if optional else 0)).astype(np.int64)
    clients = [
        pyvrp.Client(
            place,
            service_duration=round(3600 * problem.work_h[row]),
            prize=int(prizes[place]),
            required=not optional,
        )
        for place, row in enumerate(rows)
        if place
    ]
    per_metre = round(exactly(tariff.per_km).likely / 1000 * MONEY)
    per_second = round(exactly(tariff.per_hour).likely * tariff.crew / 3600 * MONEY)
    per_day = round(exactly(tariff.allowance).likely * tariff.crew * MONEY)
    crew_day = pyvrp.VehicleType(
        num_available=len(clients) if most_tours is None else min(len(clients), most_tours),
        shift_duration=int(3600 * (tariff.hours_per_day if longest_h is None else longest_h)),
        fixed_cost=0 if optional else per_day,
        # A tariff without rates still wants short tours.
        unit_distance_cost=1 if optional else max(per_metre, 1),
        unit_duration_cost=0 if optional else per_second,
    )
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in rows],
        clients=clients,
        depots=[pyvrp.Depot(0)],
        vehicle_types=[crew_day],
        distance_matrices=[metres],
        duration_matrices=[seconds],
    )
