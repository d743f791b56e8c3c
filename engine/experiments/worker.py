"""Start a job in a process of its own, and what that process does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from engine.domain import GroundplanError
from engine.experiments import format_1
from engine.experiments.archive import archive_for
from engine.experiments.calibration import calibrate
from engine.experiments.checks import check_plans
from engine.experiments.fingerprints import current_plan
from engine.experiments.jobs import (
    CANCEL,
    REQUEST,
    STARTING_S,
    Job,
    Status,
    find,
    job_of,
    jobs_folder,
    read_record,
)
from engine.experiments.plan import Plan, plan_to_json
from engine.experiments.preparation import prepare_after
from engine.experiments.progress import CURVES, CancelledError, JobObserver, Progress
from engine.experiments.queue import slot, workers_of_a_job
from engine.experiments.run import run_plans
from engine.experiments.speeds import speeds_of
from engine.files import write_json
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
                since = time.time() - path.stat().st_mtime
                if since < RETRY_S:
                    return since < STARTING_S
        except Timeout:
            return True
    write_json(path, _request(plans, study_folder, workspace, 1, ""))
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
        record = read_record(request)
        folder = Path(record["study"])
        plans = [format_1.plan_of(plan) for plan in record["plans"]]
        calibrate(open_study(folder), plans, archive_for(folder, Path(record["workspace"])))
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
    job = find(plans, workspace)
    if job is not None and job.status().live:
        return job
    job = job_of(plans, workspace)
    workers = workers or workers_of_a_job()
    write_json(job.folder / REQUEST, _request(plans, study_folder, workspace, workers, owner))
    (job.folder / CANCEL).unlink(missing_ok=True)
    shutil.rmtree(job.folder / CURVES, ignore_errors=True)
    job.write_status(Status("queued", started=time.time()))
    with (job.folder / "log.txt").open("wb") as log:
        spawn("work", job.folder, log)
    return job


def _request(
    plans: Sequence[Plan], study_folder: Path, workspace: Path, workers: int, owner: str
) -> dict[str, Any]:
    return {
        "study": str(study_folder.resolve()),
        "workspace": str(workspace.resolve()),
        "workers": workers,
        "owner": owner,
        "asked": time.time(),
        "plans": [plan_to_json(plan) for plan in plans],
    }


def spawn(command: str, path: Path, log: Any) -> None:
    """Start a command of Groundplan in a session of its own.

    Parameters
    ----------
    command, path
        The command, and the file or folder that says what it does.
    log
        What it says is written there.
    """
    subprocess.Popen(
        [sys.executable, "-m", "engine", command, str(path)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])},
        start_new_session=True,
    )


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
    plans = job.plans()
    if not plans:
        raise GroundplanError(
            f"The plans of job {job.folder.name} cannot be read: its files are damaged, or another version "
            "of Groundplan made them. Choose the plans again and run them."
        )
    study_folder, workspace, workers = _asked(job)
    return start(plans, study_folder, workspace, workers=workers, owner=job.owner())


def _asked(job: Job) -> tuple[Path, Path, int]:
    """Study folder, workspace and processes of a job."""
    request = job.request()
    study, place, workers = (request.get(name) for name in ("study", "workspace", "workers"))
    if not (isinstance(study, str) and isinstance(place, str) and type(workers) is int and workers > 0):
        raise GroundplanError(
            f"{job.folder / REQUEST} cannot be read: it is damaged. Choose the plans again and run them."
        )
    return Path(study), Path(place), workers


def work(folder: Path) -> Status:
    """Do a job when it is its turn; this is what the worker process runs.

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
    with job.lock():
        try:
            job_run.run()
            status = replace(job_run.status, state="done")
        except CancelledError as stop:
            status = replace(job_run.status, state="cancelled", complaint=str(stop))
        except GroundplanError as error:
            status = replace(job_run.status, state="failed", complaint=str(error))
        except Exception as error:
            complaint = (
                f"A fault of Groundplan itself: {error!r}. The log is {folder / 'log.txt'}; please report it."
            )
            job.write_status(replace(job_run.status, state="failed", complaint=complaint))
            raise
        job.write_status(status)
    return status


class _Run:
    """A job's run, and how it stands."""

    def __init__(self, job: Job) -> None:
        self._job, self._observer = job, JobObserver(job.folder)
        self.status = Status("queued", started=time.time())

    def run(self) -> None:
        """Wait for a slot and run the plans."""
        study_folder, workspace, workers = _asked(self._job)
        with slot(self._job, workspace, self._observer.check):
            study, archive = open_study(study_folder), archive_for(study_folder, workspace)
            plans = [current_plan(study, plan) for plan in self._job.plans()]
            self._observe(Progress(0, 0, "", ("measuring the speed of this machine",)))
            check_plans(study, plans)
            calibrate(study, plans, archive)
            run_plans(
                study,
                plans,
                archive,
                speeds=speeds_of(archive, archive.own_outcomes(study)),
                workers=workers,
                observe=self._observe,
                observer=self._observer,
            )
            prepare_after(study, plans, archive)

    def _observe(self, progress: Progress) -> None:
        self.status = replace(self.status, state="running", updated=time.time(), **vars(progress))
        self._job.write_status(self.status)
        self._observer.check()
