"""Gradient boosting by LightGBM, whose bins of one set of features serve others.

References
----------
G. Ke et al. (2017), "LightGBM: a highly efficient gradient boosting decision tree", NeurIPS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

BINNING: Mapping[str, Any] = {"max_bin": 63, "force_col_wise": True, "num_threads": 1, "verbosity": -1}
# Small trees that see a part of the features, for they must hold in another season. Quantised gradients would
# be faster still, but stop with a failed check on small samples (LightGBM issue 5994).
PARAMETERS: Mapping[str, Any] = {
    **BINNING, "objective": "multiclass", "num_leaves": 8, "feature_fraction": 0.3, "lambda_l2": 5.0,
    "learning_rate": 0.1, "min_data_in_leaf": 20, "deterministic": True,
}  # fmt: skip

Values = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int64]
Bins = lightgbm.Dataset


@dataclass(frozen=True, eq=False)
class BoostedTrees:
    """Fitted trees, and the codes of the classes that they tell apart, ascending."""

    booster: lightgbm.Booster
    classes_: Codes

    def predict_proba(self, features: Values) -> npt.NDArray[np.float64]:
        """Probabilities ``[pixel, class]`` of `classes_`, of features ``[pixel, feature]``."""
        probability = self.booster.predict(features, num_threads=1)
        return np.asarray(probability, dtype=np.float64)


def bins_of(features: Values) -> Bins:
    """Limits of bins by the quantiles of each feature, for `fit_boosted`.

    Parameters
    ----------
    features
        ``[pixel, feature]``.
    """
    return lightgbm.Dataset(features, params=dict(BINNING)).construct()


def fit_boosted(
    features: Values,
    crop: Codes,
    rounds: int,
    seed: int,
    weight: npt.NDArray[np.float64] | None = None,
    bins: Bins | None = None,
) -> BoostedTrees:
    """A tree for each class in each round.

    Parameters
    ----------
    features
        ``[pixel, feature]``.
    crop
        Codes of at least two classes, ``[pixel]``.
    rounds
        Of boosting.
    seed
        Of the features that each tree sees.
    weight
        Of the pixels, ``[pixel]``.
    bins
        Of the same kind of features; None bins these.
    """
    classes, code = np.unique(crop, return_inverse=True)
    parameters = {**PARAMETERS, "num_class": len(classes), "seed": seed}
    data = lightgbm.Dataset(features, code, reference=bins, weight=weight, params=dict(BINNING))
    return BoostedTrees(lightgbm.train(parameters, data, rounds), classes.astype(np.int64))
