"""Jobs on disk: plans that a process of its own runs, so that pages come and go freely.

A job is a folder, named after the plans it runs: asking twice does not run twice, and a job that failed is
not started again by a page that is merely redrawn. Its worker holds a lock as long as it lives: whoever finds
a job unfinished and its lock free knows that the worker was killed.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from cattrs import BaseValidationError, Converter
from filelock import FileLock, Timeout

from engine.experiments import format_1
from engine.experiments.codec import CodecError
from engine.experiments.pace import OVERRUN
from engine.experiments.plan import Plan
from engine.files import write_json
from engine.parsing import json_of

State = Literal["queued", "running", "done", "failed", "cancelled", "lost"]
LIVE: tuple[State, ...] = ("queued", "running")
STARTING_S = 30.0
LATEST_S = 1e11  # seconds of the epoch; what is later is no time
KEPT_RECORDS = 512
REQUEST, STATUS, CANCEL, LOCK = "request.json", "status.json", "cancel", "lock"


@dataclass(frozen=True)
class Status:
    """How a job stands.

    Parameters
    ----------
    state
        ``lost`` where its worker ended without a word.
    done, steps
        Finished steps of all.
    what
        The step that has just finished.
    complaint
        Why it failed, was cancelled or is lost.
    started
        When, in seconds of the epoch.
    running
        The steps that were going on when this was written, in words.
    elapsed_s, left_s, waiting_s
        See `engine.experiments.progress.Progress`.
    updated
        When this was written, in seconds of the epoch.
    """

    state: State
    done: int = 0
    steps: int = 0
    what: str = ""
    complaint: str = ""
    started: float = 0.0
    running: tuple[str, ...] = ()
    elapsed_s: float = 0.0
    left_s: float = 0.0
    waiting_s: float = 0.0
    updated: float = 0.0

    def seconds_left(self, now: float | None = None) -> float | None:
        """How long the rest takes; None before it runs. A step that takes longer than thought still needs a
        tenth of that time.

        Parameters
        ----------
        now
            In seconds of the epoch; by default the clock's.
        """
        if self.state != "running" or not self.steps:
            return None
        since = max((time.time() if now is None else now) - self.updated, 0.0)
        return max(self.left_s - since, self.waiting_s + OVERRUN * since)

    def share(self, now: float | None = None) -> float:
        """The share of the run's time that has passed, 0 to 1.

        Parameters
        ----------
        now
            In seconds of the epoch; by default the clock's.
        """
        if self.state == "done":
            return 1.0
        left = self.seconds_left(now)
        if left is None:
            return min(self.done / self.steps, 1.0) if self.steps else 0.0
        passed = self.elapsed_s + max((time.time() if now is None else now) - self.updated, 0.0)
        return passed / (passed + left) if passed + left > 0 else 0.0

    def row(self) -> dict[str, Any]:
        """The status as a flat, machine-readable row."""
        left = self.seconds_left()
        return {
            "state": self.state,
            "done": self.done,
            "steps": self.steps,
            "what": self.what,
            "running": list(self.running) if self.live else [],
            "share": round(self.share(), 4),
            "seconds_left": None if left is None else round(left),
            "complaint": self.complaint,
            "started": self.started,
        }

    @property
    def live(self) -> bool:
        """Whether it is going on."""
        return self.state in LIVE


def _exactly(value: Any, kind: type) -> Any:
    """A value of that type, a number no larger than a time can be; a whole number counts as decimal."""
    fits = isinstance(value, (int, float) if kind is float else kind) and not isinstance(value, bool)
    if not fits or (kind is not str and not 0 <= value < LATEST_S):
        raise ValueError(f"{value!r:.40} is no {kind.__name__}")
    return kind(value)


RECORDS = Converter(forbid_extra_keys=True)  # of states, whose values must be of the types that they say
for _kind in (str, int, float):
    RECORDS.register_structure_hook(_kind, _exactly)


@dataclass(frozen=True)
class Job:
    """A job on disk."""

    folder: Path

    def status(self) -> Status:
        """How the job stands; a worker that died without a word is ``lost``."""
        status = self._stored_status()
        starting = status.state == "queued" and time.time() - status.started < STARTING_S
        if not status.live or starting or self._held():
            return status
        status = self._stored_status()  # the worker may have finished before its lock was tried
        if not status.live:
            return status
        return replace(
            status,
            state="lost",
            complaint="The worker stopped without a word: it was killed, or the machine restarted. Start the "
            "job again; what is finished is kept.",
        )

    def cancel(self) -> None:
        """Ask the worker to stop after the epoch it is in; what is finished is kept."""
        (self.folder / CANCEL).touch()

    def stopping(self) -> bool:
        """Whether somebody asked it to stop."""
        return (self.folder / CANCEL).exists()

    def plans(self) -> tuple[Plan, ...]:
        """The plans it runs, also of a job of an older version; none where they cannot be read."""
        stamp = stamp_of(self.folder / REQUEST)
        return _plans(self.folder / REQUEST, stamp) if stamp else ()

    def owner(self) -> str:
        """Who started it; nobody where that cannot be read."""
        owner = self.request().get("owner")
        return owner if isinstance(owner, str) else ""

    def asked(self) -> float:
        """When it was asked for, in seconds of the epoch; 0 where that cannot be read."""
        asked = self.request().get("asked")
        return float(asked) if isinstance(asked, int | float) and 0 <= asked < LATEST_S else 0.0

    def request(self) -> dict[str, Any]:
        """What it was started with; empty where that cannot be read."""
        return dict(read_record(self.folder / REQUEST))

    def write_status(self, status: Status) -> None:
        """Store how it stands, for whoever looks."""
        write_json(self.folder / STATUS, asdict(status))

    def lock(self) -> FileLock:
        """The lock that its worker holds as long as it lives."""
        return FileLock(self.folder / LOCK)

    def _stored_status(self) -> Status:
        path = self.folder / STATUS
        try:
            return RECORDS.structure(read_record(path), Status)
        except (BaseValidationError, ValueError, KeyError, TypeError):
            return Status(
                "lost", complaint=f"{path} cannot be read as the state of a job. Start the job again."
            )

    def _held(self) -> bool:
        """Whether a living worker holds the job's lock."""
        try:
            with self.lock().acquire(timeout=0):
                return False
        except Timeout:
            return True


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
    try:
        return tuple(map(format_1.plan_of, _record(path, stamp).get("plans", ())))
    except (CodecError, TypeError):
        return ()


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
    return job if (job.folder / STATUS).exists() else None


def every(workspace: Path) -> tuple[Job, ...]:
    """The jobs of a workspace, the one that was asked for last in front.

    Parameters
    ----------
    workspace
        Folder of the workspace.
    """
    jobs = (Job(path.parent) for path in jobs_folder(workspace).glob(f"*/{STATUS}"))
    return tuple(sorted(jobs, key=lambda job: (-job.asked(), job.folder.name)))


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
