"""From plans to outcomes: what the archive has is taken, the rest is computed and kept."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import joblib

from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.auxiliary import models_asked, predictions_of
from engine.experiments.checks import check_plans
from engine.experiments.fingerprints import current_plan
from engine.experiments.gather import gathered
from engine.experiments.order import breadth_first
from engine.experiments.outcome import Outcome
from engine.experiments.pace import Pace
from engine.experiments.plan import Plan
from engine.experiments.progress import ProgressObserver, ignore_progress
from engine.experiments.repeat import compute_repeat, setting_of
from engine.experiments.source_models import (
    FOR_DESIGNS,
    committee,
    folds_of,
    source_key,
    source_model,
    train_fold,
    trainings_of,
)
from engine.experiments.speeds import Speeds, keep_measured, speeds_of
from engine.experiments.steps import (
    PredictionTask,
    PretrainingTask,
    RepeatTask,
    Task,
    run_steps,
    seasons_to_simulate,
    timed_steps,
)
from engine.learning.learners import learner_by_name, require
from engine.learning.setting import EpochObserver, NoObserver, Setting
from engine.processes import end_with_parent
from engine.sampling.split import SpatialSplit, split_parcels
from engine.studies.store import simulate_series


def run_plans(
    study: Study,
    plans: Sequence[Plan],
    archive: Archive,
    *,
    workers: int = 1,
    device: str = "auto",
    observe: ProgressObserver = ignore_progress,
    observer: EpochObserver | None = None,
    speeds: Speeds | None = None,
) -> list[Outcome]:
    """The outcomes of plans, in their order.

    Missing series of a simulated study are simulated first. Pre-training, what designs ask of the source
    models, and the repeats of the plans are spread over processes, breadth first: every plan is answered once
    before any is answered twice. Every finished repeat is kept at once: a run that was interrupted goes on
    where it stood, and an outcome that the archive has is not computed again.

    Parameters
    ----------
    study, plans
        What to compute.
    archive
        Where outcomes are looked up and kept.
    workers
        Processes.
    device
        ``auto``, ``cpu`` or ``cuda``; not part of a plan's key.
    observe
        Told in this process after every step.
    observer
        Told in the worker after every epoch; may raise `CancelledError`.
    speeds
        Of this machine, to tell how long the rest takes; by default what the archive's folder knows.

    Raises
    ------
    PlanError
        Where the study cannot answer a plan; found before anything is computed.
    """
    plans = [current_plan(study, plan) for plan in plans]
    splits = dict(zip(plans, check_plans(study, plans), strict=True))
    outcomes = {plan.key: archive.outcome(plan) for plan in plans}
    missing = [plan for plan in dict.fromkeys(plans) if outcomes[plan.key] is None]
    for learner in {plan.learner for plan in missing}:
        require(learner)
    work = _Work(study, archive, device, observer or NoObserver())
    tasks = _ordered(work, missing, workers)
    labels = seasons_to_simulate(study, missing)
    steps = run_steps(study, labels, tasks, splits, archive)
    pace = Pace(timed_steps(steps, speeds or speeds_of(archive, ())), workers)

    def finish(number: int, seconds: float) -> None:
        step = steps[number]
        pace.finish(number, seconds)
        if step.measured:
            keep_measured(archive, {step.kind: (step.series, seconds)})
        observe(pace.progress(step.what))

    observe(pace.progress("start"))
    for number, label in enumerate(labels):
        start = time.perf_counter()
        simulate_series(study, label, workers)
        finish(number, time.perf_counter() - start)
    by_key = {plan.key: plan for plan in missing}
    left = {key: plan.repeats for key, plan in by_key.items()}
    for number, key, seconds in _spread(work, workers, tasks):
        if key in left:
            left[key] -= 1
            if not left[key]:
                outcomes[key] = gathered(study, by_key[key], archive)
        finish(len(labels) + number, seconds)
    return [outcome for plan in plans if (outcome := outcomes[plan.key]) is not None]


@dataclass(frozen=True)
class _Work:
    """What every task of a run shares; travels to worker processes."""

    study: Study
    archive: Archive
    device: str
    observer: EpochObserver

    def do(self, task: Task) -> str:
        """Have the result of a task in the archive; returns the key of a repeat's plan, or what was done."""
        match task:
            case RepeatTask(plan, repeat):
                return self._repeat(plan, repeat)
            case PredictionTask(plan):
                return self._predict(plan)
            case PretrainingTask():
                return self._pretrain(task)

    def _pretrain(self, task: PretrainingTask) -> str:
        """Have one source model ready, or one of its folds; a model that is being trained elsewhere is waited
        for.
        """
        plan, repeat, training = task.plan, task.repeat, task.training
        setting = setting_of(plan, repeat, self.device, self.observer)
        circumstances = self.study, plan, repeat, self.archive, setting, training
        if task.fold:
            train_fold(*circumstances, task.fold)
        else:
            source_model(*circumstances)
        return "pre-training"

    def _predict(self, plan: Plan) -> str:
        """Have ready what designs ask of the plan's source models, while its series are at hand."""
        split, setting = self._circumstances(plan, 0)
        predictions_of(self.study, plan, split, self.archive, setting).complete()
        return "predictions for designs"

    def _repeat(self, plan: Plan, repeat: int) -> str:
        """Have one repeat in the archive; returns the plan's key."""
        with self.archive.lock(f"{plan.key}-{repeat}"):
            if self.archive.outcome(plan) is None and self.archive.repeat(plan, repeat) is None:
                setting = setting_of(plan, repeat, self.device, self.observer)
                computed = compute_repeat(self.study, plan, repeat, self.archive, setting)
                self.archive.keep_repeat(plan, repeat, computed)
        return plan.key

    def _circumstances(self, plan: Plan, repeat: int) -> tuple[SpatialSplit, Setting]:
        split = split_parcels(self.study, plan.target, plan.departure, plan.test)
        return split, setting_of(plan, repeat, self.device, self.observer)


