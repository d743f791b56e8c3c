"""A learner whose library is missing is refused in words."""

from dataclasses import replace

import numpy as np
import pytest

from engine.domain import PlanError
from engine.experiments.archive import Archive
from engine.experiments.plan import grid
from engine.experiments.run import answer
from engine.learning import learners, trees
from engine.learning.methods.groundplan import Groundplan
from engine.learning.samples import Samples
from engine.learning.setting import Setting
from tests import made_up


def test_without_its_library_a_plan_is_refused_before_anything_is_computed(tmp_path, monkeypatch):
    study = made_up.study(parcels=40)
    plans = grid(
        study, "2021", study.departure, [30], ["radius"], ["scratch"], "cnn1d", made_up.TINY, repeats=1
    )
    monkeypatch.setattr(learners, "find_spec", lambda name: None)
    with pytest.raises(PlanError, match=r"needs the library torch.*requirements\.txt"):
        answer(study, plans, Archive(tmp_path))
    assert not list(tmp_path.iterdir())


def test_what_this_installation_has_may_learn():
    for name in learners.LEARNERS:
        learners.require(name)


@pytest.mark.parametrize("learner", list(learners.LEARNERS))
def test_a_separable_study_is_learnt_from_scratch_by_transfer_and_by_the_vote(tmp_path, learner):
    study = made_up.study(parcels=120)
    methods = ("zero-shot", "transfer", "scratch", "adjusted", "groundplan")
    plans = grid(study, "2021", study.departure, [30], ["radius"], methods, learner, made_up.TINY, repeats=1)
    plans = [replace(one, method=Groundplan(60)) if one.method.name == "groundplan" else one for one in plans]
    for one in answer(study, plans, Archive(tmp_path)):
        assert one.macro_f1_parcel.value > 0.95, one.plan.title


@pytest.mark.parametrize("learner", list(learners.LEARNERS))
def test_a_trip_that_saw_one_class_of_three_still_gives_chances_that_add_up_to_one(learner):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(20, 2, 12)).astype(np.float32)
    lone = Samples(values, np.full(20, 1), np.arange(20), 3)
    model = learners.learner_by_name(learner).scratch(lone, Setting(made_up.TINY, 0, "cpu"))
    probability = model.predict(values)
    assert probability.shape == (20, 3)
    np.testing.assert_allclose(probability.sum(axis=1), 1, rtol=1e-5)


def test_a_transformer_tells_the_same_values_in_another_order_apart():
    rng = np.random.default_rng(0)
    early = np.zeros((40, 1, 12), np.float32)
    early[:, 0, 2:4] = 1
    values = np.concatenate([early, early[:, :, ::-1]]) + rng.normal(0, 0.05, (80, 1, 12)).astype(np.float32)
    samples = Samples(values.astype(np.float32), np.repeat([0, 1], 40), np.arange(80), 2)
    model = learners.learner_by_name("transformer").scratch(samples, Setting(made_up.TINY, 0, "cpu"))
    assert (model.predict(samples.values).argmax(axis=1) == samples.crop).mean() > 0.95


def test_trees_of_an_unknown_kind_are_refused():
    samples = Samples(np.zeros((4, 1, 3), np.float32), np.array([0, 1, 0, 1]), np.arange(4), 2)
    with pytest.raises(ValueError, match="no trees of the kind oak"):
        trees.fit("oak", samples, 2, 0)
