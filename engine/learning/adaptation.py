"""Training that goes on from the model of all source seasons.

All of it uses samples standardised season by season, source or target, so that a new calibration or a wetter
year changes nothing; logits are adjusted for the class mix while training (Menon et al. 2021, ICLR), and a
share of the prior is given back afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.learning.calibration import LogitAdjusted, Standardised
from engine.learning.protocols import Learner, Model
from engine.learning.recipes import Schedule
from engine.learning.samples import Samples, joined
from engine.learning.setting import Setting
from engine.learning.streams import Stream, generator
from engine.learning.training_data import SourceModel, TrainingData

STEPS = 1000  # gradient steps
BATCH, RATE = 64, 2e-3
EVEN, MOSTLY_TARGET = 1, 3  # labelled target samples to one source sample


def standardised_labelled(data: TrainingData) -> Samples:
    """The labelled target samples under the standardisation of their season.

    Parameters
    ----------
    data
        What the method may learn from, with labelled target samples.
    """
    return data.labelled_samples.scaled(*data.unlabelled.scale())


def for_measured_series(
    data: TrainingData, model: Model, member_weights: Mapping[str, float] | None = None
) -> Standardised:
    """The model for series of the target season as they are measured.

    Parameters
    ----------
    data
        What the method may learn from; its unlabelled target samples give the scale.
    model
        Of series standardised by the target season.
    member_weights
        Of an ensemble, by member.
    """
    return Standardised(model, *data.unlabelled.scale(), dict(member_weights or {}))


def unchanged(source: SourceModel, prior_share: float | None = None) -> LogitAdjusted:
    """The source model as it is, with the log prior that its training left out.

    Parameters
    ----------
    source
        The source model.
    prior_share
        How much of the log prior a decision gets back; None for the share that source seasons chose.
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
    learner
        What goes on.
    source
        Where it starts, and what it mixes in.
    labelled
        Standardised labelled target samples.
    setting
        Recipe, seed, device and observer.
    steps
        Gradient steps.
    target_per_source
        Labelled target samples to one source sample.
    blend_ratio
        Where on the line from the source model (0) to the fine-tuned one (1) the result lies.
    """
    pool = mixed_pool(source, labelled, setting, target_per_source)
    fine_tuned = go_on(learner, source, pool, setting, steps)
    model = learner.blend(source.model, fine_tuned, blend_ratio) if blend_ratio < 1 else fine_tuned
    return LogitAdjusted(model, pool.prior(), source.prior_share, source.temperature)


def mixed_pool(
    source: SourceModel, labelled: Samples, setting: Setting, target_per_source: int = EVEN
) -> Samples:
    """Labelled target samples, with one source sample for each ``target_per_source`` of them.

    Parameters
    ----------
    source
        The source model, with its samples.
    labelled
        Standardised labelled target samples.
    setting
        Its seed draws the source samples.
    target_per_source
        Labelled target samples to one source sample.
    """
    samples, rng = source.source_samples, generator(setting.seed, Stream.POOL)
    count = max(1, len(labelled) // target_per_source)
    drawn = samples.chosen(rng.choice(len(samples), count, replace=count > len(samples)))
    return joined([labelled, drawn])


def go_on(
    learner: Learner, source: SourceModel, pool: Samples, setting: Setting, steps: int, batch: int = BATCH
) -> Model:
    """The source model after so many gradient steps on ``pool``.

    Parameters
    ----------
    learner
        What goes on.
    source
        Where it starts.
    pool
        Samples to train on.
    setting
        Recipe, seed, device and observer.
    steps
        Gradient steps, to the nearest whole epoch.
    batch
        Samples of a step.
    """
    schedule = Schedule(epochs_for(pool, steps, batch), batch, RATE)
    return learner.fit_adjusted(pool, pool.prior(), schedule, setting, start=source.model)


def epochs_for(samples: Samples, steps: int, batch: int) -> int:
    """Passes over the samples that come closest to so many gradient steps.

    Parameters
    ----------
    samples
        Samples to train on.
    steps
        Gradient steps.
    batch
        Samples of a step.
    """
    return max(1, round(steps / -(-len(samples) // batch)))
