"""How long the study's own table takes, beside a plain loop and beside a source model for each repeat."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.domain import Study
from engine.experiments.calibration import noise, series_shape
from engine.experiments.plan import GridRequest, grid
from engine.experiments.speeds import pretraining_series
from engine.learning.methods import OF_THE_STUDY
from engine.learning.recipes import PAPER, Schedule
from engine.learning.samples import Samples
from engine.learning.setting import Setting
from engine.sampling.split import split_parcels

RADII = (20.0, 25.0, 30.0)  # km
DESIGNS = ("radius", "random")
PROCESSES = 2
BATCHES = 4  # of one timed training
ROUNDS = 5
TABLE, FIRST_CURVE = "the study's table", "first curve"

Fit = Callable[[Samples, Schedule, int], None]


@dataclass(frozen=True)
class RunRow:
    """One run: the study's methods by circle and at random.

    Parameters
    ----------
    run
        `TABLE` with all repeats, or `FIRST_CURVE`, after one repeat of each plan.
    variant
        ``plain`` trains by the loop most people would write, ``engine`` by this one.
    source_models
        How many are trained.
    minutes
        On `PROCESSES` processes: series that training looks at, over what a second of it takes.
    ratio
        How many times longer a plain loop takes that trains a source model for each repeat.
    """

    run: str
    variant: str
    source_models: int
    minutes: float
    ratio: float


def bench_runs(study: Study, target: str, note: Callable[[str], None]) -> Iterator[RunRow]:
    """Time of the study's table and of its first curve, from training speeds measured in turns.

    Parameters
    ----------
    study
        Its parcels and series give the size of the runs.
    target
        Label of the season to map.
    note
        Told what is measured next.

    Yields
    ------
    A row for each run, variant and number of source models.

    Raises
    ------
    PlanError
        Where the study's methods cannot be asked of that season.
    """
    plans = grid(
        study, GridRequest(target, study.departure, RADII, DESIGNS, OF_THE_STUDY, "cnn1d", PAPER, repeats=5)
    )
    split = split_parcels(study, target, study.departure, plans[0].test)
    visited = {plan: plan.design.count(split.candidates) if plan.method.visits else 0 for plan in plans}
    sources = [(plan, plan.method.source) for plan in plans if plan.method.source]
    one_source = max((pretraining_series(study, plan, source) for plan, source in sources), default=0)
    seconds = _seconds_of_a_series(study, note)  # by variant, then of source and of target samples
    for run, repeats, models in ((TABLE, plans[0].repeats, (plans[0].repeats, 1)), (FIRST_CURVE, 1, (1,))):
        trips = repeats * sum(plan.method.training_samples(visited[plan], PAPER) for plan in plans)
        longest = 0.0
        for variant, (of_source, of_target) in seconds.items():
            for count in models:
                took = (count * one_source * of_source + trips * of_target) / PROCESSES / 60
                longest = longest or took
                yield RunRow(run, variant, count, took, longest / took)


def _seconds_of_a_series(study: Study, note: Callable[[str], None]) -> dict[str, tuple[float, float]]:
    """Median seconds of a series in pre-training and in training on target samples, by variant."""
    from engine.learning import plain, training

    shape = series_shape(study)

    def plain_loop(samples: Samples, schedule: Schedule, seed: int) -> None:
        plain.PlainCnn(samples, PAPER, schedule, seed)

    def engine_loop(samples: Samples, schedule: Schedule, seed: int) -> None:
        training.fit(samples, schedule, Setting(PAPER, seed, "cpu"))

    loops: dict[str, Fit] = {"plain": plain_loop, "engine": engine_loop}
    schedules = [replace(schedule, epochs=1) for schedule in (PAPER.pretrain, PAPER.scratch)]
    taken: dict[str, list[list[float]]] = {variant: [] for variant in loops}
    for number in range(ROUNDS):
        for variant, loop in loops.items():
            note(f"{variant}: speed on series of the study's shape, round {number + 1} of {ROUNDS}")
            taken[variant].append([_timed(loop, shape, schedule, number) for schedule in schedules])
    return {variant: _medians(rounds) for variant, rounds in taken.items()}


def _timed(loop: Fit, shape: tuple[int, int, int], schedule: Schedule, seed: int) -> float:
    """Seconds of a series in an epoch of a few batches."""
    samples = noise(shape, BATCHES * schedule.batch)
    start = time.perf_counter()
    loop(samples, schedule, seed)
    return (time.perf_counter() - start) / len(samples)


def _medians(rounds: Sequence[Sequence[float]]) -> tuple[float, float]:
    of_source, of_target = np.median(np.asarray(rounds), axis=0)  # [round, schedule] to [schedule]
    return float(of_source), float(of_target)
