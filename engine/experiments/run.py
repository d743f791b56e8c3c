"""From plans to outcomes: what the archive has is taken, the rest is computed and kept."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import joblib

from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.auxiliary import predictions_of
from engine.experiments.checks import check_plans
from engine.experiments.gather import gathered
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan
from engine.experiments.progress import Progress, ProgressObserver, ignore_progress
from engine.experiments.repeat import compute_repeat, setting_of
from engine.experiments.source_models import FOR_DESIGNS, source_key, source_model, trainings_of
from engine.learning.learners import learner_by_name, require
from engine.learning.protocols import SourceTraining
from engine.learning.setting import EpochObserver, NoObserver
from engine.sampling.split import split_parcels
from engine.studies.store import simulate_series, unsimulated_seasons

Task = tuple[Callable[..., str], tuple[object, ...]]


def run_plans(
    study: Study,
    plans: Sequence[Plan],
    archive: Archive,
    *,
    workers: int = 1,
    device: str = "auto",
    observe: ProgressObserver = ignore_progress,
    observer: EpochObserver | None = None,
) -> list[Outcome]:
    """The outcomes of plans, in their order.

    Missing series of a simulated study are simulated first. Pre-training, what designs ask of the source
    models, and then the repeats of the plans are spread over processes. Every finished repeat is kept at
    once: a run that was interrupted goes on where it stood, and an outcome that the archive has is not
    computed again.

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

    Raises
    ------
    PlanError
        Where the study cannot answer a plan; found before anything is computed.
    """
    check_plans(study, plans)
    outcomes = {plan.key: archive.outcome(plan) for plan in plans}
    missing = [plan for plan in dict.fromkeys(plans) if outcomes[plan.key] is None]
    for learner in {plan.learner for plan in missing}:
        require(learner)
    labels = {label for plan in missing for label in (plan.target, *plan.sources)}
    to_simulate = [label for label in unsimulated_seasons(study) if label in labels]
    work = _Work(study, archive, device, observer or NoObserver())
    pretraining, repeats = _pretraining_tasks(work, missing), _repeat_tasks(work, missing)
    predictions = _prediction_tasks(work, missing)
    steps = _Steps(len(to_simulate) + len(pretraining) + len(predictions) + len(repeats), observe)

    for label in to_simulate:
        simulate_series(study, label, workers)
        steps.finish(f"simulating {label}")
    for tasks in (pretraining, predictions):
        for what in _spread(workers, tasks):
            steps.finish(what)
    by_key = {plan.key: plan for plan in missing}
    left = {key: plan.repeats for key, plan in by_key.items()}
    for key in _spread(workers, repeats):
        left[key] -= 1
        if not left[key]:
            outcomes[key] = gathered(study, by_key[key], archive)
        steps.finish(f"{by_key[key].method.name} {by_key[key].design.name}")
    return [outcome for plan in plans if (outcome := outcomes[plan.key]) is not None]


class _Steps:
    """Counts finished steps and tells the observer."""

    def __init__(self, steps: int, observe: ProgressObserver) -> None:
        self._done, self._steps, self._observe = 0, steps, observe
        observe(Progress(0, steps, "start"))

    def finish(self, what: str) -> None:
        """One more step is finished."""
        self._done += 1
        self._observe(Progress(self._done, self._steps, what))


@dataclass(frozen=True)
class _Work:
    """What every task of a run shares; travels to worker processes."""

    study: Study
    archive: Archive
    device: str
    observer: EpochObserver

    def pretrain(self, plan: Plan, repeat: int, training: SourceTraining) -> str:
        """Have one source model ready; a model that is being trained elsewhere is waited for."""
        split = split_parcels(self.study, plan.target, plan.departure, plan.test)
        setting = setting_of(plan, repeat, self.device, self.observer)
        source_model(self.study, plan, repeat, split, self.archive, setting, training)
        return "pre-training"

    def predict(self, plan: Plan) -> str:
        """Have ready what designs ask of the plan's source models, while its series are at hand."""
        split = split_parcels(self.study, plan.target, plan.departure, plan.test)
        setting = setting_of(plan, 0, self.device, self.observer)
        predictions_of(self.study, plan, split, self.archive, setting).complete()
        return "predictions for designs"

    def repeat(self, plan: Plan, repeat: int) -> str:
        """Have one repeat in the archive; returns the plan's key."""
        with self.archive.lock(f"{plan.key}-{repeat}"):
            if self.archive.outcome(plan) is None and self.archive.repeat(plan, repeat) is None:
                setting = setting_of(plan, repeat, self.device, self.observer)
                computed = compute_repeat(self.study, plan, repeat, self.archive, setting)
                self.archive.keep_repeat(plan, repeat, computed)
        return plan.key


def _pretraining_tasks(work: _Work, plans: Sequence[Plan]) -> list[Task]:
    """Each source model that can be stored, once."""
    tasks: dict[str, Task] = {}
    for plan in plans:
        if not learner_by_name(plan.learner).storable:
            continue
        for repeat in range(plan.repeats):
            for training in trainings_of(plan):
                name = source_key(plan, repeat, training).name
                tasks.setdefault(name, (work.pretrain, (plan, repeat, training)))
    return list(tasks.values())


def _prediction_tasks(work: _Work, plans: Sequence[Plan]) -> list[Task]:
    """The predictions of each committee of source models that designs may ask, once."""
    tasks: dict[tuple[str, ...], Task] = {}
    for plan in plans:
        if learner_by_name(plan.learner).storable and FOR_DESIGNS in trainings_of(plan):
            names = tuple(source_key(plan, repeat, FOR_DESIGNS).name for repeat in range(plan.repeats))
            tasks.setdefault(names, (work.predict, (plan,)))
    return list(tasks.values())


def _repeat_tasks(work: _Work, plans: Sequence[Plan]) -> list[Task]:
    return [(work.repeat, (plan, repeat)) for plan in plans for repeat in range(plan.repeats)]


def _spread(workers: int, tasks: Sequence[Task]) -> Iterator[str]:
    """Run tasks in this process or spread over several; yields as they finish."""
    if workers <= 1 or len(tasks) <= 1:
        for task, arguments in tasks:
            yield task(*arguments)
        return
    # A worker that has grown is replaced on purpose and loses no task, so that is no warning to a user.
    warnings.filterwarnings("ignore", "A worker stopped while some jobs were given", UserWarning)
    pool = joblib.Parallel(n_jobs=min(workers, len(tasks)), return_as="generator_unordered", batch_size=1)
    yield from pool(joblib.delayed(task)(*arguments) for task, arguments in tasks)
