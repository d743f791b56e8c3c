"""Training that goes on from the model of all source seasons.

All of it uses samples standardised season by season, source or target, so that a new calibration or a wetter
year changes nothing; logits are adjusted for the class mix while training (Menon et al. 2021, ICLR), and a
share of the prior is given back afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.learning.calibration import LogitAdjusted, Standardised
from engine.learning.protocols import Learner, Model, SourceModel, TrainingData
from engine.learning.recipes import Schedule
from engine.learning.samples import Samples, joined
from engine.learning.setting import Setting
from engine.learning.streams import Stream, generator

STEPS = 1000  # gradient steps
BATCH, RATE = 64, 2e-3
EVEN, MOSTLY_TARGET = 1, 3  # labelled target samples to one source sample


def standardised_labelled(data: TrainingData) -> Samples:
    """The labelled target samples under the standardisation of their season."""
    return data.labelled_samples.scaled(*data.unlabelled.scale())


def for_measured_series(
    data: TrainingData, model: Model, member_weights: Mapping[str, float] | None = None
) -> Standardised:
    """The model for series of the target season as they are measured."""
    return Standardised(model, *data.unlabelled.scale(), dict(member_weights or {}))


def unchanged(source: SourceModel, prior_share: float | None = None) -> LogitAdjusted:
    """The source model as it is; a decision gets back the share of the prior that source seasons chose, or
    this one.
    """
    share = source.prior_share if prior_share is None else prior_share
    return LogitAdjusted(source.model, source.source_samples.prior(), share, source.temperature)


def adapted(
    learner: Learner,
    source: SourceModel,
    labelled: Samples,
    setting: Setting,
    *,
    steps: int = STEPS,
    target_per_source: int = EVEN,
    blend_ratio: float = 1.0,
) -> LogitAdjusted:
    """Go on from the source model, and keep ``blend_ratio`` of the way.

    Parameters
    ----------
    labelled
        Standardised labelled target samples.
    target_per_source
        Labelled target samples to one source sample.
    """
    pool = mixed_pool(source, labelled, setting, target_per_source)
    fine_tuned = go_on(learner, source, pool, setting, steps)
    model = learner.blend(source.model, fine_tuned, blend_ratio) if blend_ratio < 1 else fine_tuned
    return LogitAdjusted(model, pool.prior(), source.prior_share, source.temperature)


def mixed_pool(
    source: SourceModel, labelled: Samples, setting: Setting, target_per_source: int = EVEN
) -> Samples:
    """Labelled target samples, with one source sample for each ``target_per_source`` of them."""
    samples, rng = source.source_samples, generator(setting.seed, Stream.POOL)
    count = max(1, len(labelled) // target_per_source)
    drawn = samples.chosen(rng.choice(len(samples), count, replace=count > len(samples)))
    return joined([labelled, drawn])


def go_on(
    learner: Learner, source: SourceModel, pool: Samples, setting: Setting, steps: int, batch: int = BATCH
) -> Model:
    """The source model after so many gradient steps on ``pool``."""
    schedule = Schedule(epochs_for(pool, steps, batch), batch, RATE)
    return learner.fit_adjusted(pool, pool.prior(), schedule, setting, start=source.model)


def epochs_for(samples: Samples, steps: int, batch: int) -> int:
    """Passes over the samples that come closest to so many gradient steps."""
    return max(1, round(steps / -(-len(samples) // batch)))
