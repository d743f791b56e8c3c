"""Jobs on disk: plans that a process of its own runs, so that pages come and go freely.

A job is a folder, named after the plans it runs: asking twice does not run twice, and a job that failed is
not started again by a page that is merely redrawn. Its worker holds a lock as long as it lives: whoever finds
a job running and its lock free knows that the worker was killed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cattrs
from filelock import FileLock, Timeout

from engine.experiments.job_status import LATEST_S, Status, status_of
from engine.files import pool_folder, workspaces_of, write_json
from engine.parsing import json_of

if TYPE_CHECKING:
    from engine.experiments.plan import Plan

KEPT_RECORDS = 512
MOST_ATTEMPTS = 3  # times that a job is begun; a worker that is killed each time would be killed again
REQUEST, STATUS, CANCEL, LOCK, LOG = "request.json", "status.json", "cancel", "lock", "log.txt"


@dataclass(frozen=True)
class Job:
    """A job on disk."""

    folder: Path

    def status(self) -> Status:
        """How the job stands. One whose worker was killed is queued again, or ``lost`` after
        `MOST_ATTEMPTS`.
        """
        status = self.stored_status()
        if status.state != "running" or self.held():
            return status
        status = self.stored_status()  # the worker may have finished before its lock was tried
        return after_kill(status) if status.state == "running" else status

    def cancel(self) -> None:
        """Ask the worker to stop after the epoch it is in; what is finished is kept."""
        if self.folder.is_dir():
            (self.folder / CANCEL).touch()

    def stopping(self) -> bool:
        """Whether somebody asked it to stop."""
        return (self.folder / CANCEL).exists()

    def plans(self) -> tuple[Plan, ...]:
        """The plans it runs, also of a job of an older version; none where they cannot be read."""
        stamp = stamp_of(self.folder / REQUEST)
        return _plans(self.folder / REQUEST, stamp) if stamp else ()

    def owner(self) -> str:
        """Who started it."""
        return str(self.request().get("owner", ""))

    def asked(self) -> float:
        """When it was asked for, in seconds of the epoch; 0 where that cannot be read."""
        return _number(self.request().get("asked"))

    def priority(self) -> float:
        """Jobs of one owner with a higher one go first."""
        return _number(self.request().get("priority"))

    def request(self) -> dict[str, Any]:
        """What it was started with; empty where that cannot be read."""
        return dict(read_record(self.folder / REQUEST))

    def write_status(self, status: Status) -> None:
        """Store how it stands, for whoever looks."""
        write_json(self.folder / STATUS, asdict(status))

    def lock(self) -> FileLock:
        """The lock that its worker holds as long as it lives."""
        return FileLock(self.folder / LOCK)

    def stored_status(self) -> Status:
        """What was written last. A job without a status was asked for and never begun."""
        if stamp_of(self.folder / STATUS) is None:
            return Status("queued")
        path = self.folder / STATUS
        try:
            return status_of(read_record(path))
        except (cattrs.BaseValidationError, ValueError, TypeError):
            complaint = f"{path} cannot be read as the state of a job. Start the job again."
            return Status("lost", complaint=complaint)

    def held(self) -> bool:
        """Whether a living worker holds the job's lock."""
        try:
            with self.lock().acquire(timeout=0):
                return False
        except Timeout:
            return True
        except OSError:  # the folder is gone, or may not be written
            return False


def after_kill(status: Status) -> Status:
    """How a job stands whose worker ended without a word.

    Parameters
    ----------
    status
        What the worker wrote last.
    """
    attempts = status.attempts + 1
    if attempts < MOST_ATTEMPTS:
        return replace(status, state="queued", running=(), attempts=attempts)
    complaint = (
        f"The worker was killed {attempts} times, or the machine restarted. Look whether memory runs out, "
        "then start the job again; what is finished is kept."
    )
    return replace(status, state="lost", complaint=complaint, attempts=attempts)


def stamp_of(path: Path) -> tuple[int, int] | None:
    """What changes whenever a file is written anew; None where there is none.

    Parameters
    ----------
    path
        Of the file.
    """
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_ino


def read_record(path: Path) -> Mapping[str, Any]:
    """The JSON object of a file, empty where it cannot be read; a file that stays as it is, is read once.

    Parameters
    ----------
    path
        Of the file; whoever writes it replaces it.
    """
    stamp = stamp_of(path)
    return _record(path, stamp) if stamp else {}


@lru_cache(maxsize=KEPT_RECORDS)
def _record(path: Path, stamp: tuple[int, int]) -> Mapping[str, Any]:
    try:
        record = json_of(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


@lru_cache(maxsize=KEPT_RECORDS)
def _plans(path: Path, stamp: tuple[int, int]) -> tuple[Plan, ...]:
    from engine.experiments import format_1
    from engine.experiments.codec import CodecError

    try:
        return tuple(map(format_1.plan_of, _record(path, stamp).get("plans", ())))
    except (CodecError, TypeError):
        return ()


def _number(value: Any) -> float:
    """A number of a request; 0 where it is none."""
    return float(value) if isinstance(value, int | float) and abs(value) < LATEST_S else 0.0


def jobs_folder(workspace: Path) -> Path:
    """Where the jobs of a workspace lie: one path, whether it was named relatively or through a link.

    Parameters
    ----------
    workspace
        Folder of the workspace.
    """
    return workspace.resolve() / "jobs"


def job_of(plans: Sequence[Plan], workspace: Path) -> Job:
    """The job that runs these plans, started or not.

    Parameters
    ----------
    plans
        What it runs; their order does not matter.
    workspace
        Folder of the workspace.
    """
    keys = " ".join(sorted(plan.key for plan in plans))
    return Job(jobs_folder(workspace) / hashlib.sha256(keys.encode()).hexdigest()[:16])


def find(plans: Sequence[Plan], workspace: Path) -> Job | None:
    """The job that runs these plans, if it was ever started.

    Parameters
    ----------
    plans
        What it runs; their order does not matter.
    workspace
        Folder of the workspace.
    """
    job = job_of(plans, workspace)
    return job if any((job.folder / name).exists() for name in (STATUS, REQUEST)) else None


def every(workspace: Path) -> tuple[Job, ...]:
    """The jobs of a workspace, the one that was asked for last in front.

    Parameters
    ----------
    workspace
        Folder of the workspace.
    """
    folder = jobs_folder(workspace)
    folders = {path.parent for name in (REQUEST, STATUS) for path in folder.glob(f"*/{name}")}
    return tuple(sorted(map(Job, folders), key=lambda job: (-job.asked(), job.folder.name)))


def live(workspace: Path) -> tuple[Job, ...]:
    """The jobs of a workspace that are going on.

    Parameters
    ----------
    workspace
        Folder of the workspace.
    """
    return tuple(live_statuses(workspace))


def live_statuses(workspace: Path) -> dict[Job, Status]:
    """The jobs of a workspace that are going on, and how each stands, in the order of `every`.

    Parameters
    ----------
    workspace
        Folder of the workspace.
    """
    statuses = {job: job.status() for job in every(workspace)}
    return {job: status for job, status in statuses.items() if status.live}


def live_of_pool(workspace: Path) -> dict[Job, Status]:
    """The jobs that share slots with those of a workspace, and how each stands.

    Parameters
    ----------
    workspace
        Folder of a workspace, see `engine.files.pool_folder`.
    """
    found: dict[Job, Status] = {}
    for folder in workspaces_of(pool_folder(workspace)):
        found |= live_statuses(folder)
    return found
