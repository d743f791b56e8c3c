import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock

from engine.domain import GroundplanError
from engine.experiments import jobs, queue, worker
from engine.experiments.archive import Archive
from engine.experiments.calibration import missing_kinds
from engine.experiments.job_status import Status
from engine.experiments.progress import loss_curves
from engine.experiments.speeds import speeds_of
from engine.experiments.status import plan_statuses, run_status
from engine.files import write_json
from engine.learning.recipes import Schedule
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.made_up import SMALL, grid

SLOW = dataclasses.replace(SMALL, name="slow", scratch=Schedule(100_000, 8, 1e-2))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_study(made_up.study(parcels=40), tmp_path_factory.mktemp("study") / "made-up")


def ask(folder, recipe=SMALL, **changes):
    study = open_study(folder)
    return grid(
        study, "2021", study.departure, [30], ["radius"], ["scratch"], "cnn1d", recipe, repeats=1, **changes
    )


def wait_for(job, states, seconds=90):
    end = time.monotonic() + seconds
    while (status := job.status()).state not in states:
        assert time.monotonic() < end, status
        time.sleep(0.2)
    return status


def worker_of(job):
    listing = subprocess.run(["pgrep", "-f", str(job.folder)], capture_output=True, text=True, check=True)
    return int(listing.stdout.split()[0])


def test_a_job_answers_its_plans_in_a_process_of_its_own(folder, tmp_path):
    plans = ask(folder)
    assert run_status(plans, Archive(tmp_path)).open == plans
    job = worker.start(plans, folder, tmp_path)
    status = wait_for(job, {"done"})
    assert status.done == status.steps == 1
    run = run_status(plans, Archive(tmp_path))
    assert not run.open
    assert not run.live
    assert run.answered[0] == Archive(tmp_path).outcome(plans[0])


def test_asking_twice_starts_one_job_and_another_page_finds_it(folder, tmp_path):
    plans = ask(folder, SLOW)
    job = worker.start(plans, folder, tmp_path)
    again = worker.start(plans, folder, tmp_path)
    assert job == again == jobs.find(plans, tmp_path)
    assert run_status(plans, Archive(tmp_path)).live
    job.cancel()
    wait_for(job, {"cancelled"})


def test_a_cancelled_job_stops_in_the_middle_of_a_training_and_can_go_on(folder, tmp_path):
    plans = ask(folder, SLOW)
    job = worker.start(plans, folder, tmp_path)
    wait_for(job, {"running"})
    job.cancel()
    assert "as you asked" in wait_for(job, {"cancelled"}).complaint
    assert worker.start(plans, folder, tmp_path).status().live
    job.cancel()
    wait_for(job, {"cancelled"})


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_a_killed_worker_is_noticed_and_begun_again(folder, tmp_path):
    job = worker.start(ask(folder, SLOW), folder, tmp_path)
    wait_for(job, {"running"})
    os.kill(worker_of(job), signal.SIGKILL)
    end = time.monotonic() + 90
    while job.stored_status().attempts != 1 or job.status().state != "running":
        assert time.monotonic() < end, job.status()
        time.sleep(0.2)
    job.cancel()
    assert wait_for(job, {"cancelled"}).attempts == 1


def test_a_second_job_waits_for_its_turn_without_a_process_and_can_be_cancelled_meanwhile(folder, tmp_path):
    first = worker.start(ask(folder, SLOW), folder, tmp_path)
    wait_for(first, {"running"})
    second = worker.start(ask(folder, SLOW, seed=9), folder, tmp_path)
    time.sleep(3)
    assert second.status().state == "queued"
    assert not subprocess.run(["pgrep", "-f", str(second.folder)], capture_output=True).stdout
    second.cancel()
    wait_for(second, {"cancelled"})
    assert first.status().state == "running"
    first.cancel()
    wait_for(first, {"cancelled"})


