"""Scores from counts of right and wrong; their intervals are made in `engine.learning.resampling`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BLOCK_KM = 20.0
BINS = 15
LEAST_SHARE = 1e-3  # of pixels: a class that is expected on fewer counts as absent

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


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


def margins(confusion: npt.NDArray[np.number]) -> npt.NDArray[np.number]:
    """What scores need of a confusion: right, true and predicted of each class, ``[..., 3, class]``.

    Parameters
    ----------
    confusion
        ``[..., class, class]``, truth in rows.
    """
    hit = np.diagonal(confusion, axis1=-2, axis2=-1)
    return np.stack([hit, confusion.sum(axis=-1), confusion.sum(axis=-2)], axis=-2)


def f1_by_class(right: npt.NDArray[np.number]) -> Floats:
    """F1 = 2 TP / (2 TP + FP + FN) of each class, ``[..., class]``, 0 to 1; NaN where a class has no truth.

    Parameters
    ----------
    right
        ``[..., (right, true, predicted), class]``, see `margins`.
    """
    hit, truth, predicted = (right[..., place, :] for place in range(3))  # [..., class] each
    with np.errstate(invalid="ignore", divide="ignore"):
        f1 = np.asarray(2.0 * hit / (truth + predicted), np.float64)
    f1[truth == 0] = np.nan
    return f1


def macro_f1(right: npt.NDArray[np.number]) -> Floats:
    """Mean F1 over the classes that the truth holds, ``[...]``, 0 to 1.

    Parameters
    ----------
    right
        ``[..., (right, true, predicted), class]``, see `margins`.
    """
    f1 = f1_by_class(right)
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
    return float(macro_f1(margins(confusion_by_block(truth, predicted, everywhere, classes, 1)[0])))


def overall_accuracy(right: npt.NDArray[np.number]) -> Floats:
    """Share that got its true class, ``[...]``, 0 to 1.

    Parameters
    ----------
    right
        ``[..., (right, true, predicted), class]``, see `margins`.
    """
    hit, truth = right[..., 0, :], right[..., 1, :]  # [..., class] each
    return np.asarray(hit.sum(axis=-1) / np.maximum(truth.sum(axis=-1), 1))


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


def expected_macro_f1(decision: npt.NDArray[np.float32], calibrated: npt.NDArray[np.float32]) -> float:
    """The macro F1 that a model expects of itself, 0 to 1; no label is needed.

    Parameters
    ----------
    decision, calibrated
        Probabilities to decide by, and those taken for the chance of each class, ``[pixel, class]`` each.

    Notes
    -----
    F1 = 2 TP / (2 TP + FP + FN) of expected counts, mean over classes with at least `LEAST_SHARE` of them.
    """
    chosen = np.eye(decision.shape[1])[decision.argmax(axis=1)]  # [pixel, class]
    table = calibrated.astype(np.float64).T @ chosen  # [class, class], expected truth in rows
    there = table.sum(axis=1) >= LEAST_SHARE * len(decision)
    f1 = 2 * np.diag(table) / (table.sum(axis=0) + table.sum(axis=1))
    return float(f1[there].mean())


def surplus(reliability: Floats) -> Floats:
    """What the calibration error needs of a reliability: pixels that were right beyond what confidence
    promised, ``[..., bin]``.

    Parameters
    ----------
    reliability
        ``[..., bin, (pixels, right, confidence)]``, see `reliability_by_block`.
    """
    return np.asarray(reliability[..., 1] - reliability[..., 2])


def calibration_error(beyond: Floats, pixels: Floats) -> Floats:
    """Expected calibration error, ``[...]``, 0 to 1: the mean distance of confidence from accuracy, bins
    weighing as many pixels as they hold (Guo et al. 2017, ICML, equation 3).

    Parameters
    ----------
    beyond
        ``[..., bin]``, see `surplus`.
    pixels
        Of all bins together, ``[...]``.
    """
    return np.asarray(np.abs(beyond).sum(axis=-1) / np.maximum(pixels, 1))
