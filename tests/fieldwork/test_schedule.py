"""Crews and nights: who drives which tour, and where the day ends."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    days = schedule(problem, tours, crews=2)
    assert [(day.number, day.crew) for day in days] == [(1, 1), (1, 2), (2, 1)]
    assert [day.hours for day in days] == sorted((day.hours for day in days), reverse=True)
    assert [day.hours for day in days] == pytest.approx(
        sorted(map(problem.tour_hours, tours), reverse=True), abs=1e-9
    )


def test_crews_that_sleep_out_spend_every_night_but_the_last_away(problem, tours):
    days = schedule(problem, tours, crews=1, order=[stop for tour in tours for stop in tour])
    assert [day.away for day in days] == [True] * (len(days) - 1) + [False]
    assert sorted(parcel for day in days for parcel in day.parcels) == sorted(scattered(12)["parcel_id"])
    assert cost_of(problem, days).nights == len(days) - 1


def test_the_bill_adds_up_the_days(problem, tours):
    days = schedule(problem, tours, crews=1)
    tracks = 2 * TARIFF.field_km * sum(len(day.stops) for day in days)
    assert cost_of(problem, days).km.likely == pytest.approx(np.sum([day.km for day in days]) + tracks)
    assert cost_of(problem, days).crew_days == 3


@settings(max_examples=40)
@given(st.integers(1, 40), st.floats(5, 80), st.integers(0, 99), st.integers(1, 4))
def test_nights_out_cut_a_long_tour_into_even_days_without_dropping_a_stop(count, reach, seed, crews):
    problem = routing_problem(scattered(count, reach, seed), CENTRE, TARIFF, Straight())
    order = [*map(int, problem.reachable())]
    days = schedule(problem, [order], crews, order)
    assert sorted(parcel for day in days for parcel in day.parcels) == sorted(
        parcel for stop in order for parcel in problem.parcels[stop - 1]
    )
    for crew in {day.crew for day in days}:
        own = [day for day in days if day.crew == crew]
        assert [day.number for day in own] == [*range(1, len(own) + 1)]
        assert [day.away for day in own] == [*[True] * (len(own) - 1), False]


def test_a_day_and_a_bit_becomes_two_halves():
    """Twelve stops in a row take a little more than a day: nobody goes out for an hour on the second."""
    tariff = Tariff(minutes_per_parcel=40.0, minutes_first_stop=0.0, detour=1.0)
    row = scattered(12).assign(lon=CENTRE.lon + 0.02 * np.arange(1, 13), lat=CENTRE.lat)
    problem = routing_problem(row, CENTRE, tariff, Straight())
    order = [*range(1, 13)]
    first, second = schedule(problem, [order], 1, order)
    assert first.hours + second.hours > tariff.hours_per_day
    assert min(first.hours, second.hours) > 0.7 * max(first.hours, second.hours)


def test_a_departure_that_only_one_stop_surrounds_still_gets_a_crew_each_with_stops():
    problem = routing_problem(scattered(2, 20.0), CENTRE, TARIFF, Straight())
    days = schedule(problem, [[1, 2]], crews=4, order=[1, 2])
    assert all(day.stops for day in days if day.number == 1)
    assert [day.crew for day in days] == [1, 2]
