"""How fast training is beside a plain loop and a random forest, and whether it learns the same."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.domain import Study
from engine.learning import metrics as scores
from engine.learning.folds import Rows
from engine.learning.learners import Model
from engine.learning.recipes import PAPER, Recipe, Schedule
from engine.learning.samples import Samples, draw_samples, joined
from engine.learning.setting import Setting
from engine.sampling.split import divide_ground, utm_km

NETWORKS = {
    "small": dataclasses.replace(PAPER, name="small", filters=8, kernel=4),
    "medium": dataclasses.replace(PAPER, name="medium", filters=32, kernel=16),
}
TIMES, BANDS, CLASSES = 105, 2, 9  # the study's series
SPEED_SAMPLES = 8192
ROUNDS = 5

Fit = Callable[[Samples, Recipe, Schedule, int], Model]


@dataclass(frozen=True)
class BenchRow:
    """One network trained by one variant.

    Parameters
    ----------
    samples_per_second
        Training samples of the study's size (two bands, 105 dates) a second and thread: median over
        rounds in which the variants take turns.
    ratio_to_plain
        Median over the rounds of the ratio to the plain loop of the same round.
    macro_f1
        Mean over the seeds, on pixels that share no field group with the training; ``macro_f1_by_seed``
        holds each.
    """

    network: str
    variant: str
    samples_per_second: float
    ratio_to_plain: float
    macro_f1: float
    macro_f1_by_seed: tuple[float, ...]


def variants() -> dict[str, Fit]:
    """The ways to train that are compared; ``bf16`` only where the processor multiplies it natively."""
    from engine.learning import plain, training, trees

    def fast(bfloat16: bool) -> Fit:
        def run(samples: Samples, recipe: Recipe, schedule: Schedule, seed: int) -> Model:
            return training.fit(samples, schedule, Setting(recipe, seed, "cpu", bfloat16=bfloat16))

        return run

    ways: dict[str, Fit] = {"plain": plain.PlainCnn, "fp32": fast(False)}
    if training.half_precision(training.chosen_device("cpu")):
        ways["bf16"] = fast(True)
    ways["random-forest"] = lambda samples, recipe, _, seed: trees.fit(
        "random-forest", samples, recipe.trees, seed
    )
    return ways


def bench(study: Study | None, seeds: int, note: Callable[[str], None]) -> Iterator[BenchRow]:
    """Measure speed and parity.

    Speed is taken on noise of the study's shape. Parity is taken on the study given (half of its field
    groups teach, half test, all seasons), or on made-up curves without one.
    """
    ways = variants()
    noise = _noise(SPEED_SAMPLES)
    teach, test = _halves_of(study) if study else _made_up()
    for network, recipe in NETWORKS.items():
        schedule = dataclasses.replace(recipe.pretrain, epochs=1)
        rate: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(ROUNDS):
            for name, fit in ways.items():
                note(f"{network} {name}: speed, round {number + 1} of {ROUNDS}")
                start = time.perf_counter()
                fit(noise, recipe, schedule, number)
                rate[name].append(len(noise) / (time.perf_counter() - start))
        for name, fit in ways.items():
            reached = []
            for seed in range(seeds):
                note(f"{network} {name}: macro F1, seed {seed + 1} of {seeds}")
                model = fit(teach, recipe, recipe.pretrain, seed)
                predicted = model.predict(test.values).argmax(axis=1)
                one = np.zeros(len(test), dtype=np.int64)
                confusion = scores.confusion_by_block(test.crop, predicted, one, test.classes, 1)
                reached.append(float(scores.macro_f1(confusion[0])))
            ratio = np.median(np.array(rate[name]) / np.array(rate["plain"]))
            yield BenchRow(
                network,
                name,
                float(np.median(rate[name])),
                float(ratio),
                float(np.mean(reached)),
                tuple(reached),
            )


def _noise(count: int) -> Samples:
    rng = np.random.default_rng(0)
    values = rng.normal(-15, 3, (count, BANDS, TIMES)).astype(np.float32)
    return Samples(values, rng.integers(0, CLASSES, count), np.arange(count), CLASSES)


def _made_up() -> tuple[Samples, Samples]:
    """Nine noisy seasonal curves that overlap: learnable, but not to perfection."""
    rng = np.random.default_rng(0)
    time_axis = np.linspace(0, 1, TIMES)  # [time]
    phase = np.arange(CLASSES) / (2 * CLASSES)  # [class]
    curves = -15 + 2 * np.sin(2 * np.pi * (time_axis + phase[:, None]))  # [class, time]
    divide_ground = []
    for count in (SPEED_SAMPLES, 4000):
        crop = rng.integers(0, CLASSES, count)
        shift = rng.normal(0, 1.5, (count, BANDS, 1))  # parcels differ in level
        values = curves[crop][:, None, :] + shift + rng.normal(0, 4, (count, BANDS, TIMES))
        divide_ground.append(Samples(values.astype(np.float32), crop, np.arange(count), CLASSES))
    return divide_ground[0], divide_ground[1]


def _halves_of(study: Study) -> tuple[Samples, Samples]:
    group = study.parcels["field_group"].to_numpy(dtype=object)
    everyone = np.ones(len(group), dtype=bool)
    side = divide_ground(group, *utm_km(study), everyone)
    crop = study.legend.codes(study.parcels["crop"].to_numpy(dtype=object))
    rng = np.random.default_rng(0)

    def drawn(rows: Rows, fill: bool) -> Samples:
        return joined(
            [
                draw_samples(cube, crop, len(study.legend), rows, PAPER.pixels, rng, fill=fill)
                for cube in study.cubes.values()
            ]
        )

    return drawn(np.flatnonzero(~side), True), drawn(np.flatnonzero(side), False)
