"""Who begins when, what is begun again, and what stays in order whatever is killed, damaged or set back."""

import os
import shutil
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain import GroundplanError
from engine.experiments import dispatcher, jobs, queue, worker
from engine.experiments.archive import Archive
from engine.experiments.dispatcher import _Dispatcher
from engine.experiments.job_status import Status
from engine.experiments.jobs import MOST_ATTEMPTS, Job
from engine.experiments.run import run_plans
from engine.files import write_json
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.made_up import SMALL, grid

GARBAGE = (b"[]", b"{", b"\xff\x00", b"", b'{"owner": [], "asked": "x", "priority": {}}', b"[" * 100_000)

ANA, BO = "a" * 20, "b" * 20  # workspaces of two users


class Process:
    """A worker that a test ends."""

    def __init__(self, job):
        self.job, self.ended = job, None
        self.lock = job.lock()
        self.lock.acquire()
        job.write_status(Status("running", attempts=job.stored_status().attempts))

    def end(self, state):
        if state != "killed":
            self.job.write_status(Status(state))
        self.lock.release()
        self.ended = 1

    def poll(self):
        return self.ended


@pytest.fixture
def began(monkeypatch):
    """The workers that a dispatcher began, in order, instead of processes."""
    began = []

    def spawn(command, path, log):
        began.append(Process(Job(path)))
        return began[-1]

    monkeypatch.setattr(dispatcher, "spawn", spawn)
    return began


def ask(workspace, owner, number, **request):
    """A job that waits."""
    job = Job(jobs.jobs_folder(workspace) / f"{owner}-{number}")
    facts = {"owner": owner, "asked": float(number), "study": "", "workspace": "", "workers": 1, "plans": []}
    write_json(job.folder / "request.json", {**facts, **request})
    job.write_status(Status("queued"))
    return job


def order(pool, began):
    """The names of all jobs in the order in which they run."""
    runner = _Dispatcher(pool)
    while runner.step():
        for process in began:
            if process.ended is None:
                process.end("done")
                break
    return [process.job.folder.name for process in began]


def test_with_one_slot_six_jobs_of_somebody_keep_anothers_waiting_for_one_of_them_only(tmp_path, began):
    for number in range(6):
        ask(tmp_path, "ana", number)
    ask(tmp_path, "bo", 6)
    assert order(tmp_path, began)[:3] == ["ana-0", "bo-6", "ana-1"]


@settings(max_examples=30, deadline=None)
@given(owners=st.lists(st.sampled_from("abc"), min_size=1, max_size=9))
def test_between_two_jobs_of_an_owner_everybody_who_waits_has_a_turn(owners):
    statuses, turns, taken = {}, {}, []
    for number, owner in enumerate(owners):
        job = _Asked(owner, number)
        statuses[job] = Status("queued")
    while statuses:
        job = queue.in_turn(statuses, turns)[0]
        turns[queue.owner_of(job)] = max(turns.values(), default=0) + 1
        taken.append(job.owner())
        del statuses[job]
    left = Counter(owners)
    for first, owner in enumerate(taken):
        again = next((at for at in range(first + 1, len(taken)) if taken[at] == owner), None)
        left[owner] -= 1
        if again is not None:
            waited = {other for other, count in left.items() if count and other != owner}
            assert waited <= set(taken[first + 1 : again])


class _Asked(Job):
    def __new__(cls, owner, number):
        return super().__new__(cls)

    def __init__(self, owner, number):
        object.__setattr__(self, "folder", Path("w/jobs") / f"{owner}{number}")

    def owner(self):
        return self.folder.name[0]

    def asked(self):
        return float(self.folder.name[1:])

    def priority(self):
        return 0.0


