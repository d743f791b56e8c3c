"""An archive that an older version wrote, in `format_1`, opens: names change, numbers do not."""

import dataclasses
import json
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from engine.__main__ import main
from engine.domain import LEVEL
from engine.experiments import format_1, migration
from engine.experiments.archive import Archive
from engine.experiments.fingerprints import fingerprints_of
from engine.experiments.jobs import Job
from engine.experiments.records import FORMAT
from engine.experiments.run import run_plans
from engine.learning.all_seasons import AllSeasons
from engine.learning.ensemble_sources import EnsembleSources
from engine.learning.methods.ensemble import StackedEnsemble
from engine.learning.pretraining import BestFold
from engine.sampling.excluding import Excluding
from engine.sampling.listed import ListedParcels
from engine.sampling.random import Random
from engine.studies.store import save_study
from tests import made_up

OLD = Path(__file__).parent / "format_1"
STUDY = made_up.study(parcels=40, times=6, pixels=2, noise_db=4.0)  # whose archive it is
NUMBERS = (
    "study_name", "provenance", "classes", "visited", "test_parcels", "macro_f1", "macro_f1_parcel",
    "per_class", "per_class_parcel", "absent", "repeats", "repeats_parcel", "confusion", "confusion_parcel",
    "seconds", "versions", "notes", "overall_accuracy", "calibration_error",
)  # fmt: skip
WEIGHTS = {
    "network, past": "learner, source", "boosted, past": "boosted, source", "forest, past": "forest, source",
    "network, both": "learner, joint", "boosted, both": "boosted, joint", "forest, both": "forest, joint",
    "network, present": "learner, target", "boosted, present": "boosted, target",
    "forest, present": "forest, target",
}  # fmt: skip


@pytest.fixture
def old(tmp_path):
    """A copy of the archive, to write to, without what an earlier revision of the ensemble answered."""
    folder = Path(shutil.copytree(OLD, tmp_path / "archive"))
    for key in every_record().keys() - records().keys():
        (folder / "outcomes" / f"{key}.json").unlink()
    return folder


def every_record():
    return {path.stem: json.loads(path.read_text()) for path in (OLD / "outcomes").glob("*.json")}


def records():
    return {
        key: record
        for key, record in every_record().items()
        if record["plan"]["method"]["is"] not in ("Groundplan", "GroundplanHome")
    }


def test_what_an_earlier_revision_of_the_ensemble_answered_is_outdated_and_no_damage(tmp_path):
    folder = Path(shutil.copytree(OLD, tmp_path / "archive"))
    archive = Archive(folder)
    outcomes, complaints = archive.contents(STUDY)
    assert len(outcomes) == len(records()) < len(every_record())
    assert not complaints


def as_json(value):
    return json.loads(json.dumps(dataclasses.asdict(value) if dataclasses.is_dataclass(value) else value))


def values(facts):
    """Facts with each estimate as its value alone: intervals are given at today's level."""
    if isinstance(facts, dict) and set(facts) == {"value", "low", "high", "level"}:
        return facts["value"]
    return {name: values(fact) for name, fact in facts.items()} if isinstance(facts, dict) else facts


def exact(value):
    """Equal only where every digit is."""
    return json.dumps(value, sort_keys=True)


def of_names(outcome):
    plan = outcome.plan
    return plan.method.name, plan.design.name, isinstance(plan.design, Excluding)


def test_every_score_count_and_id_of_an_old_archive_stays_bit_for_bit_and_its_losses_to_four_digits(old):
    outcomes = list(Archive(old).outcomes(STUDY))
    before = records()
    assert len(outcomes) == len(before) == 6
    by_numbers = {
        exact({name: values(record[name]) for name in NUMBERS}): record for record in before.values()
    }
    assert len(by_numbers) == 6
    for outcome in outcomes:
        facts = as_json(outcome)
        record = by_numbers.pop(exact({name: values(facts[name]) for name in NUMBERS}))
        assert facts["macro_f1"]["level"] == LEVEL
        for loss, kept in zip(record["loss"], facts["loss"], strict=True):
            assert kept == pytest.approx(loss, rel=1e-3)
        assert outcome.member_weights == {WEIGHTS[name]: value for name, value in record["voters"].items()}
        plan = record["plan"]
        assert outcome.plan.study == fingerprints_of(STUDY, plan["target"], plan["sources"], "far-half")
        for name in ("target", "sources", "learner", "repeats", "seed"):
            assert facts["plan"][name] == plan[name]
        assert facts["plan"]["departure"] == {"lon": 19.845, "lat": 45.255, "name": "Novi Sad"}
    assert not by_numbers