def test_a_failed_job_says_why_and_is_not_started_again_by_looking(folder, tmp_path):
    plans = ask(folder)
    job = worker.start(plans, tmp_path / "no study here", tmp_path)
    complaint = wait_for(job, {"failed"}).complaint
    assert "no study here" in complaint
    assert "Traceback" not in complaint
    assert run_status(plans, Archive(tmp_path)).status.state == "failed"
    assert not run_status(plans, Archive(tmp_path)).live


@pytest.mark.parametrize(
    "garbage", [{"state": "running", "nonsense": 1}, [], {"state": "running", "done": "x"}]
)
def test_a_job_whose_state_is_garbage_counts_as_lost(folder, tmp_path, garbage):
    job = jobs.job_of(ask(folder), tmp_path)
    write_json(job.folder / "status.json", garbage)
    assert job.status().state == "lost"


def test_two_slots_run_two_jobs_at_once(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_SLOTS", "2")
    both = [worker.start(ask(folder, SLOW, seed=seed), folder, tmp_path) for seed in (0, 9)]
    for job in both:
        wait_for(job, {"running"})
    for job in both:
        job.cancel()
        wait_for(job, {"cancelled"})


def test_the_number_of_slots_must_be_one(monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_SLOTS", "many")
    with pytest.raises(GroundplanError, match="whole number"):
        queue.slots()


def test_losses_can_be_watched_while_it_trains_and_start_anew_with_the_job(folder, tmp_path):
    job = worker.start(ask(folder, SLOW), folder, tmp_path)
    end = time.monotonic() + 90
    while not (curves := loss_curves(job.folder)):
        assert time.monotonic() < end
        time.sleep(0.2)
    (curve,) = curves
    assert curve.live
    assert curve.training == "scratch, radius 30 km, repeat 1"
    assert list(curve.epoch) == sorted(curve.epoch)
    assert len(curve.epoch) == len(curve.loss)
    job.cancel()
    wait_for(job, {"cancelled"})
    worker.resume(job)
    assert not any(curve.epoch[-1] > SLOW.scratch.epochs // 2 for curve in loss_curves(job.folder))
    job.cancel()
    wait_for(job, {"cancelled"})


def test_a_line_that_is_being_written_is_skipped(tmp_path):
    (tmp_path / "curves").mkdir()
    (tmp_path / "curves" / "a.jsonl").write_text('["t", 1, 4, 0.5]\n["t", 2, 4, 0.4]\n["t", 3')
    (curve,) = loss_curves(tmp_path)
    assert curve.loss == (0.5, 0.4)


@pytest.mark.parametrize("how", ["relative", "through a link"])
def test_a_job_starts_in_a_workspace_named_relatively_or_through_a_link(folder, tmp_path, monkeypatch, how):
    (tmp_path / "real").mkdir()
    if how == "relative":
        monkeypatch.chdir(tmp_path)
        workspace = Path("real")
    else:
        workspace = tmp_path / "link"
        workspace.symlink_to(tmp_path / "real")
    plans = ask(folder)
    job = worker.start(plans, folder, workspace)
    wait_for(job, {"done"})
    assert jobs.find(plans, tmp_path / "real") == job
    assert Archive(tmp_path / "real").outcome(plans[0])


OLD_JOB = Path(__file__).parent / "format_1" / "jobs" / "0123456789abcdef"


def test_a_job_of_an_older_version_is_listed_with_its_plans_and_goes_on_under_todays_name(folder, tmp_path):
    old = jobs.jobs_folder(tmp_path) / OLD_JOB.name
    shutil.copytree(OLD_JOB, old)
    (job,) = jobs.every(tmp_path)
    (plan,) = job.plans()
    assert (job.status().state, plan.method.name, plan.design.name) == ("cancelled", "ensemble", "radius")
    record = json.loads((old / "request.json").read_text())
    write_json(old / "request.json", {**record, "study": str(folder), "workspace": str(tmp_path)})
    resumed = worker.resume(job)
    assert resumed == jobs.job_of([plan], tmp_path) != job
    resumed.cancel()
    wait_for(resumed, {"cancelled", "failed"})  # the study of this test is another one


@pytest.mark.parametrize("plans", [[{"is": "Popen"}], [{"is": "Plan", "design": {"is": []}}], [3], None])
def test_a_job_whose_plans_cannot_be_read_is_listed_and_refused_with_a_cure(tmp_path, plans):
    job = jobs.Job(jobs.jobs_folder(tmp_path) / "broken")
    write_json(job.folder / "request.json", {"study": "s", "workspace": "w", "workers": 1, "plans": plans})
    job.write_status(Status("failed"))
    assert jobs.every(tmp_path) == (job,)
    assert job.plans() == ()
    with pytest.raises(GroundplanError, match="Choose the plans again"):
        worker.resume(job)


def test_a_job_says_what_goes_on_and_how_long_the_rest_takes(folder, tmp_path):
    job = worker.start(ask(folder, SLOW), folder, tmp_path)
    wait_for(job, {"running"})
    end = time.monotonic() + 90
    while not (status := job.status()).steps:
        assert time.monotonic() < end, status
        time.sleep(0.2)
    assert status.running == ("scratch, radius 30 km, repeat 1 of 1",)
    assert status.seconds_left() > 0
    assert 0 <= status.share() < 1
    row = json.loads(json.dumps(status.row()))
    assert row["running"] == [*status.running]
    assert row["seconds_left"] >= 0
    job.cancel()
    assert wait_for(job, {"cancelled"}).row()["running"] == []


def test_time_left_runs_down_and_a_step_that_takes_longer_still_has_time_left():
    status = Status("running", 1, 3, elapsed_s=30.0, left_s=70.0, waiting_s=40.0, updated=1000.0)
    assert status.seconds_left(1000.0) == 70
    assert status.share(1000.0) == pytest.approx(0.3)
    assert status.seconds_left(1020.0) == 50
    assert status.share(1020.0) == pytest.approx(0.5)
    assert status.seconds_left(1100.0) == pytest.approx(50)  # the steps that wait, and a tenth of 100 s
    assert dataclasses.replace(status, state="done").share() == 1
    assert dataclasses.replace(status, state="queued").seconds_left() is None


def test_a_second_look_at_jobs_opens_no_file(folder, tmp_path, monkeypatch):
    plans = ask(folder, seed=3)
    job = jobs.job_of(plans, tmp_path)
    write_json(job.folder / "request.json", {"owner": "ana", "asked": 1.0, "plans": []})
    job.write_status(Status("running", 1, 2))
    opened, read = [], Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: opened.append(path.name) or read(path))
    with FileLock(job.folder / "lock"):
        first = run_status(plans, Archive(tmp_path))
        assert first.working
        assert opened
        opened.clear()
        assert run_status(plans, Archive(tmp_path)) == first
        assert not opened
        job.write_status(Status("running", 2, 2))
        assert run_status(plans, Archive(tmp_path)).status.done == 2
        assert opened == ["status.json"]


def test_speed_is_measured_in_a_process_of_its_own_once(folder, tmp_path):
    plans, archive = ask(folder), Archive(tmp_path)
    study = open_study(folder)
    assert missing_kinds(study, plans, archive)
    assert worker.start_calibration(plans, folder, tmp_path)
    assert worker.start_calibration(plans, folder, tmp_path)  # another tab
    end = time.monotonic() + 90
    while missing_kinds(study, plans, archive):
        assert time.monotonic() < end
        time.sleep(0.2)
    speeds = speeds_of(archive, ())
    assert all(speed > 0 for speed in speeds.series.values())
    (status,) = plan_statuses(study, plans, run_status(plans, archive), archive, speeds)
    assert status.seconds > 0
