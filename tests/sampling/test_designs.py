import doctest
import importlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from engine.domain import PlanError
from engine.sampling import DESIGNS, current_name, design_by_name, design_order
from engine.sampling.balanced import Balanced
from engine.sampling.clusters import Clusters
from engine.sampling.disagreement import Disagreement
from engine.sampling.embedding import Embedding
from engine.sampling.excluding import Excluding
from engine.sampling.listed import ListedParcels
from engine.sampling.no_visit import NoVisit
from engine.sampling.pivotal import pivotal_order
from engine.sampling.radius import Radius
from engine.sampling.random import Random
from engine.sampling.split import TestArea, split_parcels
from engine.sampling.stratified import Stratified
from engine.sampling.transects import Transects
from tests import made_up

STUDY = made_up.study(parcels=200)


@st.composite
def open_parcels(draw):
    """Parcels whose field groups share their distance, with all auxiliary variables."""
    groups = draw(st.lists(st.integers(1, 4), min_size=1, max_size=30))
    km = draw(st.lists(st.floats(0.1, 60), min_size=len(groups), max_size=len(groups)))
    rows = [(f"g{i}", d) for i, (size, d) in enumerate(zip(groups, km, strict=True)) for _ in range(size)]
    frame = pd.DataFrame(rows, columns=["field_group", "distance_km"])
    return with_auxiliary(frame, draw(st.integers(0, 99)))


def with_auxiliary(frame, seed=0):
    rng = np.random.default_rng(seed)
    bearing = rng.uniform(0, 2 * np.pi, len(frame))
    return frame.assign(
        parcel_id=[f"p{i}" for i in range(len(frame))],
        east_km=frame["distance_km"] * np.sin(bearing),
        north_km=frame["distance_km"] * np.cos(bearing),
        predicted_class=rng.choice(["maize", "wheat", "soya"], len(frame), p=[0.6, 0.3, 0.1]),
        disagreement=rng.uniform(0, 1, len(frame)),
        embedding_0=rng.normal(size=len(frame)),
        embedding_1=rng.normal(size=len(frame)),
    )