def test_old_names_of_methods_and_designs_become_those_of_today(old):
    assert Counter(map(of_names, Archive(old).outcomes(STUDY))) == Counter(
        {
            ("transfer", "random", False): 1,
            ("transfer", "random", True): 1,
            ("transfer", "transects", False): 1,
            ("scratch", "stratified", False): 1,
            ("weight-averaging", "listed", False): 1,
            ("zero-shot", "no-visit", False): 1,
        }
    )
    designs = {outcome.plan.design for outcome in Archive(old).outcomes(STUDY)}
    ids = tuple(STUDY.parcels_in("2021")["parcel_id"])
    assert {Random(30), Excluding(Random(30), ids[:3]), ListedParcels(ids[:6])} <= designs


def test_the_folder_is_rewritten_once_under_todays_keys_and_a_note_says_so(old):
    archive = Archive(old)
    (note,) = archive.notes()
    assert "(6 outcomes, 5 source models, 1 finished repeat); no number has changed" in note
    outcomes = list(archive.outcomes(STUDY))
    files = {path.name for path in (old / "outcomes").iterdir()}
    assert files == {f"{outcome.plan.key}.json" for outcome in outcomes}
    assert not {path.stem for path in (old / "outcomes").iterdir()} & set(records())
    assert all(json.loads(path.read_text())["format"] == FORMAT for path in (old / "outcomes").iterdir())
    assert archive.damaged() == ()
    assert all(archive.outcome(outcome.plan) == outcome for outcome in outcomes)
    assert Archive(old.parent / "new").notes() == ()


def test_a_command_says_that_it_gave_the_files_of_an_old_archive_new_names(old, tmp_path, capsys):
    folder = save_study(STUDY, tmp_path / "study")
    main(["compare", str(folder), "--target", "2021", "--archive", str(old)])
    assert "older version of Groundplan" in capsys.readouterr().err
    assert len(list((old / "outcomes").glob("*.json"))) == 6


def test_nothing_of_an_old_archive_is_computed_again(old):
    archive = Archive(old)
    plans = [outcome.plan for outcome in archive.outcomes(STUDY)]
    steps = []
    outcomes = run_plans(STUDY, plans, archive, observe=lambda progress: steps.append(progress.steps))
    assert steps == [0]
    assert [outcome.plan for outcome in outcomes] == plans


def test_source_models_keep_their_weights_and_are_those_that_plans_of_today_ask_for(old):
    before = {path.name: load_file(path) for path in (OLD / "models").glob("*.safetensors")}
    archive = Archive(old)
    list(archive.outcomes(STUDY))
    after = {path.name: load_file(path) for path in (old / "models").glob("*.safetensors")}
    assert len(before) == len(after) == 5
    assert not set(before) & set(after)
    for tensors in before.values():
        assert any(
            tensors.keys() == other.keys()
            and all(np.array_equal(tensors[key], other[key]) for key in tensors)
            for other in after.values()
        )
    cards = [json.loads(path.read_text()) for path in (old / "models").glob("*.json")]
    kinds = Counter(card["source"]["training"]["name"] for card in cards)
    assert kinds == {BestFold.name: 1, AllSeasons.name: 1, EnsembleSources.name: 3}
    for card in cards:
        assert not {"share", "ratio", "vote_temperature", "heat"} & set(card)
        if card["source"]["training"]["name"] == EnsembleSources.name:
            assert set(card["member_temperatures"]) == {"learner", "boosted", "forest"}


def test_a_run_that_an_older_version_began_goes_on_where_it_stood(old):
    archive = Archive(old)
    (plan,) = Job(old / "jobs" / "0123456789abcdef").plans()
    assert plan.method == StackedEnsemble(steps=20)
    assert archive.repeats(plan) == 1
    repeat = archive.repeat(plan, 0)
    (path,) = (OLD / "repeats").iterdir()
    record = json.loads(path.read_text())
    for name in ("visited", "pixels", "parcels", "loss", "seconds", "versions", "reliability"):
        assert exact(as_json(repeat)[name]) == exact(record[name])
    assert repeat.member_weights == {WEIGHTS[name]: value for name, value in record["weights"].items()}


