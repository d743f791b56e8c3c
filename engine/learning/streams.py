"""The named random streams of a plan: draws for one purpose never shift those for another."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What a random generator is for; the number goes into its seed."""

    PRETRAINING_PIXELS = 1
    VISITED_PARCELS = 2
    UNLABELLED_PIXELS = 5
    SOURCE_PIXELS = 6
    POOL = 7  # of source and target pixels that one training learns from
    FOLDS = 8
    PSEUDO_LABELS = 10
    TRIAL_TRIP = 11
    TEST_BLOCKS = 12  # the bootstrap of every score, whatever the plan


def generator(seed: int, stream: Stream) -> np.random.Generator:
    """The random generator of one purpose.

    Parameters
    ----------
    seed
        Of the repeat, or of the plan.
    stream
        The purpose.
    """
    return np.random.default_rng([seed, int(stream)])
