"""Whose turn it is: the jobs of a workspace share ``$GROUNDPLAN_SLOTS`` slots, 1 by default.

Whoever has fewer jobs running goes first, so that nobody's ten jobs keep another's one waiting.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from engine.domain import GroundplanError
from engine.experiments.jobs import Job, Status, jobs_folder, live_statuses

POLL_S = 0.5
MOST_WORKERS = 4  # each holds torch and the series of a season or more


def waiting_jobs(workspace: Path) -> tuple[Job, ...]:
    """The jobs that wait for a slot, the next one first.

    Each owner's jobs stand in the order in which they were asked for; those who have fewer jobs before this
    one go first.

    Parameters
    ----------
    workspace
        Folder of the workspace.
    """
    return in_turn(live_statuses(workspace))


def in_turn(statuses: Mapping[Job, Status]) -> tuple[Job, ...]:
    """Those of the jobs going on that wait for a slot, the next one first, see `waiting_jobs`.

    Parameters
    ----------
    statuses
        How each stands.
    """
    states = [(job, status.state) for job, status in statuses.items()]
    ahead = Counter(job.owner() for job, state in states if state == "running")
    waiting = []
    for job in sorted((job for job, state in states if state == "queued"), key=Job.asked):
        waiting.append((ahead[job.owner()], job.asked(), job))
        ahead[job.owner()] += 1
    return tuple(job for _, _, job in sorted(waiting, key=lambda place: place[:2]))


def slots() -> int:
    """How many jobs of a workspace run at the same time.

    Raises
    ------
    GroundplanError
        Where ``GROUNDPLAN_SLOTS`` is no whole number above 0.
    """
    text = os.environ.get("GROUNDPLAN_SLOTS", "1")
    if not text.isdecimal() or int(text) < 1:
        raise GroundplanError(f"GROUNDPLAN_SLOTS is {text!r}. Give a whole number of at least 1.")
    return int(text)


def workers_of_a_job() -> int:
    """Processes that a job is spread over: its share of the cores, `MOST_WORKERS` at most."""
    return min(max((os.cpu_count() or 1) // slots(), 1), MOST_WORKERS)


@contextmanager
def slot(job: Job, workspace: Path, check: Callable[[], None]) -> Iterator[None]:
    """Hold a slot once it is this job's turn and one is free.

    Parameters
    ----------
    job
        The job that waits.
    workspace
        Folder of the workspace whose slots are shared.
    check
        Called while waiting; may raise to give up.
    """
    locks = [FileLock(jobs_folder(workspace) / f"slot-{number}.lock") for number in range(slots())]
    while True:
        check()
        if waiting_jobs(workspace)[:1] == (job,):
            for lock in locks:
                try:
                    lock.acquire(timeout=0)
                except Timeout:
                    continue
                try:
                    yield
                finally:
                    lock.release()
                return
        time.sleep(POLL_S)