@pytest.mark.parametrize("plans", [[{"is": "Popen"}], [{"is": "Plan", "design": {"is": []}}], [3], None, "x"])
def test_a_job_whose_plans_cannot_be_read_keeps_no_file_from_its_new_name(old, plans):
    request = old / "jobs" / "0123456789abcdef" / "request.json"
    request.write_text(json.dumps({"plans": plans}))
    (note,) = Archive(old).notes()
    assert "(6 outcomes, 5 source models)" in note
    assert len(list((old / "repeats").iterdir())) == 1  # nobody knows its plan; it is left


def test_a_shelf_of_an_older_version_is_read_as_it_is(old, tmp_path):
    before = {path: path.read_bytes() for path in sorted(old.rglob("*")) if path.is_file()}
    archive = Archive(tmp_path / "new", shelves=(old,))
    outcomes = list(archive.outcomes(STUDY))
    assert len(outcomes) == 6
    assert all(archive.outcome(outcome.plan) == outcome for outcome in outcomes)
    models = migration.old_models(old / "models")
    assert len(models) == 5
    assert all(archive.weights(name) is not None for name in models)
    assert archive.damaged() == archive.notes() == ()
    assert {path: path.read_bytes() for path in sorted(old.rglob("*")) if path.is_file()} == before


def test_an_installation_that_only_shows_reads_an_old_archive_and_writes_nothing(old, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_READONLY", "1")
    before = sorted(old.rglob("*"))
    archive = Archive(old)
    outcomes = list(archive.outcomes(STUDY))
    assert len(outcomes) == 6
    assert all(archive.outcome(outcome.plan) == outcome for outcome in outcomes)
    assert sorted(old.rglob("*")) == before
    assert archive.notes() == ()


def test_an_old_archive_that_cannot_be_written_to_is_read(old, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.files.os.fsync", full)
    archive = Archive(old)
    outcomes = list(archive.outcomes(STUDY))
    assert len(outcomes) == 6
    assert {path.stem for path in (old / "outcomes").glob("*.json")} == set(records())
    assert all(archive.outcome(outcome.plan) == outcome for outcome in outcomes)
    assert archive.notes() == ()


def test_a_migration_that_was_interrupted_ends_with_each_outcome_once(old, tmp_path):
    whole = Archive(Path(shutil.copytree(old, tmp_path / "whole")))
    outcomes = list(whole.outcomes(STUDY))
    shutil.copytree(
        whole.folder / "outcomes", old / "outcomes", dirs_exist_ok=True
    )  # before any old file went
    archive = Archive(old)
    assert list(archive.outcomes(STUDY)) == outcomes
    assert len(list((old / "outcomes").iterdir())) == 6


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"seed":0', '"seed":1'),
        lambda text: text.replace('"is":"Plan"', '"is":"Popen"'),
        lambda text: text.replace('"macro_f1":{', '"macro_f1":{"oops":1,'),
        lambda text: text.replace('"is":"Departure"', '"is":["Departure"]'),
    ],
)
def test_a_damaged_old_file_stays_is_complained_of_and_keeps_the_others_from_nothing(old, damage):
    path = sorted((old / "outcomes").iterdir())[0]
    path.write_text(damage(path.read_text()))
    archive = Archive(old)
    assert len(list(archive.outcomes(STUDY))) == 5
    (complaint,) = archive.damaged()
    assert path.name in complaint
    assert path.exists()


def test_an_old_file_of_another_version_of_the_engine_stays_and_is_no_damage(old):
    path = sorted((old / "outcomes").iterdir())[0]
    path.write_text(path.read_text().replace('"engine":"', '"engine":"0.0.0-', 1))
    archive = Archive(old)
    assert len(list(archive.outcomes(STUDY))) == 5
    assert archive.damaged() == ()
    assert path.exists()


@pytest.mark.parametrize(
    "source",
    [
        "__import__('os').abort()",
        "Source(study=exec('1'))",
        "Source(**{})",
        "Source(",
        "[" * 5000,
        "os.abort()",
        "Source(study='a', target='2021', sources=('2020',), learner='cnn1d', recipe='x', test='', seed=0)",
        3,
    ],
)
def test_the_card_of_a_source_model_is_read_and_never_run(source):
    name = f"2021-{format_1.digest(f'0.1.0 {source}')}"
    assert format_1.source_of({"source": source}, name, "0.1.0") is None


def test_a_source_model_whose_card_names_another_file_is_left_alone():
    (card, *_) = (OLD / "models").glob("*.json")
    facts = json.loads(card.read_text())
    assert format_1.source_of(facts, card.stem, "0.1.0") is not None
    assert format_1.source_of(facts, "2021-0000000000000000", "0.1.0") is None
