"""Models made of models: under another standardisation, with other odds, and several at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.learning.learners import Model

Floats = npt.NDArray[np.floating]


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
        return self.model.predict((values - self.mean[:, None]) / self.std[:, None])


@dataclass(frozen=True, eq=False)
class Reweighed:
    """A model whose odds are multiplied, ``p ~ p^(1 / temperature) exp(shift)``.

    Parameters
    ----------
    shift
        Added to the logits, ``[class]``: a share of the log prior takes a balanced model back towards the
        frequencies it was taught (Menon et al. 2021, section 4.1, read backwards).
    temperature
        Above 1 it softens the probabilities (Guo et al. 2017, ICML).
    """

    model: Model
    shift: Floats
    temperature: float = 1.0

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        return reweighed(self.model.predict(values), self.shift, self.temperature)


@dataclass(frozen=True, eq=False)
class Mixture:
    """Several models that vote with their probabilities, by weights that add up to 1."""

    models: tuple[Model, ...]
    weights: tuple[float, ...]

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        return mixed([model.predict(values) for model in self.models], self.weights)


def reweighed(
    probability: npt.NDArray[np.float32], shift: Floats, temperature: float = 1.0
) -> npt.NDArray[np.float32]:
    """``p^(1 / temperature) exp(shift)``, scaled to add up to 1, ``[pixel, class]``."""
    logits = np.log(np.maximum(probability, 1e-12)) / temperature + shift
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)


def mixed(
    probability: Sequence[npt.NDArray[np.float32]], weights: Sequence[float]
) -> npt.NDArray[np.float32]:
    """Weighted mean of probabilities, ``[pixel, class]`` each."""
    total = sum(weight * one for weight, one in zip(weights, probability, strict=True) if weight > 0)
    return np.asarray(total, dtype=np.float32)
