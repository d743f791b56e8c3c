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

from engine.domain import GroundplanError
from engine.experiments.archive import archive_for
from engine.experiments.jobs import CANCEL, REQUEST, Job, Status, find, job_of
from engine.experiments.plan import Plan, plan_to_json
from engine.experiments.progress import CURVES, CancelledError, JobObserver, Progress
from engine.experiments.queue import slot, workers_of_a_job
from engine.experiments.run import run_plans
from engine.files import write_json
from engine.studies.store import open_study


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
    write_json(
        job.folder / REQUEST,
        {
            "study": str(study_folder.resolve()),
            "workspace": str(workspace.resolve()),
            "workers": workers or workers_of_a_job(),
            "owner": owner,
            "asked": time.time(),
            "plans": [plan_to_json(plan) for plan in plans],
        },
    )
    (job.folder / CANCEL).unlink(missing_ok=True)
    shutil.rmtree(job.folder / CURVES, ignore_errors=True)
    job.write_status(Status("queued", started=time.time()))
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
    request, plans = job.request(), job.plans()
    if not plans:
        raise GroundplanError(
            f"The plans of job {job.folder.name} cannot be read: its files are damaged, or another version "
            "of Groundplan made them. Choose the plans again and run them."
        )
    folders = Path(request["study"]), Path(request["workspace"])
    return start(plans, *folders, workers=request["workers"], owner=job.owner())


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
        request = self._job.request()
        study_folder, workspace = Path(request["study"]), Path(request["workspace"])
        with slot(self._job, workspace, self._observer.check):
            run_plans(
                open_study(study_folder),
                self._job.plans(),
                archive_for(study_folder, workspace),
                workers=request["workers"],
                observe=self._observe,
                observer=self._observer,
            )

    def _observe(self, progress: Progress) -> None:
        self.status = replace(
            self.status, state="running", done=progress.done, steps=progress.steps, what=progress.what
        )
        self._job.write_status(self.status)
        self._observer.check()
