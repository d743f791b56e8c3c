"""The parts that decide how far a model moves from the past."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.learning import training
from engine.learning.augmentation import augmented
from engine.learning.calibration import (
    Adjusted,
    Mixture,
    Reweighed,
    Scaled,
    best_temperature,
    judged,
    tempered,
)
from engine.learning.folds import matched_folds
from engine.learning.samples import RAREST, Samples
from engine.learning.setting import Setting
from engine.learning.stacking import stacked
from tests.made_up import TINY

SETTING = Setting(TINY, 0, "cpu")


class Fixed:
    """Says the same of every pixel."""

    def __init__(self, *probability):
        self.probability = np.array(probability, dtype=np.float32)

    def predict(self, values):
        return np.tile(self.probability, (len(values), 1))


def samples(pixels=40, classes=2, seed=0):
    rng = np.random.default_rng(seed)
    crop = np.arange(pixels) % classes
    values = crop[:, None, None] * 4 + rng.normal(size=(pixels, 2, 12))
    return Samples(values.astype(np.float32), crop, np.arange(pixels), classes)


def test_of_a_trip_to_two_places_with_the_area_far_away_whole_places_are_held_out():
    rng = np.random.default_rng(0)
    place = np.concatenate([rng.normal(0, 0.5, (20, 2)), rng.normal((30, 0), 0.5, (20, 2))])
    area = rng.uniform(60, 100, (50, 2))
    fold = matched_folds(place, area, 2, rng)
    assert len(set(fold[:20])) == len(set(fold[20:])) == 1
    assert fold[0] != fold[-1]


def test_of_a_trip_that_is_spread_over_the_area_neighbours_of_held_out_parcels_teach():
    rng = np.random.default_rng(0)
    place, area = rng.uniform(0, 100, (200, 2)), rng.uniform(0, 100, (500, 2))
    fold = matched_folds(place, area, 4, rng)
    apart = [np.linalg.norm(place[fold != fold[i]] - place[i], axis=1).min() for i in range(len(place))]
    near = [np.linalg.norm(place - spot, axis=1).min() for spot in area]
    assert np.mean(apart) == pytest.approx(np.mean(near), rel=0.35)


@settings(deadline=None)
@given(st.integers(0, 30), st.integers(2, 6), st.integers(0, 9))
def test_folds_take_every_parcel_once_whatever_the_trip(parcels, folds, seed):
    rng = np.random.default_rng(seed)
    place = rng.integers(0, 4, (parcels, 2)).astype(float)  # many at the same spot
    fold = matched_folds(place, rng.uniform(0, 10, (5, 2)), folds, np.random.default_rng(seed))
    assert len(fold) == parcels
    assert set(fold) <= set(range(folds))
    assert parcels < 2 or len(set(fold)) > 1


def test_the_model_that_is_right_gets_the_say_and_without_evidence_nothing_changes():
    before = np.array([0.7, 0.2, 0.1])
    truth = np.arange(200) % 3
    right, wrong = np.eye(3)[truth], np.eye(3)[(truth + 1) % 3]
    weights = stacked(np.stack([wrong, wrong, right]), truth, before, 5)
    assert weights[2] > 0.95
    assert np.array_equal(stacked(np.zeros((3, 0, 3)), truth[:0], before, 5), before)
    alike = np.full((3, 200, 3), 1 / 3)
    assert stacked(alike, truth, before, 5) == pytest.approx(before)
    few = stacked(np.stack([wrong, wrong, right])[:, :3], truth[:3], before, 20)
    assert before[2] < few[2] < 0.5


@given(st.integers(1, 40), st.integers(0, 99))
def test_weights_of_a_vote_add_up_to_one(parcels, seed):
    rng = np.random.default_rng(seed)
    said = rng.dirichlet(np.ones(4), (3, parcels))
    weights = stacked(said, rng.integers(0, 4, parcels), np.array([0.5, 0.3, 0.2]), 5)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()


def test_a_model_is_shown_its_seasons_own_scale_and_votes_by_weight():
    shown = []

    class Looking(Fixed):
        def predict(self, values):
            shown.append(values)
            return super().predict(values)

    values = np.full((5, 2, 3), 7, dtype=np.float32)
    scaled = Scaled(Looking(1, 0), np.array([5, 7], np.float32), np.array([2, 1], np.float32))
    scaled.predict(values)
    assert shown[0][0, :, 0] == pytest.approx([1, 0])
    vote = Mixture((Fixed(1, 0), Fixed(0, 1)), (0.25, 0.75))
    assert vote.predict(values)[0] == pytest.approx([0.25, 0.75])


def test_the_log_prior_added_to_even_odds_gives_the_prior_back_and_heat_softens():
    prior = np.array([0.9, 0.1])
    values = np.zeros((1, 1, 1), np.float32)
    assert Reweighed(Fixed(0.5, 0.5), np.log(prior)).predict(values)[0] == pytest.approx(prior)
    warm = tempered(Fixed(0.9, 0.1).predict(values), np.zeros(2), 2)[0]
    assert warm == pytest.approx([0.75, 0.25])


def test_the_prior_counts_pixels_and_leaves_a_missing_class_a_chance():
    some = Samples(np.zeros((4, 1, 1), np.float32), np.array([0, 0, 0, 1]), np.arange(4), 3)
    assert np.exp(some.prior()) == pytest.approx(np.array([0.75, 0.25, 0]) + RAREST)


def test_a_network_taught_with_the_prior_of_a_rare_class_finds_more_of_it():
    many = samples(400)
    rare = many.chosen(np.flatnonzero((many.crop == 0) | (many.parcel % 40 == 1)))
    blurred = Samples(
        rare.values + np.random.default_rng(1).normal(0, 12, rare.values.shape).astype(np.float32),
        rare.crop, rare.parcel, rare.classes,
    )  # fmt: skip
    plain = training.fit(blurred, TINY.pretrain, SETTING)
    fair = training.fit(blurred, TINY.pretrain, SETTING, prior=blurred.prior(), augment=True)
    found = [(one.predict(blurred.values)[:, 1]).mean() for one in (plain, fair)]
    assert found[1] > 2 * found[0]


def test_a_blend_lies_on_the_line_between_two_networks():
    one = training.fit(samples(), TINY.pretrain, SETTING)
    other = training.fine_tune(one, samples(seed=1), TINY.transfer, SETTING)
    ends = one.tensors(), other.tensors()
    for share in (0.0, 0.5, 1.0):
        for name, tensor in training.blended(one, other, share).tensors().items():
            if tensor.dtype == np.float32:
                line = (1 - share) * ends[0][name] + share * ends[1][name]
                np.testing.assert_allclose(tensor, line, rtol=1e-5, atol=1e-6)


def test_augmented_series_keep_their_shape_and_stay_close_to_themselves():
    series = torch.sin(torch.linspace(0, 6, 60)).expand(8, 60).unsqueeze(2).repeat(1, 1, 2)
    other = augmented(series, torch.Generator().manual_seed(0))
    assert other.shape == series.shape
    assert 0 < float((other - series).abs().mean()) < 0.3
    again = augmented(series, torch.Generator().manual_seed(0))
    assert torch.equal(other, again)


def test_decisions_and_beliefs_of_an_adjusted_model_are_two_things():
    values = np.zeros((1, 1, 1), np.float32)
    prior = np.log([0.9, 0.1])
    model = Adjusted(Fixed(0.4, 0.6), prior, share=0.0, temperature=1.0)
    assert model.predict(values).argmax() == 1  # rare classes count
    assert judged(model, values)[1][0] == pytest.approx([0.36 / 0.42, 0.06 / 0.42])
    vote = Scaled(Mixture((model, Fixed(1, 0)), (0.5, 0.5)), np.zeros(1, np.float32), np.ones(1, np.float32))
    assert judged(vote, values)[1][0] == pytest.approx([(0.36 / 0.42 + 1) / 2, 0.06 / 0.84])
    warmer = Adjusted(Fixed(0.4, 0.6), prior, share=0.0, temperature=3.0)
    assert judged(warmer, values)[1].max() < judged(model, values)[1].max()


@settings(deadline=None, max_examples=20)
@given(st.floats(0.4, 3.0), st.integers(0, 99))
def test_the_temperature_that_made_a_model_too_sure_is_found_again(heat, seed):
    rng = np.random.default_rng(seed)
    honest = rng.dirichlet(np.ones(3), 4000)
    truth = (honest.cumsum(axis=1) > rng.random((4000, 1))).argmax(axis=1)
    too_sure = tempered(honest.astype(np.float32), np.zeros(3), 1 / heat)
    assert best_temperature(too_sure, truth) == pytest.approx(heat, rel=0.15)
