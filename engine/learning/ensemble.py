"""Stacked ensembles: a weighted mean of members' probabilities, and the weights by held-out parcels."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.learning.calibration import Probabilities, WrappedModel, probabilities, temperature_scaled
from engine.learning.protocols import Model

LEAST_LIKELIHOOD = 1e-4  # no member is ruled out by one parcel
ROUNDS = 300

Floats = npt.NDArray[np.floating]
Values = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Ensemble(WrappedModel):
    """Models whose probabilities are averaged with weights that add up to 1.

    Parameters
    ----------
    temperature
        Of the calibrated probabilities.
    """

    members: tuple[Model, ...]
    weights: tuple[float, ...]
    temperature: float = 1.0

    def probabilities(self, values: Values) -> Probabilities:
        """See `engine.learning.calibration.probabilities`."""
        decision, calibrated = zip(*(probabilities(member, values) for member in self.members), strict=True)
        mean = weighted_mean(calibrated, self.weights)
        no_shift = np.zeros(mean.shape[1])
        return Probabilities(
            weighted_mean(decision, self.weights), temperature_scaled(mean, no_shift, self.temperature)
        )


@dataclass(frozen=True, eq=False)
class Remembering(WrappedModel):
    """A model that remembers what it predicted last: the plans of a run are tested on the same pixels."""

    model: Model
    _last: dict[bytes, Probabilities] = field(default_factory=dict)

    def probabilities(self, values: Values) -> Probabilities:
        """See `engine.learning.calibration.probabilities`."""
        contiguous = np.ascontiguousarray(values)
        key = hashlib.sha256(contiguous.data).digest()
        if key not in self._last:
            predicted = probabilities(self.model, values)
            self._last.clear()
            self._last[key] = predicted
        return self._last[key]


def weighted_mean(probability: Sequence[Values], weights: Sequence[float]) -> Values:
    """Weighted mean of members' probabilities, ``[pixel, class]``.

    Parameters
    ----------
    probability
        Of each member, ``[pixel, class]``.
    weights
        Of each member; a member of weight 0 is passed over.
    """
    total = sum(
        weight * of_member for weight, of_member in zip(weights, probability, strict=True) if weight > 0
    )
    return np.asarray(total, dtype=np.float32)


def stacking_weights(
    probability: Floats, truth: npt.NDArray[np.int64], prior_weights: Floats, caution: float
) -> Floats:
    """Weights of an ensemble's members, ``[member]``, that add up to 1.

    The mode of their posterior: likelihood of the held-out parcels under the mixture times a Dirichlet
    distribution around ``prior_weights`` that is worth ``caution`` parcels, by expectation maximisation
    (stacking of predictive distributions, Yao et al. 2018, Bayesian Analysis 13, 917). Parcels of a class
    with n parcels count 1 / sqrt(n), scaled to a mean of 1: macro F1 cares for rare classes.

    Parameters
    ----------
    probability
        Of held-out parcels, ``[member, parcel, class]``.
    truth
        Class codes, ``[parcel]``.
    prior_weights
        Before any parcel is seen, ``[member]``.
    caution
        Parcels that the prior weights are worth.
    """
    if len(truth) == 0:
        return np.asarray(prior_weights, dtype=np.float64)
    of_truth = probability[:, np.arange(len(truth)), truth].T.astype(np.float64)  # [parcel, member]
    likelihood = of_truth + LEAST_LIKELIHOOD
    parcel_weight = 1 / np.sqrt(np.bincount(truth)[truth])
    parcel_weight /= parcel_weight.mean()
    weights = np.asarray(prior_weights, dtype=np.float64)
    for _ in range(ROUNDS):
        responsibility = weights * likelihood
        responsibility /= responsibility.sum(axis=1, keepdims=True)
        weights = parcel_weight @ responsibility + caution * prior_weights
        weights = weights / weights.sum()
    return weights
