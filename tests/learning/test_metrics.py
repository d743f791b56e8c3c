"""Scores and their intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import f1_score

from engine.learning import metrics


@given(
    hnp.arrays(np.int64, 40, elements=st.integers(0, 3)), hnp.arrays(np.int64, 40, elements=st.integers(0, 3))
)
def test_macro_f1_is_scikit_learns_over_the_classes_of_the_truth(truth, predicted):
    confusion = metrics.confusion_by_block(truth, predicted, np.zeros(40, np.int64), 4, 1)[0]
    expected = f1_score(truth, predicted, labels=np.unique(truth), average="macro", zero_division=0)
    assert metrics.macro_f1(metrics.margins(confusion)) == pytest.approx(expected)


def test_a_class_that_the_test_set_lacks_is_left_out_of_the_mean():
    right = metrics.margins(np.diag([10, 10, 0]))
    assert metrics.macro_f1(right) == 1
    assert np.isnan(metrics.f1_by_class(right)[2])


def test_a_class_that_is_never_predicted_counts_as_zero():
    right = metrics.margins(np.array([[10, 0], [10, 0]]))
    assert metrics.f1_by_class(right)[1] == 0
    assert metrics.macro_f1(right) == pytest.approx((2 / 3) / 2)


def test_parcels_are_classified_by_the_mean_probability_of_their_pixels():
    probability = np.array([[0.9, 0.1], [0.4, 0.6], [0.4, 0.6], [0.2, 0.8]], np.float32)
    parcel, predicted = metrics.parcel_classes(probability, np.array([7, 7, 7, 3]))
    assert parcel.tolist() == [3, 7]
    assert predicted.tolist() == [1, 0]


def test_a_model_that_is_right_as_often_as_it_is_confident_has_no_calibration_error():
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.5, 1, 40_000)
    right = rng.random(40_000) < confidence
    probability = np.column_stack([confidence, 1 - confidence]).astype(np.float32)
    truth = np.where(right, 0, 1)
    block = np.arange(40_000) % 4
    calibrated = metrics.reliability_by_block(probability, truth, block, 4)
    assert error(calibrated) < 0.01
    overconfident = metrics.reliability_by_block(
        np.column_stack([np.full(40_000, 0.95), np.full(40_000, 0.05)]).astype(np.float32), truth, block, 4
    )
    assert error(overconfident) == pytest.approx(0.95 - right.mean(), abs=1e-6)


def error(reliability):
    """Expected calibration error over all blocks."""
    whole = reliability.sum(axis=0)
    return metrics.calibration_error(metrics.surplus(whole), whole[:, 0].sum())


def test_overall_accuracy_counts_pixels_where_macro_f1_counts_classes():
    right = metrics.margins(np.array([[98, 0], [2, 0]]))
    assert metrics.overall_accuracy(right) == pytest.approx(0.98)
    assert metrics.macro_f1(right) < 0.5


def test_a_calibrated_model_expects_the_macro_f1_that_it_has():
    rng = np.random.default_rng(0)
    calibrated = rng.dirichlet([0.3, 0.4, 0.5], 40_000).astype(np.float32)
    truth = (rng.random((40_000, 1)) > calibrated.cumsum(axis=1)).sum(axis=1).clip(max=2)
    found = metrics.macro_f1_of(truth, calibrated.argmax(axis=1), 3)
    assert metrics.expected_macro_f1(calibrated, calibrated) == pytest.approx(found, abs=0.01)
    sure = np.eye(3, dtype=np.float32)[truth]
    assert metrics.expected_macro_f1(sure, sure) == 1


def test_a_class_that_hardly_any_pixel_has_is_not_expected():
    calibrated = np.tile(np.array([0.6, 0.3995, 0.0005], dtype=np.float32), (1000, 1))
    assert metrics.expected_macro_f1(calibrated, calibrated) == pytest.approx((2 * 0.6 / 1.6) / 2)
