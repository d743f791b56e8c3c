"""Answers under keys of whole studies are found, and renamed where that is possible; no number changes."""

import json
import shutil
from dataclasses import replace

import pytest
from safetensors.numpy import load_file

from engine.experiments import season_keys
from engine.experiments.archive import Archive
from engine.experiments.plan import plan_to_json
from engine.experiments.run import run_plans
from engine.files import WriteError
from engine.fingerprints import Fingerprints
from engine.learning.source_data import name_of
from tests import made_up
from tests.experiments.examples import ask

STUDY = made_up.study(("2019", "2020", "2021"), parcels=50, pixels=2, times=6)


def as_before(plan):
    return replace(plan, study=Fingerprints(study=STUDY.fingerprint))


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """What an earlier version left: two outcomes, a source model, a repeat of a plan that is not finished."""
    folder = tmp_path_factory.mktemp("kept") / "archive"
    plans = ask(STUDY, ["zero-shot", "scratch"], repeats=1)
    run_plans(STUDY, plans, Archive(folder))
    for plan in plans:
        path = folder / "outcomes" / f"{plan.key}.json"
        record = json.loads(path.read_text())
        old = as_before(plan)
        record |= {"key": old.key, "plan": plan_to_json(old)}
        path.unlink()
        (path.with_name(f"{old.key}.json")).write_text(json.dumps(record, separators=(",", ":")))
    (card,) = (folder / "models").glob("*.json")
    facts = json.loads(card.read_text())
    facts["source"]["study"] = STUDY.fingerprint
    card.with_name(f"{name_of(facts['source'])}.json").write_text(json.dumps(facts, separators=(",", ":")))
    weights = card.with_suffix(".safetensors")
    weights.rename(weights.with_name(f"{name_of(facts['source'])}.safetensors"))
    card.unlink()
    (unfinished,) = ask(STUDY, ["scratch"], repeats=2)
    (folder / "jobs" / "one").mkdir(parents=True)
    request = {"plans": [plan_to_json(as_before(unfinished))]}
    (folder / "jobs" / "one" / "request.json").write_text(json.dumps(request))
    (folder / "repeats").mkdir(exist_ok=True)
    (folder / "repeats" / f"{as_before(unfinished).key}-1.json").write_text("{}")
    return folder


@pytest.fixture
def old(kept, tmp_path):
    return shutil.copytree(kept, tmp_path / "archive")


def bodies(folder):
    """Outcomes without what names them."""
    records = [json.loads(path.read_text()) for path in (folder / "outcomes").glob("*.json")]
    for record in records:
        del record["key"], record["plan"]["study"]
    return sorted(json.dumps(record, sort_keys=True) for record in records)


def test_files_get_the_names_of_today_once_and_no_number_changes(old, kept):
    archive = Archive(old)
    outcomes = archive.outcomes(STUDY)
    plans = ask(STUDY, ["zero-shot", "scratch"], repeats=1)
    assert {outcome.plan for outcome in outcomes} == set(plans)
    assert {path.stem for path in (old / "outcomes").iterdir()} == {plan.key for plan in plans}
    assert bodies(old) == bodies(kept)
    (note,) = archive.notes()
    assert "(2 outcomes, 1 source model, 1 finished repeat); no number has changed" in note
    (unfinished,) = ask(STUDY, ["scratch"], repeats=2)
    assert archive.has_repeat(unfinished, 1)
    (weights,) = (old / "models").glob("*.safetensors")
    (before,) = (kept / "models").glob("*.safetensors")
    assert weights.name != before.name
    assert weights.read_bytes() == before.read_bytes()
    assert archive.damaged() == ()


def test_nothing_is_computed_again(old):
    steps = []
    plans = ask(STUDY, ["zero-shot", "scratch"], repeats=1)
    run_plans(STUDY, plans, Archive(old), observe=lambda progress: steps.append(progress.steps))
    assert steps == [0]


def test_a_folder_that_is_only_read_stays_as_it_is_and_answers(old, tmp_path):
    before = {path: path.read_bytes() for path in sorted(old.rglob("*")) if path.is_file()}
    archive = Archive(tmp_path / "new", (old,))
    plans = ask(STUDY, ["zero-shot", "scratch"], repeats=1)
    archive.adopt(STUDY)
    assert [archive.outcome(plan).plan for plan in plans] == plans
    assert {outcome.plan for outcome in archive.outcomes(STUDY)} == set(plans)
    (name,) = season_keys.old_models(STUDY, old / "models")
    assert archive.has_weights(name)
    tensors, card = archive.weights(name)
    (path,) = (old / "models").glob("*.safetensors")
    assert tensors.keys() == load_file(path).keys()
    assert name_of(card["source"]) == name
    assert {path: path.read_bytes() for path in sorted(old.rglob("*")) if path.is_file()} == before


def test_a_folder_that_cannot_be_written_to_answers_all_the_same(old, monkeypatch):
    def full(*_):
        raise WriteError("No space left")

    before = sorted(old.rglob("*.json"))
    monkeypatch.setattr(season_keys, "write_json", full)
    archive = Archive(old)
    assert len(archive.outcomes(STUDY)) == 2
    assert archive.notes() == ()
    assert archive.outcome(ask(STUDY, ["scratch"], repeats=1)[0]) is not None
    assert sorted(old.rglob("*.json")) == before


def test_answers_of_a_study_that_has_changed_stay_outdated(old):
    names = sorted(path.name for path in old.rglob("*.json"))
    changed = replace(STUDY, fingerprint="of another study")
    assert Archive(old).outcomes(changed) == ()
    assert sorted(path.name for path in old.rglob("*.json")) == names


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: record | {"key": "0" * 16},
        lambda record: record | {"engine": "0.0.0"},
        lambda record: record | {"plan": record["plan"] | {"seed": 7}},
        lambda record: record | {"plan": [record["plan"]["study"]]},
        lambda record: [record],
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_left_alone(old, damage):
    path = sorted((old / "outcomes").iterdir())[0]
    path.write_text(json.dumps(damage(json.loads(path.read_text())), separators=(",", ":")))
    assert len(Archive(old).outcomes(STUDY)) == 1
    assert path.exists()


@pytest.mark.parametrize("source", [None, {}, "x", {"study": STUDY.fingerprint}])
def test_a_model_whose_card_is_not_its_own_is_left_alone(old, source):
    (path,) = (old / "models").glob("*.json")
    facts = json.loads(path.read_text())
    path.write_text(json.dumps(facts | {"source": source, "note": STUDY.fingerprint}))
    assert season_keys.old_models(STUDY, old / "models") == {}