def _pretraining_tasks(work: _Work, plans: Sequence[Plan], workers: int) -> list[PretrainingTask]:
    """Each source model that can be stored, once, those of the first repeats in front; for several workers,
    its folds before it.
    """
    tasks: dict[str, PretrainingTask] = {}
    plans = list(dict.fromkeys([*plans, *map(committee, plans)]))
    for repeat in range(max((plan.repeats for plan in plans), default=0)):
        for plan in plans:
            if repeat >= plan.repeats or not learner_by_name(plan.learner).storable:
                continue
            for training in trainings_of(plan):
                name = source_key(plan, repeat, training).name
                if name in tasks:
                    continue
                if workers > 1 and not work.archive.has_weights(name):
                    for fold in folds_of(work.study, plan, training):
                        tasks[f"{name}-{fold}"] = PretrainingTask(plan, repeat, training, fold)
                tasks[name] = PretrainingTask(plan, repeat, training)
    return list(tasks.values())


def _prediction_tasks(plans: Sequence[Plan]) -> list[PredictionTask]:
    """The predictions of each committee of source models that designs may ask, once."""
    tasks: dict[tuple[str, ...], PredictionTask] = {}
    for plan in plans:
        if learner_by_name(plan.learner).storable and FOR_DESIGNS in trainings_of(plan):
            asked = committee(plan)
            numbers = range(len(asked.source_seeds))
            names = tuple(source_key(asked, number, FOR_DESIGNS).name for number in numbers)
            tasks.setdefault(names, PredictionTask(plan, numbers[-1]))
    return list(tasks.values())


def _repeat_tasks(plans: Sequence[Plan]) -> list[RepeatTask]:
    """Repeat 1 of every plan, then repeat 2 of every plan, and so on."""
    most = max((plan.repeats for plan in plans), default=0)
    return [RepeatTask(plan, repeat) for repeat in range(most) for plan in plans if repeat < plan.repeats]


def _ordered(work: _Work, plans: Sequence[Plan], workers: int) -> list[Task]:
    """The tasks of a run breadth first; whatever asks source models comes after them."""
    predictions = [(task.repeat, task) for task in _prediction_tasks(plans)]
    repeats = [(max(models_asked(task.plan, task.repeat)), task) for task in _repeat_tasks(plans)]
    pretraining = [(task.repeat, task) for task in _pretraining_tasks(work, plans, workers)]
    return breadth_first(pretraining, [*predictions, *repeats], workers)


def _spread(work: _Work, workers: int, tasks: Sequence[Task]) -> Iterator[tuple[int, str, float]]:
    """Run tasks in this process or spread over several; yields as they finish: their number, what they
    return, and the seconds that they took.
    """
    if workers <= 1 or len(tasks) <= 1:
        for number, task in enumerate(tasks):
            yield _timed(work, number, task)
        return
    # A worker that has grown is replaced on purpose and loses no task, so that is no warning to a user.
    warnings.filterwarnings("ignore", "A worker stopped while some jobs were given", UserWarning)
    pool = joblib.Parallel(
        n_jobs=min(workers, len(tasks)),
        return_as="generator_unordered",
        batch_size=1,
        initializer=end_with_parent,
    )
    yield from pool(joblib.delayed(_timed)(work, number, task) for number, task in enumerate(tasks))


def _timed(work: _Work, number: int, task: Task) -> tuple[int, str, float]:
    start = time.perf_counter()
    result = work.do(task)
    return number, result, time.perf_counter() - start
