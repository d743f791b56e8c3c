"""Trees of past and present, which vote beside the network: they err elsewhere than it does."""

from __future__ import annotations

from typing import Literal

import numpy as np

from engine.learning.models import Adjusted, Reweighed
from engine.learning.samples import Samples, joined

Wood = Literal["forest", "boosted"]
FOREST: Wood = "forest"
BOOSTED: Wood = "boosted"
TREES = {FOREST: ("random-forest", 100), BOOSTED: ("gradient-boosting", 60)}  # and rounds of boosting
MOST = 12_000  # pixels of past seasons that they learn from: more cost time and add little
WORTH = 10.0  # a visited pixel, in pixels of the past


def grown(kind: Wood, old: Samples | None, own: Samples | None, share: float, seed: int) -> Adjusted:
    """Trees of past pixels, of those of a trip, or of both.

    Parameters
    ----------
    share
        How much of the log prior a decision gets back.
    """
    from engine.learning import trees

    some = None if old is None else old.chosen(np.arange(0, len(old), max(1, -(-len(old) // MOST))))
    pool = joined([part for part in (some, own) if part is not None])
    weight = np.full(len(pool), WORTH)
    weight[: 0 if some is None else len(some)] = 1.0
    learner, size = TREES[kind]
    prior = pool.prior(weight)
    return Adjusted(Reweighed(trees.fit(learner, pool, size, seed, weight), -prior), prior, share)
