"""Crews and nights: who drives which tour, and where the day ends."""

import numpy as np
import pytest

from engine.fieldwork.costs import Tariff
from engine.fieldwork.problem import DEPARTURE, routing_problem
from engine.fieldwork.roads import Straight
from engine.fieldwork.schedule import cost_of, schedule
from tests.fieldwork.test_itinerary import CENTRE, scattered

TARIFF = Tariff(minutes_per_parcel=12.0, detour=1.3)


@pytest.fixture(scope="module")
def problem():
    return routing_problem(scattered(12, 20.0), CENTRE, TARIFF, Straight())


@pytest.fixture(scope="module")
def tours(problem):
    stops = [*problem.reachable()]
    return [stops[:2], stops[2:8], stops[8:]]


def test_row_nought_is_the_departure(problem):
    assert (problem.lon[DEPARTURE], problem.lat[DEPARTURE]) == (CENTRE.lon, CENTRE.lat)
    assert (problem.value[DEPARTURE], problem.work_h[DEPARTURE]) == (0, 0)


def test_the_longest_days_come_first_so_that_two_crews_end_together(problem, tours):
    days = schedule(problem, tours, crews=2, sleep_out=False)
    assert [(day.number, day.crew) for day in days] == [(1, 1), (1, 2), (2, 1)]
    assert [day.hours for day in days] == sorted((day.hours for day in days), reverse=True)
    assert [day.hours for day in days] == pytest.approx(
        sorted(map(problem.tour_hours, tours), reverse=True), abs=1e-9
    )


def test_crews_that_sleep_out_spend_every_night_but_the_last_away(problem, tours):
    days = schedule(problem, tours, crews=1, sleep_out=True)
    assert [day.away for day in days] == [True] * (len(days) - 1) + [False]
    assert sorted(parcel for day in days for parcel in day.parcels) == sorted(scattered(12)["parcel_id"])
    assert cost_of(problem, days).nights == len(days) - 1


def test_the_bill_adds_up_the_days(problem, tours):
    days = schedule(problem, tours, crews=1, sleep_out=False)
    tracks = 2 * TARIFF.field_km * sum(len(day.stops) for day in days)
    assert cost_of(problem, days).km.likely == pytest.approx(np.sum([day.km for day in days]) + tracks)
    assert cost_of(problem, days).crew_days == 3
