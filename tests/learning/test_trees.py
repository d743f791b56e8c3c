"""Trees over the flattened series."""

import numpy as np
import pytest

from engine.learning import trees
from engine.learning.samples import Samples


def test_trees_of_an_unknown_kind_are_refused():
    samples = Samples(np.zeros((4, 1, 3), np.float32), np.array([0, 1, 0, 1]), np.arange(4), 2)
    with pytest.raises(ValueError, match="no trees of the kind oak"):
        trees.fit("oak", samples, 2, 0)
