"""Day tours: feasible whatever the parcels, never worse than the obvious, and readable in the field."""

import dataclasses
import time

import numpy as np
import pandas as pd
import pytest
import pyvrp
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain import Departure, PlanError
from engine.fieldwork.costs import Tariff
from engine.fieldwork.crews import MOST_CREWS, CrewLimits
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.problem import group_stops
from engine.fieldwork.solver import SEARCH, Effort, solve_vrp
from engine.fieldwork.tour import DAY_START_H
from engine.sampling.distances import with_distances
from tests import made_up

CENTRE = Departure(19.845, 45.255, "Novi Sad")
TARIFF = Tariff(minutes_per_parcel=12.0, detour=1.3)
QUICK = Effort(100)


def scattered(count: int, half_side_km: float = 40.0, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-half_side_km, half_side_km, (2, count))
    return pd.DataFrame(
        {
            "parcel_id": [f"p{i:03d}" for i in range(count)],
            "lon": CENTRE.lon + x / 78.4,
            "lat": CENTRE.lat + y / 111.2,
        }
    )


@settings(max_examples=12)
@given(
    st.integers(1, 40),
    st.floats(1, 90),
    st.integers(0, 99),
    st.integers(1, 3),
    st.booleans(),
    st.sampled_from([None, 1, 2]),
)
def test_every_itinerary_is_feasible(count, reach, seed, crews, sleep_out, most_days):
    parcels = scattered(count, reach, seed)
    made = plan_days(parcels, CENTRE, TARIFF, CrewLimits(crews, sleep_out, most_days), effort=QUICK)
    assert sorted([*made.parcels, *made.left_out]) == sorted(parcels["parcel_id"])  # each once
    for day in made.days:
        assert day.hours <= TARIFF.hours_per_day + 0.02
        clock = [DAY_START_H] + [hour for stop in day.stops for hour in (stop.arrival_h, stop.leave_h)]
        assert all(np.diff([*clock, day.end_h]) >= -1e-9)
        assert 1 <= day.crew <= crews
    assert len({(day.number, day.crew) for day in made.days}) == len(made.days)
    if most_days:
        assert all(day.number <= most_days for day in made.days) or sleep_out
    last = {day.crew: day for day in made.days}
    assert not any(day.away for day in last.values())  # everybody comes back
    assert sleep_out or not any(day.away for day in made.days)
    assert made.cost.crew_days == len(made.days)


def test_what_a_day_cannot_hold_is_left_out_by_name():
    far = scattered(2, 1.0)
    far.loc[1, "lat"] += 3.0  # 330 km away
    made = plan_days(far, CENTRE, TARIFF, effort=QUICK)
    assert made.left_out == ("p001",)
    assert made.parcels == ("p000",)


def test_no_parcel_and_a_parcel_at_the_door():
    assert plan_days(scattered(0), CENTRE, TARIFF).days == ()
    door = pd.DataFrame({"parcel_id": ["a"], "lon": [CENTRE.lon], "lat": [CENTRE.lat]})
    made = plan_days(door, CENTRE, TARIFF, effort=QUICK)
    assert made.parcels == ("a",)
    assert made.days[0].km == 0


def test_tours_are_never_longer_than_going_to_the_nearest_next():
    parcels = scattered(25, 15.0)
    tariff = Tariff(minutes_per_parcel=1.0, detour=1.0, hours_per_day=24.0, field_km=0.0)
    made = plan_days(parcels, CENTRE, tariff, effort=Effort(400))
    assert len(made.days) == 1
    xy = np.column_stack([(parcels["lon"] - CENTRE.lon) * 78.4, (parcels["lat"] - CENTRE.lat) * 111.2])
    here, left, greedy = np.zeros(2), list(range(len(xy))), 0.0
    while left:
        nearest = min(left, key=lambda parcel: np.hypot(*(xy[parcel] - here)))
        greedy += np.hypot(*(xy[nearest] - here))
        here = xy[nearest]
        left.remove(nearest)
    assert made.days[0].km <= 1.005 * (greedy + np.hypot(*here))


@pytest.mark.parametrize("budget", [0.0, 150.0, 400.0, 1e6])
def test_a_budget_is_never_exceeded_and_more_money_buys_no_less(budget):
    parcels = scattered(30, 30.0)
    made = plan_days(parcels, CENTRE, TARIFF, CrewLimits(budget=budget), effort=QUICK)
    assert made.cost.money.likely <= budget
    assert len(made.parcels) >= (0 if budget < 400 else 8)
    assert budget < 1e6 or not made.left_out


