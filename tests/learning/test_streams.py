"""Random streams: draws for one purpose never shift those for another."""

from enum import unique

import numpy as np
import pytest

from engine.learning.streams import Stream, generator


def test_every_number_of_a_stream_is_used_once():
    unique(Stream)
    assert len({int(stream) for stream in Stream.__members__.values()}) == len(Stream.__members__)


@pytest.mark.parametrize("seed", [0, 7])
def test_every_stream_of_a_seed_draws_other_numbers(seed):
    draws = [tuple(generator(seed, stream).integers(0, 2**32, 4)) for stream in Stream]
    assert len(set(draws)) == len(Stream)


def test_a_stream_draws_the_same_numbers_again_and_others_under_another_seed():
    first, again = (generator(3, Stream.FOLDS).random(8) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, generator(4, Stream.FOLDS).random(8))
