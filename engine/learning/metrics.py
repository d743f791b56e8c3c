"""Scores with their intervals.

A score has two sources of error: the test parcels are a sample of the area, and training is random.
The first is measured by resampling whole spatial blocks of test parcels (neighbours are alike, so
resampling pixels or parcels would claim too much), the second by the spread over the repeats. They are
independent, so their half-widths add in quadrature.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.domain import Estimate

BLOCK_KM = 20.0
BINS = 15
DRAWS = 1000

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Scores:
    """Macro F1, overall accuracy and F1 of each class (None where the test set lacks it), with intervals."""

    macro_f1: Estimate
    overall_accuracy: Estimate
    per_class: tuple[Estimate | None, ...]
    repeats: tuple[float, ...]


def confusion_by_block(truth: Codes, predicted: Codes, block: Codes, classes: int, count: int) -> Codes:
    """Confusion of each block, ``[block, class, class]`` with truth in rows.

    Parameters
    ----------
    truth, predicted, block
        Class codes and number of the block, ``[pixel or parcel]`` each.
    classes
        Number of classes.
    count
        Number of blocks.
    """
    place = (block * classes + truth) * classes + predicted  # [pixel or parcel]
    return np.bincount(place, minlength=count * classes * classes).reshape(count, classes, classes)


def f1_by_class(confusion: npt.NDArray[np.number]) -> Floats:
    """F1 = 2 TP / (2 TP + FP + FN) of each class, ``[..., class]``, 0 to 1; NaN where a class has no truth.

    Parameters
    ----------
    confusion
        ``[..., class, class]``, truth in rows.
    """
    hit = np.diagonal(confusion, axis1=-2, axis2=-1).astype(float)
    truth, predicted = confusion.sum(axis=-1), confusion.sum(axis=-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(truth > 0, 2 * hit / (truth + predicted), np.nan)


def macro_f1(confusion: npt.NDArray[np.number]) -> Floats:
    """Mean F1 over the classes that the truth holds, ``[...]``, 0 to 1.

    Parameters
    ----------
    confusion
        ``[..., class, class]``, truth in rows.
    """
    f1 = f1_by_class(confusion)
    tested = ~np.isnan(f1)
    return np.asarray(np.nansum(f1, axis=-1) / np.maximum(tested.sum(axis=-1), 1))


def macro_f1_of(truth: Codes, predicted: Codes, classes: int) -> float:
    """Macro F1 of predicted classes, 0 to 1.

    Parameters
    ----------
    truth, predicted
        Class codes, ``[pixel or parcel]`` each.
    classes
        Number of classes.
    """
    everywhere = np.zeros(len(truth), dtype=np.int64)
    return float(macro_f1(confusion_by_block(truth, predicted, everywhere, classes, 1)[0]))


def overall_accuracy(confusion: npt.NDArray[np.number]) -> Floats:
    """Share that got its true class, ``[...]``, 0 to 1.

    Parameters
    ----------
    confusion
        ``[..., class, class]``, truth in rows.
    """
    hit = np.trace(confusion, axis1=-2, axis2=-1).astype(float)
    return np.asarray(hit / np.maximum(confusion.sum(axis=(-2, -1)), 1))


def parcel_classes(probability: npt.NDArray[np.float32], parcel: Codes) -> tuple[Codes, Codes]:
    """Class of each parcel by the mean probability of its pixels.

    Parameters
    ----------
    probability
        ``[pixel, class]``.
    parcel
        Owner of each pixel, ``[pixel]``.

    Returns
    -------
    Parcels and their classes, both ``[parcel]``, parcels in ascending order.
    """
    parcels, owner = np.unique(parcel, return_inverse=True)
    return parcels, parcel_probability(probability, owner, len(parcels)).argmax(axis=1)


def parcel_probability(probability: npt.NDArray[np.float32], owner: Codes, count: int) -> Floats:
    """Mean probability of each parcel's pixels, ``[parcel, class]``.

    Parameters
    ----------
    probability
        ``[pixel, class]``.
    owner
        Number of each pixel's parcel, 0 to ``count`` - 1, ``[pixel]``.
    count
        Number of parcels.
    """
    total = np.zeros((count, probability.shape[1]))
    np.add.at(total, owner, probability)
    mean: Floats = total / np.bincount(owner, minlength=count)[:, None]
    return mean


def estimate_scores(
    confusion: Codes, rng: np.random.Generator, *, level: float = 0.95, draws: int = DRAWS
) -> Scores:
    """Scores of several repeats on the same test blocks, with intervals.

    Parameters
    ----------
    confusion
        ``[repeat, block, class, class]``, truth in rows.
    rng
        For the block bootstrap.
    level
        Of the intervals.
    draws
        Of the bootstrap.

    Notes
    -----
    Half-width² = (t(blocks - 1) · bootstrap error · sqrt(B / (B - 1)))² + (t(repeats - 1) · s / sqrt(R))²;
    the factor undoes the bootstrap's shrinkage on B blocks. A single block or a single repeat has no
    spread to show, and its part is left out. Intervals stay within 0 and 1.
    """
    count = confusion.shape[1]
    weight = rng.multinomial(count, np.full(count, 1 / count), size=draws)  # [draw, block]
    redrawn = np.einsum("db,rbij->drij", weight.astype(float), confusion)  # [draw, repeat, class, class]
    whole = confusion.sum(axis=1)  # [repeat, class, class]

    by_repeat = f1_by_class(whole)  # [repeat, class]
    by_draw = f1_by_class(redrawn)  # [draw, repeat, class]
    present = ~np.isnan(by_repeat[0])  # [class]
    per_class = tuple(
        _interval(by_repeat[:, code], by_draw[:, :, code], count, level) if present[code] else None
        for code in range(len(present))
    )
    macro = macro_f1(whole)  # [repeat]
    return Scores(
        _interval(macro, macro_f1(redrawn), count, level),
        _interval(overall_accuracy(whole), overall_accuracy(redrawn), count, level),
        per_class,
        tuple(float(value) for value in macro),
    )


def reliability_by_block(
    probability: npt.NDArray[np.float32], truth: Codes, block: Codes, count: int
) -> Floats:
    """How sure a model was and how often it was right, ``[block, bin, (pixels, right, confidence)]``.

    Confidence is the highest of a pixel's class probabilities; the bins divide 0 to 1 evenly.

    Parameters
    ----------
    probability
        ``[pixel, class]``.
    truth, block
        ``[pixel]``.
    count
        Number of blocks.
    """
    sure = probability.max(axis=1).astype(np.float64)
    right = probability.argmax(axis=1) == truth
    place = block * BINS + np.minimum((sure * BINS).astype(np.int64), BINS - 1)
    sums = [np.bincount(place, what, count * BINS) for what in (np.ones_like(sure), right, sure)]
    return np.stack(sums, axis=-1).reshape(count, BINS, 3).astype(np.float64)


def calibration_error(reliability: Floats) -> Floats:
    """Expected calibration error, ``[...]``, 0 to 1: the mean distance of confidence from accuracy, bins
    weighing as many pixels as they hold (Guo et al. 2017, ICML, equation 3).

    Parameters
    ----------
    reliability
        ``[..., bin, (pixels, right, confidence)]``, see `reliability_by_block`.
    """
    pixels, right, sure = np.moveaxis(reliability, -1, 0)  # [..., bin] each
    return np.asarray(np.abs(right - sure).sum(axis=-1) / np.maximum(pixels.sum(axis=-1), 1))


def estimate_calibration(
    reliability: Floats, rng: np.random.Generator, *, level: float = 0.95, draws: int = DRAWS
) -> Estimate:
    """Expected calibration error of several repeats, with an interval as in `estimate_scores`.

    Parameters
    ----------
    reliability
        ``[repeat, block, bin, 3]``, see `reliability_by_block`.
    rng
        For the block bootstrap.
    level
        Of the interval.
    draws
        Of the bootstrap.
    """
    count = reliability.shape[1]
    weight = rng.multinomial(count, np.full(count, 1 / count), size=draws)  # [draw, block]
    redrawn = np.einsum("db,rbij->drij", weight.astype(float), reliability)  # [draw, repeat, bin, 3]
    by_repeat = calibration_error(reliability.sum(axis=1))  # [repeat]
    return _interval(by_repeat, calibration_error(redrawn), count, level)


def _interval(by_repeat: Floats, by_draw: Floats, blocks: int, level: float) -> Estimate:
    """Interval of a mean over repeats; ``by_repeat`` is ``[repeat]``, ``by_draw`` ``[draw, repeat]``."""
    from scipy import stats

    value = float(by_repeat.mean())
    tail = (1 + level) / 2
    area = training = 0.0
    if blocks > 1:
        drawn = by_draw[~np.isnan(by_draw).any(axis=1)].mean(axis=1)  # a draw may miss a rare class
        spread = float(drawn.std(ddof=1)) if len(drawn) > 1 else 0.0
        area = float(stats.t.ppf(tail, blocks - 1)) * spread * float(np.sqrt(blocks / (blocks - 1)))
    if len(by_repeat) > 1:
        error = float(by_repeat.std(ddof=1)) / float(np.sqrt(len(by_repeat)))
        training = float(stats.t.ppf(tail, len(by_repeat) - 1)) * error
    half = float(np.hypot(area, training))
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), level)