def test_valuable_parcels_go_first_where_days_are_short():
    parcels = scattered(60, 30.0).assign(value=1.0)
    parcels.loc[:9, "value"] = 20.0
    made = plan_days(parcels, CENTRE, TARIFF, CrewLimits(most_days=1), effort=QUICK)
    share = np.mean([parcel in made.parcels for parcel in parcels["parcel_id"][:10]])
    assert share > np.mean([parcel in made.parcels for parcel in parcels["parcel_id"][10:]])


def test_the_same_effort_and_seed_give_the_same_itinerary():
    parcels = scattered(40)
    first, second = (plan_days(parcels, CENTRE, TARIFF, effort=Effort(100, seed=3)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("count", [3, 40, 250])
@pytest.mark.parametrize("limits", [CrewLimits(), CrewLimits(2), CrewLimits(most_days=2)])
def test_the_first_plan_is_feasible_and_never_better_than_the_final_one(count, limits):
    parcels = scattered(count, 35.0, seed=count)
    first = plan_days(parcels, CENTRE, TARIFF, limits, effort=SEARCH)
    final = plan_days(parcels, CENTRE, TARIFF, limits, effort=Effort(200))
    assert all(day.hours <= TARIFF.hours_per_day + 0.02 for day in first.days)
    assert sorted([*first.parcels, *first.left_out]) == sorted(parcels["parcel_id"])
    assert len(first.parcels) <= len(final.parcels)
    if limits.most_days is None:  # all parcels are visited, so the bill tells which is better
        assert first.cost.money.likely >= final.cost.money.likely - 0.01


def test_the_first_plan_keeps_a_budget():
    limits = CrewLimits(budget=400.0)
    assert 0 < plan_days(scattered(30, 30.0), CENTRE, TARIFF, limits, effort=SEARCH).cost.money.likely <= 400


def test_neighbours_share_a_stop_and_no_stop_spreads():
    east = np.arange(40) * 0.2 / 78.4  # a row of parcels 200 m apart, 8 km long
    stop = group_stops(19.8 + east, np.full(40, 45.2))
    assert 8 <= len(np.unique(stop)) <= 20
    for number in np.unique(stop):
        assert np.ptp(east[stop == number]) * 78.4 <= 0.61
    assert len(np.unique(group_stops(np.array([19.8, 19.9]), np.array([45.2, 45.2])))) == 2


@pytest.mark.parametrize(
    "limits", [{"crews": 0}, {"most_days": 0}, {"budget": float("nan")}, {"budget": -1.0}]
)
def test_limits_that_make_no_sense_are_refused(limits):
    with pytest.raises(PlanError):
        CrewLimits(**limits)


# E-n22-k4 (N. Christofides, S. Eilon 1969), which PyVRP publishes among its tests: x, y, demand.
E_N22_K4 = (
    (145, 215, 0), (151, 264, 1100), (159, 261, 700), (130, 254, 800), (128, 252, 1400), (163, 247, 2100),
    (146, 246, 400), (161, 242, 800), (142, 239, 100), (163, 236, 500), (148, 232, 600), (128, 231, 1200),
    (156, 217, 1300), (129, 214, 1300), (146, 208, 300), (164, 208, 900), (141, 206, 2100), (147, 193, 1000),
    (164, 193, 900), (129, 189, 2500), (155, 185, 1800), (139, 182, 700),
)  # fmt: skip
# OkSmall, likewise: matrix, demands, windows and services; its known optimum is 9,155.
OK_SMALL = (
    ((0, 1544, 1944, 1931, 1476), (1726, 0, 1992, 1427, 1593), (1965, 1975, 0, 621, 1090),
     (2063, 1433, 647, 0, 818), (1475, 1594, 1090, 828, 0)),
    (0, 5, 5, 3, 5),
    ((0, 45000), (15600, 22500), (12000, 19500), (8400, 15300), (12000, 19500)),
    (0, 360, 360, 420, 360),
)  # fmt: skip


def test_our_effort_reaches_the_known_optimum_of_published_instances_within_two_percent():
    x, y, demand = np.array(E_N22_K4).T
    metres = np.rint(np.hypot(x[:, None] - x, y[:, None] - y)).astype(np.int64)
    small, loads, windows, services = OK_SMALL
    for matrix, load, room, cars, window, service, optimum in (
        (metres, demand, 6000, 4, [(0, 10**6)] * 22, [0] * 22, 375),
        (np.array(small), loads, 10, 3, windows, services, 9155),
    ):
        data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in load],
            clients=[
                pyvrp.Client(
                    place, delivery=[int(load[place])], service_duration=service[place],
                    tw_early=window[place][0], tw_late=window[place][1],
                )
                for place in range(1, len(load))
            ],
            depots=[pyvrp.Depot(0)],
            vehicle_types=[pyvrp.VehicleType(cars, capacity=[room], tw_late=window[0][1])],
            distance_matrices=[matrix],
            duration_matrices=[matrix],
        )  # fmt: skip
        result = solve_vrp(data, QUICK)
        assert result.is_feasible()
        assert optimum <= result.cost() <= 1.02 * optimum


