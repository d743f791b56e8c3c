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
    assert metrics.macro_f1(confusion) == pytest.approx(expected)


@given(hnp.arrays(np.int64, (3, 6, 3, 3), elements=st.integers(0, 30)))
def test_every_interval_holds_its_value_and_stays_within_0_and_1(confusion):
    confusion[:, 0] += 1  # some truth of every class
    scores = metrics.estimate_scores(confusion, np.random.default_rng(0), draws=50)
    for estimate in (scores.macro_f1, *scores.per_class):
        assert estimate is not None
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


def test_a_class_that_the_test_set_lacks_is_left_out_of_the_mean():
    confusion = np.zeros((1, 1, 3, 3), np.int64)
    confusion[0, 0, 0, 0] = confusion[0, 0, 1, 1] = 10
    scores = metrics.estimate_scores(confusion, np.random.default_rng(0))
    assert scores.macro_f1.value == 1
    assert scores.per_class[2] is None


def test_a_class_that_is_never_predicted_counts_as_zero():
    confusion = np.zeros((1, 1, 2, 2), np.int64)
    confusion[0, 0, :, 0] = 10
    scores = metrics.estimate_scores(confusion, np.random.default_rng(0))
    assert scores.per_class[1].value == 0
    assert scores.macro_f1.value == pytest.approx((2 / 3) / 2)


def test_parcels_are_classified_by_the_mean_probability_of_their_pixels():
    probability = np.array([[0.9, 0.1], [0.4, 0.6], [0.4, 0.6], [0.2, 0.8]], np.float32)
    parcel, predicted = metrics.parcel_classes(probability, np.array([7, 7, 7, 3]))
    assert parcel.tolist() == [3, 7]
    assert predicted.tolist() == [1, 0]


def test_the_interval_covers_the_truth_about_as_often_as_it_claims():
    """Blocks differ in accuracy, and training differs between repeats."""
    rng = np.random.default_rng(0)
    blocks, repeats, parcels, trials = 25, 5, 40, 300
    accuracy = 0.75
    hits = 0
    for _ in range(trials):
        local = np.clip(rng.normal(accuracy, 0.08, blocks), 0, 1)  # [block]
        of_training = rng.normal(0, 0.02, repeats)  # [repeat]
        share = np.clip(local[None, :, None] + of_training[:, None, None], 0, 1)  # [repeat, block, 1]
        right = rng.binomial(parcels, np.broadcast_to(share, (repeats, blocks, 2)))  # two balanced classes
        confusion = np.zeros((repeats, blocks, 2, 2), np.int64)
        for code in range(2):
            confusion[:, :, code, code] = right[:, :, code]
            confusion[:, :, code, 1 - code] = parcels - right[:, :, code]
        estimate = metrics.estimate_scores(confusion, rng, draws=200).macro_f1
        hits += estimate.low <= accuracy <= estimate.high
    assert 0.9 <= hits / trials <= 0.99


def test_a_model_that_is_right_as_often_as_it_is_confident_has_no_calibration_error():
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.5, 1, 40_000)
    right = rng.random(40_000) < confidence
    probability = np.column_stack([confidence, 1 - confidence]).astype(np.float32)
    truth = np.where(right, 0, 1)
    block = np.arange(40_000) % 4
    calibrated = metrics.reliability_by_block(probability, truth, block, 4)
    assert metrics.calibration_error(calibrated.sum(axis=0)) < 0.01
    overconfident = metrics.reliability_by_block(
        np.column_stack([np.full(40_000, 0.95), np.full(40_000, 0.05)]).astype(np.float32), truth, block, 4
    )
    assert metrics.calibration_error(overconfident.sum(axis=0)) == pytest.approx(
        0.95 - right.mean(), abs=1e-6
    )
    estimate = metrics.estimate_calibration(np.stack([overconfident, overconfident]), rng)
    assert estimate.low <= estimate.value <= estimate.high


def test_overall_accuracy_counts_pixels_where_macro_f1_counts_classes():
    confusion = np.array([[[[98, 0], [2, 0]], [[98, 0], [2, 0]]]])
    scores = metrics.estimate_scores(confusion, np.random.default_rng(0))
    assert scores.overall_accuracy.value == pytest.approx(0.98)
    assert scores.macro_f1.value < 0.5