def singles(count, seed=0, reach=60.0):
    """Parcels that are all fields of their own, evenly spread over a disc."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"field_group": [f"g{i}" for i in range(count)], "distance_km": reach * np.sqrt(rng.random(count))}
    )
    return with_auxiliary(frame, seed)


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
    ground = split_parcels(STUDY, "2021", STUDY.departure, TestArea())
    candidates = ground.candidates.assign(predicted_class="maize", disagreement=0.0, embedding_0=0.0)
    ids = design_by_name(name, km).draw(candidates, np.random.default_rng(seed))
    assert not set(ids) & set(ground.test["parcel_id"])
    fields = ground.candidates.loc[ground.candidates["parcel_id"].isin(ids), "field_group"]
    assert not set(fields) & set(ground.test["field_group"])


def test_random_reaches_beyond_the_circle_and_changes_with_the_seed():
    ground = split_parcels(STUDY, "2021", STUDY.departure, TestArea()).candidates
    draws = [Random(20).draw(ground, np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]
    far = ground.loc[ground["parcel_id"].isin(draws[0]), "distance_km"]
    assert far.max() > 30


@given(open_parcels(), st.floats(1, 60), st.integers(0, 5), st.sampled_from(sorted(DESIGNS)))
def test_visited_and_following_parcels_are_all_parcels_each_once(parcels, km, seed, name):
    assume((parcels["distance_km"] <= km).any())
    design = design_by_name(name, km)
    visited = design.draw(parcels, np.random.default_rng(seed))
    spare = design.spare(parcels, np.random.default_rng(seed))
    assert sorted([*visited, *spare]) == sorted(parcels["parcel_id"])


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_a_larger_draw_is_a_smaller_one_and_those_that_follow_it(name):
    parcels = singles(200)
    small, large = (design_by_name(name, km) for km in (20.0, 30.0))
    first = set(small.draw(parcels, np.random.default_rng(3)))
    spare = small.spare(parcels, np.random.default_rng(3))
    all_of_it = set(large.draw(parcels, np.random.default_rng(3)))
    assert all_of_it == first | set(spare[: len(all_of_it) - len(first)])


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_designs_of_one_radius_visit_the_same_number_of_single_parcels(name):
    parcels = singles(300)
    drawn = design_by_name(name, 25).draw(parcels, np.random.default_rng(0))
    assert len(drawn) == (parcels["distance_km"] <= 25).sum()


def test_balanced_takes_one_of_each_of_two_distant_villages_and_random_sometimes_does_not():
    parcels = singles(16)
    parcels["east_km"] = np.where(np.arange(16) < 8, -50, 50) + np.arange(16) / 100
    parcels["north_km"] = 0.0
    parcels["distance_km"] = [1.0, 2.0, *[50.0] * 14]  # two within the circle

    def villages(design, seed):
        drawn = design.draw(parcels, np.random.default_rng(seed))
        return set(np.sign(parcels.loc[parcels["parcel_id"].isin(drawn), "east_km"]))

    assert all(len(villages(Balanced(5), seed)) == 2 for seed in range(20))
    assert any(len(villages(Random(5), seed)) == 1 for seed in range(20))


def test_balanced_lies_closer_to_every_place_than_random_does():
    parcels = singles(400, seed=1)
    points = parcels[["east_km", "north_km"]].to_numpy()

    def worst(design, seed):
        drawn = parcels["parcel_id"].isin(design.draw(parcels, np.random.default_rng(seed)))
        return cKDTree(points[drawn]).query(points)[0].max()

    ratio = [worst(Balanced(20), seed) / worst(Random(20), seed) for seed in range(20)]
    assert np.mean(ratio) < 0.9


def test_every_point_of_a_pivotal_order_is_among_the_first_half_as_often():
    points = np.random.default_rng(0).normal(size=(20, 2))
    rng = np.random.default_rng(1)
    early = np.zeros(20)
    for _ in range(2000):
        early[pivotal_order(points, rng)[:10]] += 1
    # Twenty binomial shares of 2,000 trials: five standard errors.
    assert np.abs(early / 2000 - 0.5).max() < 5 * np.sqrt(0.25 / 2000)


def test_stratified_takes_as_many_of_a_rare_predicted_class_as_of_a_common_one():
    parcels = singles(400)
    drawn = Stratified(15).draw(parcels, np.random.default_rng(0))
    count = parcels[parcels["parcel_id"].isin(drawn)]["predicted_class"].value_counts()
    assert count.max() - count.min() <= 1


def test_transects_stay_within_their_width_and_reach_farther_than_the_circle():
    parcels = singles(2000)
    design = Transects(15, directions=4, width_km=4)
    drawn = parcels[parcels["parcel_id"].isin(design.draw(parcels, np.random.default_rng(0)))]
    turned = np.random.default_rng(0).random() * 2 * np.pi
    east, north = drawn["east_km"].to_numpy(), drawn["north_km"].to_numpy()
    angle = np.arctan2(east, north)[:, None] - (turned + np.arange(4) * np.pi / 2)
    away = np.where(np.cos(angle) >= 0, np.abs(np.sin(angle)), 1) * np.hypot(east, north)[:, None]
    assert away.min(axis=1).max() <= 2 + 1e-9
    assert drawn["distance_km"].max() > 25


def test_transects_that_hold_too_few_parcels_are_filled_from_beside_them():
    parcels = singles(100)
    design = Transects(40, directions=1, width_km=0.1)
    assert len(design.draw(parcels, np.random.default_rng(0))) == (parcels["distance_km"] <= 40).sum()


def test_clusters_are_visited_in_equal_parts_from_their_centres():
    rng = np.random.default_rng(0)
    parcels = singles(90)
    village = np.repeat([0, 1, 2], 30)
    parcels["east_km"] = np.array([-50, 0, 50])[village] + rng.normal(size=90)
    parcels["north_km"] = np.array([0, 60, 0])[village] + rng.normal(size=90)
    parcels["distance_km"] = [1.0] * 12 + [50.0] * 78
    drawn = Clusters(5, clusters=3).draw(parcels, np.random.default_rng(2))
    assert (np.bincount(village[parcels["parcel_id"].isin(drawn)]) == 4).all()


def test_disagreement_takes_the_most_disputed_parcels_within_reach():
    parcels = singles(300)
    drawn = set(Disagreement(10, within_km=30).draw(parcels, np.random.default_rng(0)))
    near = parcels[parcels["distance_km"] <= 30].sort_values("disagreement", ascending=False)
    assert drawn == set(near["parcel_id"].head(len(drawn)))


def test_embedding_takes_both_kinds_that_the_model_sees_though_one_is_rare():
    parcels = singles(64, reach=30)
    rare = np.arange(64) < 8
    parcels["embedding_0"] = np.where(rare, 100.0, 0.0) + np.arange(64) / 1000
    parcels["embedding_1"] = 0.0
    parcels["distance_km"] = np.where(np.arange(64) < 8, 5.0, 20.0)  # eight to visit
    for seed in range(10):
        drawn = parcels["parcel_id"].isin(Embedding(10).draw(parcels, np.random.default_rng(seed)))
        assert drawn[rare].sum() == 1


def test_embedding_and_disagreement_go_beyond_their_reach_only_when_it_is_used_up():
    parcels = singles(100)
    for design in (Disagreement(40, within_km=20), Embedding(40, within_km=20)):
        drawn = parcels["parcel_id"].isin(design.draw(parcels, np.random.default_rng(0)))
        assert drawn[parcels["distance_km"] <= 20].all()
        assert drawn.sum() == (parcels["distance_km"] <= 40).sum()


def test_a_list_is_visited_with_the_other_parcels_of_its_fields():
    frame = pd.DataFrame({"field_group": ["a", "a", "b", "c"], "distance_km": [1.0, 1.0, 2.0, 3.0]})
    parcels = with_auxiliary(frame)
    drawn = ListedParcels(("p0", "p2", "gone")).draw(parcels, np.random.default_rng(0))
    assert set(drawn) == {"p0", "p1", "p2"}


def test_a_list_of_which_nothing_may_be_visited_is_refused():
    with pytest.raises(PlanError, match="None of the 1 listed parcels"):
        ListedParcels(("gone",)).draw(singles(5), np.random.default_rng(0))


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_unreachable_parcels_and_their_fields_are_never_drawn_nor_follow(name):
    parcels = singles(60)
    parcels["field_group"] = [f"g{i // 2}" for i in range(60)]
    parcels["distance_km"] = parcels.groupby("field_group")["distance_km"].transform("min")
    design = Excluding(design_by_name(name, 40), ("p0", "p20"))
    rng = np.random.default_rng
    seen = {*design.draw(parcels, rng(0)), *design.spare(parcels, rng(0))}
    assert seen == set(parcels["parcel_id"]) - {"p0", "p1", "p20", "p21"}


@pytest.mark.parametrize("name", ["stratified", "disagreement", "embedding"])
def test_a_design_that_asks_a_model_says_so_where_none_was_asked(name):
    bare = singles(30)[["parcel_id", "field_group", "distance_km", "east_km", "north_km"]]
    with pytest.raises(PlanError, match="pre-trained model"):
        design_by_name(name, 40).draw(bare, np.random.default_rng(0))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Transects(10, directions=0),
        lambda: Transects(10, width_km=0),
        lambda: Clusters(10, clusters=0),
    ],
)
def test_shapes_that_hold_nothing_are_refused(make):
    with pytest.raises(PlanError, match="hold no parcel"):
        make()


def test_no_visit_visits_nothing():
    assert NoVisit().draw(STUDY.parcels, np.random.default_rng(0)) == ()


def test_an_empty_circle_is_refused_and_says_how_far_the_nearest_parcel_is():
    parcels = pd.DataFrame({"parcel_id": ["a"], "field_group": ["g"], "distance_km": [7.34]})
    for design in (Radius(5), Random(5)):
        with pytest.raises(PlanError, match=r"within 5 km .* nearest is 7\.3 km"):
            design.draw(parcels, np.random.default_rng(0))


@pytest.mark.parametrize("km", [0, -1, float("nan"), float("inf")])
def test_a_radius_that_is_no_circle_is_refused(km):
    with pytest.raises(PlanError, match="above 0"):
        Radius(km)


@pytest.mark.parametrize(
    ("old", "name"), [("corridors", "transects"), ("none", "no-visit"), ("given", "listed")]
)
def test_names_of_earlier_versions_are_understood(old, name):
    assert current_name(old) == name
    assert current_name(name) == name


def test_a_design_is_made_by_its_old_name_too():
    assert design_by_name("corridors", 20) == Transects(20)


@pytest.mark.parametrize("design", [*DESIGNS.values(), NoVisit, ListedParcels])
def test_every_design_has_a_name_a_label_and_a_description(design):
    assert design.name == design.name.lower()
    assert design.label[0].isupper()
    assert design.description[0].islower()
    assert not design.description.endswith(".")


def test_tables_begin_without_a_visit_and_end_with_lists():
    designs = [ListedParcels(("p",)), *(kind(1) for kind in reversed(DESIGNS.values())), NoVisit()]
    names = [design.name for design in sorted(designs, key=design_order)]
    assert names == ["no-visit", *DESIGNS, "listed"]


@pytest.mark.parametrize(
    "module",
    ["engine.sampling", "engine.sampling.limits"]
    + [kind.__module__ for kind in (*DESIGNS.values(), NoVisit, ListedParcels, Excluding)],
)
def test_the_examples_of_the_documentation_hold(module):
    result = doctest.testmod(importlib.import_module(module))
    assert result.attempted > 0
    assert result.failed == 0


def test_an_unknown_design_is_refused_by_name():
    with pytest.raises(PlanError, match="no design spiral"):
        design_by_name("spiral", 20)
