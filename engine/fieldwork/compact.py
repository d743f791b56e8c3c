"""An itinerary in a few kB: who halts where on which day; hours, ways and bill follow from that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from engine.domain import Departure
from engine.fieldwork.costs import FREE, Tariff
from engine.fieldwork.problem import routing_problem
from engine.fieldwork.roads import Straight
from engine.fieldwork.schedule import cost_of, scheduled_again
from engine.fieldwork.tour import Itinerary


def compact(itinerary: Itinerary) -> list[dict[str, Any]]:
    """An itinerary as JSON values: of each day its number and crew, and the first parcel of every stop.

    Parameters
    ----------
    itinerary
        Planned on straight roads.
    """
    return [
        {
            "day": day.number,
            "crew": day.crew,
            "away": day.away,
            "stops": [stop.parcels[0] for stop in day.stops],
        }
        for day in itinerary.days
    ]


def restored(
    parcels: pd.DataFrame, departure: Departure, tariff: Tariff, days: list[Mapping[str, Any]]
) -> Itinerary:
    """The itinerary that `compact` wrote down.

    Parameters
    ----------
    parcels
        Those that it was planned for, in the same order, also the ones that it leaves out.
    departure, tariff
        It was planned from there, by these rates.
    days
        What `compact` gave.

    Raises
    ------
    KeyError
        Where a stop is none of these parcels'.
    """
    if parcels.empty:
        return Itinerary(departure, tariff, (), (), FREE)
    problem = routing_problem(parcels, departure, tariff, Straight())
    row = {ids[0]: number for number, ids in enumerate(problem.parcels, 1)}
    tours = [
        (int(day["day"]), int(day["crew"]), [row[stop] for stop in day["stops"]], bool(day["away"]))
        for day in days
    ]
    planned = scheduled_again(problem, tours)
    visited = {stop for _, _, tour, _ in tours for stop in tour}
    left_out = tuple(
        parcel for stop, ids in enumerate(problem.parcels, 1) if stop not in visited for parcel in ids
    )
    return Itinerary(departure, tariff, planned, left_out, cost_of(problem, planned))
