"""Members of the ensemble: what its trees see, and how much each visited parcel counts."""

import numpy as np
import pytest

from engine.learning.ensemble_members import (
    KINDS,
    TARGET_WEIGHT,
    TREE_KINDS,
    fit_tree_member,
    joint_pool,
    joint_schedule,
    parcel_weights,
    target_weights,
)
from engine.learning.features import CompositeSeries
from engine.learning.member_weights import PRIOR_WEIGHTS, prior_weights_of, weights_without_light
from engine.learning.samples import Samples
from engine.learning.training_data import SourceModel


def samples(count, parcel=None):
    parcel = np.arange(count) if parcel is None else np.asarray(parcel)
    return Samples(np.zeros((count, 1, 2), np.float32), parcel % 2, parcel, 2)


def test_a_parcel_of_many_pixels_weighs_as_much_as_one_of_a_single_pixel():
    weight = parcel_weights(samples(5, [0, 0, 0, 0, 1]))
    assert weight[:4].sum() == pytest.approx(weight[4])
    assert weight.mean() == pytest.approx(1)


@pytest.mark.parametrize("kind", list(TREE_KINDS))
def test_trees_with_the_place_tell_crops_apart_that_look_alike_but_grow_elsewhere(kind):
    rng = np.random.default_rng(0)
    crop = rng.integers(0, 2, 400)
    place_km = np.column_stack([np.where(crop, 50.0, -50.0) + rng.normal(0, 20, 400), np.zeros(400)])
    series = Samples(rng.normal(size=(400, 1, 6)).astype(np.float32), crop, np.arange(400), 2)
    features = CompositeSeries().of(series, np.arange(6) * 16, place_km)

    def accuracy(data):
        model = fit_tree_member(kind, data.chosen(np.arange(300)), None, 0.5, 0)
        return (model.predict(data.values[300:]).argmax(axis=1) == crop[300:]).mean()

    assert accuracy(features) > 0.9
    assert accuracy(series) < 0.65


def test_each_of_many_neighbouring_visited_parcels_counts_less_than_a_lone_one():
    place_km = np.concatenate([np.zeros((16, 2)), [[40.0, 0.0]]])
    weight = target_weights(CompositeSeries().of(samples(17), np.arange(2) * 16, place_km))
    assert weight[:16] == pytest.approx(TARGET_WEIGHT / 4)
    assert weight[16] == pytest.approx(TARGET_WEIGHT)


def test_prior_weights_name_every_member_once_and_add_up_to_one():
    assert len(PRIOR_WEIGHTS) == 3 * len(KINDS) - 1  # no network of target samples alone
    assert sum(PRIOR_WEIGHTS.values()) == pytest.approx(1)


def test_members_of_hardly_any_weight_are_left_out_and_the_others_still_add_up_to_one():
    weights = weights_without_light(np.array([0.6, 0.385, 0.015]))
    assert weights[2] == 0
    assert weights.sum() == pytest.approx(1)
    assert weights[0] / weights[1] == pytest.approx(0.6 / 0.385)


def test_kinds_that_held_out_seasons_prefer_count_more_before_any_parcel_is_visited():
    equal = prior_weights_of(SourceModel(None))
    assert equal == pytest.approx(PRIOR_WEIGHTS)
    chosen = {"learner": 0.6, "boosted": 0.3, "forest": 0.1}
    moved = prior_weights_of(SourceModel(None, member_weights=chosen))
    assert sum(moved.values()) == pytest.approx(1)
    for kind, weight in chosen.items():
        assert sum(moved[name] for name in moved if name.startswith(kind)) == pytest.approx(weight)


@pytest.mark.parametrize("seasons", [1, 2])
def test_where_source_seasons_are_few_the_learner_of_both_leads_before_any_parcel_is_visited(seasons):
    weights = prior_weights_of(SourceModel(None, seasons=seasons))
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["learner, joint"] > 0.5
    assert prior_weights_of(SourceModel(None, seasons=3)) == pytest.approx(PRIOR_WEIGHTS)


@pytest.mark.parametrize("kind", list(TREE_KINDS))
def test_a_tree_member_rules_no_class_out_not_even_one_that_it_never_saw(kind):
    rng = np.random.default_rng(0)
    crop = rng.integers(0, 2, 200)
    values = (crop[:, None, None] * 9 + rng.normal(size=(200, 1, 6))).astype(np.float32)
    model = fit_tree_member(kind, Samples(values, crop, np.arange(200), 3), None, 0.5, 0)
    assert model.predict(values).min() > 0.001
    assert (model.predict(values).argmax(axis=1) == crop).mean() > 0.95


def test_with_few_source_seasons_the_learner_sees_more_of_the_visited_parcels_and_in_more_steps():
    single, several = joint_schedule(1, 250), joint_schedule(4, 250)
    assert joint_schedule(2, 250) == single
    assert single.steps * single.batch == 2 * several.steps * several.batch
    source, labelled = samples(400), samples(100)
    for schedule in (single, several):
        rng = np.random.default_rng(0)
        pool = joint_pool(source, labelled, 400, schedule.largest_part, rng)
        assert len(pool) / 400 - 1 == pytest.approx(
            schedule.largest_part * 2 / 3 / (1 - schedule.largest_part * 2 / 3), rel=0.01
        )
    assert joint_schedule(0, 250) == several  # whoever did not count
