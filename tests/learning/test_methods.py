"""Methods: their registry, their names, and what they do with classes that a trip lacks."""

from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from engine.domain import PlanError
from engine.learning.features import CompositeSeries
from engine.learning.learners import LEARNERS, learner_by_name
from engine.learning.member_weights import PRIOR_WEIGHTS
from engine.learning.methods import (
    ASKED_BY_DEFAULT,
    BASELINE,
    DEFAULT,
    METHODS,
    OF_THE_STUDY,
    OLD_IDS,
    method_by_name,
    register,
)
from engine.learning.methods.ensemble import StackedEnsemble, _missing_classes
from engine.learning.methods.scratch import Scratch
from engine.learning.recipes import recipe_by_name
from engine.learning.samples import Samples
from engine.learning.training_data import SourceModel, TrainingData
from tests.learning.examples import SETTING, ConstantModel
from tests.made_up import SMALL


@pytest.mark.parametrize("name", METHODS)
def test_every_method_has_a_label_and_a_description_of_its_own(name):
    method = METHODS[name]
    assert method.name == name
    for text in (method.label, method.description):
        assert text.strip() == text != ""
    assert not method.description.endswith(".")
    assert len({registered.label for registered in METHODS.values()}) == len(METHODS)
    assert len({registered.description for registered in METHODS.values()}) == len(METHODS)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_a_frozen_dataclass_so_that_its_options_are_part_of_a_plans_key(name):
    method = method_by_name(name)
    assert is_dataclass(method)
    assert type(method).__dataclass_params__.frozen
    assert hash(method) == hash(method_by_name(name))
    for option in fields(method):
        assert option.name in repr(method)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_says_how_many_samples_it_trains_on(name):
    method = method_by_name(name)
    assert method.visits == (method.training_samples(10, SMALL) > 0)
    if method.source:
        assert method.source.training_samples([10, 10], SMALL) > 0


@pytest.mark.parametrize(("old", "new"), OLD_IDS.items())
def test_the_id_of_an_earlier_version_is_accepted(old, new):
    assert method_by_name(old) == method_by_name(new)
    assert old not in METHODS


@pytest.mark.parametrize("named", [method_by_name, learner_by_name, recipe_by_name])
def test_a_name_that_nobody_registered_is_refused_with_those_that_are(named):
    with pytest.raises(PlanError, match=r"no (method|learner|recipe) magic; choose one of .+, .+"):
        named("magic")


def test_the_methods_that_are_asked_by_default_are_registered_and_the_baseline_makes_no_trip():
    assert {DEFAULT, BASELINE, *OF_THE_STUDY} <= {*ASKED_BY_DEFAULT} <= METHODS.keys()
    assert not METHODS[BASELINE].visits
    assert METHODS[DEFAULT].visits


def test_a_registered_method_is_found_by_its_name(monkeypatch):
    class Registered(Scratch):
        name = "registered"

    monkeypatch.setitem(METHODS, "registered", None)  # taken away again after the test
    assert register(Registered) is Registered
    assert isinstance(method_by_name("registered"), Registered)


@pytest.mark.parametrize("name", LEARNERS)
def test_every_learner_has_a_label_of_its_own(name):
    assert learner_by_name(name).name == name
    assert len({learner.label for learner in LEARNERS.values()}) == len(LEARNERS)


def test_classes_that_a_trip_lacks_never_outnumber_the_trip():
    rng = np.random.default_rng(0)
    crop = np.repeat([0, 1, 2], [20, 480, 500])
    values = rng.normal(size=(1000, 1, 4)).astype("f4")
    source = SourceModel(None, Samples(values, crop, np.arange(1000), 3))

    def labelled(crop):
        return Samples(np.zeros((len(crop), 1, 4), np.float32), crop, np.arange(len(crop)), 3)

    missing = _missing_classes(source, labelled(np.zeros(8, dtype=np.int64)))
    assert set(missing.crop) == {1, 2}
    assert len(missing) <= 9
    assert list(_missing_classes(source, labelled(np.repeat([1, 2], [24, 25]))).crop) == [0]


class ConstantLearner:
    """Learns nothing."""

    def fit_adjusted(self, samples, prior, schedule, setting, start=None):
        return ConstantModel(0.5, 0.5)


def test_where_fields_recur_no_member_is_weighed_on_ground_that_it_learnt_from():
    rng, fields, pixels = np.random.default_rng(0), 24, 20
    place_km = np.column_stack([np.arange(fields) * 3.0, np.zeros(fields)])  # neighbours differ, and stay
    parcel = np.repeat(np.arange(2 * fields), pixels)
    noise = Samples(rng.normal(size=(len(parcel), 1, 2)).astype("f4"), parcel % 2, parcel, 2)
    both = CompositeSeries().of(noise, np.arange(2) * 16, np.tile(place_km, (2, 1)))
    source, labelled = both.chosen(parcel < fields), both.chosen(parcel >= fields)
    data = TrainingData(SourceModel(ConstantModel(0.5, 0.5), source), labelled, labelled, place_km, place_km)
    probability, truth = StackedEnsemble()._held_out(ConstantLearner(), data, labelled, SETTING)
    for name, of_member in zip(PRIOR_WEIGHTS, probability, strict=True):
        if not name.startswith("learner"):
            assert (of_member.argmax(axis=1) == truth).mean() < 0.65, name
