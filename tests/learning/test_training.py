import dataclasses

import numpy as np
import pytest

from engine.domain import PlanError
from engine.learning import training
from engine.learning.learners import learner_by_name
from engine.learning.plain import PlainCnn
from engine.learning.samples import Samples, draw_samples
from engine.learning.setting import Setting
from tests import made_up
from tests.made_up import TINY

SETTING = Setting(TINY, 0, "cpu")


def drawn(study, label, fill=True, seed=0):
    crop = study.legend.codes(study.parcels["crop"])
    rows = study.parcels_in(label).index.to_numpy()
    rng = np.random.default_rng(seed)
    return draw_samples(study.cubes[label], crop, len(study.legend), rows, TINY.pixels, rng, fill=fill)


def share_right(model, samples):
    return (model.predict(samples.values).argmax(axis=1) == samples.crop).mean()


def test_separable_classes_are_learnt_perfectly_and_carry_over_to_the_next_season():
    study = made_up.study()
    model = training.fit(drawn(study, "2018"), TINY.pretrain, SETTING)
    assert share_right(model, drawn(study, "2019", fill=False)) == 1


def test_the_same_seed_gives_the_same_weights_and_another_seed_does_not():
    samples = drawn(made_up.study(parcels=20), "2018")
    one, same = (training.fit(samples, TINY.scratch, SETTING).tensors() for _ in range(2))
    other = training.fit(samples, TINY.scratch, dataclasses.replace(SETTING, seed=1)).tensors()
    assert all(np.array_equal(one[name], same[name]) for name in one)
    assert any(not np.array_equal(one[name], other[name]) for name in one)


def test_every_parcel_gives_the_same_number_of_training_samples_however_few_pixels_it_has():
    study = made_up.study(parcels=20, pixels=4)
    samples = drawn(study, "2018")
    assert set(np.bincount(samples.parcel)[np.unique(samples.parcel)]) == {TINY.pixels}
    test = drawn(study, "2018", fill=False)
    assert set(np.bincount(test.parcel)[np.unique(test.parcel)]) == {4}


def test_bands_are_standardised_by_the_training_pixels_alone():
    samples = drawn(made_up.study(parcels=20), "2018")
    model = training.fit(samples, TINY.scratch, SETTING)
    np.testing.assert_allclose(model.mean, samples.values.mean(axis=(0, 2)), rtol=1e-4)
    tuned = training.fine_tune(model, drawn(made_up.study(parcels=20), "2019"), TINY.transfer, SETTING)
    np.testing.assert_array_equal(tuned.mean, model.mean)


def test_fine_tuning_leaves_the_source_model_as_it_was():
    samples = drawn(made_up.study(parcels=20), "2018")
    model = training.fit(samples, TINY.scratch, SETTING)
    before = {name: array.copy() for name, array in model.tensors().items()}
    training.fine_tune(model, samples, TINY.transfer, SETTING)
    assert all(np.array_equal(before[name], array) for name, array in model.tensors().items())


def test_a_single_pixel_and_a_band_that_never_moves_train_to_finite_numbers():
    values = np.full((1, 2, 12), -15, np.float32)
    one = Samples(values, np.array([1]), np.array([0]), 3)
    probability = training.fit(one, TINY.scratch, SETTING).predict(values)
    assert np.isfinite(probability).all()
    assert probability.sum() == pytest.approx(1, abs=1e-5)


def test_a_remainder_of_one_sample_does_not_make_a_batch_of_its_own(monkeypatch):
    study = made_up.study(parcels=20)
    samples = drawn(study, "2018")
    seen = []
    forward = training.Cnn1d.forward

    def watched(self, x, dropout=None):
        seen.append(len(x))
        return forward(self, x, dropout)

    monkeypatch.setattr(training.Cnn1d, "forward", watched)
    odd = TINY.scratch.batch * 3 + 1
    cut = Samples(samples.values[:odd], samples.crop[:odd], samples.parcel[:odd], samples.classes)
    training.fit(cut, TINY.scratch, SETTING)
    assert min(seen) > TINY.scratch.batch / 2


def test_weights_survive_the_way_through_plain_arrays():
    samples = drawn(made_up.study(parcels=20), "2018")
    model = training.fit(samples, TINY.scratch, SETTING)
    again = training.restored(model.tensors(), TINY)
    np.testing.assert_allclose(again.predict(samples.values), model.predict(samples.values), atol=1e-6)


def test_bfloat16_learns_what_float32_learns():
    study = made_up.study(noise_db=1)
    teach, test = drawn(study, "2018"), drawn(study, "2019", fill=False)
    scores = [
        share_right(training.fit(teach, TINY.pretrain, dataclasses.replace(SETTING, bfloat16=half)), test)
        for half in (False, True)
    ]
    assert min(scores) > 0.9


def test_the_plain_loop_of_the_benchmark_learns_the_same_toy():
    study = made_up.study()
    model = PlainCnn(drawn(study, "2018"), TINY, TINY.pretrain, 0)
    assert share_right(model, drawn(study, "2019", fill=False)) == 1


def test_a_device_that_does_not_exist_is_refused():
    with pytest.raises(PlanError, match="auto, cpu or cuda"):
        training.chosen_device("tpu")


def test_trees_added_on_parcels_that_lack_a_class_still_predict_it():
    study = made_up.study()
    teach = drawn(study, "2018")
    learner = learner_by_name("random-forest")
    model = learner.pretrain(teach, SETTING)
    two = teach.crop < 2
    some = Samples(teach.values[two], teach.crop[two], teach.parcel[two], teach.classes)
    grown = learner.adapt(model, some, SETTING)
    probability = grown.predict(drawn(study, "2019", fill=False).values)
    assert probability.shape[1] == 3
    np.testing.assert_allclose(probability.sum(axis=1), 1, atol=1e-5)
    assert probability[:, 2].max() == pytest.approx(0.5, abs=0.1)
