import dataclasses
import os
import signal
import subprocess
import sys
import time

import pytest

from engine.experiments import desk, jobs
from engine.experiments.archive import Archive, write_json
from engine.experiments.plan import grid
from engine.learning.recipes import Schedule
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.made_up import TINY

SLOW = dataclasses.replace(TINY, name="slow", scratch=Schedule(100_000, 8, 1e-2))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_study(made_up.study(parcels=40), tmp_path_factory.mktemp("study") / "made-up")


def ask(folder, recipe=TINY, **changes):
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
    found = subprocess.run(["pgrep", "-f", str(job.folder)], capture_output=True, text=True, check=True)
    return int(found.stdout.split()[0])


def test_a_job_answers_its_plans_in_a_process_of_its_own(folder, tmp_path):
    plans = ask(folder)
    assert desk.standing(plans, Archive(tmp_path)).open == plans
    job = jobs.start(plans, folder, tmp_path)
    status = wait_for(job, {"done"})
    assert status.done == status.steps == 1
    now = desk.standing(plans, Archive(tmp_path))
    assert not now.open
    assert not now.live
    assert now.answered[0] == Archive(tmp_path).outcome(plans[0])


def test_asking_twice_starts_one_job_and_another_page_finds_it(folder, tmp_path):
    plans = ask(folder, SLOW)
    job = jobs.start(plans, folder, tmp_path)
    again = jobs.start(plans, folder, tmp_path)
    assert job == again == jobs.find(plans, tmp_path)
    assert desk.standing(plans, Archive(tmp_path)).live
    job.cancel()
    wait_for(job, {"cancelled"})


def test_a_cancelled_job_stops_in_the_middle_of_a_training_and_can_go_on(folder, tmp_path):
    plans = ask(folder, SLOW)
    job = jobs.start(plans, folder, tmp_path)
    wait_for(job, {"running"})
    job.cancel()
    assert "as you asked" in wait_for(job, {"cancelled"}).complaint
    assert jobs.start(plans, folder, tmp_path).status().live
    job.cancel()
    wait_for(job, {"cancelled"})


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_a_killed_worker_is_noticed_and_can_be_started_again(folder, tmp_path):
    plans = ask(folder, SLOW)
    job = jobs.start(plans, folder, tmp_path)
    wait_for(job, {"running"})
    os.kill(worker_of(job), signal.SIGKILL)
    assert "killed" in wait_for(job, {"lost"}).complaint
    job = jobs.start(plans, folder, tmp_path)
    wait_for(job, {"running"})
    job.cancel()
    wait_for(job, {"cancelled"})


def test_a_second_job_waits_for_its_turn_and_can_be_cancelled_while_it_waits(folder, tmp_path):
    first = jobs.start(ask(folder, SLOW), folder, tmp_path)
    wait_for(first, {"running"})
    second = jobs.start(ask(folder, SLOW, seed=9), folder, tmp_path)
    time.sleep(3)
    assert second.status().state == "queued"
    second.cancel()
    wait_for(second, {"cancelled"})
    assert first.status().state == "running"
    first.cancel()
    wait_for(first, {"cancelled"})


def test_a_failed_job_says_why_and_is_not_started_again_by_looking(folder, tmp_path):
    plans = ask(folder)
    job = jobs.start(plans, tmp_path / "no study here", tmp_path)
    complaint = wait_for(job, {"failed"}).complaint
    assert "no study here" in complaint
    assert "Traceback" not in complaint
    assert desk.standing(plans, Archive(tmp_path)).status.state == "failed"
    assert not desk.standing(plans, Archive(tmp_path)).live


def test_a_job_whose_state_is_garbage_counts_as_lost(folder, tmp_path):
    job = jobs.job_of(ask(folder), tmp_path)
    write_json(job.folder / "status.json", {"state": "running", "nonsense": 1})
    assert job.status().state == "lost"
