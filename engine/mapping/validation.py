"""Spatial cross-validation of the visited parcels, and what wrong labels would cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.learning.calibration import probabilities
from engine.learning.metrics import parcel_probability
from engine.learning.protocols import Model
from engine.learning.samples import draw_samples
from engine.mapping.applicability import spatial_folds
from engine.mapping.crop_map import Validation
from engine.mapping.prediction import PIXEL_SEED, PIXELS
from engine.mapping.training import Training
from engine.sampling.split import utm_km

LEAST_LABELLED = 10  # parcels; fewer say nothing when they are divided
SHARES_WRONG = (0.05, 0.10, 0.20)
FLIP_SEED = 7

Floats = npt.NDArray[np.floating]
Codes = npt.NDArray[np.int64]


def cross_validate(training: Training, crop: Codes | None = None) -> Validation | None:
    """What models predict of the labelled parcels of ground that they have not seen.

    Parameters
    ----------
    training
        What the map is trained from; its request says into how many folds.
    crop
        Labels that the models learn from, ``[parcel of the study]``; by default the true ones. Tests always
        ask the labels as they are.

    Returns
    -------
    None where the folds are switched off, the parcels too few, or all of them of one block of ground.
    """
    study, rows = training.study, training.labelled
    if training.request.folds < 2 or len(rows) < LEAST_LABELLED:
        return None
    fold = spatial_folds(study, rows, training.request.folds)
    folds = int(fold.max()) + 1
    if folds < 2:
        return None
    decision, calibrated = (np.zeros((len(rows), len(study.legend))) for _ in range(2))
    for number in range(folds):
        held_out = fold == number
        title = f"cross-validation, fold {number + 1} of {folds}"
        model = training.model(crop, rows[held_out], title)
        decision[held_out], calibrated[held_out] = predict_labelled(training, model, rows[held_out])
    names = study.parcels["parcel_id"].to_numpy(dtype=object)[rows]
    return Validation(names, fold, study.crop_codes[rows], decision, calibrated)


def predict_labelled(training: Training, model: Model, rows: Codes) -> tuple[Floats, Floats]:
    """Probabilities that decide, and calibrated ones, of some labelled parcels, ``[row, class]`` each.

    Parameters
    ----------
    training
        What the map is trained from.
    model
        Of its method, or of another with the same features.
    rows
        Of the parcels in ``Study.parcels``, ascending, ``[row]``.
    """
    study, cube = training.study, training.cube
    rng = np.random.default_rng(PIXEL_SEED)
    samples = draw_samples(cube, study.crop_codes, len(study.legend), rows, PIXELS, rng)
    place_km = np.column_stack(utm_km(study, training.request.target))
    seen = training.request.method.features.of(samples, cube.days, place_km)
    owner = np.searchsorted(rows, samples.parcel)
    decision, calibrated = probabilities(model, seen.values)
    return parcel_probability(decision, owner, len(rows)), parcel_probability(calibrated, owner, len(rows))


def macro_f1_with_wrong_labels(
    training: Training, shares: Sequence[float] = SHARES_WRONG
) -> dict[float, float]:
    """Macro F1 of the cross-validation when a share of the labels that models learn from is wrong.

    A wrong label is another class of the trip, at random. The labels that test stay as they are.

    Parameters
    ----------
    training
        What the map is trained from.
    shares
        Of the labelled parcels, 0 to 1.

    Returns
    -------
    Macro F1, 0 to 1, by share; empty where nothing can be cross-validated.
    """
    crop, rows = training.study.crop_codes, training.labelled
    present = np.unique(crop[rows])
    found = {}
    for share in shares:
        rng = np.random.default_rng(FLIP_SEED)
        wrong = rng.choice(rows, round(share * len(rows)), replace=False)
        flipped = crop.copy()
        for row in wrong:
            others = present[present != crop[row]]
            flipped[row] = rng.choice(others) if len(others) else crop[row]
        validation = cross_validate(training, flipped)
        if validation is not None:
            found[share] = validation.macro_f1
    return found
