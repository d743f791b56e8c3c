"""What designs need of source models, kept beside their weights as small arrays.

For every parcel of the target season that has series: the mean over its drawn pixels of the class
probabilities and of the last hidden layer of one model, and of the mutual information among several. A file
is named by what it was made of (the weights, the season's series, the pixels): a model that was trained anew
or a season that has changed finds no file and is computed again, and a model with a new name finds its own.

The means of a model are rounded to float32, the same whether they are kept or computed now; the mutual
information stays float64.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.domain import Study
from engine.experiments.archive import Archive, Arrays, digest_of
from engine.experiments.plan import Plan
from engine.experiments.source_models import FOR_DESIGNS, source_key
from engine.files import WriteError
from engine.learning.folds import Rows
from engine.learning.learners import learner_by_name
from engine.learning.samples import Samples, draw_samples
from engine.studies.store import season_digest

FORMAT = 1  # of the arrays, and of the way in which they are computed
PIXELS = 20  # of each parcel that a model looks at
PIXEL_SEED = 0  # the same pixels for every repeat
PARCEL, PROBABILITY, HIDDEN, INFORMATION = "parcel", "probability", "hidden", "information"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Predictions:
    """What the source models of a plan predict of its target season: kept values, or computed now and kept.

    Parameters
    ----------
    study, plan
        The plan names the target season, the learner, and the source models of its repeats.
    archive
        Where the weights are, and predictions are looked up and kept.
    model
        The source model of a repeat, by its number from 0; called only where values must be computed.
    """

    study: Study
    plan: Plan
    archive: Archive
    model: Callable[[int], Any]
    _by_pixel: dict[int, npt.NDArray[np.float32]] = field(default_factory=dict)

    def of_model(self, number: int) -> Arrays:
        """Of one repeat's source model.

        Parameters
        ----------
        number
            Of the repeat, from 0.

        Returns
        -------
        ``parcel``, the rows in ``Study.parcels``, ascending, ``[parcel]``; ``probability``
        ``[parcel, class]`` float32; and ``hidden`` ``[parcel, unit]`` float32, where the model has such a
        layer.
        """
        return self._kept_or([number], lambda: self._means(number))

    def kept(self, number: int) -> Arrays | None:
        """Of one repeat's source model, as `of_model` gives it; None where that is not kept.

        Parameters
        ----------
        number
            Of the repeat, from 0.
        """
        facts = self._facts([number])
        return None if facts is None else self.archive.predictions(self._name(facts), facts)

    def of_committee(self) -> Arrays:
        """Of the source models of all repeats together.

        Returns
        -------
        ``parcel`` as in `of_model`, and ``information``, the mean over pixels of the mutual information
        between class and model, nats, ``[parcel]`` float64.
        """
        return self._kept_or(range(len(self.plan.source_seeds)), self._information)

    def complete(self) -> None:
        """Have everything kept that a design may ask."""
        models = len(self.plan.source_seeds)
        for number in range(models):
            self.of_model(number)
        if models > 1:
            self.of_committee()

    def _kept_or(self, numbers: Sequence[int], compute: Callable[[], Arrays]) -> Arrays:
        """Arrays from the archive, or computed now and kept, if the weights of all these models are."""
        facts = self._facts(numbers)
        if facts is None:
            return compute()
        name = self._name(facts)
        kept = self.archive.predictions(name, facts)
        if kept is None:
            kept = compute()
            with suppress(WriteError):  # a workspace that cannot be written to computes every time
                self.archive.keep_predictions(name, kept, facts)
        return kept

    def _name(self, facts: dict[str, Any]) -> str:
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
        return f"{self.plan.target}-{digest[:16]}"

    def _facts(self, numbers: Sequence[int]) -> dict[str, Any] | None:
        """What identifies predictions; None where a model has no weights in the archive."""
        if not learner_by_name(self.plan.learner).storable:
            return None
        models = []
        for number in numbers:
            stored = self.archive.weights(source_key(self.plan, number, FOR_DESIGNS).name)
            if stored is None:
                return None
            models.append(digest_of(stored[0]))
        return {
            "format": FORMAT,
            "learner": self.plan.learner,
            "models": models,
            "season": self.plan.target,
            "series": season_digest(self.study, self.plan.target),
            "pixels": PIXELS,
            "pixel_seed": PIXEL_SEED,
        }

    @cached_property
    def _samples(self) -> Samples:
        """Pixels of every parcel that has series; a parcel's do not depend on which others there are."""
        cube = self.study.cubes[self.plan.target]
        unlabelled = np.zeros(len(self.study.parcels), dtype=np.int64)
        rng = np.random.default_rng(PIXEL_SEED)
        return draw_samples(cube, unlabelled, 1, np.unique(cube.parcel), PIXELS, rng)

    def _probability(self, number: int) -> npt.NDArray[np.float32]:
        """Of each class, by one model, ``[pixel, class]``."""
        if number not in self._by_pixel:
            self._by_pixel[number] = self.model(number).predict(self._samples.values)
        return self._by_pixel[number]

    def _means(self, number: int) -> Arrays:
        parcel, probability = _per_parcel(self._samples, self._probability(number))
        arrays: Arrays = {PARCEL: parcel, PROBABILITY: probability.astype(np.float32)}
        model = self.model(number)
        if hasattr(model, "embed"):
            _, hidden = _per_parcel(self._samples, model.embed(self._samples.values))
            arrays[HIDDEN] = hidden.astype(np.float32)
        return arrays

    def _information(self) -> Arrays:
        by_model = [self._probability(number) for number in range(len(self.plan.source_seeds))]
        parcel, information = _per_parcel(self._samples, disagreement(by_model))
        return {PARCEL: parcel, INFORMATION: information}


def disagreement(probability: Sequence[npt.NDArray[np.float32]]) -> Floats:
    """Mutual information between class and model, nats, ``[pixel]``: entropy of the mean probability less the
    mean entropy.

    Parameters
    ----------
    probability
        Of each model, ``[pixel, class]``.

    References
    ----------
    N. Houlsby, F. Huszár, Z. Ghahramani, M. Lengyel (2011), "Bayesian active learning for classification and
    preference learning", arXiv:1112.5745.
    """
    by_model = np.asarray(probability, dtype=np.float64)  # [model, pixel, class]
    information: Floats = _entropy(by_model.mean(axis=0)) - _entropy(by_model).mean(axis=0)
    return information


def _entropy(probability: Floats) -> Floats:
    entropy: Floats = -(probability * np.log(np.maximum(probability, 1e-12))).sum(axis=-1)
    return entropy


def _per_parcel(samples: Samples, values: npt.NDArray[np.floating]) -> tuple[Rows, Floats]:
    """The parcels with series, and the means over their pixels, of values ``[pixel, ...]``."""
    parcel, owner = np.unique(samples.parcel, return_inverse=True)
    total = np.zeros((len(parcel), *values.shape[1:]))
    np.add.at(total, owner, values.astype(np.float64))
    return parcel, (total.T / np.bincount(owner)).T
