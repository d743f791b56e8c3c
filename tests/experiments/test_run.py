import dataclasses
import json
import multiprocessing
import os

import numpy as np
import pytest

import engine
from engine.domain import Departure, PlanError
from engine.experiments import run, source
from engine.experiments.archive import Archive
from engine.experiments.plan import TestArea, grid
from engine.experiments.run import answer
from engine.sampling.split import split_parcels
from tests import made_up
from tests.made_up import TINY

ALL = ("zero-shot", "transfer", "scratch")


def ask(study, methods=ALL, designs=("radius",), radii=(30,), **changes):
    options = {"target": "2021", "departure": study.departure, "repeats": 2} | changes
    target, departure = options.pop("target"), options.pop("departure")
    learner, recipe = options.pop("learner", "cnn1d"), options.pop("recipe", TINY)
    return grid(study, target, departure, radii, designs, methods, learner, recipe, **options)


def stripped(outcome):
    return dataclasses.replace(outcome, seconds=0, versions={})


def test_a_separable_study_is_learnt_perfectly_by_every_method_and_learner(tmp_path):
    study = made_up.study(parcels=120)
    for learner in ("cnn1d", "random-forest"):
        for outcome in answer(study, ask(study, learner=learner), Archive(tmp_path)):
            assert outcome.macro_f1.value > 0.97, outcome.plan
            assert outcome.macro_f1_parcel.value == 1, outcome.plan


def test_a_permuted_study_scores_at_chance(tmp_path):
    study = made_up.study(parcels=150, permuted=True)
    for outcome in answer(study, ask(study, repeats=3), Archive(tmp_path)):
        assert 0.15 < outcome.macro_f1_parcel.value < 0.5
        assert outcome.macro_f1_parcel.high < 0.7


def test_the_same_seed_gives_the_same_outcome_and_another_seed_another(tmp_path):
    study = made_up.study(noise_db=4)
    plans = ask(study, designs=["random"])
    one, same = (answer(study, plans, Archive(tmp_path / name)) for name in ("a", "b"))
    assert [stripped(x) for x in one] == [stripped(x) for x in same]
    other = answer(study, ask(study, designs=["random"], seed=7), Archive(tmp_path / "c"))
    assert [x.repeats for x in one] != [x.repeats for x in other]


def test_several_workers_find_what_one_finds(tmp_path):
    study = made_up.study(noise_db=4)
    plans = ask(study)
    alone = answer(study, plans, Archive(tmp_path / "one"))
    shared = answer(study, plans, Archive(tmp_path / "two"), workers=2)
    assert [stripped(x) for x in alone] == [stripped(x) for x in shared]


def test_every_arm_is_tested_on_the_same_parcels_and_visits_none_of_them(tmp_path):
    study = made_up.study(parcels=120)
    outcomes = answer(study, ask(study, designs=["radius", "random"]), Archive(tmp_path))
    test = set(split_parcels(study, "2021", study.departure, TestArea()).test["parcel_id"])
    assert {one.test_parcels for one in outcomes} == {len(test)}
    truth = {tuple(np.sum(one.confusion_parcel, axis=1)) for one in outcomes}
    assert len(truth) == 1
    for one in outcomes:
        assert not {parcel for visited in one.visited for parcel in visited} & test


def test_random_visits_as_many_parcels_as_its_radius(tmp_path):
    study = made_up.study(parcels=120)
    radius, random = answer(study, ask(study, ["scratch"], ["radius", "random"]), Archive(tmp_path))
    assert radius.parcels == random.parcels > 0
    assert random.visited[0] != random.visited[1]


def test_an_interrupted_run_goes_on_with_what_is_missing(tmp_path, monkeypatch):
    study = made_up.study()
    plans, archive = ask(study), Archive(tmp_path)
    computed = []
    compute = run._Work._computed

    def counted(self, plan, number):
        if len(computed) == 3:
            raise KeyboardInterrupt
        computed.append((plan.key, number))
        return compute(self, plan, number)

    monkeypatch.setattr(run._Work, "_computed", counted)
    with pytest.raises(KeyboardInterrupt):
        answer(study, plans, archive)
    first = list(computed)
    computed.clear()
    monkeypatch.setattr(run._Work, "_computed", lambda *a: computed.append(a[1:]) or compute(*a))
    assert len(answer(study, plans, archive)) == len(plans)
    again = {(plan.key, number) for plan, number in computed}
    assert len(first) == 3
    assert not again & set(first)
    assert len(again) + len(first) == sum(plan.repeats for plan in plans)


