"""The closed-form bill beside the routed one."""

import numpy as np
import pandas as pd
import pytest

from engine.domain import Departure, PlanError
from engine.fieldwork import estimate as estimates
from engine.fieldwork.costs import FREE, Tariff
from engine.fieldwork.estimate import estimate
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.solver import Effort

CENTRE = Departure(19.845, 45.255)


def scattered(count: int, half_side_km: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-half_side_km, half_side_km, (2, count))
    names = [f"p{i:03d}" for i in range(count)]
    return pd.DataFrame({"parcel_id": names, "lon": CENTRE.lon + x / 78.4, "lat": CENTRE.lat + y / 111.2})


@pytest.mark.parametrize(("count", "reach"), [(20, 10.0), (50, 25.0), (80, 10.0), (60, 50.0)])
def test_it_meets_the_routed_bill_within_fifteen_percent(count, reach):
    tariff, parcels = Tariff(), scattered(count, reach, 1)
    routed = plan_days(parcels, CENTRE, tariff, effort=Effort(150)).cost
    estimated = estimate(parcels, CENTRE, tariff)
    assert estimated.money.likely == pytest.approx(routed.money.likely, rel=0.15)
    assert abs(estimated.crew_days - routed.crew_days) <= 1 + 0.1 * routed.crew_days


def in_villages(count: int) -> pd.DataFrame:
    """Parcels in six villages on a circle of 40 km."""
    rng, parcels = np.random.default_rng(0), scattered(count, 2.0, 0)
    angle = 2 * np.pi * rng.integers(0, 6, count) / 6
    return parcels.assign(
        lon=parcels["lon"] + 40 * np.cos(angle) / 78.4, lat=parcels["lat"] + 40 * np.sin(angle) / 111.2
    )


def along_a_road(count: int) -> pd.DataFrame:
    """Parcels on both sides of a road of 60 km to the north."""
    parcels = scattered(count, 1.0, 0)
    far = np.random.default_rng(1).uniform(0, 60, count)
    return parcels.assign(lat=parcels["lat"] + far / 111.2)


@pytest.mark.parametrize("parcels", [in_villages(60), along_a_road(60)], ids=["villages", "road"])
def test_it_meets_the_routed_bill_where_parcels_lie_in_clusters_or_lines(parcels):
    routed = plan_days(parcels, CENTRE, Tariff(), effort=Effort(150)).cost
    assert estimate(parcels, CENTRE, Tariff()).money.likely == pytest.approx(routed.money.likely, rel=0.2)


def test_the_triangulated_tree_is_as_long_as_the_one_over_all_distances(monkeypatch):
    parcels = scattered(200, 30.0, 0)
    before = estimate(parcels, CENTRE, Tariff())
    monkeypatch.setattr(estimates, "MOST_DENSE", 10)
    after = estimate(parcels, CENTRE, Tariff())
    assert after.money.likely == pytest.approx(before.money.likely, rel=1e-9)


def test_no_parcel_costs_nothing_and_more_parcels_cost_more():
    tariff = Tariff()
    assert estimate(scattered(0, 1.0, 0), CENTRE, tariff) == FREE
    bills = [
        estimate(scattered(60, 30.0, 0)[:count], CENTRE, tariff).money.likely for count in (1, 5, 20, 60)
    ]
    assert bills == sorted(bills)
    assert bills[0] > 0


def test_a_departure_from_which_no_parcel_can_be_reached_within_a_day_is_refused():
    with pytest.raises(PlanError, match=r"within a day of 8 h: the nearest is [\d,]+ km away"):
        estimate(scattered(10, 10.0, 0), Departure(0, 0), Tariff())


def test_a_trip_of_many_weeks_is_estimated_in_full():
    parcels = scattered(2000, 60.0, 0)
    assert estimate(parcels, CENTRE, Tariff()).crew_days > 100  # routed, they take 117
