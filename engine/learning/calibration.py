"""Probabilities to decide by, and calibrated ones: logit adjustment, prior shift, temperature scaling.

A logit-adjusted model decides for macro F1, so its probabilities are not the chance of being right, and the
areas of its map are not those of the crops. `probabilities` gives calibrated ones beside the decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from engine.learning.protocols import Model

LEAST_PROBABILITY = 1e-12  # keeps a logarithm finite
LOWEST_TEMPERATURE, HIGHEST_TEMPERATURE = 0.2, 5.0

Floats = npt.NDArray[np.floating]
Values = npt.NDArray[np.float32]


class Probabilities(NamedTuple):
    """Class probabilities of pixels, ``[pixel, class]`` each.

    Parameters
    ----------
    decision
        To decide by.
    calibrated
        Not adjusted, and temperature-scaled on source seasons where the model knows how: to state confidence
        and to sum up to areas.
    """

    decision: Values
    calibrated: Values


@runtime_checkable
class CalibratedModel(Protocol):
    """A model whose calibrated probabilities are not those that it decides by."""

    def probabilities(self, values: Values) -> Probabilities:
        """Both, of series ``[pixel, band, time]``."""
        ...


def probabilities(model: Model, values: Values) -> Probabilities:
    """The probabilities of any model; one that is not calibrated gives the same twice.

    Parameters
    ----------
    model
        Any model.
    values
        Series, ``[pixel, band, time]``.
    """
    if isinstance(model, CalibratedModel):
        return model.probabilities(values)
    predicted = model.predict(values)
    return Probabilities(predicted, predicted)


class WrappedModel:
    """A model around others: it predicts what it decides by."""

    def predict(self, values: Values) -> Values:
        """Class probabilities to decide by, ``[pixel, class]``, of series ``[pixel, band, time]``."""
        return self.probabilities(values).decision

    def probabilities(self, values: Values) -> Probabilities:
        """See `probabilities`."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Standardised(WrappedModel):
    """A model of standardised series that is given measured ones.

    Parameters
    ----------
    mean, std
        Of the season that it maps, ``[band]`` each.
    member_weights
        Weights of an ensemble's members, by name.
    """

    model: Model
    mean: Values
    std: Values
    member_weights: Mapping[str, float] = field(default_factory=dict)

    def probabilities(self, values: Values) -> Probabilities:
        """See `probabilities`."""
        return probabilities(self.model, (values - self.mean[:, None]) / self.std[:, None])


@dataclass(frozen=True, eq=False)
class WithoutStatic(WrappedModel):
    """A model that is not given the ``static`` last bands, the static features."""

    model: Model
    static: int

    def probabilities(self, values: Values) -> Probabilities:
        """See `probabilities`."""
        return probabilities(self.model, values[:, : values.shape[1] - self.static])


@dataclass(frozen=True, eq=False)
class PriorShifted:
    """A model whose odds are multiplied by ``exp(shift)``, ``[class]``."""

    model: Model
    shift: Floats

    def predict(self, values: Values) -> Values:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        return prior_shifted(self.model.predict(values), self.shift)


@dataclass(frozen=True, eq=False)
class Smoothed:
    """A model that rules no class out.

    Trees that never saw a class in a leaf call it impossible. One such parcel makes temperature scaling take
    all confidence away.

    Parameters
    ----------
    model
        Any model.
    share
        Of its probability that all classes share evenly.
    """

    model: Model
    share: float

    def predict(self, values: Values) -> Values:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        predicted = self.model.predict(values)
        return np.asarray((1 - self.share) * predicted + self.share / predicted.shape[1], dtype=np.float32)


@dataclass(frozen=True, eq=False)
class LogitAdjusted(WrappedModel):
    """A model that favours no class, with what it takes to decide and to be calibrated.

    Parameters
    ----------
    prior
        Log of the class shares that training left out, ``[class]``.
    prior_share
        How much of it a decision gets back (Menon et al. 2021, section 4.1, read backwards).
    temperature
        Above 1 it softens the calibrated probabilities, which get all of the prior (Guo et al. 2017, ICML).
    """

    model: Model
    prior: Floats
    prior_share: float
    temperature: float = 1.0

    def probabilities(self, values: Values) -> Probabilities:
        """See `probabilities`."""
        predicted = self.model.predict(values)
        return Probabilities(
            prior_shifted(predicted, self.prior_share * self.prior),
            temperature_scaled(predicted, self.prior, self.temperature),
        )


@dataclass(frozen=True, eq=False)
class TemperatureScaled(WrappedModel):
    """A model that decides with softened probabilities: an overconfident member would outweigh the others."""

    model: Model
    temperature: float

    def probabilities(self, values: Values) -> Probabilities:
        """See `probabilities`."""
        decision, calibrated = probabilities(self.model, values)
        no_shift = np.zeros(decision.shape[1])
        return Probabilities(temperature_scaled(decision, no_shift, self.temperature), calibrated)


def prior_shifted(probability: Values, shift: Floats) -> Values:
    """``p exp(shift)``, scaled to add up to 1, ``[pixel, class]``.

    Parameters
    ----------
    probability
        Class probabilities, ``[pixel, class]``.
    shift
        Added to the log probabilities, ``[class]``.
    """
    return temperature_scaled(probability, shift, 1.0)


def temperature_scaled(probability: Values, shift: Floats, temperature: float) -> Values:
    """``(p exp(shift))^(1 / temperature)``, scaled to add up to 1, ``[pixel, class]``.

    Parameters
    ----------
    probability
        Class probabilities, ``[pixel, class]``.
    shift
        Added to the log probabilities, ``[class]``.
    temperature
        Above 1 it softens, below 1 it sharpens.
    """
    return _softmax((np.log(np.maximum(probability, LEAST_PROBABILITY)) + shift) / temperature)


def fit_temperature(probability: Values, truth: npt.NDArray[np.int64]) -> float:
    """The temperature under which the truth is most likely (Guo et al. 2017, ICML, section 4.2).

    Parameters
    ----------
    probability
        Of pixels that the model was not trained on, ``[pixel, class]``.
    truth
        ``[pixel]``.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import logsumexp

    logits = np.log(np.maximum(probability, LEAST_PROBABILITY)).astype(np.float64)
    of_truth = logits[np.arange(len(truth)), truth]  # [pixel]

    def negative_log_likelihood(log_temperature: float) -> float:
        inverse = np.exp(-log_temperature)
        return float((logsumexp(inverse * logits, axis=1) - inverse * of_truth).mean())

    bounds = (np.log(LOWEST_TEMPERATURE), np.log(HIGHEST_TEMPERATURE))
    optimum = minimize_scalar(negative_log_likelihood, bounds=bounds, method="bounded")
    return float(np.exp(optimum.x))


def _softmax(logits: Floats) -> Values:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)
