"""From plans to outcomes: what is computed, what is kept, and what is refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import engine
from engine.domain import Departure, PlanError
from engine.experiments import run
from engine.experiments.archive import Archive
from engine.experiments.progress import CancelledError
from engine.experiments.run import run_plans
from engine.learning import pretraining
from engine.sampling.split import TestArea, split_parcels
from tests import made_up
from tests.experiments.examples import StopsAt, ask, without_time

ROOT = Path(__file__).parents[2]


def test_a_separable_study_is_learnt_perfectly_by_every_method_and_learner(tmp_path):
    study = made_up.study(parcels=120)
    for learner in ("cnn1d", "random-forest"):
        for outcome in run_plans(study, ask(study, learner=learner), Archive(tmp_path)):
            assert outcome.macro_f1.value > 0.97, outcome.plan
            assert outcome.macro_f1_parcel.value == 1, outcome.plan


def test_a_permuted_study_scores_at_chance(tmp_path):
    study = made_up.study(parcels=150, permuted=True)
    for outcome in run_plans(study, ask(study, repeats=3), Archive(tmp_path)):
        assert 0.15 < outcome.macro_f1_parcel.value < 0.5
        assert outcome.macro_f1_parcel.high < 0.7


def test_the_same_seed_gives_the_same_outcome_and_another_seed_another(tmp_path):
    study = made_up.study(noise_db=4)
    plans = ask(study, designs=["random"])
    first, second = (run_plans(study, plans, Archive(tmp_path / name)) for name in ("a", "b"))
    assert [without_time(outcome) for outcome in first] == [without_time(outcome) for outcome in second]
    reseeded = run_plans(study, ask(study, designs=["random"], seed=7), Archive(tmp_path / "c"))
    assert [outcome.repeats for outcome in first] != [outcome.repeats for outcome in reseeded]


def test_several_workers_compute_what_one_worker_computes(tmp_path):
    study = made_up.study(noise_db=4)
    plans = ask(study)
    alone = run_plans(study, plans, Archive(tmp_path / "one"))
    shared = run_plans(study, plans, Archive(tmp_path / "two"), workers=2)
    assert [without_time(outcome) for outcome in alone] == [without_time(outcome) for outcome in shared]


def test_every_plan_is_tested_on_the_same_parcels_and_visits_none_of_them(tmp_path):
    study = made_up.study(parcels=120)
    outcomes = run_plans(study, ask(study, designs=["radius", "random"]), Archive(tmp_path))
    test = set(split_parcels(study, "2021", study.departure, TestArea()).test["parcel_id"])
    assert {outcome.test_parcels for outcome in outcomes} == {len(test)}
    truth = {tuple(np.sum(outcome.confusion_parcel, axis=1)) for outcome in outcomes}
    assert len(truth) == 1
    for outcome in outcomes:
        assert not {parcel for visited in outcome.visited for parcel in visited} & test


def test_random_visits_as_many_parcels_as_its_radius(tmp_path):
    study = made_up.study(parcels=120)
    radius, random = run_plans(study, ask(study, ["scratch"], ["radius", "random"]), Archive(tmp_path))
    assert radius.parcels == random.parcels > 0
    assert random.visited[0] != random.visited[1]


def test_an_interrupted_run_goes_on_with_what_is_missing(tmp_path, monkeypatch):
    study = made_up.study()
    plans, archive = ask(study), Archive(tmp_path)
    computed = []
    compute_repeat, most = run.compute_repeat, 3

    def counted(study, plan, repeat, *circumstances):
        if len(computed) == most:
            raise KeyboardInterrupt
        computed.append((plan.key, repeat))
        return compute_repeat(study, plan, repeat, *circumstances)

    monkeypatch.setattr(run, "compute_repeat", counted)
    with pytest.raises(KeyboardInterrupt):
        run_plans(study, plans, archive)
    first = list(computed)
    computed.clear()
    most = None
    assert len(run_plans(study, plans, archive)) == len(plans)
    assert len(first) == 3
    assert not set(computed) & set(first)
    assert len(computed) + len(first) == sum(plan.repeats for plan in plans)


def test_an_outcome_that_is_archived_is_not_computed_again(tmp_path, monkeypatch):
    study = made_up.study()
    first = run_plans(study, ask(study), Archive(tmp_path))
    monkeypatch.setattr(run, "compute_repeat", lambda *_: pytest.fail("computed again"))
    assert run_plans(study, ask(study), Archive(tmp_path)) == first


def test_a_source_model_is_trained_once_and_serves_every_departure(tmp_path, monkeypatch):
    study = made_up.study()
    trained = []
    best_fold = pretraining._best_fold
    monkeypatch.setattr(
        pretraining, "_best_fold", lambda *arguments: trained.append(arguments) or best_fold(*arguments)
    )
    run_plans(study, ask(study, repeats=1), Archive(tmp_path))
    moved = Departure(study.departure.lon + 0.05, study.departure.lat)
    run_plans(study, ask(study, repeats=1, departure=moved), Archive(tmp_path))
    assert len(trained) == 1
    (card,) = (tmp_path / "models").glob("*.json")
    assert set(json.loads(card.read_text())["validation_macro_f1"]) == {"2018", "2019", "2020"}


def test_a_model_of_all_source_seasons_is_trained_once_and_kept(tmp_path):
    study = made_up.study(parcels=60)
    archive = Archive(tmp_path)
    first = run_plans(study, ask(study, methods=("all-sources", "replay"), repeats=1), archive)
    (model,) = (tmp_path / "models").glob("*.safetensors")
    stamp = model.stat().st_mtime_ns
    run_plans(study, ask(study, methods=("joint",), repeats=1), archive)
    (model,) = (tmp_path / "models").glob("*.safetensors")
    assert model.stat().st_mtime_ns == stamp
    assert first[0].plan.method.name == "all-sources"


def test_a_stopped_pre_training_goes_on_from_the_folds_that_are_done_and_ends_up_the_same(tmp_path):
    study = made_up.study()
    plans = ask(study, ["zero-shot"], repeats=1)
    (whole,) = run_plans(study, plans, Archive(tmp_path / "whole"))
    archive = Archive(tmp_path / "stopped")
    with pytest.raises(CancelledError):
        run_plans(study, plans, archive, observer=StopsAt("2019 held out"))
    assert [path.stem[-4:] for path in (tmp_path / "stopped" / "models").glob("*.json")] == ["2018"]
    (resumed,) = run_plans(study, plans, archive, observer=StopsAt("2018 held out"))  # not trained again
    assert resumed.repeats == whole.repeats
    resumed_models, whole_models = (
        {path.name: path.read_bytes() for path in (tmp_path / name / "models").rglob("*") if path.is_file()}
        for name in ("stopped", "whole")
    )
    assert len(whole_models) == 3  # weights, their card, and predictions for designs
    assert resumed_models == whole_models


def test_a_run_can_be_stopped_while_the_ensemble_cross_validates(tmp_path):
    study = made_up.study(parcels=60)
    plans = ask(study, methods=("ensemble-zero-shot", "ensemble"), repeats=1)
    run_plans(study, plans[:1], Archive(tmp_path))  # its source model is ready
    with pytest.raises(CancelledError):
        run_plans(study, plans[1:], Archive(tmp_path), observer=StopsAt(""))


RUN_ALL = """
import sys
from pathlib import Path
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from tests import made_up
from tests.experiments.examples import ask

