"""A register with stable ids: the same fields in every season, so ground is held out instead."""

import pytest

from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.experiments.source_models import source_data
from engine.sampling.split import split_parcels
from tests import made_up
from tests.experiments.examples import OF_THE_STUDY, SEASON_STANDARDISED, ask

NOTE = "The fields of the source seasons recur"


@pytest.fixture(scope="module")
def register():
    return made_up.study(("2019", "2020", "2021"), parcels=300, recurring=300)


def test_no_test_field_teaches_and_no_field_of_a_fold_validates_what_it_taught(register):
    (plan,) = ask(register, ["transfer"], repeats=1)
    split = split_parcels(register, plan.target, plan.departure, plan.test)
    data = source_data(register, plan)
    tested = set(split.test["field_group"])
    assert len(tested) > 10
    folds = data.season_folds()
    assert [fold.held_out for fold in folds] == ["2019", "2020"]
    for fold in folds:
        taught, validated = (set(data.field_group[rows]) for rows in (fold.train, fold.validation))
        assert fold.by_ground
        assert taught
        assert validated
        assert not (taught | validated) & tested
        assert not taught & validated
    assert not set(data.field_group[data.rows()]) & tested


@pytest.mark.parametrize("learner", ["cnn1d", "random-forest"])
def test_the_methods_of_the_study_are_answered_and_say_what_validated(register, learner, tmp_path):
    plans = ask(register, OF_THE_STUDY, learner=learner, repeats=1)
    for outcome in run_plans(register, plans, Archive(tmp_path)):
        assert outcome.macro_f1_parcel.value == 1, outcome.plan
        assert any(note.startswith(NOTE) for note in outcome.notes) == bool(outcome.plan.method.source)


def test_methods_that_standardise_by_season_are_answered(register, tmp_path):
    for outcome in run_plans(register, ask(register, SEASON_STANDARDISED, repeats=1), Archive(tmp_path)):
        assert outcome.macro_f1_parcel.value > 0.9, outcome.plan


def test_one_past_season_of_the_same_fields_is_enough(tmp_path):
    study = made_up.study(("2020", "2021"), parcels=300, recurring=300)
    (outcome,) = run_plans(study, ask(study, ["zero-shot"], repeats=1), Archive(tmp_path))
    assert outcome.macro_f1_parcel.value == 1
    assert any(note.startswith(NOTE) for note in outcome.notes)


def test_folds_of_ground_side_by_side_give_the_outcome_of_one_process(register, tmp_path):
    plans = ask(register, ["zero-shot"], repeats=1)
    alone, apart = (
        run_plans(register, plans, Archive(tmp_path / str(workers)), workers=workers)[0] for workers in (1, 2)
    )
    assert alone.confusion == apart.confusion
