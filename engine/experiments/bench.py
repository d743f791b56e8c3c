"""How fast training is beside a plain loop and a random forest, and whether it learns the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.domain import Study
from engine.experiments.calibration import noise
from engine.geodesy import ground_parts
from engine.learning.folds import Rows
from engine.learning.metrics import macro_f1_of
from engine.learning.protocols import Model
from engine.learning.recipes import PAPER, Recipe, Schedule
from engine.learning.samples import Samples, draw_samples, joined
from engine.learning.setting import Setting
from engine.sampling.split import BLOCK_KM

NETWORKS = {
    "small": replace(PAPER, name="small", filters=8, kernel=4),
    "medium": replace(PAPER, name="medium", filters=32, kernel=16),
}
TIMES, BANDS, CLASSES = 105, 2, 9  # the study's series
SPEED_SAMPLES = 8192
TEST_SAMPLES = 4000
ROUNDS = 5

Fit = Callable[[Samples, Recipe, Schedule, int], Model]


@dataclass(frozen=True)
class BenchRow:
    """One network trained by one variant.

    Parameters
    ----------
    network, variant
        One of `NETWORKS` and one of `variants`.
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
    """The ways to train that are compared, by name; ``bf16`` only where the processor multiplies it
    natively.
    """
    from engine.learning import plain, training, trees

    def network(bfloat16: bool) -> Fit:
        def fit(samples: Samples, recipe: Recipe, schedule: Schedule, seed: int) -> Model:
            return training.fit(samples, schedule, Setting(recipe, seed, "cpu", bfloat16=bfloat16))

        return fit

    fits: dict[str, Fit] = {"plain": plain.PlainCnn, "fp32": network(False)}
    if training.half_precision(training.chosen_device("cpu")):
        fits["bf16"] = network(True)
    fits["random-forest"] = lambda samples, recipe, _, seed: trees.fit(
        "random-forest", samples, recipe.trees, seed
    )
    return fits


def bench(study: Study | None, seeds: int, note: Callable[[str], None]) -> Iterator[BenchRow]:
    """Measure speed and macro F1.

    Speed is measured on noise of the study's shape. Macro F1 is measured on a study (one half of its field
    groups trains, the other tests, all seasons), or on simulated curves without one.

    Parameters
    ----------
    study
        The study, or None.
    seeds
        Trainings of each variant that macro F1 is measured on.
    note
        Told what is measured next.

    Yields
    ------
    A row for each network and variant.
    """
    fits = variants()
    train, test = _samples_of(study) if study else _simulated_samples()
    for network, recipe in NETWORKS.items():
        rates = _samples_per_second(network, recipe, fits, note)
        for variant, fit in fits.items():
            scores = []
            for seed in range(seeds):
                note(f"{network} {variant}: macro F1, seed {seed + 1} of {seeds}")
                model = fit(train, recipe, recipe.pretrain, seed)
                scores.append(macro_f1_of(test.crop, model.predict(test.values).argmax(axis=1), test.classes))
            yield BenchRow(
                network,
                variant,
                float(np.median(rates[variant])),
                float(np.median(rates[variant] / rates["plain"])),
                float(np.mean(scores)),
                tuple(scores),
            )


def _samples_per_second(
    network: str, recipe: Recipe, fits: Mapping[str, Fit], note: Callable[[str], None]
) -> dict[str, npt.NDArray[np.float64]]:
    """Training samples a second of each variant, ``[round]``."""
    samples = noise((BANDS, TIMES, CLASSES), SPEED_SAMPLES)
    schedule = replace(recipe.pretrain, epochs=1)
    rates = {variant: np.zeros(ROUNDS) for variant in fits}
    for number in range(ROUNDS):
        for variant, fit in fits.items():
            note(f"{network} {variant}: speed, round {number + 1} of {ROUNDS}")
            start = time.perf_counter()
            fit(samples, recipe, schedule, number)
            rates[variant][number] = len(samples) / (time.perf_counter() - start)
    return rates


def _simulated_samples() -> tuple[Samples, Samples]:
    """Training and test samples of nine noisy seasonal curves that overlap: learnable, not to perfection."""
    rng = np.random.default_rng(0)
    time_axis = np.linspace(0, 1, TIMES)  # [time]
    phase = np.arange(CLASSES) / (2 * CLASSES)  # [class]
    curves = -15 + 2 * np.sin(2 * np.pi * (time_axis + phase[:, None]))  # [class, time]

    def drawn(count: int) -> Samples:
        crop = rng.integers(0, CLASSES, count)
        shift = rng.normal(0, 1.5, (count, BANDS, 1))  # parcels differ in level
        values = curves[crop][:, None, :] + shift + rng.normal(0, 4, (count, BANDS, TIMES))
        return Samples(values.astype(np.float32), crop, np.arange(count), CLASSES)

    return drawn(SPEED_SAMPLES), drawn(TEST_SAMPLES)


def _samples_of(study: Study) -> tuple[Samples, Samples]:
    """Training and test samples of a study, on different ground."""
    group = study.parcels["field_group"].to_numpy(dtype=object)
    place = study.parcels["lon"].to_numpy(np.float64), study.parcels["lat"].to_numpy(np.float64)
    test_ground = ground_parts(group, *place, np.ones(len(group), dtype=bool), 2, BLOCK_KM) == 1
    crop, known = study.crop_codes, study.labelled
    rng = np.random.default_rng(0)

    def drawn(rows: Rows, repeat_pixels: bool) -> Samples:
        return joined(
            [
                draw_samples(
                    cube, crop, len(study.legend), rows, PAPER.pixels, rng, repeat_pixels=repeat_pixels
                )
                for cube in study.cubes.values()
            ]
        )

    return drawn(np.flatnonzero(~test_ground & known), True), drawn(
        np.flatnonzero(test_ground & known), False
    )
