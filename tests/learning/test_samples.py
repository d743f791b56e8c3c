"""Pixels to train and to test on."""

import numpy as np
import pytest

from engine.learning.samples import LEAST_SHARE, Samples, thinned
from tests import made_up
from tests.learning.examples import drawn
from tests.made_up import SMALL


def test_the_prior_counts_pixels_and_leaves_a_missing_class_a_chance():
    samples = Samples(np.zeros((4, 1, 1), np.float32), np.array([0, 0, 0, 1]), np.arange(4), 3)
    assert np.exp(samples.prior()) == pytest.approx(np.array([0.75, 0.25, 0]) + LEAST_SHARE)


def test_every_parcel_gives_the_same_number_of_training_samples_however_few_pixels_it_has():
    study = made_up.study(parcels=20, pixels=4)
    samples = drawn(study, "2018")
    assert set(np.bincount(samples.parcel)[np.unique(samples.parcel)]) == {SMALL.pixels}
    test = drawn(study, "2018", repeat_pixels=False)
    assert set(np.bincount(test.parcel)[np.unique(test.parcel)]) == {4}


@pytest.mark.parametrize("most", [1, 3, 7, 100])
def test_thinned_samples_are_at_most_as_many_as_wanted_and_begin_with_the_first(most):
    samples = drawn(made_up.study(parcels=20), "2018")
    thin = thinned(samples, most)
    assert 1 <= len(thin) <= most
    assert thin.parcel[0] == samples.parcel[0]
