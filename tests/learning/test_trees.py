"""Trees over the flattened series."""

import numpy as np
import pytest

from engine.learning import trees
from engine.learning.boosting import bins_of
from engine.learning.samples import Samples


def test_trees_of_an_unknown_kind_are_refused():
    samples = Samples(np.zeros((4, 1, 3), np.float32), np.array([0, 1, 0, 1]), np.arange(4), 2)
    with pytest.raises(ValueError, match="no trees of the kind oak"):
        trees.fit("oak", samples, 2, 0)


def test_boosted_trees_with_the_bins_of_other_samples_tell_classes_apart_and_know_only_those_they_saw():
    rng = np.random.default_rng(0)
    crop = rng.choice([0, 2], 200)
    values = (crop[:, None, None] + rng.normal(0, 0.3, (200, 1, 6))).astype(np.float32)
    samples = Samples(values, crop, np.arange(200), 4)
    bins = bins_of(trees.flattened(values + np.float32(0.1)))
    probability = trees.fit("gradient-boosting", samples, 20, 0, bins=bins).predict(values)
    assert (probability.argmax(axis=1) == crop).mean() > 0.98
    assert probability[:, [1, 3]].max() == 0
    assert probability.sum(axis=1) == pytest.approx(1)


def test_few_samples_of_a_class_break_no_boosting():
    rng = np.random.default_rng(1)
    crop = np.array([0] * 30 + [1] * 2)
    samples = Samples(rng.normal(size=(32, 1, 6)).astype(np.float32), crop, np.arange(32), 2)
    probability = trees.fit("gradient-boosting", samples, 150, 0).predict(samples.values)
    assert np.isfinite(probability).all()