def test_whoever_has_fewer_jobs_running_goes_first(tmp_path, began, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_SLOTS", "2")
    for owner, number in (("ana", 1), ("ana", 2), ("ana", 3), ("bo", 4), ("bo", 5), ("cy", 6)):
        ask(tmp_path, owner, number)
    runner = _Dispatcher(tmp_path)
    runner.step()
    assert [process.job.folder.name for process in began] == ["ana-1", "bo-4"]
    waiting = [job.folder.name for job in queue.waiting_jobs(tmp_path)]
    assert waiting == ["cy-6", "ana-2", "bo-5", "ana-3"]


def test_an_owner_may_put_a_job_before_the_others_of_theirs_and_of_nobody_else(tmp_path, began):
    for owner, number in (("bo", 0), ("ana", 1), ("ana", 2)):
        ask(tmp_path, owner, number)
    worker.put_first(Job(jobs.jobs_folder(tmp_path) / "ana-2"))
    assert order(tmp_path, began) == ["bo-0", "ana-2", "ana-1"]
    with pytest.raises(GroundplanError, match="it is done"):
        worker.put_first(Job(jobs.jobs_folder(tmp_path) / "ana-1"))


def test_users_workspaces_share_the_slots_of_the_server(tmp_path, began):
    for owner in (ANA, BO):
        for number in range(2):
            ask(tmp_path / "users" / owner, "", number)
    _Dispatcher(tmp_path).step()
    assert len(began) == 1
    began[0].end("done")
    began.clear()
    assert len(order(tmp_path, began)) == 3
    assert {process.job.folder.parents[1].name for process in began[:1]} == {BO}


def test_a_killed_job_is_begun_again_but_not_for_ever(tmp_path, began):
    job, other = ask(tmp_path, "ana", 0), ask(tmp_path, "bo", 1)
    runner = _Dispatcher(tmp_path)
    while runner.step():
        live = [process for process in began if process.ended is None]
        live[0].end("killed" if live[0].job == job else "done")
    assert job.status().state == "lost"
    assert f"killed {MOST_ATTEMPTS} times" in job.status().complaint
    assert other.status().state == "done"
    assert sum(process.job == job for process in began) == MOST_ATTEMPTS


def test_a_worker_that_never_says_a_word_is_not_begun_for_ever(tmp_path, monkeypatch):
    job, begun = ask(tmp_path, "ana", 0), []

    def spawn(command, path, log):
        begun.append(path)
        return SimpleNamespace(poll=lambda: 1)

    monkeypatch.setattr(dispatcher, "spawn", spawn)
    runner = _Dispatcher(tmp_path)
    while runner.step():
        assert len(begun) <= MOST_ATTEMPTS
    assert len(begun) == MOST_ATTEMPTS
    assert job.status().state == "lost"


def test_a_new_dispatcher_goes_on_with_what_an_old_one_left(tmp_path, began):
    killed, waiting = ask(tmp_path, "ana", 0), ask(tmp_path, "ana", 1)
    killed.write_status(Status("running", 3, 9))  # nobody holds its lock
    held = ask(tmp_path, "ana", 2)
    held.write_status(Status("running"))
    runner = _Dispatcher(tmp_path)
    with FileLock(held.folder / "lock"):
        runner.step()
        assert not began  # the only slot is taken by a worker that still lives
    held.write_status(Status("done"))
    assert order(tmp_path, began) == [killed.folder.name, waiting.folder.name]


def test_a_job_that_waits_is_cancelled_without_a_worker(tmp_path, began):
    first, second = ask(tmp_path, "ana", 0), ask(tmp_path, "ana", 1)
    runner = _Dispatcher(tmp_path)
    runner.step()
    second.cancel()
    runner.step()
    assert second.status().state == "cancelled"
    assert "as you asked" in second.status().complaint
    assert [process.job for process in began] == [first]


@pytest.mark.parametrize("name", ["request.json", "status.json", "turns.json"])
@pytest.mark.parametrize("content", GARBAGE)
def test_a_damaged_file_of_a_job_keeps_nobody_waiting(tmp_path, began, name, content):
    ask(tmp_path, "ana", 0)
    good = ask(tmp_path, "bo", 1)
    damaged = jobs.jobs_folder(tmp_path) / ("" if name == "turns.json" else "ana-0") / name
    damaged.write_bytes(content)
    assert good.folder.name in order(tmp_path, began)
    assert good.status().state == "done"


def test_a_lost_status_file_does_not_lose_the_job(tmp_path, began):
    job = ask(tmp_path, "ana", 0)
    (job.folder / "status.json").unlink()
    assert order(tmp_path, began) == ["ana-0"]


def test_a_job_whose_folder_is_deleted_is_gone_and_the_next_one_begins(tmp_path, began):
    job, other = ask(tmp_path, "ana", 0), ask(tmp_path, "ana", 1)
    runner = _Dispatcher(tmp_path)
    runner.step()
    began[0].lock.release()
    shutil.rmtree(job.folder)
    began[0].ended = 1
    runner.step()
    assert began[-1].job == other


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_study(made_up.study(parcels=40), tmp_path_factory.mktemp("study") / "made-up")


def plans_of(folder, **changes):
    study = open_study(folder)
    return grid(
        study,
        "2021",
        study.departure,
        [20, 30],
        ["radius"],
        ["scratch"],
        "cnn1d",
        SMALL,
        repeats=2,
        **changes,
    )


def test_a_clock_that_is_set_back_does_not_change_the_order_of_asking(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "ensure_dispatcher", lambda workspace: None)
    first = worker.start(plans_of(folder), folder, tmp_path)
    monkeypatch.setattr(worker.time, "time", lambda: 1000.0)
    second = worker.start(plans_of(folder, seed=9), folder, tmp_path)
    assert [first, second] == list(queue.waiting_jobs(tmp_path))


def test_starts_at_the_same_time_make_one_job(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "ensure_dispatcher", lambda workspace: None)
    plans, found, written = plans_of(folder), [], []
    write = worker.write_json
    monkeypatch.setattr(
        worker, "write_json", lambda path, record: (written.append(path), write(path, record))
    )
    threads = [
        threading.Thread(target=lambda: found.append(worker.start(plans, folder, tmp_path))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(written) == 1


def test_two_dispatchers_of_a_workspace_are_one(tmp_path, monkeypatch):
    monkeypatch.setattr(dispatcher, "LOCKED_S", 0.1)
    (tmp_path / "jobs").mkdir()
    with FileLock(tmp_path / "jobs" / dispatcher.LOCK):
        began = time.monotonic()
        assert dispatcher.dispatch(tmp_path, idle_s=60) == 0
    assert time.monotonic() - began < 30


def processes_of(folder):
    """Processes whose command line names a folder, with all that they started."""
    found = []
    for process in psutil.process_iter():
        try:
            if any(str(folder) in word for word in process.cmdline()):
                found += [process, *process.children(recursive=True)]
        except psutil.Error:
            pass
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_a_killed_dispatcher_leaves_no_orphan_and_its_job_goes_on_to_the_same_outcomes(folder, tmp_path):
    plans = plans_of(folder)
    job = worker.start(plans, folder, tmp_path, workers=2)
    end = time.monotonic() + 120
    while job.status().done < 1:  # of its steps: its own workers are at it
        assert time.monotonic() < end, job.status()
        time.sleep(0.1)
    (parent,) = (each for each in processes_of(tmp_path) if "dispatch" in each.cmdline())
    children = parent.children(recursive=True)
    os.kill(parent.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]
    while job.status().state != "done":
        dispatcher.ensure_dispatcher(tmp_path)
        assert time.monotonic() < end, job.status()
        time.sleep(0.2)
    undisturbed = run_plans(open_study(folder), plans, Archive(tmp_path / "undisturbed"))
    for outcome in undisturbed:
        found = Archive(tmp_path).outcome(outcome.plan)
        assert (found.repeats, found.confusion) == (outcome.repeats, outcome.confusion)
