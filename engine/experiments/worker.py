"""Start a job in a process of its own, and what that process does."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import cattrs
from filelock import FileLock, Timeout
from joblib.externals.loky.process_executor import TerminatedWorkerError

from engine.domain import GroundplanError
from engine.experiments import format_1
from engine.experiments.archive import archive_for
from engine.experiments.calibration import calibrate
from engine.experiments.checks import check_plans
from engine.experiments.dispatcher import LOCKED_S, door, ensure_dispatcher
from engine.experiments.fingerprints import current_plan
from engine.experiments.job_status import Status
from engine.experiments.jobs import (
    CANCEL,
    LOG,
    REQUEST,
    Job,
    after_kill,
    job_of,
    jobs_folder,
    live_of_pool,
    read_record,
)
from engine.experiments.plan import Plan, plan_to_json
from engine.experiments.preparation import prepare_after
from engine.experiments.progress import CURVES, CancelledError, JobObserver, Progress
from engine.experiments.queue import owner_of, workers_of_a_job
from engine.experiments.run import run_plans
from engine.experiments.spawning import STARTING_S, spawn
from engine.experiments.speeds import speeds_of
from engine.files import write_json
from engine.processes import end_with_parent
from engine.studies.store import open_study

RETRY_S = 300.0  # after which a calibration that came to nothing is tried again


def start_calibration(plans: Sequence[Plan], study_folder: Path, workspace: Path) -> bool:
    """Measure this machine's speed in a process of its own, where it was never measured for these plans.

    Parameters
    ----------
    plans
        Plans that wait for an estimate.
    study_folder
        Of the study that the plans ask.
    workspace
        Folder of the workspace, where measurements are kept.

    Returns
    -------
    Whether an estimate may be waited for; False where it was tried for these plans and nothing came of it.
    """
    job = job_of(plans, workspace)
    path = jobs_folder(workspace) / f"calibration-{job.folder.name}.json"
    lock = FileLock(path.with_suffix(".lock"))
    if path.exists():
        try:
            with lock.acquire(timeout=0):
                since = abs(time.time() - path.stat().st_mtime)  # a clock may have been set back
                if since < RETRY_S:
                    return since < STARTING_S
        except Timeout:
            return True
    folders = str(study_folder.resolve()), str(workspace.resolve())
    write_json(path, asdict(Request(*folders, 1, [plan_to_json(plan) for plan in plans])))
    spawn("calibrate", path, subprocess.DEVNULL)
    return True


def calibrate_for(request: Path) -> int:
    """Measure this machine's speed for the plans of a request; returns the exit status.

    Parameters
    ----------
    request
        The file that `start_calibration` wrote.
    """
    with FileLock(request.with_suffix(".lock")):
        asked = cattrs.structure(read_record(request), Request)
        folder = Path(asked.study)
        plans = [format_1.plan_of(plan) for plan in asked.plans]
        calibrate(open_study(folder), plans, archive_for(folder, Path(asked.workspace)))
    return 0


def start(
    plans: Sequence[Plan], study_folder: Path, workspace: Path, *, workers: int | None = None, owner: str = ""
) -> Job:
    """Start a job in a process of its own, unless it is going on already.

    Parameters
    ----------
    plans
        What to run.
    study_folder
        Of the study that the plans ask.
    workspace
        Folder of the workspace: the job's files and outcomes are written there.
    workers
        Processes to spread it over; by default `workers_of_a_job`.
    owner
        Who starts it; owners share the slots fairly.

    Raises
    ------
    GroundplanError
        Where there is no plan.
    """
    if not plans:
        raise GroundplanError("There is nothing to run. Choose a method, and a radius for its trips.")
    request = Request(
        str(study_folder.resolve()),
        str(workspace.resolve()),
        workers or workers_of_a_job(),
        [plan_to_json(plan) for plan in plans],
    )
    job = job_of(plans, workspace)
    enqueue(job, {**asdict(request), "command": "work", "owner": owner}, workspace)
    return job


def enqueue(job: Job, request: Mapping[str, Any], workspace: Path) -> None:
    """Store what a job is asked for, and have it begun in its turn, unless it is going on already.

    Parameters
    ----------
    job
        The job.
    request
        What is asked for: the ``command`` of Groundplan that does it, the ``owner``, a ``priority`` before
        other jobs of the owner, and what the command needs.
    workspace
        Folder of the workspace.
    """
    with door(workspace):
        status = job.status() if job.asked() else None
        if status is None or not status.live or (status.state == "queued" and job.stopping()):
            write_json(job.folder / REQUEST, {**request, "asked": _asked_now(workspace)})
            (job.folder / CANCEL).unlink(missing_ok=True)
            shutil.rmtree(job.folder / CURVES, ignore_errors=True)
            (job.folder / LOG).unlink(missing_ok=True)
            job.write_status(Status("queued", started=time.time()))
    ensure_dispatcher(workspace)


@dataclass(frozen=True)
class Request:
    """What a run was started with; its plans are read by `Job.plans`."""

    study: str
    workspace: str
    workers: int
    plans: list[Any]


def _read_request(job: Job) -> Request:
    """The request of a job whose plans can be read, or the complaint."""
    try:
        request = cattrs.structure(job.request(), Request)
        if job.plans() and request.workers > 0:
            return request
    except (cattrs.BaseValidationError, ValueError, TypeError):
        pass
    raise GroundplanError(
        f"The plans of job {job.folder.name} cannot be read: its files are damaged, or another version "
        "of Groundplan made them. Choose the plans again and run them."
    )


def _asked_now(workspace: Path) -> float:
    """The time, and never before what was asked for already: a clock may be set back."""
    latest = max((job.asked() for job in live_of_pool(workspace)), default=0.0)
    return max(time.time(), latest + 0.001)


def put_first(job: Job) -> None:
    """Let a job go before its owner's others.

    Parameters
    ----------
    job
        A job that waits.

    Raises
    ------
    GroundplanError
        Where it does not wait.
    """
    with door(job.folder.parents[1]):
        state = job.status().state
        if state != "queued":
            raise GroundplanError(
                f"The job {job.folder.name} does not wait: it is {state}. The command jobs lists those that "
                "are queued."
            )
        own = [other for other in live_of_pool(job.folder.parents[1]) if owner_of(other) == owner_of(job)]
        highest = max((other.priority() for other in own), default=0.0)
        write_json(job.folder / REQUEST, {**job.request(), "priority": highest + 1})


def resume(job: Job) -> Job:
    """Start a job again that was stopped, failed or was lost; what is finished is kept.

    A job of an older version goes on under its new name.

    Parameters
    ----------
    job
        A job that is not going on.

    Raises
    ------
    GroundplanError
        Where its plans cannot be read.
    """
    request = _read_request(job)
    folders = Path(request.study), Path(request.workspace)
    return start(job.plans(), *folders, workers=request.workers, owner=job.owner())


def work(folder: Path) -> Status:
    """Do a job; this is what the worker process runs. It ends when the dispatcher that began it does.

    Parameters
    ----------
    folder
        Of the job, with its request.

    Returns
    -------
    How the job ended.
    """
    job = Job(folder.resolve())
    job_run = _Run(job)
    return do_job(job, job_run.run, lambda: job_run.status)


def do_job(job: Job, do: Callable[[], None], last: Callable[[], Status]) -> Status:
    """Do what a job asks for and store how it ended. The process ends when the one that began it does.

    Parameters
    ----------
    job
        The job.
    do
        What is to be done.
    last
        How the job stood last.

    Returns
    -------
    How it ended; how it stands, where another process is at it.
    """
    end_with_parent()
    try:
        lock = job.lock().acquire(timeout=LOCKED_S)
    except Timeout:
        return job.status()
    with lock:
        try:
            do()
            status = replace(last(), state="done")
        except CancelledError as stop:
            status = replace(last(), state="cancelled", complaint=str(stop))
        except GroundplanError as error:
            status = replace(last(), state="failed", complaint=str(error))
        except TerminatedWorkerError:
            status = after_kill(last())
        except Exception as error:
            log = job.folder / LOG
            complaint = f"A fault of Groundplan itself: {error!r}. The log is {log}; please report it."
            job.write_status(replace(last(), state="failed", complaint=complaint))
            raise
        job.write_status(status)
    return status


class _Run:
    """A job's run, and how it stands."""

    def __init__(self, job: Job) -> None:
        self._job, self._observer = job, JobObserver(job.folder)
        self.status = Status("running", started=time.time(), attempts=job.stored_status().attempts)

    def run(self) -> None:
        """Run the plans."""
        request = _read_request(self._job)
        study_folder, workspace = Path(request.study), Path(request.workspace)
        self._observe(Progress(0, 0, "", ("measuring the speed of this machine",)))
        study, archive = open_study(study_folder), archive_for(study_folder, workspace)
        plans = [current_plan(study, plan) for plan in self._job.plans()]
        check_plans(study, plans)
        calibrate(study, plans, archive)
        run_plans(
            study,
            plans,
            archive,
            speeds=speeds_of(archive, archive.own_outcomes(study)),
            workers=request.workers,
            observe=self._observe,
            observer=self._observer,
        )
        prepare_after(study, plans, archive)

    def _observe(self, progress: Progress) -> None:
        self.status = replace(self.status, state="running", updated=time.time(), **vars(progress))
        self._job.write_status(self.status)
        self._observer.check()
