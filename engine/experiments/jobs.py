"""Runs in the background: one process a job, its state in a folder, so that pages come and go freely.

Jobs of a workspace share ``$GROUNDPLAN_SLOTS`` slots (1 by default). Whoever has fewer jobs running goes
first, so that nobody's ten jobs keep another's one waiting.

A job is named after the plans it answers, so asking twice does not run twice, and a job that failed is
not started again by a page that is merely redrawn. The worker holds a lock as long as it lives: whoever
finds a job unfinished and its lock free knows that the worker was killed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from engine.domain import GroundplanError
from engine.experiments import format_1
from engine.experiments.archive import archive_for
from engine.experiments.codec import from_json
from engine.experiments.plan import Plan, plan_to_json
from engine.experiments.progress import CURVES, CancelledError, JobObserver, Progress
from engine.experiments.run import run_plans
from engine.files import write_json
from engine.studies.store import open_study

State = Literal["queued", "running", "done", "failed", "cancelled", "lost"]
LIVE: tuple[State, ...] = ("queued", "running")
STARTING_S = 30.0
POLL_S = 0.5
MOST_WORKERS = 4  # each holds torch and the series of a season or more


@dataclass(frozen=True)
class Status:
    """How a job stands; ``complaint`` says why it failed."""

    state: State
    done: int = 0
    steps: int = 0
    what: str = ""
    complaint: str = ""
    started: float = 0.0

    @property
    def live(self) -> bool:
        """Whether it is still going."""
        return self.state in LIVE


@dataclass(frozen=True)
class Job:
    """A job on disk."""

    folder: Path

    def status(self) -> Status:
        """How the job stands; a worker that died without a word is ``lost``."""
        try:
            status = Status(**json.loads((self.folder / "status.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return Status("lost", complaint="The job's state can't be read. Start it again.")
        starting = status.state == "queued" and time.time() - status.started < STARTING_S
        if status.live and not starting and not self._held():
            reread = self._read_again(status)
            if reread.live:
                return replace(
                    reread,
                    state="lost",
                    complaint="The worker stopped without a word: it was killed, or the machine restarted. "
                    "Start it again; what is finished is kept.",
                )
            return reread
        return status

    def cancel(self) -> None:
        """Ask the worker to stop after the epoch it is in; what is finished is kept."""
        (self.folder / "cancel").touch()

    def stopping(self) -> bool:
        """Whether somebody asked it to stop."""
        return (self.folder / "cancel").exists()

    def plans(self) -> tuple[Plan, ...]:
        """The plans it answers, also of an older version; none where its request cannot be read."""
        try:
            return tuple(
                from_json(Plan, format_1.translated_plan(facts) if format_1.is_plan(facts) else facts)
                for facts in self._request().get("plans", ())
            )
        except GroundplanError:
            return ()

    def owner(self) -> str:
        """Who asked for it."""
        return str(self._request().get("owner", ""))

    def asked(self) -> float:
        """When, in seconds of the epoch."""
        return float(self._request().get("asked", 0.0))

    def _request(self) -> dict[str, Any]:
        try:
            record: dict[str, Any] = json.loads((self.folder / "request.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return record

    def _held(self) -> bool:
        """Whether a living worker holds the job's lock."""
        lock = FileLock(self.folder / "lock")
        try:
            with lock.acquire(timeout=0):
                return False
        except Timeout:
            return True

    def _read_again(self, fallback: Status) -> Status:
        """The worker may have finished between the reading of its state and of its lock."""
        try:
            return Status(**json.loads((self.folder / "status.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return fallback

    def _write(self, status: Status) -> None:
        write_json(self.folder / "status.json", asdict(status))


def job_of(plans: Sequence[Plan], workspace: Path) -> Job:
    """The job that answers these plans, started or not."""
    keys = " ".join(sorted(plan.key for plan in plans))
    return Job(_folder(workspace) / hashlib.sha256(keys.encode()).hexdigest()[:16])


def _folder(workspace: Path) -> Path:
    """Where the jobs of a workspace lie: one path, whether it was named relatively or through a link."""
    return workspace.resolve() / "jobs"


def find(plans: Sequence[Plan], workspace: Path) -> Job | None:
    """The job that answers these plans, if it was ever started."""
    job = job_of(plans, workspace)
    return job if (job.folder / "status.json").exists() else None


def every(workspace: Path) -> tuple[Job, ...]:
    """The jobs of a workspace, the one that was asked for last in front."""
    jobs = (Job(path.parent) for path in _folder(workspace).glob("*/status.json"))
    return tuple(sorted(jobs, key=lambda job: (-job.asked(), job.folder.name)))


def live(workspace: Path) -> tuple[Job, ...]:
    """The jobs of a workspace that are going on."""
    return tuple(job for job in every(workspace) if job.status().live)


def resume(job: Job) -> Job:
    """Start a job again that was stopped, failed or was lost; what is finished is kept."""
    record = job._request()
    if not record:
        raise GroundplanError(f"What the job {job.folder.name} was asked can't be read. Ask again.")
    where = Path(record["study"]), Path(record["workspace"])
    return start(job.plans(), *where, workers=record["workers"], owner=job.owner())


def queue(workspace: Path) -> tuple[Job, ...]:
    """The jobs that wait for a slot, the next one first.

    Each owner's jobs stand in the order in which they were asked for; those who have fewer jobs before this
    one go first.
    """
    standing = [(job, job.status().state) for job in live(workspace)]
    ahead = Counter(job.owner() for job, state in standing if state == "running")
    waiting = []
    for job in sorted((job for job, state in standing if state == "queued"), key=Job.asked):
        waiting.append((ahead[job.owner()], job.asked(), job))
        ahead[job.owner()] += 1
    return tuple(job for _, _, job in sorted(waiting, key=lambda one: one[:2]))


def slots() -> int:
    """How many jobs of a workspace run at the same time."""
    text = os.environ.get("GROUNDPLAN_SLOTS", "1")
    if not text.isdecimal() or int(text) < 1:
        raise GroundplanError(f"GROUNDPLAN_SLOTS is {text!r}. Give a whole number of at least 1.")
    return int(text)


def workers_of_a_job() -> int:
    """Processes that a job is spread over: its share of the cores, `MOST_WORKERS` at most."""
    return min(max((os.cpu_count() or 1) // slots(), 1), MOST_WORKERS)


def start(
    plans: Sequence[Plan],
    study_folder: Path,
    workspace: Path,
    *,
    workers: int | None = None,
    owner: str = "",
) -> Job:
    """Start a job in a process of its own, unless it is already going.

    Parameters
    ----------
    workers
        Processes to spread it over; by default `workers_of_a_job`.
    owner
        Who asks; owners share the slots fairly.
    """
    if not plans:
        raise GroundplanError("There is nothing to run. Choose a method, and a radius for its trips.")
    job = find(plans, workspace)
    if job is not None and job.status().live:
        return job
    job = job_of(plans, workspace)
    write_json(
        job.folder / "request.json",
        {
            "study": str(study_folder.resolve()),
            "workspace": str(workspace.resolve()),
            "workers": workers or workers_of_a_job(),
            "owner": owner,
            "asked": time.time(),
            "plans": [plan_to_json(plan) for plan in plans],
        },
    )
    (job.folder / "cancel").unlink(missing_ok=True)
    shutil.rmtree(job.folder / CURVES, ignore_errors=True)
    job._write(Status("queued", started=time.time()))
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    with (job.folder / "log.txt").open("wb") as log:
        subprocess.Popen(
            [sys.executable, "-m", "engine", "work", str(job.folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    return job


def work(folder: Path) -> Status:
    """Do a job when it is its turn; this is what the worker process runs."""
    job = Job(folder.resolve())
    record = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    workspace, watch = Path(record["workspace"]), JobObserver(folder)
    began = time.time()
    status = Status("queued", started=began)

    def observe(progress: Progress) -> None:
        nonlocal status
        status = Status("running", progress.done, progress.steps, progress.what, started=began)
        job._write(status)
        watch.check()

    with FileLock(folder / "lock"):
        try:
            with _slot(job, workspace, watch):
                study = open_study(record["study"])
                run_plans(
                    study,
                    job.plans(),
                    archive_for(Path(record["study"]), workspace),
                    workers=record["workers"],
                    observe=observe,
                    observer=watch,
                )
            status = replace(status, state="done")
        except CancelledError as stop:
            status = replace(status, state="cancelled", complaint=str(stop))
        except GroundplanError as error:
            status = replace(status, state="failed", complaint=str(error))
        except Exception as error:
            job._write(
                replace(
                    status,
                    state="failed",
                    complaint=f"A fault of Groundplan itself: {error!r}. The log is {folder / 'log.txt'}; "
                    "please report it.",
                )
            )
            raise
        job._write(status)
    return status


@contextmanager
def _slot(job: Job, workspace: Path, watch: JobObserver) -> Iterator[None]:
    """Wait until it is this job's turn and a slot is free."""
    doors = [FileLock(_folder(workspace) / f"slot-{number}.lock") for number in range(slots())]
    while True:
        watch.check()
        if queue(workspace)[:1] == (job,):
            for door in doors:
                try:
                    door.acquire(timeout=0)
                except Timeout:
                    continue
                try:
                    yield
                finally:
                    door.release()
                return
        time.sleep(POLL_S)
