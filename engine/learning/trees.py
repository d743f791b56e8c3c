"""Trees over the flattened series: a random forest, as in the study authors' companion code, and boosting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)

from engine.learning.samples import Samples

# Of boosted trees: small ones that see a part of the features, for they must hold in another season.
BOOSTING = {
    "max_leaf_nodes": 8, "max_bins": 63, "max_features": 0.3, "l2_regularization": 5.0, "learning_rate": 0.1,
}  # fmt: skip

Values = npt.NDArray[np.float32]
Features = Callable[[Values], Values]


def flattened(values: Values) -> Values:
    """All values of a pixel in a row, ``[pixel, band x time]``."""
    return values.reshape(len(values), -1)


@dataclass(frozen=True, eq=False)
class Trees:
    """Fitted trees that know all classes of the legend, also those they never saw."""

    trees: Any
    classes: int
    features: Features = flattened

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        probability = np.zeros((len(values), self.classes), dtype=np.float32)
        probability[:, self.trees.classes_] = self.trees.predict_proba(self.features(values))
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
    features: Features = flattened,
) -> Trees | Only:
    """Grow trees on these samples.

    ``random-forest`` grows ``trees`` of them (Breiman 2001), ``extra-trees`` too, with random thresholds
    (Geurts et al. 2006), ``gradient-boosting`` one for each class in each of so many rounds (scikit-learn's
    histogram version, after Ke et al. 2017, LightGBM). ``weight`` is ``[pixel]``; ``features`` is what they
    look at.
    """
    flat = features(samples.values)
    if kind == "gradient-boosting" and len(np.unique(samples.crop)) == 1:
        return Only(int(samples.crop[0]), samples.classes)
    model: Any
    match kind:
        case "random-forest":
            model = RandomForestClassifier(trees, random_state=seed, n_jobs=1)
        case "extra-trees":
            model = ExtraTreesClassifier(
                trees, min_samples_leaf=2, max_features=0.3, random_state=seed, n_jobs=1
            )
        case "gradient-boosting":
            model = HistGradientBoostingClassifier(
                max_iter=trees, early_stopping=False, random_state=seed, **BOOSTING
            )
        case _:
            raise ValueError(f"There are no trees of the kind {kind}.")
    return Trees(model.fit(flat, samples.crop, weight), samples.classes, features)
