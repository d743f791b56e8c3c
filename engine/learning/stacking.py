"""How much each of several models counts, from what they said of parcels they had not seen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LEAST = 1e-4  # no model is ruined by one parcel
ROUNDS = 300

Floats = npt.NDArray[np.floating]


def stacked(probability: Floats, truth: npt.NDArray[np.int64], before: Floats, caution: float) -> Floats:
    """Weights of a mixture of models, ``[model]``, that add up to 1.

    The mode of their posterior: likelihood of the held-out parcels under the mixture times a Dirichlet
    distribution around ``before`` that is worth ``caution`` parcels, by expectation maximisation
    (stacking of predictive distributions, Yao et al. 2018, Bayesian Analysis 13, 917). Parcels of a class
    with n parcels count 1 / sqrt(n), scaled to a mean of 1: macro F1 cares for rare classes.

    Parameters
    ----------
    probability
        ``[model, parcel, class]``.
    truth
        ``[parcel]``.
    """
    if len(truth) == 0:
        return np.asarray(before, dtype=np.float64)
    said = probability[:, np.arange(len(truth)), truth].T.astype(np.float64) + LEAST  # [parcel, model]
    count = np.bincount(truth)[truth]
    worth = 1 / np.sqrt(count)
    worth /= worth.mean()
    weights = np.asarray(before, dtype=np.float64)
    for _ in range(ROUNDS):
        owes = weights * said
        owes /= owes.sum(axis=1, keepdims=True)
        weights = worth @ owes + caution * before
        weights = weights / weights.sum()
    return weights
