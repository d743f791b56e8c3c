"""The outcome of a plan from its repeats, and the notes that its reader must know."""

import dataclasses

import numpy as np

from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.sampling.split import TestArea, split_parcels
from tests import made_up
from tests.experiments.examples import ask


def test_a_class_that_no_source_season_has_scores_zero_without_a_trip_is_learnt_on_one_and_named(tmp_path):
    study = made_up.study(parcels=200, unseen_crop=True)
    zero_shot, transfer, scratch = run_plans(study, ask(study), Archive(tmp_path))
    assert zero_shot.per_class["sunflower"].value == 0
    assert any("have no sunflower; the test has" in note for note in zero_shot.notes)
    assert scratch.per_class["sunflower"].value > 0.9
    assert set(transfer.per_class) == set(study.legend.names)


def test_a_circle_that_lacks_classes_says_so_and_still_gives_a_score(tmp_path):
    study = made_up.study(parcels=90)
    distance = split_parcels(study, "2021", study.departure, TestArea()).parcels["distance_km"]
    radius_km = float(np.sort(distance)[1]) + 0.01  # two parcels, three classes
    _, transfer, scratch = run_plans(study, ask(study, radii=[radius_km]), Archive(tmp_path))
    assert transfer.parcels < len(study.legend)
    assert any("No visited parcel has" in note for note in scratch.notes)
    assert 0 <= scratch.macro_f1.value < 1


def test_classes_that_the_test_set_lacks_are_left_out_and_named(tmp_path):
    study = made_up.study(unseen_crop=True)
    crop = study.parcels["crop"].replace("sunflower", "maize")
    without = dataclasses.replace(study, parcels=study.parcels.assign(crop=crop))
    outcome = run_plans(without, ask(without, ["scratch"]), Archive(tmp_path))[0]
    assert outcome.absent == ("sunflower",)
    assert "sunflower" not in outcome.per_class
    assert any("has no sunflower" in note for note in outcome.notes)


def test_one_source_season_is_enough(tmp_path):
    study = made_up.study(seasons=("2020", "2021"), parcels=120)
    outcome = run_plans(study, ask(study, ["zero-shot"]), Archive(tmp_path))[0]
    assert outcome.macro_f1_parcel.value > 0.9
    assert any("2020 is the only source season" in note for note in outcome.notes)


def test_a_spread_design_that_may_not_leave_the_circle_says_so(tmp_path):
    study = made_up.study(parcels=120)
    plans = ask(study, ["scratch"], ["radius", "random"], test="far-all", repeats=1)
    radius, random = run_plans(study, plans, Archive(tmp_path))
    assert any("within that radius only" in note for note in random.notes)
    assert not any("within that radius only" in note for note in radius.notes)
