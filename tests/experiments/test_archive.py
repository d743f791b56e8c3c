import json
import os
import re

import numpy as np
import pytest

from engine import files
from engine.experiments.archive import Archive
from engine.experiments.records import FORMAT
from engine.experiments.run import run_plans
from tests import made_up
from tests.made_up import SMALL, grid


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    study = made_up.study(parcels=40)
    folder = tmp_path_factory.mktemp("archive")
    plans = grid(study, "2021", study.departure, [30], ["radius"], ["scratch"], "cnn1d", SMALL, repeats=2)
    return study, folder, run_plans(study, plans, Archive(folder))[0]


def copy_of(outcome, folder):
    Archive(folder).keep(outcome)
    return folder / "outcomes" / f"{outcome.plan.key}.json"


def test_an_outcome_survives_the_way_through_its_file(kept):
    study, folder, outcome = kept
    assert Archive(folder).outcome(outcome.plan) == outcome
    assert list(Archive(folder).outcomes(study)) == [outcome]
    assert Archive(folder).outcome(outcome.plan).plan.departure.name == "Novi Sad"


def test_a_shelf_is_read_but_never_written(kept, tmp_path):
    _, folder, outcome = kept
    before = sorted(os.listdir(folder / "outcomes"))
    archive = Archive(tmp_path, shelves=(folder,))
    assert archive.outcome(outcome.plan) == outcome
    assert sorted(os.listdir(folder / "outcomes")) == before
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[]",
        lambda text: text.replace('"seed":0', '"seed":1'),
        lambda text: text.replace('"name":"radius"', '"name":"Popen"'),
        lambda text: text.replace('"name":"radius"', '"is":"Radius"'),
        lambda text: re.sub(r'"test_parcels":\d+', '"test_parcels":true', text),
        lambda text: text.replace('"macro_f1":{', '"macro_f1":{"oops":1,'),
        lambda text: "\x00" + text,
    ],
)
def test_a_damaged_file_is_no_answer_and_is_complained_of_by_name(kept, tmp_path, damage):
    study, _, outcome = kept
    path = copy_of(outcome, tmp_path)
    path.write_text(damage(path.read_text()))
    archive = Archive(tmp_path)
    assert archive.outcome(outcome.plan) is None
    assert list(archive.outcomes(study)) == []
    (complaint,) = archive.damaged()
    assert path.name in complaint


def test_an_outcome_of_a_later_format_is_none_and_no_damage(kept, tmp_path):
    *_, outcome = kept
    path = copy_of(outcome, tmp_path)
    path.write_text(path.read_text().replace(f'"format":{FORMAT}', f'"format":{FORMAT + 1}', 1))
    assert Archive(tmp_path).outcome(outcome.plan) is None
    assert Archive(tmp_path).damaged() == ()


def test_an_answer_of_another_version_is_none_and_no_damage(kept, tmp_path):
    *_, outcome = kept
    path = copy_of(outcome, tmp_path)
    path.write_text(path.read_text().replace('"engine":"', '"engine":"0.0.0-', 1))
    assert Archive(tmp_path).outcome(outcome.plan) is None
    assert Archive(tmp_path).damaged() == ()


def test_a_damaged_answer_is_computed_anew_and_is_the_same(kept, tmp_path):
    study, _, outcome = kept
    path = copy_of(outcome, tmp_path)
    path.write_text("{")
    (again,) = run_plans(study, [outcome.plan], Archive(tmp_path))
    assert again.repeats == outcome.repeats
    assert Archive(tmp_path).outcome(outcome.plan) is not None


def test_a_write_that_fails_leaves_the_old_file_whole(kept, tmp_path, monkeypatch):
    *_, outcome = kept
    path = copy_of(outcome, tmp_path)
    before = path.read_text()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(files.WriteError, match="No space left"):
        Archive(tmp_path).keep(outcome)
    assert path.read_text() == before
    assert not list((tmp_path / "outcomes").glob(".writing-*"))


def test_a_workspace_that_is_a_file_is_refused_with_a_cure(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(files.WriteError, match="GROUNDPLAN_WORKSPACE"):
        files.write_json(tmp_path / "file" / "outcomes" / "a.json", {})


def test_weights_come_back_as_they_went_and_damaged_ones_count_as_none(tmp_path):
    archive = Archive(tmp_path)
    tensors = {"a": np.arange(6, dtype=np.float32).reshape(2, 3)}
    archive.keep_weights("2021-x", tensors, {"held_out": "2019"})
    back, card = archive.weights("2021-x")
    np.testing.assert_array_equal(back["a"], tensors["a"])
    assert card == {"held_out": "2019"}
    path = tmp_path / "models" / "2021-x.safetensors"
    path.write_bytes(path.read_bytes()[:-5])
    assert archive.weights("2021-x") is None


def test_weights_without_their_card_do_not_count(tmp_path):
    archive = Archive(tmp_path)
    archive.keep_weights("m", {"a": np.zeros(1, np.float32)}, {})
    (tmp_path / "models" / "m.json").unlink()
    assert archive.weights("m") is None


def test_nothing_in_the_archive_is_a_pickle(kept):
    _, folder, _ = kept
    kinds = {path.suffix for path in folder.rglob("*") if path.is_file()}
    assert kinds <= {".json", ".safetensors", ".lock"}
    for path in folder.rglob("*.json"):
        json.loads(path.read_text())
