"""The learning curve of labels: it rises where more labels teach more, and no model sees what tests it."""

import numpy as np
import pytest

from engine.mapping.learning_curve import LearningCurve, learning_curve
from engine.mapping.validation import cross_validate
from tests import made_up


class Nearest:
    """A training that remembers the labels it was given and predicts the class of the nearest series."""

    def __init__(self, study, folds=3):
        self.study = study
        self.labelled = study.labelled_in("2021").index.to_numpy()
        self.cube = study.cubes["2021"]
        self.request = type("Request", (), {"folds": folds, "target": "2021", "method": self})
        self.seen = []

    @property
    def features(self):
        return self

    def of(self, samples, days, place_km):
        return samples

    def model(self, crop=None, held_out=None, title="map", left_out=None):
        rows = np.setdiff1d(self.labelled, held_out if left_out is None else np.union1d(held_out, left_out))
        self.seen.append((rows, held_out))
        keep = np.isin(self.cube.parcel, rows)
        codes = self.study.crop_codes[self.cube.parcel[keep]]
        return _Model(self.cube.values[keep], codes, len(self.study.legend))


class _Model:
    def __init__(self, values, codes, classes):
        self.values, self.codes, self.classes = values, codes, classes

    def predict(self, values):
        flat, known = values.reshape(len(values), -1), self.values.reshape(len(self.values), -1)
        nearest = ((flat[:, None] - known[None]) ** 2).sum(axis=2).argmin(axis=1)
        return np.eye(self.classes, dtype=np.float32)[self.codes[nearest]]


def test_noisy_series_are_told_apart_better_with_more_labels_and_nothing_is_learnt_from_the_tested_ground():
    training = Nearest(made_up.study(parcels=90, seasons=("2020", "2021"), noise_db=3.0, pixels=1))
    validation = cross_validate(training)
    trained = len(training.seen)
    curve = learning_curve(training, validation, (0.1, 0.4))
    assert len(training.seen) == 3 * trained, "the models of all labels are not trained again"
    assert curve.macro_f1[-1] == validation.macro_f1
    assert list(curve.parcels) == sorted(curve.parcels)
    assert curve.macro_f1[-1] > curve.macro_f1[0]
    assert curve.slope > 0
    assert curve.error > 0
    for rows, held_out in training.seen:
        assert not set(rows) & set(held_out)


def test_labels_that_teach_nothing_have_no_slope():
    training = Nearest(made_up.study(parcels=90, seasons=("2020", "2021"), permuted=True, pixels=1))
    curve = learning_curve(training, cross_validate(training), (0.2,))
    assert abs(curve.slope) < 2.5 * curve.error


def test_growth_follows_the_logarithm():
    mean, error = LearningCurve((50.0, 100.0), (0.8, 0.9), 10.0, 2.0).growth(100, 100)
    assert (mean, error) == pytest.approx((10 * np.log(2), 2 * np.log(2)))
