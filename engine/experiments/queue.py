"""Whose turn it is: the jobs of a server share ``$GROUNDPLAN_SLOTS`` slots, 1 by default.

Whoever has fewer jobs running goes first, and of these, whose last job began the longest ago: so nobody's ten
jobs keep another's one waiting.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from engine.domain import GroundplanError
from engine.experiments.job_status import Status
from engine.experiments.jobs import Job, jobs_folder, live_of_pool, read_record
from engine.files import pool_folder

MOST_WORKERS = 4  # each holds torch and the series of a season or more
MOST_SLOTS = 64
TURNS = "turns.json"  # of each owner: the number of the turn in which a job of theirs began last


def waiting_jobs(workspace: Path) -> tuple[Job, ...]:
    """The jobs that wait for a slot, the next one first, of all workspaces that share them.

    Parameters
    ----------
    workspace
        Folder of the workspace.
    """
    return in_turn(live_of_pool(workspace), turns_of(workspace))


def in_turn(statuses: Mapping[Job, Status], turns: Mapping[str, int]) -> tuple[Job, ...]:
    """Those of the jobs going on that wait for a slot, the next one first.

    Each owner's jobs stand in the order of their priority, then of asking. Between owners, who has fewer jobs
    running or before this one goes first, then whose turn was the longest ago.

    Parameters
    ----------
    statuses
        How each job stands.
    turns
        In which turn a job of each owner began last, see `turns_of`.
    """
    states = [(job, status.state) for job, status in statuses.items()]
    ahead = Counter(owner_of(job) for job, state in states if state == "running")
    waiting = []
    queued = [job for job, state in states if state == "queued"]
    for job in sorted(queued, key=lambda job: (-job.priority(), job.asked(), job.folder.name)):
        owner = owner_of(job)
        waiting.append((ahead[owner], turns.get(owner, 0), job.asked(), job.folder.name, job))
        ahead[owner] += 1
    return tuple(job for *_, job in sorted(waiting, key=lambda place: place[:-1]))


def owner_of(job: Job) -> str:
    """Whose turn a job takes: an owner of one workspace is another one in another workspace.

    Parameters
    ----------
    job
        The job.
    """
    return f"{job.folder.parents[1].name}/{job.owner()}"


def turns_of(workspace: Path) -> dict[str, int]:
    """In which turn a job of each owner began last; empty where that cannot be read.

    Parameters
    ----------
    workspace
        Folder of the workspace.
    """
    record = read_record(jobs_folder(pool_folder(workspace)) / TURNS)
    return {owner: turn for owner, turn in record.items() if isinstance(turn, int)}


def slots() -> int:
    """How many jobs of a server run at the same time.

    Raises
    ------
    GroundplanError
        Where ``GROUNDPLAN_SLOTS`` is no whole number from 1 to `MOST_SLOTS`.
    """
    text = os.environ.get("GROUNDPLAN_SLOTS", "1")
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= MOST_SLOTS):
        raise GroundplanError(f"GROUNDPLAN_SLOTS is {text!r}. Give a whole number from 1 to {MOST_SLOTS}.")
    return int(text)


def workers_of_a_job() -> int:
    """Processes that a job is spread over: its share of the cores, `MOST_WORKERS` at most."""
    return min(max((os.cpu_count() or 1) // slots(), 1), MOST_WORKERS)
