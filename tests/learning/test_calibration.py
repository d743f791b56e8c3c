"""Logit adjustment, prior shift, temperature scaling and standardisation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.learning.calibration import (
    LogitAdjusted,
    PriorShifted,
    Standardised,
    TemperatureScaled,
    WithoutStatic,
    fit_temperature,
    probabilities,
    temperature_scaled,
)
from engine.learning.ensemble import Ensemble
from tests.learning.examples import ConstantModel, RecordingModel

PIXEL = np.zeros((1, 1, 1), np.float32)
PRIOR = np.log([0.9, 0.1])


def test_a_model_gets_series_on_the_scale_of_their_season():
    recording = RecordingModel(1, 0)
    values = np.full((5, 2, 3), 7, dtype=np.float32)
    Standardised(recording, np.array([5, 7], np.float32), np.array([2, 1], np.float32)).predict(values)
    assert recording.inputs[0][0, :, 0] == pytest.approx([1, 0])


def test_a_network_does_not_get_the_place():
    recording = RecordingModel(1)
    WithoutStatic(recording, 2).predict(np.zeros((3, 3, 4), np.float32))
    assert recording.inputs[0].shape == (3, 1, 4)


def test_the_log_prior_added_to_even_odds_gives_the_prior_back():
    assert PriorShifted(ConstantModel(0.5, 0.5), PRIOR).predict(PIXEL)[0] == pytest.approx([0.9, 0.1])


def test_a_temperature_above_one_softens():
    warm = temperature_scaled(ConstantModel(0.9, 0.1).predict(PIXEL), np.zeros(2), 2)[0]
    assert warm == pytest.approx([0.75, 0.25])
    scaled = TemperatureScaled(ConstantModel(0.9, 0.1), 2).probabilities(PIXEL)
    assert scaled.decision[0] == pytest.approx([0.75, 0.25])
    assert scaled.calibrated[0] == pytest.approx([0.9, 0.1])


def test_a_logit_adjusted_model_decides_by_other_probabilities_than_the_calibrated_ones():
    model = LogitAdjusted(ConstantModel(0.4, 0.6), PRIOR, prior_share=0.0, temperature=1.0)
    assert model.predict(PIXEL).argmax() == 1  # rare classes count
    assert probabilities(model, PIXEL).calibrated[0] == pytest.approx([0.36 / 0.42, 0.06 / 0.42])
    warmer = LogitAdjusted(ConstantModel(0.4, 0.6), PRIOR, prior_share=0.0, temperature=3.0)
    assert probabilities(warmer, PIXEL).calibrated.max() < probabilities(model, PIXEL).calibrated.max()


def test_calibrated_probabilities_pass_through_an_ensemble_and_a_standardisation():
    model = LogitAdjusted(ConstantModel(0.4, 0.6), PRIOR, prior_share=0.0, temperature=1.0)
    ensemble = Ensemble((model, ConstantModel(1, 0)), (0.5, 0.5))
    standardised = Standardised(ensemble, np.zeros(1, np.float32), np.ones(1, np.float32))
    calibrated = probabilities(standardised, PIXEL).calibrated[0]
    assert calibrated == pytest.approx([(0.36 / 0.42 + 1) / 2, 0.06 / 0.84])


def test_a_model_that_is_not_calibrated_gives_the_same_probabilities_twice():
    decision, calibrated = probabilities(ConstantModel(0.4, 0.6), PIXEL)
    assert decision is calibrated


@given(st.floats(0.4, 3.0), st.integers(0, 99))
def test_fitting_recovers_the_temperature_that_made_a_model_overconfident(temperature, seed):
    rng = np.random.default_rng(seed)
    calibrated = rng.dirichlet(np.ones(3), 4000)
    truth = (calibrated.cumsum(axis=1) > rng.random((4000, 1))).argmax(axis=1)
    overconfident = temperature_scaled(calibrated.astype(np.float32), np.zeros(3), 1 / temperature)
    assert fit_temperature(overconfident, truth) == pytest.approx(temperature, rel=0.15)
