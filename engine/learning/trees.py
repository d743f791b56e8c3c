"""Trees over the flattened series: a random forest, as in the study authors' companion code, and boosting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from engine.learning.boosting import Bins, fit_boosted
from engine.learning.samples import Samples

Values = npt.NDArray[np.float32]
Features = Callable[[Values], Values]


def flattened(values: Values) -> Values:
    """All values of a pixel in a row, ``[pixel, band x time]``.

    Parameters
    ----------
    values
        Series, ``[pixel, band, time]``.
    """
    return values.reshape(len(values), -1)


@dataclass(frozen=True, eq=False)
class Trees:
    """Fitted trees that know all classes of the legend, also those they were not trained on."""

    trees: Any
    classes: int
    features: Features = flattened

    def predict(self, values: Values) -> Values:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        probability = np.zeros((len(values), self.classes), dtype=np.float32)
        probability[:, self.trees.classes_] = self.trees.predict_proba(self.features(values))
        return probability


@dataclass(frozen=True, eq=False)
class SingleClass:
    """The only class of the training samples: boosting needs two to tell apart."""

    code: int
    classes: int

    def predict(self, values: Values) -> Values:
        """That class for every pixel, ``[pixel, class]``."""
        probability = np.zeros((len(values), self.classes), dtype=np.float32)
        probability[:, self.code] = 1
        return probability


@dataclass(frozen=True, eq=False)
class Table:
    """What trees are fitted to: features ``[pixel, feature]``, codes and weights ``[pixel]``, and the bins of
    features of the same kind where they are known.
    """

    features: Values
    crop: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float64] | None
    bins: Bins | None


def _random_forest(table: Table, trees: int, seed: int) -> Any:
    """Breiman 2001, Machine Learning 45, 5."""
    forest = RandomForestClassifier(trees, random_state=seed, n_jobs=1)
    return forest.fit(table.features, table.crop, table.weight)


def _extra_trees(table: Table, trees: int, seed: int) -> Any:
    """Random thresholds (Geurts et al. 2006, Machine Learning 63, 3), each tree on half of the pixels: pixels
    of a parcel are alike, so a half tells a tree as much in half the time.
    """
    half = max(1, len(table.crop) // 2)
    forest = ExtraTreesClassifier(
        trees, max_features=0.3, bootstrap=True, max_samples=half, random_state=seed, n_jobs=1
    )
    return forest.fit(table.features, table.crop, table.weight)


def _boosting(table: Table, trees: int, seed: int) -> Any:
    """A tree for each class in each of so many rounds, see `engine.learning.boosting`."""
    return fit_boosted(table.features, table.crop, trees, seed, table.weight, table.bins)


KINDS: Mapping[str, Callable[[Table, int, int], Any]] = {
    "random-forest": _random_forest,
    "extra-trees": _extra_trees,
    "gradient-boosting": _boosting,
}
NEEDS_TWO_CLASSES = ("gradient-boosting",)


def fit(
    kind: str,
    samples: Samples,
    trees: int,
    seed: int,
    weight: npt.NDArray[np.float64] | None = None,
    features: Features = flattened,
    bins: Bins | None = None,
) -> Trees | SingleClass:
    """Fit trees to samples.

    Parameters
    ----------
    kind
        One of `KINDS`.
    samples
        Samples to train on.
    trees
        How many; of boosting, how many rounds.
    seed
        Of the trees.
    weight
        Of the samples, ``[pixel]``.
    features
        What they see of series.
    bins
        Of features of the same kind, for boosting; None bins those of the samples.

    Raises
    ------
    ValueError
        Where there are no trees of that kind.
    """
    if kind not in KINDS:
        raise ValueError(f"There are no trees of the kind {kind}; there are {', '.join(KINDS)}.")
    if kind in NEEDS_TWO_CLASSES and len(np.unique(samples.crop)) == 1:
        return SingleClass(int(samples.crop[0]), samples.classes)
    table = Table(features(samples.values), samples.crop, weight, bins)
    return Trees(KINDS[kind](table, trees, seed), samples.classes, features)
