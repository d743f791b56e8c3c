"""The members of the stacked ensemble: a learner and two kinds of trees, which err elsewhere than it does.

Each kind is trained on source samples and on both. Trees are trained on labelled target samples alone too; a
network of so few parcels never got a weight.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.learning.adaptation import go_on
from engine.learning.calibration import (
    LogitAdjusted,
    PriorShifted,
    Smoothed,
    TemperatureScaled,
    WithoutStatic,
)
from engine.learning.features import tree_features
from engine.learning.protocols import Learner, Model
from engine.learning.samples import Samples, joined, thinned
from engine.learning.setting import Setting
from engine.learning.streams import Stream, generator
from engine.learning.training_data import SourceModel

if TYPE_CHECKING:
    from engine.learning.boosting import Bins

LEARNER, BOOSTED, FOREST = "learner", "boosted", "forest"
SOURCE, JOINT, TARGET = "source", "joint", "target"  # what a member is trained on


@dataclass(frozen=True)
class TreeKind:
    """Trees as members: their kind in `engine.learning.trees`, and how many, or rounds of boosting."""

    kind: str
    size: int


TREE_KINDS: Mapping[str, TreeKind] = {
    BOOSTED: TreeKind("gradient-boosting", 150),
    FOREST: TreeKind("extra-trees", 40),
}
KINDS = (LEARNER, *TREE_KINDS)
TARGET_MEMBERS = (  # kind, and what it is trained on
    (LEARNER, JOINT), *((kind, training) for kind in TREE_KINDS for training in (JOINT, TARGET)),
)  # fmt: skip
MOST_SOURCE, MOST_WHILE_STACKING = 20_000, 6_000  # source pixels that trees learn from
TREES_PER_TREE_WHILE_STACKING = 3
BATCH = 128  # of the learner on source and target samples
HALF_WEIGHT_PARCELS = 50.0  # visited parcels of a trip that has half of the part that a large one has
TARGET_WEIGHT = 10.0  # a pixel of a lone visited parcel, in source pixels
REMEMBERED = 12  # sets of bins that a process keeps
NEAR_KM = 5.0  # visited parcels so close to each other say much the same
FEW_SEASONS = 2
SMOOTHED = 0.02  # of a tree member's probability, shared by all classes: forty trees see no rarer chance
PRIOR_IN_WEIGHTS = 0.5  # how much of the log prior sample weights remove while trees are fitted


def member_name(kind: str, training: str) -> str:
    """The key of a member: ``learner, source``.

    Parameters
    ----------
    kind
        One of `KINDS`.
    training
        `SOURCE`, `JOINT` or `TARGET`.
    """
    return f"{kind}, {training}"


def source_members(
    source: SourceModel, seed: int, most: int = MOST_SOURCE, bins: Bins | None = None
) -> dict[str, Model]:
    """The members that source seasons alone teach, by kind, before temperature scaling.

    Parameters
    ----------
    source
        The source model, with its samples.
    seed
        Of the trees.
    most
        Source pixels that trees learn from, at most.
    bins
        Of the source samples, see `source_bins`; None makes them.
    """
    samples = source.source_samples
    adjusted = LogitAdjusted(source.model, samples.prior(), source.prior_share)
    return {
        LEARNER: WithoutStatic(adjusted, samples.static),
        **{
            kind: fit_tree_member(kind, samples, None, source.prior_share, seed, most, bins)
            for kind in TREE_KINDS
        },
    }


def target_members(
    learner: Learner,
    source: SourceModel,
    labelled: Samples,
    setting: Setting,
    steps: int,
    most: int,
    bins: Bins | None = None,
    wanted: Container[str] | None = None,
) -> dict[str, Model]:
    """The members that labelled target samples teach, jointly with source samples and alone, by name.

    Parameters
    ----------
    learner
        The network or trees that learn beside the two kinds of trees.
    source
        The source model, with its samples.
    labelled
        Standardised labelled target samples.
    setting
        Recipe, seed, device and observer.
    steps
        Gradient steps of the learner on both, see `joint_schedule`; half as many while stacking.
    most
        Source pixels to learn from, at most.
    bins
        Of the source samples, see `source_bins`; None makes others for each member.
    wanted
        Names of the members to train; None trains all.
    """
    joint = joint_schedule(source.seasons, steps if most > MOST_WHILE_STACKING else steps // 2)
    source_samples, share = source.source_samples, source.prior_share

    def learner_jointly() -> Model:
        rng = generator(setting.seed, Stream.POOL)
        pool = joint_pool(source_samples, labelled, most, joint.largest_part, rng).dynamic()
        model = go_on(learner, source, pool, setting, joint.steps, joint.batch)
        return WithoutStatic(LogitAdjusted(model, pool.prior(), share), labelled.static)

    def trees_of(kind: str, training: str) -> Model:
        shared = source_samples if training == JOINT else None
        return fit_tree_member(kind, shared, labelled, share, setting.seed, most, bins)

    return {
        name: scaled_member(source, kind, learner_jointly() if kind == LEARNER else trees_of(kind, training))
        for kind, training in TARGET_MEMBERS
        if (name := member_name(kind, training)) and (wanted is None or name in wanted)
    }


@lru_cache(maxsize=REMEMBERED)
def source_bins(samples: Samples) -> Bins:
    """The bins of source samples, which serve all members and folds of all plans of a run.

    Parameters
    ----------
    samples
        The source samples of a source model.
    """
    from engine.learning.boosting import bins_of

    return bins_of(tree_features(thinned(samples, MOST_SOURCE).values, samples.static))


def scaled_member(source: SourceModel, kind: str, member: Model) -> TemperatureScaled:
    """A member under the temperature that source seasons chose for its kind.

    Parameters
    ----------
    source
        The source model, with the temperatures.
    kind
        One of `KINDS`.
    member
        The member before temperature scaling.
    """
    return TemperatureScaled(member, source.member_temperatures.get(kind, 1.0))


@dataclass(frozen=True)
class JointSchedule:
    """How the learner goes on: gradient steps, samples of a step, and how many of the samples may be visited
    pixels, at most.
    """

    steps: int
    batch: int
    largest_part: float


def joint_schedule(seasons: int, steps: int) -> JointSchedule:
    """How the learner goes on from so many source seasons.

    What a few seasons taught holds less in another, and may lack a crop: four times the steps of half the
    size, and up to three quarters visited pixels.

    Parameters
    ----------
    seasons
        Number of source seasons.
    steps
        Where there are several.
    """
    if are_few(seasons):
        return JointSchedule(4 * steps, BATCH // 2, 0.75)
    return JointSchedule(steps, BATCH, 0.5)


def are_few(seasons: int) -> bool:
    """Whether source seasons are so few that visited parcels should count more.

    Parameters
    ----------
    seasons
        Number of source seasons; 0 where nobody counted.
    """
    return 0 < seasons <= FEW_SEASONS


def joint_pool(
    source: Samples, labelled: Samples, most: int, largest_part: float, rng: np.random.Generator
) -> Samples:
    """Source and target pixels; those of a large trip are ``largest_part`` of it, of a small one fewer, or a
    network would learn its few parcels by heart.

    Parameters
    ----------
    source
        Source samples.
    labelled
        Standardised labelled target samples.
    most
        Source pixels to learn from, at most.
    largest_part
        Of target pixels.
    rng
        Draws the target pixels.
    """
    parcels, thin = len(np.unique(labelled.parcel)), thinned(source, most)
    part = largest_part * parcels / (parcels + HALF_WEIGHT_PARCELS)
    chance = target_weights(labelled)
    count = max(1, round(len(thin) * part / (1 - part)))
    drawn = rng.choice(len(labelled), count, p=chance / chance.sum())
    return joined([thin, labelled.chosen(drawn)])


def fit_tree_member(
    kind: str,
    source: Samples | None,
    labelled: Samples | None,
    prior_share: float,
    seed: int,
    most: int = MOST_SOURCE,
    bins: Bins | None = None,
) -> LogitAdjusted:
    """Trees on source pixels, on labelled target pixels, or on both.

    Parcels count alike, those of a trip by `target_weights`, and all by the inverse square root of their
    class's frequency; the odds are divided by the other half of it: a model that favours no class.

    Parameters
    ----------
    kind
        One of `TREE_KINDS`.
    source, labelled
        Samples to learn from, either of them or both.
    prior_share
        How much of the log prior a decision gets back.
    seed
        Of the trees.
    most
        Source pixels to learn from, at most; while stacking, a third of the trees is grown.
    bins
        Of the source samples, see `source_bins`; None makes others.
    """
    from engine.learning import trees

    thin = None if source is None else thinned(source, most)
    pool = joined([samples for samples in (thin, labelled) if samples is not None])
    weight = np.concatenate(
        [
            *([] if thin is None else [parcel_weights(thin)]),
            *([] if labelled is None else [target_weights(labelled)]),
        ]
    )
    prior = pool.prior(weight)
    size = TREE_KINDS[kind].size
    size = size if most > MOST_WHILE_STACKING else size // TREES_PER_TREE_WHILE_STACKING
    balanced = weight * np.exp(-PRIOR_IN_WEIGHTS * prior)[pool.crop]
    features = partial(tree_features, static=pool.static)
    fitted = trees.fit(TREE_KINDS[kind].kind, pool, size, seed, balanced / balanced.mean(), features, bins)
    ruling_none_out = Smoothed(fitted, SMOOTHED)
    return LogitAdjusted(PriorShifted(ruling_none_out, (PRIOR_IN_WEIGHTS - 1) * prior), prior, prior_share)


def parcel_weights(samples: Samples) -> npt.NDArray[np.float64]:
    """Weights of the pixels that let every parcel count the same, with a mean of 1, ``[pixel]``.

    Parameters
    ----------
    samples
        Pixels with their parcels.
    """
    owner, count = np.unique(samples.parcel, return_inverse=True, return_counts=True)[1:]
    weight = 1.0 / count[owner]
    return np.asarray(weight / weight.mean()) if len(weight) else weight


def target_weights(labelled: Samples) -> npt.NDArray[np.float64]:
    """What labelled target pixels count in source pixels, ``[pixel]``.

    `TARGET_WEIGHT`, divided by the square root of the number of visited parcels within `NEAR_KM`, itself
    included: neighbours repeat one another, so a crowded circle says less of an area than as many parcels all
    over it.

    Parameters
    ----------
    labelled
        Standardised labelled target samples; without the place as static features neighbours don't count.
    """
    from scipy.spatial import KDTree

    parcel, first, owner = np.unique(labelled.parcel, return_index=True, return_inverse=True)
    place_km = labelled.values[first, labelled.values.shape[1] - labelled.static :, 0]  # [parcel, xy]
    if not labelled.static or not len(parcel):
        return TARGET_WEIGHT * parcel_weights(labelled)
    neighbours = KDTree(place_km).query_ball_point(place_km, NEAR_KM, return_length=True)  # [parcel]
    return np.asarray(TARGET_WEIGHT * parcel_weights(labelled) / np.sqrt(neighbours)[owner])