def test_a_day_long_enough_for_a_circle_of_parcels_drives_the_circle():
    angle = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    parcels = pd.DataFrame(
        {
            "parcel_id": [f"p{n}" for n in range(30)],
            "lon": CENTRE.lon + 20 * np.cos(angle) / 78.4,
            "lat": CENTRE.lat + 20 * np.sin(angle) / 111.2,
        }
    ).sample(frac=1, random_state=0)
    tariff = Tariff(hours_per_day=48.0, minutes_per_parcel=1.0, detour=1.0, field_km=0.0)
    planned = plan_days(parcels, CENTRE, tariff, effort=QUICK)
    around = 29 * 2 * 20 * np.sin(np.pi / 30) + 2 * 20  # the polygon without one side, out and back
    assert len(planned.days) == 1
    assert planned.cost.km.likely == pytest.approx(around, rel=0.02)


def test_an_island_across_the_sea_is_left_out_and_the_rest_is_visited():
    parcels = scattered(20)
    parcels.loc[3, ["lon", "lat"]] = 5.0, 60.0
    planned = plan_days(parcels, CENTRE, TARIFF, effort=QUICK)
    assert planned.left_out == (parcels.loc[3, "parcel_id"],)
    assert len(planned.parcels) == 19


def test_parcels_at_the_departure_cost_work_but_no_way():
    here = pd.DataFrame({"parcel_id": ["a", "b"], "lon": [CENTRE.lon] * 2, "lat": [CENTRE.lat] * 2})
    planned = plan_days(here, CENTRE, dataclasses.replace(TARIFF, field_km=0.0), effort=QUICK)
    assert set(planned.parcels) == {"a", "b"}
    assert planned.cost.km.likely == pytest.approx(0, abs=1e-3)
    assert planned.cost.money.likely > 0


def test_the_solver_stops_when_its_time_is_up():
    start = time.perf_counter()
    plan_days(scattered(60), CENTRE, TARIFF, effort=Effort(10**7, most_seconds=1.0))
    assert time.perf_counter() - start < 30  # without the limit it would go on for hours


def test_a_day_more_is_taken_rather_than_a_minute_beyond_the_day():
    """Six stops that fill one day of five hours to the minute: the solver once found no tours at all."""
    season = made_up.study(parcels=60, times=3, pixels=1).parcels_in("2021")
    nearest = with_distances(season, CENTRE).nsmallest(6, "distance_km").sort_index()
    made = plan_days(nearest, CENTRE, Tariff(hours_per_day=5.0), effort=QUICK)
    assert len(made.parcels) == 6
    assert all(day.hours <= 5.0 for day in made.days)


@settings(max_examples=12)
@given(
    st.integers(2, 40),
    st.floats(5, 60),
    st.integers(0, 99),
    st.sampled_from([None, False, True]),
    st.sampled_from([None, 1, 2, 4]),
)
def test_an_open_number_of_crews_is_the_cheapest_that_keeps_the_days(count, reach, seed, sleep_out, days):
    parcels = scattered(count, reach, seed)

    def planned(crews, most_days=None):
        return plan_days(parcels, CENTRE, TARIFF, CrewLimits(crews, sleep_out, most_days), effort=QUICK)

    made = planned(None, days)
    fixed = [planned(crews) for crews in range(1, MOST_CREWS + 1)]
    timely = [trip for trip in fixed if days is None or trip.calendar_days <= days]
    if timely:
        lowest = min(trip.cost.money.likely for trip in timely)
        assert made.cost.money.likely == pytest.approx(lowest, abs=0.01)
    else:
        assert made.calendar_days == min(trip.calendar_days for trip in fixed)
    assert sorted(made.parcels) == sorted(fixed[0].parcels)  # days leave nothing out
