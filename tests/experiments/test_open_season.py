"""Seasons without labels, or with some: what is taught, tested and refused."""

import numpy as np
import pytest

from engine.decisions.backtest import backtests
from engine.domain import PlanError
from engine.experiments.archive import Archive
from engine.experiments.auxiliary import parcels_for_field_plan
from engine.experiments.checks import check_plans
from engine.experiments.preparation import prepare_after
from engine.experiments.run import run_plans
from engine.sampling import DESIGNS
from engine.sampling.split import TestArea, split_parcels
from engine.studies.profiles import profiles
from engine.studies.summary import summary
from tests import made_up
from tests.experiments.examples import ask
from tests.made_up import SMALL

STUDY = made_up.study(parcels=60, times=6, pixels=2)
IDS = STUDY.parcels_in("2021")["parcel_id"].tolist()


def test_nothing_is_tested_in_a_season_without_labels(tmp_path):
    study = made_up.without_labels(STUDY, "2021")
    with pytest.raises(PlanError, match=r"none of its 60 parcels has a label.*--backtest"):
        run_plans(study, ask(study), Archive(tmp_path))
    assert not list(tmp_path.rglob("*.safetensors"))


def test_without_two_labelled_seasons_before_no_backtest_is_proposed(tmp_path):
    study = STUDY
    for label in ("2018", "2019", "2021"):
        study = made_up.without_labels(study, label)
    with pytest.raises(PlanError, match=r"there are 1\. Plan the trip"):
        run_plans(study, ask(study), Archive(tmp_path))


def test_a_season_without_labels_teaches_nothing(tmp_path):
    study = made_up.without_labels(STUDY, "2019")
    plans = ask(study)
    assert plans[0].sources == ("2018", "2020")
    assert ask(study, source="others")[0].sources == ("2018", "2020")
    with pytest.raises(PlanError, match=r"2019 of Made up has no label yet.*--source"):
        run_plans(study, ask(study, source="2018,2019"), Archive(tmp_path))


@pytest.mark.parametrize("method", ["transfer", "ensemble", "logit-adjusted"])
def test_parcels_without_label_neither_teach_nor_test(tmp_path, method):
    """Half of the target and half of a source season have no label; the others are taught and tested."""
    of_source = STUDY.parcels_in("2020")["parcel_id"].tolist()
    study = made_up.without_labels(made_up.without_labels(STUDY, "2021", IDS[::2]), "2020", of_source[::2])
    (outcome,) = run_plans(study, ask(study, methods=(method,), designs=("random",)), Archive(tmp_path))
    labelled = set(study.labelled_in("2021")["parcel_id"])
    split = split_parcels(study, "2021", study.departure, outcome.plan.test)
    assert outcome.test_parcels == len(split.test) < len(split.parcels[split.parcels["test"]])
    assert set(split.test["parcel_id"]) <= labelled
    assert all(set(visited) <= labelled for visited in outcome.visited)
    assert np.sum(outcome.confusion_parcel) == 2 * outcome.test_parcels


def test_the_ground_is_divided_whatever_the_labels_are():
    area = TestArea("far-half", 30)
    whole = split_parcels(STUDY, "2021", STUDY.departure, area)
    without = split_parcels(made_up.without_labels(STUDY, "2021"), "2021", STUDY.departure, area)
    partly = split_parcels(made_up.without_labels(STUDY, "2021", IDS[::3]), "2021", STUDY.departure, area)
    assert list(whole.test.index) == list(without.test.index)
    assert list(whole.candidates.index) == list(without.candidates.index) == list(partly.pool.index)
    assert set(partly.test["parcel_id"]) == set(whole.test["parcel_id"]) - set(IDS[::3])


def test_labels_near_the_departure_alone_test_nothing():
    split = split_parcels(STUDY, "2021", STUDY.departure, TestArea("far-half", 30))
    study = made_up.without_labels(STUDY, "2021", split.test["parcel_id"].tolist())
    with pytest.raises(PlanError, match=r"none of them in the test area beyond 30 km.*--beyond"):
        check_plans(study, ask(study))


def test_what_a_study_holds_is_said_without_the_unknown():
    study = made_up.without_labels(made_up.without_labels(STUDY, "2021"), "2020", IDS)
    rows = {row.season: row for row in summary(study)}
    assert (rows["2021"].classes, rows["2021"].unlabelled) == ((), 60)
    assert rows["2020"].unlabelled == 0
    assert set(profiles(study)["season"]) == {"2018", "2019", "2020"}
    half = made_up.without_labels(STUDY, "2021", IDS[::2])
    of_2021 = profiles(half).query("season == '2021'").groupby("crop")["parcels"].first()
    assert of_2021.sum() == 30


def test_nothing_is_tested_or_trained_for_a_season_without_series(tmp_path):
    study, archive = made_up.without_series(STUDY, "2021"), Archive(tmp_path)
    with pytest.raises(PlanError, match=r"has a label, and it has no series yet\. Ask what.*--backtest"):
        run_plans(study, ask(study), archive)
    prepare_after(study, backtests(study, ask(study, designs=("stratified",))), archive)
    assert not list(tmp_path.rglob("*.safetensors"))


@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_that_needs_series_is_refused_before_there_are_any(tmp_path, name):
    study = made_up.without_series(STUDY, "2021")

    def parcels(design):
        return parcels_for_field_plan(study, "2021", study.departure, design, Archive(tmp_path), SMALL)

    if DESIGNS[name].auxiliary is None:
        assert len(parcels(name)) == 60
        return
    with pytest.raises(PlanError, match=f"{name} asks.*2021.*no series yet") as refused:
        parcels(name)
    cures = str(refused.value).partition("places only (")[2].partition(")")[0].split(", ")
    assert all(len(parcels(cure)) == 60 for cure in cures)


def test_series_that_come_later_leave_the_keys_of_backtests():
    later = made_up.without_labels(STUDY, "2021")
    before = made_up.without_series(STUDY, "2021")
    keys = [[plan.key for plan in backtests(study, ask(study))] for study in (before, later)]
    assert keys[0] == keys[1]
