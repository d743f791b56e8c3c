import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.domain import PlanError
from engine.fieldwork.costs import Tariff
from engine.fieldwork.estimate import estimate
from engine.sampling import DESIGNS, design_by_name
from engine.sampling.distances import with_distances
from engine.sampling.limits import Limit, sized
from engine.sampling.radius import Radius
from engine.sampling.transects import Transects
from tests import made_up

STUDY = made_up.study(parcels=200)
CENTRE = STUDY.departure
OPEN = with_distances(STUDY.parcels_in("2021"), CENTRE).assign(
    predicted_class=lambda frame: np.where(frame["lon"] > CENTRE.lon, "maize", "wheat"),
    disagreement=lambda frame: frame["distance_km"] % 1,
    embedding_0=lambda frame: frame["lat"],
)
TARIFF = Tariff()


def cost_of(parcels):
    return estimate(parcels, CENTRE, TARIFF)


def drawn(design, seed=0):
    return OPEN[OPEN["parcel_id"].isin(design.draw(OPEN, np.random.default_rng(seed)))]


@pytest.mark.parametrize("name", sorted(DESIGNS))
@given(amount=st.integers(1, 200))
def test_a_limit_of_parcels_is_never_exceeded_and_missed_by_less_than_a_field(name, amount):
    design = design_by_name(name, 1)
    nearest = OPEN.groupby("field_group")["distance_km"].agg(["first", "size"]).sort_values("first")["size"]
    assume(amount >= nearest.iloc[0])
    count = sized(design, Limit("parcels", amount), OPEN, cost_of).count(OPEN)
    assert amount - nearest.max() < count <= amount


@pytest.mark.parametrize("name", sorted(DESIGNS))
@pytest.mark.parametrize("budget", [300, 900])
def test_no_draw_of_a_design_sized_to_a_budget_costs_more_than_the_budget(name, budget):
    seeds = [(seed, 2) for seed in range(3)]
    design = sized(design_by_name(name, 1), Limit("money", budget), OPEN, cost_of, [(OPEN, s) for s in seeds])
    for seed in seeds:
        assert cost_of(drawn(design, seed)).money.likely <= budget


@pytest.mark.parametrize("name", ["radius", "random", "transects"])
def test_a_limit_of_days_is_kept_and_a_day_more_buys_more(name):
    few, more = (sized(design_by_name(name, 1), Limit("days", n), OPEN, cost_of) for n in (2, 3))
    assert cost_of(drawn(few)).crew_days <= 2
    assert few.count(OPEN) < more.count(OPEN)


def test_a_radius_sized_by_its_own_count_draws_the_same_parcels():
    circle = Radius(22)
    again = sized(Radius(1), Limit("parcels", circle.count(OPEN)), OPEN, cost_of)
    assert set(drawn(again)["parcel_id"]) == set(drawn(circle)["parcel_id"])


def test_sizing_keeps_the_other_options_of_a_design():
    design = sized(Transects(1, directions=3), Limit("parcels", 20), OPEN, cost_of)
    assert design == Transects(design.equivalent_radius_km, directions=3)


def test_a_budget_that_buys_nothing_is_refused_with_what_the_least_trip_costs():
    with pytest.raises(PlanError, match=r"pays for no trip of the design random; its smallest, \d+ parcels"):
        sized(design_by_name("random", 1), Limit("money", 1), OPEN, cost_of)


def test_a_radius_beyond_what_is_allowed_is_cut():
    assert sized(Radius(1), Limit("km", 50), OPEN, cost_of, most_km=30).equivalent_radius_km == 30
    assert sized(Radius(1), Limit("parcels", 10_000), OPEN, cost_of, most_km=30).equivalent_radius_km <= 30


@pytest.mark.parametrize("amount", [0, -5, float("nan"), float("inf")])
def test_a_limit_that_allows_no_trip_is_refused(amount):
    with pytest.raises(PlanError, match="above 0"):
        Limit("money", amount)


def test_no_parcel_to_visit_is_said():
    with pytest.raises(PlanError, match="no parcel to visit"):
        sized(Radius(1), Limit("parcels", 5), OPEN[:0], cost_of)
