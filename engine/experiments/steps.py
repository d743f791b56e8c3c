"""The steps of a run: what each does, and how much work it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
from engine.sampling.split import SpatialSplit
from engine.studies.cubes import StoredCubes, unsimulated_seasons

PREDICTIONS = "predictions"  # the kind of a step
LENGTH_WITHOUT_FOLD = 3  # of a task of pre-training: plan, repeat and training


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
    tasks: Sequence[tuple[Any, ...]],
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
        Plan and repeat of each task, and the source training where it is pre-training, with the fold where it
        is one of them; None in its place where source models predict what designs ask, which takes a few
        seconds.
    splits
        The spatial split of each plan.
    archive
        Where repeats and source models may be stored already.
    """
    steps = [
        Step(f"simulating {label}", simulation_pixels(study, label), (SIMULATION,), True, True)
        for label in seasons
    ]
    folds = Counter(source_key(*task[:3]).name for task in tasks if len(task) > LENGTH_WITHOUT_FOLD)
    for plan, repeat, *of_source in tasks:
        if not of_source:
            steps.append(_repeat(plan, repeat, splits[plan], archive))
        elif of_source[0] is None:
            steps.append(Step("predictions for designs", 0, (PREDICTIONS,)))
        else:
            steps.append(_pretraining(study, plan, repeat, of_source, archive, folds))
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


def _pretraining(
    study: Study,
    plan: Plan,
    repeat: int,
    of_source: Sequence[Any],
    archive: Archive,
    folds: Mapping[str, int],
) -> Step:
    """All of a pre-training; or one of its folds; or what is left once they are there, which is little."""
    training, *fold = of_source
    name = source_key(plan, repeat, training).name
    what = f"pre-training for repeat {repeat + 1}" + (f", without {fold[0]}" if fold else "")
    if archive.has_weights(name) or (folds.get(name) and not fold):
        return Step(what, 0, of_pretraining(plan, training))
    series = pretraining_series(study, plan, training) / max(folds.get(name, 0), 1)
    return Step(what, series, of_pretraining(plan, training), measured=True)


def _repeat(plan: Plan, repeat: int, split: SpatialSplit, archive: Archive) -> Step:
    parcels, design = plan.design.count(split.candidates), plan.design
    series = 0 if archive.has_repeat(plan, repeat) else repeat_series(plan, parcels, len(split.test))
    where = f", {design.name} {design.equivalent_radius_km:.3g} km" if plan.method.visits else ""
    return Step(f"{plan.method.name}{where}, repeat {repeat + 1} of {plan.repeats}", series, of_repeat(plan))
