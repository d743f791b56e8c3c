"""The day tours of trips: the first ones at once, the final ones planned in the background and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.decisions.trip import Trip
from engine.domain import PlanError, Study
from pages._background import Work
from pages._kept import cached

if TYPE_CHECKING:
    from engine.fieldwork.solver import Effort
    from engine.fieldwork.tour import Itinerary

PATIENCE_S = 0.3  # that a page waits for the final tours before it draws the first ones


def itinerary(study: Study, trip: Trip, crews: int, sleep_out: bool) -> Itinerary:
    """The day tours of a trip, waited for: the only ones that reports and files take."""
    return _planning(study, trip, crews, sleep_out).result()


def first_itinerary(study: Study, trip: Trip, crews: int, sleep_out: bool) -> Itinerary | None:
    """Day tours at once, while better ones are planned; None where those have been, or none were found."""
    first = _first_itinerary(study, trip, crews, sleep_out)
    planning = _planning(study, trip, crews, sleep_out)
    return None if first is None or planning.ended(PATIENCE_S) else first


def itinerary_ended(study: Study, trip: Trip, crews: int, sleep_out: bool) -> bool:
    """Whether the planning of the day tours has ended, well or not."""
    return _planning(study, trip, crews, sleep_out).ended()


@cached(lambda study, trip, crews, sleep_out: (study.fingerprint, trip.request, crews, sleep_out), entries=32)
def _first_itinerary(study: Study, trip: Trip, crews: int, sleep_out: bool) -> Itinerary | None:
    from engine.fieldwork.solver import FIRST

    try:
        return _planned(trip, crews, sleep_out, FIRST)
    except PlanError:  # the longer search may find tours, or says why there are none
        return None


@cached(
    lambda study, trip, crews, sleep_out: (study.fingerprint, trip.request, crews, sleep_out),
    entries=32,
    valid=lambda planning: not planning.failure_seen,
)
def _planning(study: Study, trip: Trip, crews: int, sleep_out: bool) -> Work[Itinerary]:
    return Work(lambda: _planned(trip, crews, sleep_out, None), "planning the day tours")


def _planned(trip: Trip, crews: int, sleep_out: bool, effort: Effort | None) -> Itinerary:
    from engine.fieldwork.itinerary import CrewLimits, plan_days

    request, limits = trip.request, CrewLimits(crews, sleep_out)
    return plan_days(trip.wanted, request.departure, request.tariff, limits, effort=effort)
