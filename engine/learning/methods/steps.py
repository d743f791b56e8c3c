"""Steps away from what all past seasons teach, of different length.

All learn from balanced samples of a season-aware standardisation: every season, past or present, is
standardised by its own pixels, so that a new calibration or a wetter year moves nothing; logits are
adjusted for the class mix while training (Menon et al. 2021, ICLR) and get a share of it back after.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.learning.calibration import Adjusted, Scaled
from engine.learning.learners import Learner, Model
from engine.learning.protocols import Knowledge, Past
from engine.learning.recipes import Schedule
from engine.learning.samples import Samples, joined
from engine.learning.setting import Setting

STEPS = 1000  # gradient steps of a step
BATCH, RATE = 64, 2e-3
EVEN, FORGETTING = 1, 3  # visited pixels to one of the past


def named(known: Knowledge) -> Samples:
    """The visited pixels under the standardisation of their season."""
    assert known.visited is not None
    return known.visited.scaled(*known.seen.scale())


def shown(known: Knowledge, model: Model, weights: Mapping[str, float] | None = None) -> Scaled:
    """The model for series of the target season as they are measured."""
    return Scaled(model, *known.seen.scale(), dict(weights or {}))


def stay(past: Past, share: float | None = None) -> Adjusted:
    """The model of all past seasons; it gets back the share of the prior that past seasons chose, or this."""
    assert past.samples is not None
    chosen = past.share if share is None else share
    return Adjusted(past.model, past.samples.prior(), chosen, past.temperature)


def step(
    learner: Learner,
    past: Past,
    own: Samples,
    setting: Setting,
    *,
    steps: int = STEPS,
    visited: int = EVEN,
    ratio: float = 1.0,
) -> Adjusted:
    """Go on with ``visited`` pixels of the trip to one of the past, and keep ``ratio`` of the way."""
    one = pooled(past, own, setting, visited)
    moved = moved_on(learner, past, one, setting, steps)
    model = learner.blend(past.model, moved, ratio) if ratio < 1 else moved
    return Adjusted(model, one.prior(), past.share, past.temperature)


def pooled(past: Past, own: Samples, setting: Setting, visited: int) -> Samples:
    """The trip's pixels, with one of the past for each ``visited`` of them."""
    assert past.samples is not None
    rng = np.random.default_rng([setting.seed, 7])
    count = max(1, len(own) // visited)
    old = past.samples.chosen(rng.choice(len(past.samples), count, replace=count > len(past.samples)))
    return joined([own, old])


def moved_on(
    learner: Learner, past: Past, pool: Samples, setting: Setting, steps: int, batch: int = BATCH
) -> Model:
    """What becomes of the model of all past seasons after so many gradient steps on ``pool``."""
    schedule = Schedule(epochs(pool, steps, batch), batch, RATE)
    return learner.balanced(pool, pool.prior(), schedule, setting, start=past.model)


def epochs(samples: Samples, steps: int, batch: int) -> int:
    """Passes over the samples that come closest to so many gradient steps."""
    return max(1, round(steps / -(-len(samples) // batch)))