def test_an_answer_that_is_archived_is_not_computed_again(tmp_path, monkeypatch):
    study = made_up.study()
    first = answer(study, ask(study), Archive(tmp_path))
    monkeypatch.setattr(run._Work, "_computed", lambda *_: pytest.fail("computed again"))
    assert answer(study, ask(study), Archive(tmp_path)) == first


def test_a_source_model_is_trained_once_and_serves_every_departure(tmp_path, monkeypatch):
    study = made_up.study()
    trained = []
    pretrain = source._pretrain
    monkeypatch.setattr(source, "_pretrain", lambda *a: trained.append(a) or pretrain(*a))
    answer(study, ask(study, repeats=1), Archive(tmp_path))
    moved = Departure(study.departure.lon + 0.05, study.departure.lat)
    answer(study, ask(study, repeats=1, departure=moved), Archive(tmp_path))
    assert len(trained) == 1
    (card,) = (tmp_path / "models").glob("*.json")
    assert set(json.loads(card.read_text())["validation_macro_f1"]) == {"2018", "2019", "2020"}


@dataclasses.dataclass(frozen=True)
class StopsAt:
    """Stops the training whose name holds these words."""

    words: str
    training: str = ""

    def of(self, training):
        return StopsAt(self.words, training)

    def epoch(self, epoch, epochs, loss):
        if self.words in self.training:
            raise run.CancelledError("Stopped.")


def test_a_stopped_pre_training_goes_on_from_the_folds_that_are_done_and_ends_up_the_same(tmp_path):
    study = made_up.study()
    plans = ask(study, ["zero-shot"], repeats=1)
    (whole,) = answer(study, plans, Archive(tmp_path / "whole"))
    archive = Archive(tmp_path / "stopped")
    with pytest.raises(run.CancelledError):
        answer(study, plans, archive, watch=StopsAt("2019 held out"))
    assert [path.stem[-4:] for path in (tmp_path / "stopped" / "models").glob("*.json")] == ["2018"]
    (again,) = answer(study, plans, archive, watch=StopsAt("2018 held out"))  # that one is not trained again
    assert again.repeats == whole.repeats
    kept = {path.name: path.read_bytes() for path in (tmp_path / "stopped" / "models").iterdir()}
    assert kept == {path.name: path.read_bytes() for path in (tmp_path / "whole" / "models").iterdir()}


def _answer_in_process(folder):
    study = made_up.study()
    answer(study, ask(study), Archive(folder))


def test_two_processes_running_the_same_plans_leave_one_whole_outcome_each(tmp_path):
    context = multiprocessing.get_context("spawn")
    pair = [context.Process(target=_answer_in_process, args=(tmp_path,)) for _ in range(2)]
    for process in pair:
        process.start()
    for process in pair:
        process.join(timeout=240)
        assert process.exitcode == 0
    study = made_up.study()
    files = sorted(os.listdir(tmp_path / "outcomes"))
    assert files == sorted(f"{plan.key}.json" for plan in ask(study))
    assert len(list(Archive(tmp_path).outcomes(study.fingerprint))) == len(files)
    assert not list((tmp_path / "repeats").iterdir())


def test_a_class_the_past_never_saw_is_scored_zero_at_home_learnt_on_the_trip_and_named(tmp_path):
    study = made_up.study(parcels=400, unseen_crop=True)
    home, transfer, scratch = answer(study, ask(study), Archive(tmp_path))
    assert home.per_class["sunflower"].value == 0
    assert any("never saw sunflower" in note for note in home.notes)
    assert scratch.per_class["sunflower"].value > 0.9
    assert set(transfer.per_class) == set(study.legend.names)


