"""Models made of models: under another standardisation, with other odds, and several at once.

An adjusted model decides for macro F1, so that its probabilities are not the chance of being right, and the
areas of its map are not those of the crops. `judged` gives the probabilities for that beside the decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

from engine.learning.learners import Model

LEAST = 1e-12  # probability that keeps a logarithm finite
COOLEST, WARMEST = 0.2, 5.0  # temperatures

Floats = npt.NDArray[np.floating]


Judgement = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


@runtime_checkable
class Judge(Protocol):
    """A model whose decisions and beliefs are two things."""

    def judge(self, values: npt.NDArray[np.float32]) -> Judgement:
        """See `judged`."""
        ...


def judged(model: Model, values: npt.NDArray[np.float32]) -> Judgement:
    """Class probabilities to decide by, and those to believe and to sum up to areas, ``[pixel, class]`` each.

    Beliefs are not adjusted, and temperature-scaled on past seasons where the model knows how.
    """
    if isinstance(model, Judge):
        return model.judge(values)
    said = model.predict(values)
    return said, said


@dataclass(frozen=True, eq=False)
class Scaled:
    """A model of standardised series that is shown raw ones.

    Parameters
    ----------
    mean, std
        Of the season that it looks at, ``[band]`` each.
    weights
        What was decided on the way, by name.
    """

    model: Model
    mean: npt.NDArray[np.float32]
    std: npt.NDArray[np.float32]
    weights: Mapping[str, float] = field(default_factory=dict)

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        return self.judge(values)[0]

    def judge(self, values: npt.NDArray[np.float32]) -> Judgement:
        """See `judged`."""
        return judged(self.model, (values - self.mean[:, None]) / self.std[:, None])


@dataclass(frozen=True, eq=False)
class Moving:
    """A model that is not shown the ``still`` last bands, which tell where a pixel lies."""

    model: Model
    still: int

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        return self.judge(values)[0]

    def judge(self, values: npt.NDArray[np.float32]) -> Judgement:
        """See `judged`."""
        return judged(self.model, values[:, : values.shape[1] - self.still])


@dataclass(frozen=True, eq=False)
class Reweighed:
    """A model whose odds are multiplied by ``exp(shift)``, ``[class]``."""

    model: Model
    shift: Floats

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        return reweighed(self.model.predict(values), self.shift)


@dataclass(frozen=True, eq=False)
class Adjusted:
    """A model that favours no class, and what it takes to decide and to be believed.

    Parameters
    ----------
    prior
        Log of the class shares that the model left out, ``[class]``.
    share
        How much of it a decision gets back (Menon et al. 2021, section 4.1, read backwards).
    temperature
        Above 1 it softens the probabilities to believe, which get all of the prior (Guo et al. 2017, ICML).
    """

    model: Model
    prior: Floats
    share: float
    temperature: float = 1.0

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities to decide by, ``[pixel, class]``, of series ``[pixel, band, time]``."""
        return self.judge(values)[0]

    def judge(self, values: npt.NDArray[np.float32]) -> Judgement:
        """See `judged`."""
        said = self.model.predict(values)
        return reweighed(said, self.share * self.prior), tempered(said, self.prior, self.temperature)


@dataclass(frozen=True, eq=False)
class Tempered:
    """A model that decides with softened probabilities: who is too sure shouts the others of a vote down."""

    model: Model
    temperature: float

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        return self.judge(values)[0]

    def judge(self, values: npt.NDArray[np.float32]) -> Judgement:
        """See `judged`."""
        said, believed = judged(self.model, values)
        return tempered(said, np.zeros(said.shape[1]), self.temperature), believed


@dataclass(frozen=True, eq=False)
class Mixture:
    """Several models that vote with their probabilities, by weights that add up to 1.

    Parameters
    ----------
    temperature
        Of the probabilities to believe.
    """

    models: tuple[Model, ...]
    weights: tuple[float, ...]
    temperature: float = 1.0

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        return self.judge(values)[0]

    def judge(self, values: npt.NDArray[np.float32]) -> Judgement:
        """See `judged`."""
        said, believed = zip(*(judged(model, values) for model in self.models), strict=True)
        mean = mixed(believed, self.weights)
        return mixed(said, self.weights), tempered(mean, np.zeros(mean.shape[1]), self.temperature)


def reweighed(probability: npt.NDArray[np.float32], shift: Floats) -> npt.NDArray[np.float32]:
    """``p exp(shift)``, scaled to add up to 1, ``[pixel, class]``."""
    return _softmax(np.log(np.maximum(probability, LEAST)) + shift)


def tempered(
    probability: npt.NDArray[np.float32], shift: Floats, temperature: float
) -> npt.NDArray[np.float32]:
    """``(p exp(shift))^(1 / temperature)``, scaled to add up to 1, ``[pixel, class]``."""
    return _softmax((np.log(np.maximum(probability, LEAST)) + shift) / temperature)


def best_temperature(probability: npt.NDArray[np.float32], truth: npt.NDArray[np.int64]) -> float:
    """The temperature under which the truth is most likely (Guo et al. 2017, ICML, section 4.2).

    Parameters
    ----------
    probability
        Of pixels that the model has not seen, ``[pixel, class]``.
    truth
        ``[pixel]``.
    """
    logits = np.log(np.maximum(probability, LEAST)).astype(np.float64)
    own = logits[np.arange(len(truth)), truth]  # [pixel]

    def unlikely(log_temperature: float) -> float:
        cold = np.exp(-log_temperature)
        return float((logsumexp(cold * logits, axis=1) - cold * own).mean())

    found = minimize_scalar(unlikely, bounds=(np.log(COOLEST), np.log(WARMEST)), method="bounded")
    return float(np.exp(found.x))


def _softmax(logits: Floats) -> npt.NDArray[np.float32]:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)


def mixed(
    probability: Sequence[npt.NDArray[np.float32]], weights: Sequence[float]
) -> npt.NDArray[np.float32]:
    """Weighted mean of probabilities, ``[pixel, class]`` each."""
    total = sum(weight * one for weight, one in zip(weights, probability, strict=True) if weight > 0)
    return np.asarray(total, dtype=np.float32)
