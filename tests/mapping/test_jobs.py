"""Maps made in the background: once, with what is found out about them, and a cure for every failure."""

from __future__ import annotations

import pytest
from filelock import FileLock

from engine.domain import GroundplanError
from engine.experiments import dispatcher, worker
from engine.experiments.archive import archive_for
from engine.experiments.job_status import Status
from engine.experiments.jobs import Job, every
from engine.learning.recipes import RECIPES
from engine.mapping import jobs
from engine.mapping.findings import (
    CURVE,
    find_learning_curve,
    kept_doubts,
    kept_learning_curve,
    kept_wrong_labels,
)
from engine.mapping.kept_maps import request_of
from engine.mapping.making import training_for
from engine.mapping.request import map_request
from engine.mapping.store import MapError, kept_map
from engine.studies.hidden import hide_labels
from engine.studies.labels.importing import LabelRequest, take
from engine.studies.labels.journal import undo
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.mapping.conftest import SEASON

OPTIONS = {"recipe": made_up.SMALL, "learner": "random-forest", "folds": 2}


@pytest.fixture
def spawned(monkeypatch):
    """Processes that would have been started."""
    found = []
    monkeypatch.setattr(dispatcher, "spawn", lambda command, path, log: found.append((command, path)))
    return found


def job_of(workspace, task="map"):
    """The folder of the last job of a task."""
    (job,) = (job for job in every(workspace) if job.request()["task"] == task)
    assert job.request()["command"] == "mapwork"
    return job.folder


@pytest.fixture(scope="module")
def played(truth, tmp_path_factory):
    """A study whose visit is simulated: two thirds of its labels are home."""
    folder = tmp_path_factory.mktemp("played")
    study = hide_labels(save_study(truth, folder / "whole"), SEASON, folder / "study")
    crops = truth.parcels_in(SEASON).iloc[::3]
    lines = [f"{row.parcel_id},{row.crop}" for row in crops.itertuples()]
    (folder / "labels.csv").write_text("parcel_id,crop_found\n" + "\n".join(lines))
    take(study, [folder / "labels.csv"], LabelRequest(SEASON))
    return study


def test_a_job_makes_the_map_and_what_is_found_out_about_it(played, tmp_path, spawned, monkeypatch):
    monkeypatch.setitem(RECIPES, made_up.SMALL.name, made_up.SMALL)
    request, _ = map_request(open_study(played), SEASON, "transfer", **OPTIONS)
    assert jobs.map_status(request, tmp_path) is None
    jobs.start_map(request, played, tmp_path, notes=["As asked, but for one thing."])
    jobs.start_map(request, played, tmp_path)  # it waits already
    assert set(spawned) == {("dispatch", tmp_path)}
    assert jobs.map_status(request, tmp_path).live
    path = job_of(tmp_path)
    monkeypatch.setattr(worker, "LOCKED_S", 0.1)
    with FileLock(path / "lock"):
        jobs.work_on_map(path)  # another process is at it
        assert kept_map(tmp_path, request.key) is None
    assert jobs.work_on_map(path) == 0
    assert jobs.map_status(request, tmp_path).state == "done"
    made = kept_map(tmp_path, request.key)
    assert made is not None
    assert made.card["notes"] == ["As asked, but for one thing."]
    assert request_of(open_study(played), made) == request
    assert kept_doubts(tmp_path, request.key) is not None
    without = jobs.without_visit(open_study(played), request)
    assert without is not None
    assert not kept_map(tmp_path, without.key).card["training_parcels"]

    jobs.start_map(request, played, tmp_path, "wrong-labels")
    assert jobs.work_on_map(job_of(tmp_path, "wrong-labels")) == 0
    assert set(kept_wrong_labels(tmp_path, request.key)) == {0.05, 0.1, 0.2}

    assert kept_learning_curve(tmp_path, request.key) is None
    jobs.start_map(request, played, tmp_path, "learning-curve")
    assert jobs.work_on_map(job_of(tmp_path, "learning-curve")) == 0
    curve = kept_learning_curve(tmp_path, request.key)
    assert curve.macro_f1[-1] == made.validation.macro_f1
    training = training_for(open_study(played), request, archive_for(played, tmp_path))
    assert find_learning_curve(training, made, tmp_path) == curve  # read, as the command reads it
    (tmp_path / "maps" / request.key / CURVE).write_text('{"rows": [{"parcels": 1}]}')
    with pytest.raises(MapError, match="Delete it and ask again"):
        kept_learning_curve(tmp_path, request.key)


def test_a_job_that_fails_says_so_with_a_cure(played, tmp_path, spawned, monkeypatch):
    request, _ = map_request(open_study(played), SEASON, "scratch", **OPTIONS)
    jobs.start_map(request, played, tmp_path)
    path = job_of(tmp_path)
    Job(path).write_status(Status("running", running=("train",), attempts=2))  # and nobody holds the lock
    killed = jobs.map_status(request, tmp_path)
    assert (killed.state, "start the job again" in killed.complaint) == ("lost", True)

    undo(played, 1)
    assert jobs.work_on_map(path) == 1
    failed = jobs.map_status(request, tmp_path)
    assert (failed.state, "labels have changed" in failed.complaint) == ("failed", True)

    monkeypatch.setattr(jobs, "open_study", lambda folder: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        jobs.work_on_map(path)
    assert "please report it" in jobs.map_status(request, tmp_path).complaint
    monkeypatch.setenv("GROUNDPLAN_READONLY", "1")
    with pytest.raises(GroundplanError, match="makes no maps"):
        jobs.start_map(request, played, tmp_path)
