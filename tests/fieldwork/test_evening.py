"""Days are evened out: no more of them, hardly dearer, and none that is nearly empty."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.fieldwork.costs import Tariff
from engine.fieldwork.crews import CrewLimits
from engine.fieldwork.evening import MOST_DEARER, evened, grand_tour, stops_of
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.problem import routing_problem
from engine.fieldwork.roads import Straight
from engine.fieldwork.solver import solve
from tests.fieldwork.test_itinerary import CENTRE, QUICK, TARIFF, scattered


@settings(max_examples=15)
@given(
    st.integers(2, 60),
    st.floats(5, 60),
    st.integers(0, 99),
    st.integers(1, 3),
    st.sampled_from([None, False, True]),
)
def test_even_days_are_no_more_and_at_most_three_percent_dearer(count, reach, seed, crews, sleep_out):
    parcels, limits = scattered(count, reach, seed), CrewLimits(crews, sleep_out)
    plain, even = (
        plan_days(parcels, CENTRE, TARIFF, limits, effort=QUICK, even=even) for even in (False, True)
    )
    assert sorted(even.parcels) == sorted(plain.parcels)
    assert even.calendar_days <= plain.calendar_days
    assert even.cost.crew_days <= plain.cost.crew_days
    assert even.cost.money.likely <= MOST_DEARER * plain.cost.money.likely + 1e-9
    assert max(day.hours for day in even.days) <= max(day.hours for day in plain.days) + 0.02


@pytest.mark.parametrize("budget", [300.0, 700.0])
def test_even_days_keep_a_budget(budget):
    limits = CrewLimits(budget=budget)
    made = plan_days(scattered(40, 30.0), CENTRE, TARIFF, limits, effort=QUICK, even=True)
    assert 0 < made.cost.money.likely <= budget


def test_a_day_that_ends_in_the_morning_is_filled():
    """Eleven stops near the departure take a day of eight hours and a half more."""
    tariff = Tariff(minutes_per_parcel=45.0, detour=1.0)
    parcels = scattered(11, 3.0, seed=1)
    problem = routing_problem(parcels, CENTRE, tariff, Straight())
    tours = solve(problem, problem.reachable(), QUICK)
    lopsided = [[*tours[0]], [*tours[1]]]
    while problem.tour_hours(lopsided[0]) < 7.2 and len(lopsided[1]) > 1:
        lopsided[0].append(lopsided[1].pop())
    hours = sorted(problem.tour_hours(tour) for tour in evened(problem, lopsided, QUICK))
    assert min(map(problem.tour_hours, lopsided)) < 0.6 * hours[0]
    assert hours[0] >= 0.8 * hours[1]


def test_nights_out_never_cross_the_way_of_another_day():
    """Four villages at the corners of a square: a crew that sleeps out works in each of them once."""
    corners = np.repeat([(-30, -30), (-30, 30), (30, 30), (30, -30)], 12, axis=0)
    xy = corners + np.random.default_rng(0).uniform(-3, 3, corners.shape)
    parcels = scattered(48).assign(lon=CENTRE.lon + xy[:, 0] / 78.4, lat=CENTRE.lat + xy[:, 1] / 111.2)
    made = plan_days(parcels, CENTRE, TARIFF, CrewLimits(1, True), effort=QUICK)
    village = dict(zip(parcels["parcel_id"], np.repeat(range(4), 12), strict=True))
    visited = [village[parcel] for parcel in made.parcels]
    changes = sum(before != after for before, after in itertools.pairwise(visited))
    assert changes == 3


def test_a_grand_tour_has_every_stop_once():
    problem = routing_problem(scattered(30), CENTRE, TARIFF, Straight())
    assert sorted(grand_tour(problem, problem.reachable(), QUICK)) == list(problem.reachable())
    assert grand_tour(problem, stops_of([]), QUICK) == []