def test_a_circle_that_lacks_classes_says_so_and_still_gives_a_score(tmp_path):
    study = made_up.study(parcels=90)
    distance = split_parcels(study, "2021", study.departure, TestArea()).parcels["distance_km"]
    few = float(np.sort(distance)[1]) + 0.01  # two parcels, three classes
    _, transfer, scratch = answer(study, ask(study, radii=[few]), Archive(tmp_path))
    assert transfer.parcels < len(study.legend)
    assert any("No visited parcel has" in note for note in scratch.notes)
    assert 0 <= scratch.macro_f1.value < 1


def test_classes_that_the_test_set_lacks_are_left_out_and_named(tmp_path):
    study = made_up.study(unseen_crop=True)
    known = study.parcels["crop"] != "sunflower"
    thinned = dataclasses.replace(study, parcels=study.parcels.copy(), fingerprint="thinned")
    thinned.parcels.loc[~known, "crop"] = "maize"
    outcome = answer(thinned, ask(thinned, ["scratch"]), Archive(tmp_path))[0]
    assert outcome.absent == ("sunflower",)
    assert "sunflower" not in outcome.per_class
    assert any("has no sunflower" in note for note in outcome.notes)


def test_one_past_season_is_enough(tmp_path):
    study = made_up.study(seasons=("2020", "2021"), parcels=120)
    home = answer(study, ask(study, ["zero-shot"]), Archive(tmp_path))[0]
    assert home.macro_f1_parcel.value > 0.9
    assert any("only season to pre-train on" in note for note in home.notes)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"radii": [0.001]}, "No surveyed parcel lies within"),
        ({"beyond_km": 500}, "No parcel of season 2021 lies beyond 500 km"),
        ({"departure": Departure(0, 0)}, "No surveyed parcel lies within 30 km"),
    ],
)
def test_what_the_ground_cannot_answer_is_refused_before_anything_is_written(tmp_path, changes, says):
    study = made_up.study()
    with pytest.raises(PlanError, match=says):
        answer(study, ask(study, **changes), Archive(tmp_path / "archive"))
    assert not (tmp_path / "archive").exists()


def test_a_plan_for_another_study_is_refused(tmp_path):
    plans = ask(made_up.study())
    with pytest.raises(PlanError, match="fingerprint"):
        answer(made_up.study(seed=1), plans, Archive(tmp_path))


def test_all_far_parcels_test_where_the_study_s_own_variant_is_asked_for(tmp_path):
    study = made_up.study(parcels=120)
    half, whole = (
        answer(study, ask(study, ["scratch"], test=test, repeats=1), Archive(tmp_path))[0]
        for test in ("far-half", "far-all")
    )
    far = split_parcels(study, "2021", study.departure, TestArea("far-all")).parcels["distance_km"] > 30
    assert whole.test_parcels == far.sum() > half.test_parcels
    _, random = answer(
        study, ask(study, ["scratch"], ["radius", "random"], test="far-all", repeats=1), Archive(tmp_path)
    )
    assert any("within that radius only" in note for note in random.notes)


def test_the_row_of_an_outcome_holds_the_contract(tmp_path):
    study = made_up.study()
    row = answer(study, ask(study, ["transfer"]), Archive(tmp_path))[0].row()
    assert {
        "key", "method", "design", "learner", "radius_km", "parcels", "test_parcels", "macro_f1",
        "macro_f1_parcel", "per_class", "repeats", "seconds", "provenance",
    } <= set(row)  # fmt: skip
    assert row["provenance"] == "simulated"
    assert row["macro_f1"]["low"] <= row["macro_f1"]["value"] <= row["macro_f1"]["high"]
    assert len(row["repeats"]) == 2
    json.dumps(row, allow_nan=False)


def test_the_outcome_says_what_computed_it(tmp_path):
    study = made_up.study()
    versions = answer(study, ask(study, ["scratch"]), Archive(tmp_path))[0].versions
    assert versions["engine"] == engine.__version__
    assert versions["precision"] in ("float32", "bfloat16")
