"""The steps of a run: what each does, and how much work it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.domain import Study
from engine.experiments import pace
from engine.experiments.archive import Archive
from engine.experiments.plan import Plan
from engine.experiments.source_models import source_key
from engine.experiments.speeds import (
    SIMULATION,
    TYPICAL,
    Speeds,
    of_pretraining,
    of_repeat,
    pretraining_series,
    repeat_series,
)
from engine.learning.protocols import SourceTraining
from engine.sampling.split import SpatialSplit
from engine.studies.cubes import StoredCubes, unsimulated_seasons

PREDICTIONS = "predictions"  # the kind of a step


@dataclass(frozen=True)
class RepeatTask:
    """One repeat of a plan.

    Parameters
    ----------
    plan, repeat
        Which one.
    """

    plan: Plan
    repeat: int


@dataclass(frozen=True)
class PredictionTask:
    """What designs ask of the source models of a plan; takes a few seconds.

    Parameters
    ----------
    plan, repeat
        The last repeat whose source models it asks.
    """

    plan: Plan
    repeat: int


@dataclass(frozen=True)
class PretrainingTask:
    """The training of a source model.

    Parameters
    ----------
    plan, repeat, training
        Which model.
    fold
        The fold that is trained; empty where the model is trained, or made of its folds.
    """

    plan: Plan
    repeat: int
    training: SourceTraining
    fold: str = ""


Task = RepeatTask | PredictionTask | PretrainingTask


@dataclass(frozen=True)
class Step:
    """One step.

    Parameters
    ----------
    what
        The step in words.
    series
        Amount of work, see `engine.experiments.speeds`; 0 where its result is stored already.
    kinds
        Names of the speeds that it goes at, the fittest first.
    alone
        Whether it uses all processes.
    measured
        Whether its speed is kept; outcomes tell that of repeats.
    """

    what: str
    series: float
    kinds: tuple[str, ...]
    alone: bool = False
    measured: bool = False

    @property
    def kind(self) -> str:
        """The name of its own speed."""
        return self.kinds[0]


def seasons_to_simulate(study: Study, plans: Sequence[Plan]) -> list[str]:
    """Labels of the seasons that plans need and whose series must be simulated first.

    Parameters
    ----------
    study, plans
        What is to be run.
    """
    labels = {label for plan in plans for label in (plan.target, *plan.sources)}
    return [label for label in unsimulated_seasons(study) if label in labels]


def simulation_pixels(study: Study, label: str) -> int:
    """Number of pixels of a season that is to be simulated.

    Parameters
    ----------
    study, label
        A stored study and one of its seasons.
    """
    return study.cubes.entries[label].pixels if isinstance(study.cubes, StoredCubes) else 0


def run_steps(
    study: Study,
    seasons: Sequence[str],
    tasks: Sequence[Task],
    splits: Mapping[Plan, SpatialSplit],
    archive: Archive,
) -> list[Step]:
    """The steps of a run in their order.

    Parameters
    ----------
    study
        The study.
    seasons
        Labels of those that are simulated first.
    tasks
        In the order in which they begin.
    splits
        The spatial split of each plan.
    archive
        Where repeats and source models may be stored already.
    """
    steps = [
        Step(f"simulating {label}", simulation_pixels(study, label), (SIMULATION,), True, True)
        for label in seasons
    ]
    folds = Counter(_model(task) for task in tasks if isinstance(task, PretrainingTask) and task.fold)
    for task in tasks:
        match task:
            case RepeatTask(plan, repeat):
                steps.append(_repeat(plan, repeat, splits[plan], archive))
            case PredictionTask():
                steps.append(Step("predictions for designs", 0, (PREDICTIONS,)))
            case PretrainingTask():
                steps.append(_pretraining(study, task, archive, folds))
    return steps


def timed_steps(steps: Sequence[Step], speeds: Speeds) -> list[pace.Step]:
    """The steps with estimates of the seconds that they take one process.

    Parameters
    ----------
    steps
        As `run_steps` gives them.
    speeds
        Of this machine; what was never measured is taken for `TYPICAL`.
    """
    return [pace.Step(step.kind, step.what, _seconds(step, speeds), step.alone) for step in steps]


def _seconds(step: Step, speeds: Speeds) -> float:
    seconds = speeds.seconds(step.series, step.kinds)
    return step.series / TYPICAL if seconds is None else seconds


def _model(task: PretrainingTask) -> str:
    """The name of the source model that it is about."""
    return source_key(task.plan, task.repeat, task.training).name


def _pretraining(study: Study, task: PretrainingTask, archive: Archive, folds: Mapping[str, int]) -> Step:
    """All of a pre-training; or one of its folds; or what is left once they are there, which is little."""
    name, plan, training = _model(task), task.plan, task.training
    what = f"pre-training for repeat {task.repeat + 1}" + (f", without {task.fold}" if task.fold else "")
    if archive.has_weights(name) or (folds.get(name) and not task.fold):
        return Step(what, 0, of_pretraining(plan, training))
    series = pretraining_series(study, plan, training) / max(folds.get(name, 0), 1)
    return Step(what, series, of_pretraining(plan, training), measured=True)


def _repeat(plan: Plan, repeat: int, split: SpatialSplit, archive: Archive) -> Step:
    parcels, design = plan.design.count(split.candidates), plan.design
    series = 0 if archive.has_repeat(plan, repeat) else repeat_series(plan, parcels, len(split.test))
    where = f", {design.name} {design.equivalent_radius_km:.3g} km" if plan.method.visits else ""
    return Step(f"{plan.method.name}{where}, repeat {repeat + 1} of {plan.repeats}", series, of_repeat(plan))
