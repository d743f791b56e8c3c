"""Learners: what each of them learns, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from engine.domain import PlanError
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.learning import learners
from engine.learning.methods.ensemble import StackedEnsemble
from engine.learning.samples import Samples
from tests import made_up
from tests.learning.examples import SETTING, drawn
from tests.made_up import grid


def test_without_its_library_a_plan_is_refused_before_anything_is_computed(tmp_path, monkeypatch):
    study = made_up.study(parcels=40)
    plans = grid(
        study, "2021", study.departure, [30], ["radius"], ["scratch"], "cnn1d", made_up.SMALL, repeats=1
    )
    monkeypatch.setattr(learners, "find_spec", lambda name: None)
    with pytest.raises(PlanError, match=r"needs the library torch.*requirements\.txt"):
        run_plans(study, plans, Archive(tmp_path))
    assert not list(tmp_path.iterdir())


def test_every_learner_that_this_installation_has_is_accepted():
    for name in learners.LEARNERS:
        learners.require(name)


@pytest.mark.parametrize("learner", list(learners.LEARNERS))
def test_a_separable_study_is_learnt_from_scratch_by_transfer_and_by_the_ensemble(tmp_path, learner):
    study = made_up.study(parcels=120)
    methods = ("zero-shot", "transfer", "scratch", "logit-adjusted", "ensemble")
    recipe = replace(made_up.SMALL, pretrain=replace(made_up.SMALL.pretrain, epochs=4))
    plans = grid(study, "2021", study.departure, [30], ["radius"], methods, learner, recipe, repeats=1)
    plans = [
        replace(plan, method=StackedEnsemble(steps=60)) if plan.method.name == "ensemble" else plan
        for plan in plans
    ]
    for outcome in run_plans(study, plans, Archive(tmp_path)):
        assert outcome.macro_f1_parcel.value > 0.95, outcome.plan.title


@pytest.mark.parametrize("learner", list(learners.LEARNERS))
def test_a_trip_that_saw_one_class_of_three_still_gives_probabilities_that_add_up_to_one(learner):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(20, 2, 12)).astype(np.float32)
    single_class = Samples(values, np.full(20, 1), np.arange(20), 3)
    model = learners.learner_by_name(learner).from_scratch(single_class, SETTING)
    probability = model.predict(values)
    assert probability.shape == (20, 3)
    np.testing.assert_allclose(probability.sum(axis=1), 1, rtol=1e-5)


def test_a_transformer_tells_the_same_values_in_another_order_apart():
    rng = np.random.default_rng(0)
    early = np.zeros((40, 1, 12), np.float32)
    early[:, 0, 2:4] = 1
    values = np.concatenate([early, early[:, :, ::-1]]) + rng.normal(0, 0.05, (80, 1, 12)).astype(np.float32)
    samples = Samples(values.astype(np.float32), np.repeat([0, 1], 40), np.arange(80), 2)
    model = learners.learner_by_name("transformer").from_scratch(samples, SETTING)
    assert (model.predict(samples.values).argmax(axis=1) == samples.crop).mean() > 0.95


def test_trees_added_on_parcels_that_lack_a_class_still_predict_it():
    study = made_up.study()
    source = drawn(study, "2018")
    learner = learners.learner_by_name("random-forest")
    model = learner.pretrain(source, SETTING)
    fine_tuned = learner.fine_tune(model, source.chosen(source.crop < 2), SETTING)
    probability = fine_tuned.predict(drawn(study, "2019", repeat_pixels=False).values)
    assert probability.shape[1] == 3
    np.testing.assert_allclose(probability.sum(axis=1), 1, atol=1e-5)
    assert probability[:, 2].max() == pytest.approx(0.5, abs=0.1)
