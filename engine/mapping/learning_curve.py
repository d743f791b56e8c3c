"""How the score of a map grows with its labels: what more of them would add."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.learning import metrics
from engine.mapping.crop_map import Validation
from engine.mapping.training import Training
from engine.mapping.validation import predict_labelled

SHARES = (0.4, 0.7)  # of the labels, whose scores a curve joins to that of all of them
DRAWS = 400  # of the bootstrap
SEED = 11


@dataclass(frozen=True)
class LearningCurve:
    """Cross-validated macro F1 at several numbers of labels.

    Parameters
    ----------
    parcels
        That models learnt from, on average over the folds, ``[size]``.
    macro_f1
        Over all labelled parcels, each predicted by a model of other ground, 0 to 1, ``[size]``.
    slope, error
        Points of macro F1 by unit of log parcels, and its standard error by a bootstrap of the parcels.
    """

    parcels: tuple[float, ...]
    macro_f1: tuple[float, ...]
    slope: float
    error: float

    def growth(self, parcels: int, more: int) -> tuple[float, float]:
        """Points that more parcels add, and their standard error: the curve goes on as it went.

        Parameters
        ----------
        parcels, more
            Labelled so far, and to be visited beside them.
        """
        step = float(np.log((parcels + more) / parcels))
        return self.slope * step, self.error * step


def learning_curve(
    training: Training,
    validation: Validation,
    shares: Sequence[float] = SHARES,
    observe: Callable[[str], None] = lambda _: None,
) -> LearningCurve:
    """Train on parts of the labels, and test on ground that the models have not seen.

    The score is taken to grow with the logarithm of the number of labels, as learning curves do between their
    beginning and their end (Perlich, Provost & Simonoff 2003, JMLR 4, 211). What models of all labels outside
    a fold predict, the cross-validation of the map has kept: nothing is trained for it again.

    Parameters
    ----------
    training
        What the map is trained from.
    validation
        The cross-validation of that map.
    shares
        Of the labels outside a fold, ascending, each below 1.
    observe
        Told before every training what begins.
    """
    study = training.study
    ids = pd.Index(study.parcels_in(training.request.target)["parcel_id"])
    rows = study.parcels_in(training.request.target).index.to_numpy()[ids.get_indexer(validation.parcel_id)]
    fold, folds = validation.fold, int(validation.fold.max()) + 1
    rng = np.random.default_rng(SEED)
    order = rng.permutation(len(rows))  # one order, so that each size holds the labels of the smaller
    predicted, sizes = [], []
    for share in shares:
        found, learnt = np.zeros(len(rows), dtype=np.int64), []
        for number in range(folds):
            held_out = fold == number
            others = order[~held_out[order]]
            kept = others[: max(2, round(share * len(others)))]
            title = f"train on {share:.0%} of the labels, fold {number + 1} of {folds}"
            observe(title)
            model = training.model(None, rows[held_out], title, rows[np.setdiff1d(others, kept)])
            found[held_out] = predict_labelled(training, model, rows[held_out])[0].argmax(axis=1)
            learnt.append(len(kept))
        predicted.append(found)
        sizes.append(float(np.mean(learnt)))
    predicted.append(validation.decision.argmax(axis=1))
    sizes.append(float(np.mean([(fold != number).sum() for number in range(folds)])))
    truth, classes, log = validation.truth, len(study.legend), np.log(sizes)
    scores = [metrics.macro_f1_of(truth, found, classes) for found in predicted]
    slopes = [
        np.polyfit(log, [metrics.macro_f1_of(truth[drawn], found[drawn], classes) for found in predicted], 1)[
            0
        ]
        for drawn in rng.choice(len(rows), (DRAWS, len(rows)))
    ]
    slope = float(np.polyfit(log, scores, 1)[0])
    return LearningCurve(tuple(sizes), tuple(scores), 100 * slope, 100 * float(np.std(slopes, ddof=1)))
