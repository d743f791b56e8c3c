"""Plans that a study cannot answer are refused before anything is computed."""

import dataclasses

import pytest

from engine.domain import PlanError
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from tests import made_up
from tests.experiments.examples import ask


def test_a_plan_for_another_study_is_refused(tmp_path):
    plans = ask(made_up.study())
    with pytest.raises(PlanError, match="the fields of 2021"):
        run_plans(made_up.study(seed=1), plans, Archive(tmp_path))


@pytest.mark.parametrize("method", ["logit-adjusted", "ensemble-zero-shot"])
def test_a_season_whose_parcels_all_test_is_refused_with_the_cure(tmp_path, method):
    study = made_up.study(parcels=60)
    away = dataclasses.replace(study.departure, lat=study.departure.lat + 3)
    plans = ask(study, [method], departure=away, test="far-all", repeats=1)
    with pytest.raises(PlanError, match=r"none is left to standardise.*far-half"):
        run_plans(study, plans, Archive(tmp_path))


def test_source_seasons_that_hold_nothing_but_test_fields_are_refused_before_anything_is_computed(tmp_path):
    study = made_up.study(parcels=80, recurring=80)
    plans = ask(study, methods=("ensemble",), test="far-all", repeats=1)
    with pytest.raises(PlanError, match="test on the far half"):
        run_plans(study, plans, Archive(tmp_path))
    assert not list(tmp_path.rglob("*.safetensors"))
