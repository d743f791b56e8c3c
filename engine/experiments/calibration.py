"""Measure this machine's speed before anything was answered on it: a few seconds of training on noise."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.plan import Plan
from engine.experiments.speeds import (
    COMPOSITES,
    SIMULATION,
    SOURCE,
    TARGET,
    calibrated_kind,
    keep_measured,
    measured,
)
from engine.learning.ensemble_members import MOST_WHILE_STACKING, TREE_KINDS
from engine.learning.features import CompositeSeries, tree_features
from engine.learning.learners import learner_by_name, require
from engine.learning.protocols import Learner
from engine.learning.recipes import Recipe, Schedule
from engine.learning.samples import Samples
from engine.learning.setting import Setting
from engine.simulation.series import pixel_series
from engine.studies.cubes import StoredCubes, unsimulated_seasons

ENOUGH_S = 0.35  # a training that lasts as long tells the speed
MOST_SERIES = 16_384
FEW_STEPS = 4
ADJUSTED = Schedule(1, 128, 1e-3)  # as the ensemble's network is trained
FEW_OF = 20  # trees of so many are fitted

Work = tuple[float, float]  # series, seconds


def missing_kinds(study: Study, plans: Sequence[Plan], archive: Archive) -> tuple[str, ...]:
    """The speeds that these plans need and that were never measured on this machine.

    Parameters
    ----------
    study, plans
        What is to be run.
    archive
        In whose folder measurements are kept.
    """
    wanted = [
        calibrated_kind(kind, learner, recipe.name)
        for learner, recipe in _trained(plans)
        for kind in (SOURCE, TARGET, COMPOSITES)
    ]
    if set(unsimulated_seasons(study)) & {label for plan in plans for label in (plan.target, *plan.sources)}:
        wanted.append(SIMULATION)
    known = measured(archive.folder)
    return tuple(kind for kind in wanted if kind not in known)


def calibrate(study: Study, plans: Sequence[Plan], archive: Archive) -> None:
    """Measure what `missing_kinds` names, in about five seconds at most, and keep it.

    Parameters
    ----------
    study
        Its series give the noise its shape.
    plans
        Their learners and recipes are measured, one after the other.
    archive
        In whose folder measurements are kept.

    Raises
    ------
    PlanError
        Where a learner's library is not installed.
    """
    missing = missing_kinds(study, plans, archive)
    if not missing:
        return
    with archive.lock("calibration"):
        missing = missing_kinds(study, plans, archive)
        for learner, recipe in _trained(plans):
            if calibrated_kind(TARGET, learner, recipe.name) in missing:
                require(learner)
                keep_measured(archive, dict(_training_speeds(study, learner_by_name(learner), recipe)))
        if SIMULATION in missing:
            keep_measured(archive, {SIMULATION: _simulation(study)})


def _trained(plans: Sequence[Plan]) -> tuple[tuple[str, Recipe], ...]:
    return tuple(dict.fromkeys((plan.learner, plan.recipe) for plan in plans))


def _training_speeds(study: Study, learner: Learner, recipe: Recipe) -> Iterator[tuple[str, Work]]:
    """Series a second of a learner: on source samples, on target samples, and as a member of an ensemble."""
    shape = series_shape(study)
    for kind, schedule, train in (
        (SOURCE, recipe.pretrain, learner.pretrain),
        (TARGET, recipe.scratch, learner.from_scratch),
    ):
        # The same share of a training for networks, whose length is in epochs, and for trees.
        short = replace(
            recipe,
            pretrain=replace(recipe.pretrain, epochs=1),
            scratch=replace(recipe.scratch, epochs=1),
            trees=max(1, round(recipe.trees / schedule.epochs)),
        )
        setting = Setting(short, seed=0)

        def fit(samples: Samples, train: Callable[..., object] = train, setting: Setting = setting) -> None:
            train(samples, setting)

        yield (
            calibrated_kind(kind, learner.name, recipe.name),
            _timed(lambda count: noise(shape, count), fit, schedule.batch),
        )
    yield calibrated_kind(COMPOSITES, learner.name, recipe.name), _ensemble_speed(shape, learner, recipe)


def _ensemble_speed(shape: tuple[int, int, int], learner: Learner, recipe: Recipe) -> Work:
    """Series and seconds of an ensemble's training, half of whose series are the learner's and half the
    trees'; a pixel in trees counts as two.
    """
    days = np.arange(shape[1]) * max(1, 200 // shape[1])

    def features(count: int) -> Samples:
        return CompositeSeries().of(noise(shape, count), days, np.zeros((count, 2)))

    def fit(samples: Samples) -> None:
        dynamic = samples.dynamic()
        learner.fit_adjusted(dynamic, dynamic.prior(), ADJUSTED, Setting(replace(recipe, trees=1), seed=0))

    series, seconds = _timed(features, fit, ADJUSTED.batch)
    of_trees = _tree_seconds(features(MOST_WHILE_STACKING)) / (2 * MOST_WHILE_STACKING * len(TREE_KINDS))
    return series, seconds / 2 + series * of_trees / 2


def _tree_seconds(samples: Samples) -> float:
    """Seconds of the trees of one fold, from a few of them: those that learn from both and those that learn
    from the target alone, each half as many as in the end.
    """
    from engine.learning import trees

    seconds = 0.0
    for kind in TREE_KINDS.values():
        few, start = max(1, kind.size // FEW_OF), time.perf_counter()
        trees.fit(kind.kind, samples, few, 0, None, partial(tree_features, static=samples.static))
        seconds += (time.perf_counter() - start) * kind.size / few / 2
    return 2 * seconds


def _timed(make: Callable[[int], Samples], fit: Callable[[Samples], None], batch: int) -> Work:
    """Series and seconds of a training that lasts long enough to tell, after one to warm up."""
    fit(make(batch))
    count = FEW_STEPS * batch
    while True:
        samples = make(count)
        start = time.perf_counter()
        fit(samples)
        seconds = time.perf_counter() - start
        if seconds >= ENOUGH_S or 2 * count > MOST_SERIES:
            return float(count), seconds
        count *= 2


def _simulation(study: Study) -> Work:
    """Pixels and seconds of a season, from its first two batches."""
    assert isinstance(study.cubes, StoredCubes)
    label = study.cubes.unsimulated_seasons[0]
    landscape, pixels = study.cubes.manifest.landscape, study.cubes.entries[label].pixels
    assert landscape is not None
    batches, times, counts = pixel_series(landscape, int(label)), [time.perf_counter()], []
    for batch in batches:
        times.append(time.perf_counter())
        counts.append(len(batch))
        if len(counts) == 2:
            break
    if len(counts) < 2:
        return float(pixels), times[-1] - times[0]
    # The first batch also prepares the season; the rest goes at the pace of the second.
    return float(pixels), times[1] - times[0] + (pixels - counts[0]) * (times[2] - times[1]) / counts[1]


def series_shape(study: Study) -> tuple[int, int, int]:
    """Bands, times and classes of a study's series; nothing is simulated or read where the manifest knows.

    Parameters
    ----------
    study
        The study.
    """
    if isinstance(study.cubes, StoredCubes):
        manifest = study.cubes.manifest
        return len(manifest.bands), manifest.slots, len(study.legend)
    cube = next(iter(study.cubes.values()))
    return len(cube.bands), len(cube.days), len(study.legend)


def noise(shape: tuple[int, int, int], count: int) -> Samples:
    """Samples of the study's shape without any pattern; every class is there.

    Parameters
    ----------
    shape
        Bands, times and classes.
    count
        Number of samples.
    """
    bands, times, classes = shape
    rng = np.random.default_rng(0)
    values = rng.normal(-15, 3, (count, bands, times)).astype(np.float32)
    return Samples(values, np.arange(count) % classes, np.arange(count), classes)
