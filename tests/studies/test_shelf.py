"""Studies of a workspace: put there, found by name, renamed and deleted with what belongs to them."""

import io
import zipfile

import pytest

from engine.decisions import scenario_store, shelved
from engine.decisions.decision import Aims
from engine.decisions.scenario import nobody_goes, scenario_of
from engine.domain import Departure, StudyError
from engine.experiments.archive import Archive
from engine.fieldwork.costs import PRESETS
from engine.studies import shelf
from engine.studies.store import open_study, save_study
from tests import made_up


@pytest.fixture
def kept(tmp_path):
    draft = save_study(made_up.study(parcels=12, times=3, pixels=1), tmp_path / "draft")
    return shelf.put(tmp_path, draft, "Šid fields", Departure(19.2, 45.1, "Šid"), source="a survey")


def test_a_draft_gets_its_name_and_departure_and_is_the_same_study(tmp_path, kept):
    study = open_study(kept.folder)
    assert (study.name, study.departure.name, study.source) == ("Šid fields", "Šid", "a survey")
    assert kept.id == "sid-fields"
    assert not (tmp_path / "draft").exists()
    again = save_study(made_up.study(parcels=12, times=3, pixels=1), tmp_path / "draft")
    assert shelf.put(tmp_path, again, "Šid fields").id == "sid-fields-2"
    with pytest.raises(StudyError, match="2 studies are called"):
        shelf.find(tmp_path, "Šid fields")


def test_only_names_of_the_shelf_are_found(tmp_path, kept):
    for name in ("..", "../draft", "demo", str(kept.folder), "nothing"):
        with pytest.raises(StudyError):
            shelf.delete(tmp_path, name)
    assert shelf.find(tmp_path, kept.id) == kept


def test_an_exported_study_opens_elsewhere(tmp_path, kept):
    with zipfile.ZipFile(io.BytesIO(shelf.export(tmp_path, kept.id))) as archive:
        archive.extractall(tmp_path / "elsewhere")
    assert open_study(tmp_path / "elsewhere" / kept.id).fingerprint == open_study(kept.folder).fingerprint


def test_scenarios_follow_a_new_name_and_go_with_the_study(tmp_path, kept):
    archive, study = Archive(tmp_path), open_study(kept.folder)
    trip = "2021", study.departure, PRESETS["default"]
    assert nobody_goes(*trip)
    scenario_store.save(archive, study, scenario_of("Nobody goes", study, trip, Aims()))
    renamed = shelved.rename(archive, kept.id, "Fields of Šid")
    now = open_study(renamed.folder)
    assert [each.study for each in scenario_store.read_all(archive, now)[0]] == ["Fields of Šid"]
    assert scenario_store.read_all(archive, study) == ((), ())
    shelved.delete(archive, renamed.id)
    assert shelf.studies(tmp_path) == ((), ())
    assert scenario_store.read_all(archive, now) == ((), ())


def test_a_shelf_that_may_not_be_written_stays_as_it_is(tmp_path, kept, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_READONLY", "1")
    for change in (lambda: shelf.delete(tmp_path, kept.id), lambda: shelf.rename(tmp_path, kept.id, "X")):
        with pytest.raises(StudyError, match="keeps no studies"):
            change()
    assert shelf.find(tmp_path, kept.id) == kept
