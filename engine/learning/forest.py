"""A random forest over the flattened series, as in the study authors' companion code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import RandomForestClassifier

from engine.learning.samples import Samples


@dataclass(frozen=True, eq=False)
class TrainedForest:
    """Trees from one or several fits, which vote together.

    Adding trees with ``warm_start`` breaks as soon as the new parcels lack a class; keeping the fits
    apart and weighting them by their trees is the same vote for any set of classes.
    """

    parts: tuple[RandomForestClassifier, ...]
    classes: int

    def predict(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Class probabilities ``[pixel, class]`` of series ``[pixel, band, time]``."""
        flat = values.reshape(len(values), -1)
        total = np.zeros((len(values), self.classes), dtype=np.float32)
        for part in self.parts:
            total[:, part.classes_] += part.n_estimators * part.predict_proba(flat)
        trees = sum(int(part.n_estimators) for part in self.parts)
        return np.asarray(total / trees, dtype=np.float32)


def fit(samples: Samples, trees: int, seed: int) -> TrainedForest:
    """Grow ``trees`` trees on these samples."""
    forest = RandomForestClassifier(trees, random_state=seed, n_jobs=1)
    forest.fit(samples.values.reshape(len(samples), -1), samples.crop)
    return TrainedForest((forest,), samples.classes)


def grown(model: TrainedForest, samples: Samples, trees: int, seed: int) -> TrainedForest:
    """The same forest with ``trees`` more trees, grown on these samples."""
    return TrainedForest((*model.parts, *fit(samples, trees, seed).parts), model.classes)
