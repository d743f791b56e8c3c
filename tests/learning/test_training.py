"""Fit a network and predict with it."""

import dataclasses

import numpy as np
import pytest

from engine.domain import PlanError
from engine.learning import training
from engine.learning.plain import PlainCnn
from engine.learning.samples import Samples
from tests import made_up
from tests.learning.examples import SETTING, drawn, separable_samples
from tests.made_up import SMALL


def share_right(model, samples):
    return (model.predict(samples.values).argmax(axis=1) == samples.crop).mean()


def test_separable_classes_are_learnt_perfectly_and_carry_over_to_the_next_season():
    study = made_up.study()
    model = training.fit(drawn(study, "2018"), SMALL.pretrain, SETTING)
    assert share_right(model, drawn(study, "2019", repeat_pixels=False)) == 1


def test_the_same_seed_gives_the_same_weights_and_another_seed_does_not():
    samples = drawn(made_up.study(parcels=20), "2018")
    first, second = (training.fit(samples, SMALL.scratch, SETTING).tensors() for _ in range(2))
    reseeded = training.fit(samples, SMALL.scratch, dataclasses.replace(SETTING, seed=1)).tensors()
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert any(not np.array_equal(first[name], reseeded[name]) for name in first)


def test_bands_are_standardised_by_the_training_pixels_alone():
    samples = drawn(made_up.study(parcels=20), "2018")
    model = training.fit(samples, SMALL.scratch, SETTING)
    np.testing.assert_allclose(model.mean, samples.values.mean(axis=(0, 2)), rtol=1e-4)
    tuned = training.fine_tune(model, drawn(made_up.study(parcels=20), "2019"), SMALL.transfer, SETTING)
    np.testing.assert_array_equal(tuned.mean, model.mean)


def test_fine_tuning_leaves_the_source_model_as_it_was():
    samples = drawn(made_up.study(parcels=20), "2018")
    model = training.fit(samples, SMALL.scratch, SETTING)
    before = {name: array.copy() for name, array in model.tensors().items()}
    training.fine_tune(model, samples, SMALL.transfer, SETTING)
    assert all(np.array_equal(before[name], array) for name, array in model.tensors().items())


def test_a_single_pixel_and_a_band_that_never_changes_train_to_finite_numbers():
    values = np.full((1, 2, 12), -15, np.float32)
    pixel = Samples(values, np.array([1]), np.array([0]), 3)
    probability = training.fit(pixel, SMALL.scratch, SETTING).predict(values)
    assert np.isfinite(probability).all()
    assert probability.sum() == pytest.approx(1, abs=1e-5)


def test_a_remainder_of_one_sample_does_not_make_a_batch_of_its_own(monkeypatch):
    study = made_up.study(parcels=20)
    samples = drawn(study, "2018")
    batches = []
    forward = training.Cnn1d.forward

    def recorded(self, x, dropout=None):
        batches.append(len(x))
        return forward(self, x, dropout)

    monkeypatch.setattr(training.Cnn1d, "forward", recorded)
    odd = SMALL.scratch.batch * 3 + 1
    cut = Samples(samples.values[:odd], samples.crop[:odd], samples.parcel[:odd], samples.classes)
    training.fit(cut, SMALL.scratch, SETTING)
    assert min(batches) > SMALL.scratch.batch / 2


def test_weights_survive_the_way_through_plain_arrays():
    samples = drawn(made_up.study(parcels=20), "2018")
    model = training.fit(samples, SMALL.scratch, SETTING)
    again = training.restored(model.tensors(), SMALL)
    np.testing.assert_allclose(again.predict(samples.values), model.predict(samples.values), atol=1e-6)


def test_bfloat16_learns_what_float32_learns():
    study = made_up.study(noise_db=1)
    train, test = drawn(study, "2018"), drawn(study, "2019", repeat_pixels=False)
    scores = [
        share_right(training.fit(train, SMALL.pretrain, dataclasses.replace(SETTING, bfloat16=half)), test)
        for half in (False, True)
    ]
    assert min(scores) > 0.9


def test_the_plain_loop_of_the_benchmark_learns_the_same_toy():
    study = made_up.study()
    model = PlainCnn(drawn(study, "2018"), SMALL, SMALL.pretrain, 0)
    assert share_right(model, drawn(study, "2019", repeat_pixels=False)) == 1


def test_a_device_that_does_not_exist_is_refused():
    with pytest.raises(PlanError, match="auto, cpu or cuda"):
        training.chosen_device("tpu")


def test_logit_adjustment_by_the_prior_of_a_rare_class_predicts_more_of_it():
    samples = separable_samples(400)
    rare = samples.chosen(np.flatnonzero((samples.crop == 0) | (samples.parcel % 40 == 1)))
    noise = np.random.default_rng(1).normal(0, 12, rare.values.shape).astype(np.float32)
    noisy = dataclasses.replace(rare, values=rare.values + noise)
    plain = training.fit(noisy, SMALL.pretrain, SETTING)
    adjusted = training.fit(noisy, SMALL.pretrain, SETTING, prior=noisy.prior(), augment=True)
    assert adjusted.predict(noisy.values)[:, 1].mean() > 2 * plain.predict(noisy.values)[:, 1].mean()


def test_a_blend_lies_on_the_line_between_two_networks():
    start = training.fit(separable_samples(), SMALL.pretrain, SETTING)
    end = training.fine_tune(start, separable_samples(seed=1), SMALL.transfer, SETTING)
    first, last = start.tensors(), end.tensors()
    for ratio in (0.0, 0.5, 1.0):
        for name, tensor in training.blended(start, end, ratio).tensors().items():
            if tensor.dtype == np.float32:
                line = (1 - ratio) * first[name] + ratio * last[name]
                np.testing.assert_allclose(tensor, line, rtol=1e-5, atol=1e-6)
