"""Maps made in a process of their own, so that pages come and go freely.

A job is named after the map that it makes: asked for twice, it runs once. Its process holds a lock as long as
it lives; a status that says "running" without that lock is of a process that was killed. The map is kept
whole or not at all, and labels are only read.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from cattrs import BaseValidationError
from filelock import FileLock, Timeout

from engine.domain import GroundplanError, Study
from engine.experiments.archive import archive_for
from engine.experiments.codec import from_json, to_json
from engine.experiments.jobs import RECORDS, STARTING_S, jobs_folder, read_record
from engine.experiments.worker import spawn
from engine.files import readonly, write_json
from engine.learning.methods import BASELINE
from engine.mapping.findings import find_doubts, find_wrong_labels
from engine.mapping.making import StepObserver, make_map, training_for
from engine.mapping.request import MapRequest, map_request
from engine.mapping.store import keep_map, kept_map
from engine.studies.hidden import truth_of
from engine.studies.store import open_study

Task = Literal["map", "wrong-labels"]
State = Literal["missing", "running", "failed", "done"]


@dataclass(frozen=True)
class MapStatus:
    """How the making of a map stands.

    Parameters
    ----------
    state
        ``missing`` where nobody asked for it.
    step
        What it does now.
    message
        Why it failed, with a cure.
    started
        When, in seconds of the epoch.
    """

    state: State
    step: str = ""
    message: str = ""
    started: float = 0.0


def start_map(request: MapRequest, study_folder: Path, workspace: Path, task: Task = "map") -> None:
    """Make a map in a process of its own, unless one is making it already.

    Parameters
    ----------
    request
        The map to make.
    study_folder
        Of its study.
    workspace
        Folder of the workspace: the map is kept there.
    task
        The map with its doubted labels, or what wrong labels would cost.

    Raises
    ------
    GroundplanError
        Where this installation makes none, or the workspace cannot be written.
    """
    if readonly():
        raise GroundplanError("This installation makes no maps (GROUNDPLAN_READONLY). Unset it.")
    if map_status(request, workspace, task).state == "running":
        return
    path = _path(request, workspace, task)
    record = {
        "study": str(study_folder.resolve()),
        "workspace": str(workspace.resolve()),
        "task": task,
        "request": to_json(request),
    }
    write_json(path, record)
    _write(path, MapStatus("running", "starts", started=time.time()))
    with path.with_suffix(".log").open("wb") as log:
        spawn("mapwork", path, log)


def map_status(request: MapRequest, workspace: Path, task: Task = "map") -> MapStatus:
    """How the making of a map stands.

    Parameters
    ----------
    request, workspace, task
        As for `start_map`.
    """
    path = _path(request, workspace, task)
    status = _stored(path)
    starting = status.step == "starts" and time.time() - status.started < STARTING_S
    if status.state != "running" or starting or _held(path):
        return status
    status = _stored(path)  # it may have ended before its lock was tried
    if status.state != "running":
        return status
    killed = (
        "The process stopped without a word: it was killed, or the machine restarted. Make the map again; "
        "no label is lost."
    )
    return MapStatus("failed", status.step, killed, status.started)


def work_on_map(path: Path) -> int:
    """Do what `start_map` asked for; returns the exit status.

    Parameters
    ----------
    path
        The file that it wrote.
    """
    started = time.time()
    try:
        with FileLock(path.with_suffix(".lock")).acquire(timeout=0):

            def observe(step: str) -> None:
                _write(path, MapStatus("running", step, started=started))

            observe("open the study")
            try:
                _work(read_record(path), observe)
            except GroundplanError as error:
                _write(path, MapStatus("failed", message=str(error), started=started))
                return 1
            except Exception as error:
                message = (
                    f"A fault of Groundplan itself: {error!r}. The log is {path.with_suffix('.log')}; please "
                    "report it."
                )
                _write(path, MapStatus("failed", message=message, started=started))
                raise
            _write(path, MapStatus("done", started=started))
    except Timeout:
        return 0  # another process is at it
    return 0


def _work(record: Mapping[str, Any], observe: StepObserver) -> None:
    folder, workspace = Path(record["study"]), Path(record["workspace"])
    request = from_json(MapRequest, record["request"])
    study = open_study(folder)
    archive = archive_for(folder, workspace)
    options = {name: getattr(request, name) for name in ("recipe", "learner", "seed")}
    now, notes = map_request(study, request.target, request.method.name, **options, folds=request.folds)
    if now.key != request.key:
        raise GroundplanError("The labels have changed since the map was asked for. Make the map again.")
    training = training_for(study, request, archive)
    made = kept_map(workspace, request.key)
    if made is None:
        made = make_map(training, notes, observe)
        keep_map(made, workspace)
    if record["task"] == "wrong-labels":
        observe("train with wrong labels")
        find_wrong_labels(training, made, workspace)
        return
    if request.method.visits:
        observe("look for doubtful labels")
        find_doubts(training, made, workspace)
    if request.method.visits and truth_of(folder, request.target) is not None:
        without = without_visit(study, request)
        if without is not None and kept_map(workspace, without.key) is None:
            observe("map without the trip, to compare with the truth")
            keep_map(make_map(training_for(study, without, archive)), workspace)


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


def _path(request: MapRequest, workspace: Path, task: Task) -> Path:
    return jobs_folder(workspace) / f"{task}-{request.key}.json"


def _status_path(path: Path) -> Path:
    return path.with_suffix(".status.json")


def _write(path: Path, status: MapStatus) -> None:
    write_json(_status_path(path), asdict(status))


def _stored(path: Path) -> MapStatus:
    record = read_record(_status_path(path))
    try:
        return RECORDS.structure(record, MapStatus) if record else MapStatus("missing")
    except (BaseValidationError, ValueError, KeyError, TypeError):
        return MapStatus("missing")  # of another version, or damaged


def _held(path: Path) -> bool:
    """Whether a living process holds the lock."""
    try:
        with FileLock(path.with_suffix(".lock")).acquire(timeout=0):
            return False
    except (Timeout, OSError):
        return True
