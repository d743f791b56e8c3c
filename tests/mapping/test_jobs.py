"""Maps made in the background: once, with what is found out about them, and a cure for every failure."""

from __future__ import annotations

import json

import pytest
from filelock import FileLock

from engine.domain import GroundplanError
from engine.mapping import jobs
from engine.mapping.findings import kept_doubts, kept_wrong_labels
from engine.mapping.request import map_request
from engine.mapping.store import kept_map
from engine.studies.hidden import hide_labels
from engine.studies.labels.importing import LabelRequest, take
from engine.studies.labels.journal import undo
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.mapping.conftest import SEASON

OPTIONS = {"recipe": made_up.SMALL, "learner": "random-forest", "folds": 2}


@pytest.fixture
def spawned(monkeypatch):
    """Requests whose process would have been started."""
    found = []
    monkeypatch.setattr(jobs, "spawn", lambda command, path, log: found.append((command, path)))
    return found


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


def test_a_job_makes_the_map_and_finds_doubts_and_the_map_without_the_trip(played, tmp_path, spawned):
    request, _ = map_request(open_study(played), SEASON, "transfer", **OPTIONS)
    assert jobs.map_status(request, tmp_path).state == "missing"
    jobs.start_map(request, played, tmp_path)
    jobs.start_map(request, played, tmp_path)  # it starts already
    assert [command for command, _ in spawned] == ["mapwork"]
    assert jobs.map_status(request, tmp_path).state == "running"
    path = spawned[0][1]
    with FileLock(path.with_suffix(".lock")):
        assert jobs.work_on_map(path) == 0  # another process is at it
        assert kept_map(tmp_path, request.key) is None
    assert jobs.work_on_map(path) == 0
    assert jobs.map_status(request, tmp_path).state == "done"
    made = kept_map(tmp_path, request.key)
    assert made is not None
    assert kept_doubts(tmp_path, request.key) is not None
    without = jobs.without_visit(open_study(played), request)
    assert without is not None
    assert not kept_map(tmp_path, without.key).card["training_parcels"]

    jobs.start_map(request, played, tmp_path, "wrong-labels")
    assert jobs.work_on_map(spawned[-1][1]) == 0
    assert set(kept_wrong_labels(tmp_path, request.key)) == {0.05, 0.1, 0.2}


def test_a_job_that_fails_says_so_with_a_cure(played, tmp_path, spawned, monkeypatch):
    request, _ = map_request(open_study(played), SEASON, "scratch", **OPTIONS)
    jobs.start_map(request, played, tmp_path)
    path = spawned[0][1]
    status = path.with_suffix(".status.json")
    record = json.loads(status.read_text())
    status.write_text(json.dumps({**record, "step": "train"}))  # and nobody holds the lock
    killed = jobs.map_status(request, tmp_path)
    assert (killed.state, "no label is lost" in killed.message) == ("failed", True)

    undo(played, 1)
    assert jobs.work_on_map(path) == 1
    failed = jobs.map_status(request, tmp_path)
    assert (failed.state, "labels have changed" in failed.message) == ("failed", True)

    monkeypatch.setattr(jobs, "open_study", lambda folder: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        jobs.work_on_map(path)
    assert "please report it" in jobs.map_status(request, tmp_path).message
    monkeypatch.setenv("GROUNDPLAN_READONLY", "1")
    with pytest.raises(GroundplanError, match="makes no maps"):
        jobs.start_map(request, played, tmp_path)
