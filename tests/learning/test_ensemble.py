"""Stacked ensembles: weighted means, and weights by held-out parcels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.learning.ensemble import Ensemble, Remembering, stacking_weights
from tests.learning.examples import ConstantModel


def test_an_ensemble_averages_its_members_by_weight():
    ensemble = Ensemble((ConstantModel(1, 0), ConstantModel(0, 1)), (0.25, 0.75))
    assert ensemble.predict(np.full((5, 2, 3), 7, dtype=np.float32))[0] == pytest.approx([0.25, 0.75])


def test_the_member_that_is_right_gets_the_weight_and_without_evidence_nothing_changes():
    prior_weights = np.array([0.7, 0.2, 0.1])
    truth = np.arange(200) % 3
    right, wrong = np.eye(3)[truth], np.eye(3)[(truth + 1) % 3]
    weights = stacking_weights(np.stack([wrong, wrong, right]), truth, prior_weights, 5)
    assert weights[2] > 0.95
    without_parcels = stacking_weights(np.zeros((3, 0, 3)), truth[:0], prior_weights, 5)
    assert np.array_equal(without_parcels, prior_weights)
    alike = np.full((3, 200, 3), 1 / 3)
    assert stacking_weights(alike, truth, prior_weights, 5) == pytest.approx(prior_weights)
    few = stacking_weights(np.stack([wrong, wrong, right])[:, :3], truth[:3], prior_weights, 20)
    assert prior_weights[2] < few[2] < 0.5


@given(st.integers(1, 40), st.integers(0, 99))
def test_stacking_weights_add_up_to_one(parcels, seed):
    rng = np.random.default_rng(seed)
    probability = rng.dirichlet(np.ones(4), (3, parcels))
    weights = stacking_weights(probability, rng.integers(0, 4, parcels), np.array([0.5, 0.3, 0.2]), 5)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()


def test_a_model_that_remembers_is_asked_once_for_the_same_pixels_and_again_for_others():
    class Counting(ConstantModel):
        asked = 0

        def predict(self, values):
            Counting.asked += 1
            return super().predict(values)

    model = Remembering(Counting(0.25, 0.75))
    values = np.arange(30, dtype=np.float32).reshape(5, 2, 3)
    first = model.predict(values)
    assert np.array_equal(model.predict(values.copy()), first)
    assert Counting.asked == 1
    model.predict(values[:4])
    model.predict(values)
    assert Counting.asked == 3
