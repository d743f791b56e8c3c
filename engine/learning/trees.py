"""Trees over the flattened series: a random forest, as in the study authors' companion code, and boosting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from engine.learning.samples import Samples

LEAVES, BINS = 15, 63  # of boosted trees: half and a quarter of the usual, for twice the speed


@dataclass(frozen=True, eq=False)
class Trees:
    """Fitted trees that know all classes of the legend, also those they never saw."""

    trees: Any
    classes: int

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        probability = np.zeros((len(values), self.classes), dtype=np.float32)
        probability[:, self.trees.classes_] = self.trees.predict_proba(values.reshape(len(values), -1))
        return probability


@dataclass(frozen=True, eq=False)
class Only:
    """The one class that a trip saw: boosting needs two to tell apart."""

    code: int
    classes: int

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """That class of every pixel, ``[pixel, class]``."""
        probability = np.zeros((len(values), self.classes), dtype=np.float32)
        probability[:, self.code] = 1
        return probability


def fit(
    kind: str,
    samples: Samples,
    trees: int,
    seed: int,
    weight: npt.NDArray[np.float64] | None = None,
) -> Trees | Only:
    """Grow trees on these samples.

    ``random-forest`` grows ``trees`` of them (Breiman 2001), ``gradient-boosting`` one for each class in each
    of so many rounds (scikit-learn's histogram version, after Ke et al. 2017, LightGBM). ``weight`` is
    ``[pixel]``.
    """
    flat = samples.values.reshape(len(samples), -1)
    if kind == "random-forest":
        forest = RandomForestClassifier(trees, random_state=seed, n_jobs=1)
        return Trees(forest.fit(flat, samples.crop, weight), samples.classes)
    if len(np.unique(samples.crop)) == 1:
        return Only(int(samples.crop[0]), samples.classes)
    boosting = HistGradientBoostingClassifier(
        max_iter=trees, max_leaf_nodes=LEAVES, max_bins=BINS, early_stopping=False, random_state=seed
    )
    return Trees(boosting.fit(flat, samples.crop, weight), samples.classes)
