"""A simulated visit ends with labels in a study: a copy at first, and the same one on later days."""

from pathlib import Path

import pytest

from engine.decisions.accuracy_trip import draw_sample, with_accuracy
from engine.decisions.map_forecast import DrivenTrip, driven_trip
from engine.decisions.routed import routed_trip
from engine.decisions.simulated_trip import simulate_trip, visit_sentence, why_not_simulated
from engine.decisions.trip import TripRequest
from engine.experiments.archive import archive_for
from engine.fieldwork.costs import Tariff
from engine.fieldwork.simulated_visit import Observers, VisitError
from engine.mapping.accuracy.sample_file import is_kept, keep_sample, latest_path, read_sample
from engine.sampling.limits import Limit
from engine.studies import shelf
from engine.studies.labels.overlay import labels_of
from engine.studies.store import open_study, save_study
from tests import made_up

EXACT = Observers(wrong=0, refused=0)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_WORKSPACE", str(tmp_path / "ws"))
    return save_study(made_up.study(parcels=60, seasons=("2020", "2021")), tmp_path / "study")


def trip_of(folder: Path, workspace: Path, parcels: int):
    study, archive = open_study(folder), archive_for(folder, workspace)
    request = TripRequest("2021", study.departure, "random", Limit("parcels", parcels), Tariff())
    return study, archive, routed_trip(study, request, archive)


def test_labels_come_to_a_copy_then_to_the_same_study_and_those_for_accuracy_never_train(folder, tmp_path):
    workspace, said = tmp_path / "ws", []
    study, archive, made = trip_of(folder, workspace, 20)
    sample = draw_sample(study, made, workspace, parcels=10)
    both = with_accuracy(study, made, sample, archive).both
    found = simulate_trip(study, folder, both, EXACT, workspace, sample, said.append)
    assert len(said) == 3
    copies, complaints = shelf.studies(workspace)
    assert [each.folder for each in copies] == [found.folder]
    assert complaints == ()
    copied = open_study(found.folder)
    assert set(copied.labelled_in("2021")["parcel_id"]) == set(made.parcels)
    assert {label.parcel_id for label in labels_of(found.folder, "2021", "accuracy")} == set(sample.parcels)
    assert read_sample(latest_path(found.folder, "2021")) == sample
    assert visit_sentence(found.filled).startswith("30 parcels with a crop")
    assert not open_study(folder).is_open("2021"), "the study itself is as it was"
    assert found.taken.files[0].trip == both.origin(copied.name).trip
    assert driven_trip(found.folder, "2021") == DrivenTrip("random", True)

    copied, _, more = trip_of(found.folder, workspace, 5)
    again = simulate_trip(copied, found.folder, more, EXACT, workspace)
    assert (again.folder, again.taken.number) == (found.folder, 2)
    visited = {*made.parcels, *more.parcels} - {*sample.parcels}
    assert set(open_study(found.folder).labelled_in("2021")["parcel_id"]) == visited
    assert len(shelf.studies(workspace)[0]) == 1


def test_a_visit_that_fails_leaves_no_study_behind(folder, tmp_path, monkeypatch):
    def fails(*_):
        raise VisitError("no")

    study, _, made = trip_of(folder, tmp_path / "ws", 5)
    monkeypatch.setattr("engine.decisions.simulated_trip.take", fails)
    with pytest.raises(VisitError):
        simulate_trip(study, folder, made, EXACT, tmp_path / "ws")
    assert list((tmp_path / "ws" / shelf.FOLDER).iterdir()) == []


def test_where_nobody_knows_the_crops_or_nothing_is_kept_no_visit_is_simulated(folder, tmp_path, monkeypatch):
    assert why_not_simulated(folder, "2021") == ""
    unknown = made_up.without_labels(open_study(folder), "2021")
    empty = save_study(unknown, tmp_path / "empty")
    assert "Nobody knows the crops of 2021" in why_not_simulated(empty, "2021")
    study, _, made = trip_of(empty, tmp_path / "ws", 5)
    with pytest.raises(VisitError, match="Choose a season"):
        simulate_trip(study, empty, made, EXACT, tmp_path / "ws")
    monkeypatch.setenv("GROUNDPLAN_READONLY", "1")
    assert "keeps nothing" in why_not_simulated(folder, "2021")


def test_a_sample_is_kept_once(folder, tmp_path):
    study, _, made = trip_of(folder, tmp_path / "ws", 20)
    sample = draw_sample(study, made, tmp_path / "ws", parcels=10)
    assert not is_kept(folder, sample)
    path = keep_sample(folder, sample)
    assert keep_sample(folder, sample) == path
    assert is_kept(folder, sample)
    other = draw_sample(study, made, tmp_path / "ws", parcels=10, seed=1)
    assert keep_sample(folder, other) != path