study = made_up.study()
run_plans(study, ask(study), Archive(Path(sys.argv[1])))
"""


def test_two_processes_running_the_same_plans_leave_one_whole_outcome_each(tmp_path):
    # Not multiprocessing: a page test leaves the app as __main__, and "spawn" would import it.
    command = [sys.executable, "-c", RUN_ALL, str(tmp_path)]
    pair = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in pair:
        _, errors = process.communicate(timeout=240)
        assert process.returncode == 0, errors
    study = made_up.study()
    files = sorted(os.listdir(tmp_path / "outcomes"))
    assert files == sorted(f"{plan.key}.json" for plan in ask(study))
    assert len(list(Archive(tmp_path).outcomes(study))) == len(files)
    assert not list((tmp_path / "repeats").iterdir())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"radii": [0.001]}, "No surveyed parcel lies within"),
        ({"beyond_km": 500}, "No parcel of season 2021 lies beyond 500 km"),
        ({"departure": Departure(0, 0)}, "No surveyed parcel lies within 30 km"),
    ],
)
def test_what_the_split_cannot_answer_is_refused_before_anything_is_written(tmp_path, changes, message):
    study = made_up.study()
    with pytest.raises(PlanError, match=message):
        run_plans(study, ask(study, **changes), Archive(tmp_path / "archive"))
    assert not (tmp_path / "archive").exists()


def test_all_far_parcels_test_where_the_study_s_own_variant_is_asked_for(tmp_path):
    study = made_up.study(parcels=120)
    half, whole = (
        run_plans(study, ask(study, ["scratch"], test=test, repeats=1), Archive(tmp_path))[0]
        for test in ("far-half", "far-all")
    )
    far = split_parcels(study, "2021", study.departure, TestArea("far-all")).parcels["distance_km"] > 30
    assert whole.test_parcels == far.sum() > half.test_parcels


def test_the_outcome_says_what_computed_it(tmp_path):
    study = made_up.study()
    versions = run_plans(study, ask(study, ["scratch"]), Archive(tmp_path))[0].versions
    assert versions["engine"] == engine.__version__
    assert versions["precision"] in ("float32", "bfloat16")


@pytest.mark.parametrize("workers", [1, 2])
def test_repeats_share_one_source_model_where_one_is_asked_for(tmp_path, workers):
    study = made_up.study(noise_db=4)
    plans = ask(study, ["zero-shot", "transfer"], source_models=1, repeats=3)
    zero_shot, transfer = run_plans(study, plans, Archive(tmp_path), workers=workers)
    assert len(list((tmp_path / "models").glob("*.safetensors"))) == 1
    assert len(set(zero_shot.repeats)) == 1
    assert len(set(transfer.repeats)) > 1
    for outcome in (zero_shot, transfer):
        assert "All repeats start from one source model, which the interval holds fixed." in outcome.notes


def test_folds_side_by_side_give_the_outcomes_of_one_process(tmp_path):
    study = made_up.study(noise_db=4)
    plans = ask(study, ["zero-shot"], repeats=1)
    steps = []
    alone = run_plans(study, plans, Archive(tmp_path / "one"))
    apart = run_plans(
        study,
        plans,
        Archive(tmp_path / "two"),
        workers=2,
        observe=lambda progress: steps.append(progress.what),
    )
    assert [without_time(outcome) for outcome in alone] == [without_time(outcome) for outcome in apart]
    assert {"pre-training for repeat 1, without 2019", "pre-training for repeat 1, without 2020"} <= set(
        steps
    )
