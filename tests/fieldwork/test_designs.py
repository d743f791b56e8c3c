import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.domain import PlanError
from engine.experiments.plan import TestArea
from engine.experiments.territory import survey
from engine.fieldwork.designs import DESIGNS, Nowhere, Radius, Random, design_by_name
from tests import made_up

STUDY = made_up.study(parcels=200)


@st.composite
def open_parcels(draw):
    """Parcels whose field groups share their distance, as `reach.distance_km` makes them."""
    groups = draw(st.lists(st.integers(1, 4), min_size=1, max_size=30))
    km = draw(st.lists(st.floats(0.1, 60), min_size=len(groups), max_size=len(groups)))
    rows = [(f"g{i}", d) for i, (size, d) in enumerate(zip(groups, km, strict=True)) for _ in range(size)]
    frame = pd.DataFrame(rows, columns=["field_group", "distance_km"])
    return frame.assign(parcel_id=[f"p{i}" for i in range(len(frame))])


def splits_a_group(parcels, ids):
    taken = parcels["parcel_id"].isin(ids).groupby(parcels["field_group"])
    return bool((taken.any() & ~taken.all()).any())


@given(open_parcels(), st.floats(1, 60))
def test_a_radius_draw_is_exactly_the_parcels_within_the_circle(parcels, km):
    within = set(parcels.loc[parcels["distance_km"] <= km, "parcel_id"])
    assume(within)
    assert set(Radius(km).draw(parcels, np.random.default_rng(0))) == within


@given(open_parcels(), st.floats(1, 60), st.integers(0, 5), st.sampled_from(sorted(DESIGNS)))
def test_no_design_splits_a_field_group_or_draws_a_parcel_twice(parcels, km, seed, name):
    assume((parcels["distance_km"] <= km).any())
    ids = design_by_name(name, km).draw(parcels, np.random.default_rng(seed))
    assert len(set(ids)) == len(ids)
    assert not splits_a_group(parcels, ids)


@given(open_parcels(), st.floats(1, 60), st.integers(0, 5))
def test_random_never_draws_more_than_its_circle_holds_and_meets_the_count_with_single_parcels(
    parcels, km, seed
):
    count = int((parcels["distance_km"] <= km).sum())
    assume(count)
    drawn = Random(km).draw(parcels, np.random.default_rng(seed))
    assert len(drawn) <= count
    if parcels["field_group"].is_unique:
        assert len(drawn) == count


@given(st.sampled_from(sorted(DESIGNS)), st.sampled_from([15.0, 20.0, 30.0]), st.integers(0, 20))
def test_no_design_ever_draws_a_test_parcel_or_a_field_of_one(name, km, seed):
    ground = survey(STUDY, "2021", STUDY.departure, TestArea())
    ids = design_by_name(name, km).draw(ground.open, np.random.default_rng(seed))
    assert not set(ids) & set(ground.test["parcel_id"])
    fields = ground.open.loc[ground.open["parcel_id"].isin(ids), "field_group"]
    assert not set(fields) & set(ground.test["field_group"])


def test_random_reaches_beyond_the_circle_and_changes_with_the_seed():
    ground = survey(STUDY, "2021", STUDY.departure, TestArea()).open
    draws = [Random(20).draw(ground, np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]
    far = ground.loc[ground["parcel_id"].isin(draws[0]), "distance_km"]
    assert far.max() > 30


def test_staying_at_home_visits_nothing():
    assert Nowhere().draw(STUDY.parcels, np.random.default_rng(0)) == ()


def test_an_empty_circle_is_refused_and_says_how_far_the_nearest_parcel_is():
    parcels = pd.DataFrame({"parcel_id": ["a"], "field_group": ["g"], "distance_km": [7.34]})
    for design in (Radius(5), Random(5)):
        with pytest.raises(PlanError, match=r"within 5 km .* nearest is 7\.3 km"):
            design.draw(parcels, np.random.default_rng(0))


@pytest.mark.parametrize("km", [0, -1, float("nan"), float("inf")])
def test_a_radius_that_is_no_circle_is_refused(km):
    with pytest.raises(PlanError, match="above 0"):
        Radius(km)


def test_an_unknown_design_is_refused_by_name():
    with pytest.raises(PlanError, match="no design spiral"):
        design_by_name("spiral", 20)
