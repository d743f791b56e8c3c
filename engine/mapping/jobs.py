"""Maps made by background jobs, so that pages come and go freely.

A job is named after the map that it makes: asked for twice, it runs once. The map is kept whole or not at
all, and labels are only read.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import cattrs

from engine.domain import GroundplanError, Study
from engine.experiments.archive import archive_for
from engine.experiments.codec import from_json, to_json
from engine.experiments.job_status import Status
from engine.experiments.jobs import REQUEST, Job, jobs_folder
from engine.experiments.progress import JobObserver
from engine.experiments.worker import do_job, enqueue
from engine.files import readonly
from engine.learning.methods import BASELINE
from engine.mapping.findings import find_doubts, find_learning_curve, find_wrong_labels
from engine.mapping.making import StepObserver, make_map, training_for
from engine.mapping.request import MapRequest, map_request
from engine.mapping.store import keep_map, kept_map
from engine.studies.hidden import truth_of
from engine.studies.store import open_study

Task = Literal["map", "wrong-labels", "learning-curve"]
PRIORITY = 1  # somebody waits for a map: it goes before the runs of its owner


def start_map(
    request: MapRequest,
    study_folder: Path,
    workspace: Path,
    task: Task = "map",
    notes: Sequence[str] = (),
    owner: str = "",
) -> None:
    """Make a map in the background, unless one is making it already.

    Parameters
    ----------
    request
        The map to make.
    study_folder
        Of its study.
    workspace
        Folder of the workspace: the map is kept there.
    task
        The map with its doubted labels, what wrong labels would cost, or the learning curve of the labels.
    notes
        What is made otherwise than it was asked, see `engine.mapping.request.map_request`: for its card.
    owner
        Who starts it; owners share the slots fairly.

    Raises
    ------
    GroundplanError
        Where this installation makes none, or the workspace cannot be written.
    """
    if readonly():
        raise GroundplanError("This installation makes no maps (GROUNDPLAN_READONLY). Unset it.")
    record = {
        "command": "mapwork",
        "owner": owner,
        "priority": PRIORITY,
        "study": str(study_folder.resolve()),
        "workspace": str(workspace.resolve()),
        "task": task,
        "request": to_json(request),
        "notes": list(notes),
    }
    enqueue(_job(request, workspace, task), record, workspace)


def map_status(request: MapRequest, workspace: Path, task: Task = "map") -> Status | None:
    """How the making of a map stands; None where nobody asked for it.

    Parameters
    ----------
    request, workspace, task
        As for `start_map`.
    """
    job = _job(request, workspace, task)
    return job.status() if job.request() else None


def work_on_map(folder: Path) -> int:
    """Do what `start_map` asked for; returns the exit status.

    Parameters
    ----------
    folder
        Of the job.
    """
    job = Job(folder.resolve())
    last = Status("running", started=time.time(), attempts=job.stored_status().attempts)

    def observe(step: str) -> None:
        job.write_status(replace(last, running=(step,), updated=time.time()))
        JobObserver(job.folder).check()

    return int(do_job(job, lambda: _work(job, observe), lambda: last).state != "done")


def _work(job: Job, observe: StepObserver) -> None:
    observe("open the study")
    asked = _asked(job)
    folder, workspace = Path(asked.study), Path(asked.workspace)
    request = from_json(MapRequest, asked.request)
    study = open_study(folder)
    archive = archive_for(folder, workspace)
    options = {name: getattr(request, name) for name in ("recipe", "learner", "seed")}
    now, _ = map_request(study, request.target, request.method.name, **options, folds=request.folds)
    if now.key != request.key:
        raise GroundplanError("The labels have changed since the map was asked for. Make the map again.")
    training = training_for(study, request, archive)
    made = kept_map(workspace, request.key)
    if made is None:
        made = make_map(training, asked.notes, observe)
        keep_map(made, workspace)
    if asked.task == "wrong-labels":
        observe("train with wrong labels")
        find_wrong_labels(training, made, workspace)
        return
    if asked.task == "learning-curve":
        find_learning_curve(training, made, workspace, observe)
        return
    if request.method.visits:
        observe("look for doubtful labels")
        find_doubts(training, made, workspace)
    if request.method.visits and truth_of(folder, request.target) is not None:
        without = without_visit(study, request)
        if without is not None and kept_map(workspace, without.key) is None:
            observe("map without the trip, to compare with the truth")
            keep_map(make_map(training_for(study, without, archive)), workspace)


@dataclass(frozen=True)
class _Asked:
    """What a job was started with, as `start_map` stored it."""

    study: str
    workspace: str
    task: Task
    request: dict[str, Any]
    notes: list[str]


def _asked(job: Job) -> _Asked:
    try:
        return cattrs.structure(job.request(), _Asked)
    except (cattrs.BaseValidationError, ValueError, TypeError) as error:
        raise GroundplanError(
            f"{job.folder / REQUEST} cannot be read: it is damaged. Make the map again."
        ) from error


def without_visit(study: Study, request: MapRequest) -> MapRequest | None:
    """The map of the same season that knows no label of it; None where no season before it has labels.

    Parameters
    ----------
    study, request
        The study, and the map with its labels.
    """
    if not study.seasons_before(request.target):
        return None
    options = {name: getattr(request, name) for name in ("recipe", "learner", "seed")}
    return map_request(study, request.target, BASELINE, **options, folds=0)[0]


def _job(request: MapRequest, workspace: Path, task: Task) -> Job:
    return Job(jobs_folder(workspace) / f"{task}-{request.key}")
