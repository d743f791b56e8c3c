"""The process that starts the jobs of a server, each when it is its turn.

A job that waits is a folder and costs nothing: the dispatcher begins as many as there are slots, each in a
process of its own, which can be killed without harm to others. It begins a job again whose worker was killed,
and ends when nothing is left to do. Killed itself, its workers end with it; whoever looks at the jobs next
starts it anew, and what was finished is kept.

huey, rq and their like share one queue among equal workers: they know no owners that take turns, lose a task
whose worker is killed, and cannot stop a task in the middle. So the queue is our own.
"""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from engine.experiments.job_status import Status
from engine.experiments.jobs import LOG, Job, after_kill, jobs_folder, live_of_pool
from engine.experiments.progress import STOPPED
from engine.experiments.queue import TURNS, in_turn, owner_of, slots, turns_of
from engine.experiments.spawning import spawn
from engine.files import make_folder, pool_folder, write_json

POLL_S = 0.25
LOCKED_S = 5.0  # that a look at a lock may keep it
IDLE_S = 20.0  # without a job, after which it ends
DOOR, LOCK = "queue.lock", "dispatcher.lock"
COMMANDS = ("work", "mapwork")  # that a job may ask for


def door(workspace: Path) -> FileLock:
    """The lock that whoever changes the queue holds for that moment.

    Parameters
    ----------
    workspace
        Folder of the workspace.
    """
    folder = jobs_folder(pool_folder(workspace))
    make_folder(folder)
    return FileLock(folder / DOOR)


def ensure_dispatcher(workspace: Path) -> None:
    """Have a process that starts the jobs of a workspace, if one of them is going on.

    Parameters
    ----------
    workspace
        Folder of the workspace.

    Raises
    ------
    GroundplanError
        Where the workspace cannot be written.
    """
    pool = pool_folder(workspace)
    if _is_at_work(pool) or not live_of_pool(pool):
        return
    with door(pool):
        if not _is_at_work(pool):
            with (jobs_folder(pool) / "dispatcher.log").open("ab") as log:
                spawn("dispatch", pool, log)


def _is_at_work(pool: Path) -> bool:
    """Whether a process starts the jobs."""
    path = jobs_folder(pool) / LOCK
    if not path.exists():
        return False
    try:
        with FileLock(path).acquire(timeout=0):
            return False
    except Timeout:
        return True


def dispatch(workspace: Path, idle_s: float = IDLE_S) -> int:
    """Start jobs until there are none; returns the exit status.

    Parameters
    ----------
    workspace
        Whose jobs, see `engine.files.pool_folder`.
    idle_s
        Seconds without a job, after which it ends.
    """
    pool = pool_folder(workspace)
    make_folder(jobs_folder(pool))
    lock = FileLock(jobs_folder(pool) / LOCK)
    try:
        held = lock.acquire(timeout=LOCKED_S)
    except Timeout:
        return 0  # another one is at it
    with held:
        dispatcher = _Dispatcher(pool)
        idle_since = time.monotonic()
        while True:
            if dispatcher.step():
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since >= idle_s:
                with door(pool):  # nobody asks for a job while it looks for the last time
                    if not dispatcher.step():
                        lock.release()
                        return 0
            time.sleep(POLL_S)


@dataclass
class _Dispatcher:
    """The jobs that run, each with its process."""

    pool: Path
    running: dict[Job, subprocess.Popen[Any]] = field(default_factory=dict)

    def step(self) -> bool:
        """See who has ended and begin what can begin; whether a job is going on."""
        for job, process in list(self.running.items()):
            if process.poll() is not None:
                del self.running[job]
                status = job.stored_status()
                if status.state == "queued" and job.folder.is_dir():  # it ended before it could say a word
                    job.write_status(after_kill(status))
        statuses = live_of_pool(self.pool)
        for job, status in statuses.items():
            if job in self.running or (status.state == "running" and job.held()):
                statuses[job] = replace(status, state="running")
            else:
                statuses[job] = _settled(job, status)
        free = slots() - sum(status.state == "running" for status in statuses.values())
        for job in in_turn(statuses, turns_of(self.pool))[: max(free, 0)]:
            self._begin(job)
        return bool(self.running) or any(status.live for status in statuses.values())

    def _begin(self, job: Job) -> None:
        turns = turns_of(self.pool)
        turns[owner_of(job)] = max(turns.values(), default=0) + 1
        write_json(jobs_folder(self.pool) / TURNS, turns)
        command = job.request().get("command", COMMANDS[0])
        if command not in COMMANDS:
            job.write_status(Status("failed", complaint=f"The job asks for {command!r}. Start it again."))
            return
        with (job.folder / LOG).open("ab") as log:
            self.running[job] = spawn(command, job.folder, log)


def _settled(job: Job, status: Status) -> Status:
    """How a job stands that no process runs: cancelled, queued, or given up; written where that is new."""
    if job.stopping():
        status = replace(status, state="cancelled", complaint=STOPPED, running=())
    if status != job.stored_status():
        job.write_status(status)
    return status
