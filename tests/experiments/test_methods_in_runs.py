"""Groundplan's own methods on studies whose right answer is known."""

import dataclasses
import json

import numpy as np
import pytest

from engine.decisions.member_weights import by_training_data
from engine.experiments.archive import Archive
from engine.experiments.plan import plan_from_json, plan_to_json
from engine.experiments.run import run_plans
from engine.learning.methods import METHODS
from engine.learning.methods.ensemble import StackedEnsemble
from engine.sampling import DESIGNS
from tests import made_up
from tests.experiments.examples import SEASON_STANDARDISED, ask


def scores(study, folder, methods=SEASON_STANDARDISED, **changes):
    """Macro F1 over parcels by method."""
    outcomes = run_plans(study, ask(study, methods, repeats=1, **changes), Archive(folder))
    return {outcome.plan.method.name: outcome.macro_f1_parcel.value for outcome in outcomes}


def with_series(study, label, values):
    cube = dataclasses.replace(study.cubes[label], values=values)
    return dataclasses.replace(study, cubes={**study.cubes, label: cube})


@pytest.mark.parametrize("learner", ["cnn1d", "random-forest"])
def test_a_separable_study_is_learnt_by_every_method_and_learner(tmp_path, learner):
    macro_f1 = scores(made_up.study(parcels=120), tmp_path, learner=learner)
    assert set(macro_f1) == set(SEASON_STANDARDISED)
    assert min(macro_f1.values()) > 0.97


def test_a_new_calibration_changes_nothing_for_a_method_that_standardises_by_season(tmp_path):
    study = made_up.study(parcels=120)
    shifted = with_series(study, "2021", study.cubes["2021"].values * 1.5 + np.float32(20))
    macro_f1 = scores(shifted, tmp_path, methods=("zero-shot", "logit-adjusted"))
    assert macro_f1["logit-adjusted"] > 0.97
    assert macro_f1["zero-shot"] < 0.8


def test_source_seasons_whose_labels_meant_something_else_get_little_weight(tmp_path):
    study = made_up.study(parcels=240)
    names = study.legend.names
    renamed = dict(zip(names, (*names[1:], names[0]), strict=True))
    of_source = study.parcels["season"] != "2021"
    crop = study.parcels["crop"].where(~of_source, study.parcels["crop"].map(renamed))
    relabelled = dataclasses.replace(study, parcels=study.parcels.assign(crop=crop))
    plans = ask(relabelled, methods=("logit-adjusted", "ensemble"), designs=("random",), repeats=1)
    plans[1] = dataclasses.replace(plans[1], method=StackedEnsemble(steps=300))
    adjusted, ensemble = run_plans(relabelled, plans, Archive(tmp_path))
    assert adjusted.macro_f1_parcel.value < 0.1
    assert ensemble.macro_f1_parcel.value > 0.9
    weights = by_training_data(ensemble.member_weights)
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["source seasons"] < 0.1
    assert weights["visited parcels alone"] > 0.2
    assert not adjusted.member_weights


def test_a_circle_that_holds_one_class_does_not_make_the_ensemble_forget_the_others(tmp_path):
    study = made_up.study(parcels=240, noise_db=3)
    km = np.hypot(
        (study.parcels["lon"] - study.departure.lon) * 78.4,
        (study.parcels["lat"] - study.departure.lat) * 111.2,
    )
    kept = (study.parcels["season"] != "2021") | (km > 30) | (study.parcels["crop"] == "maize")
    new_row = np.where(kept, np.cumsum(kept) - 1, -1)  # [parcel]
    cubes = {}
    for label, cube in study.cubes.items():
        kept_pixels = new_row[cube.parcel] >= 0
        cubes[label] = dataclasses.replace(
            cube, parcel=new_row[cube.parcel[kept_pixels]], values=cube.values[kept_pixels]
        )
    maize_only = dataclasses.replace(study, parcels=study.parcels[kept].reset_index(drop=True), cubes=cubes)
    macro_f1 = scores(maize_only, tmp_path, methods=("logit-adjusted", "ensemble"))
    assert macro_f1["logit-adjusted"] > 0.8
    assert macro_f1["ensemble"] > macro_f1["logit-adjusted"] - 0.02


def test_a_plan_of_every_method_and_design_survives_json_under_its_own_name():
    study = made_up.study(parcels=40)
    for plan in ask(study, METHODS, DESIGNS):
        assert plan_from_json(json.loads(json.dumps(plan_to_json(plan))), plan.key) == plan
    assert not set(DESIGNS) & set(METHODS)
    names_of_designs = {design.__name__ for design in DESIGNS.values()}
    assert not names_of_designs & {method.__name__ for method in METHODS.values()}
