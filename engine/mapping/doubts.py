"""Labels that models doubt: confident learning with predictions of ground that the models have not seen.

A label is doubted where the model of the other folds and, where there is one, the model of the source
seasons alone both find it an error. The first knows this season and may have learnt the errors of its
neighbours; the second has seen no label of this season and may not know its weather. Their errors differ.

References
----------
C. G. Northcutt, L. Jiang, I. L. Chuang (2021), "Confident learning: estimating uncertainty in dataset
labels", Journal of Artificial Intelligence Research 70, 1373-1411.
"""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import GroundplanError
from engine.mapping.crop_map import Validation
from engine.mapping.training import Training
from engine.mapping.validation import predict_labelled

COLUMNS = ("parcel_id", "label", "suggested", "quality", "source_suggested", "source_quality")

Floats = npt.NDArray[np.floating]
Codes = npt.NDArray[np.int64]


class DoubtsError(GroundplanError):
    """Labels that cannot be checked."""


def doubted_labels(training: Training, validation: Validation | None) -> pd.DataFrame:
    """Labels that both models doubt, the most doubtful first.

    Parameters
    ----------
    training
        What the map was trained from.
    validation
        Of the map, see `cross_validate`.

    Returns
    -------
    ``parcel_id``, ``label``, ``suggested`` (the class of the model of the other folds), ``quality`` (what
    it gives the label, 0 to 1), ``source_suggested`` and ``source_quality`` of the source model; empty cells
    where there is no such model.

    Raises
    ------
    DoubtsError
        Where nothing was cross-validated, or cleanlab is not installed.
    """
    if validation is None:
        raise DoubtsError(
            "Too few labels were cross-validated to doubt any of them. Visit at least 10 parcels on more "
            "than one block of ground, and leave --folds as it is."
        )
    names = np.array(training.study.legend.names, dtype=object)
    doubted = label_issues(validation.truth, validation.calibrated)
    table = {
        "parcel_id": validation.parcel_id,
        "label": names[validation.truth],
        "suggested": names[validation.calibrated.argmax(axis=1)],
        "quality": _quality(validation.truth, validation.calibrated),
        "source_suggested": np.full(len(doubted), None),
        "source_quality": np.full(len(doubted), np.nan),
    }
    baseline = training.baseline()
    if baseline is not None:
        of_source = predict_labelled(training, baseline, training.labelled)[1]
        doubted &= label_issues(validation.truth, of_source)
        table["source_suggested"] = names[of_source.argmax(axis=1)]
        table["source_quality"] = _quality(validation.truth, of_source)
    found = pd.DataFrame(table)[doubted]
    return found.sort_values("quality").reset_index(drop=True)[list(COLUMNS)]


def label_issues(label: Codes, probability: Floats) -> npt.NDArray[np.bool_]:
    """Which labels confident learning finds to be errors, ``[parcel]``.

    Parameters
    ----------
    label
        Code of the class of each parcel.
    probability
        Of a model that was not trained on it, ``[parcel, class]``.

    Raises
    ------
    DoubtsError
        Where cleanlab is not installed.
    """
    try:
        from cleanlab.filter import find_label_issues
    except ImportError as error:
        raise DoubtsError(
            "Doubtful labels are found with cleanlab, which is not installed. Install it with "
            "`pip install cleanlab`."
        ) from error
    present = np.unique(label)  # classes that nobody labelled are none that a label could be
    if len(present) < 2:
        return np.zeros(len(label), dtype=bool)
    among = probability[:, present]
    among = among / np.maximum(among.sum(axis=1, keepdims=True), 1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of rare classes, whose labels it leaves alone
        issues = find_label_issues(np.searchsorted(present, label), among, n_jobs=1)
    return np.asarray(issues, dtype=bool)


def _quality(label: Codes, probability: Floats) -> Floats:
    """Self-confidence: the probability of the label itself, ``[parcel]``."""
    return np.asarray(probability[np.arange(len(label)), label])
