"""The Groundplan ensemble: a learner and trees, trained on source samples, on both, and on target samples."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from engine.learning.adaptation import for_measured_series, standardised_labelled
from engine.learning.all_seasons import pixels_of
from engine.learning.ensemble import Ensemble, Remembering, stacking_weights
from engine.learning.ensemble_members import (
    BATCH,
    KINDS,
    MOST_SOURCE,
    MOST_WHILE_STACKING,
    SOURCE,
    TARGET_MEMBERS,
    TREE_KINDS,
    member_name,
    scaled_member,
    source_bins,
    source_members,
    target_members,
)
from engine.learning.ensemble_sources import REVISION, EnsembleSources
from engine.learning.features import PERIOD_DAYS, CompositeSeries
from engine.learning.folds import matched_folds
from engine.learning.ground import on_other_ground
from engine.learning.member_weights import (
    PRIOR_WEIGHTS,
    kind_weights,
    prior_weights_of,
    weights_without_light,
)
from engine.learning.methods.base import BaseMethod
from engine.learning.metrics import parcel_probability
from engine.learning.protocols import FeatureSet, Learner, Model, SourceTraining
from engine.learning.recipes import Recipe
from engine.learning.samples import Samples
from engine.learning.setting import Setting
from engine.learning.streams import Stream, generator
from engine.learning.training_data import SourceModel, TrainingData

if TYPE_CHECKING:
    from engine.learning.boosting import Bins

STEPS = 250  # gradient steps of the learner from source to target
FOLDS = 4
REMEMBERED = 4  # sets of source members that a process keeps, with what they predicted last


@dataclass(frozen=True)
class EnsembleMethod(BaseMethod):
    """What the ensemble shares with and without a trip.

    Parameters
    ----------
    period_days
        Of a composite, at most.
    revision
        Of the members' trainings, counted on where outcomes change: part of a plan's key.
    """

    period_days: float = PERIOD_DAYS
    revision: int = REVISION

    standardises_by_season: ClassVar[bool] = True

    @property
    def source(self) -> SourceTraining | None:
        """A network of composites, and what the ensemble needs."""
        return EnsembleSources(self.period_days, self.revision)

    @property
    def features(self) -> FeatureSet:
        """Composites, differences of bands, and for trees the place."""
        return CompositeSeries(self.period_days)

    def pixels(self, recipe: Recipe) -> int:
        """Few: fields vary more than pixels."""
        return pixels_of(recipe)


@dataclass(frozen=True)
class EnsembleZeroShot(EnsembleMethod):
    """The ensemble without a field trip: a network, boosted trees and extremely randomised trees of all
    source seasons, with equal weights that held-out source seasons move.

    Examples
    --------
    >>> EnsembleZeroShot().features.period_days
    15.0
    """

    name: ClassVar[str] = "ensemble-zero-shot"
    label: ClassVar[str] = "Groundplan ensemble, zero-shot (no field trip)"
    description: ClassVar[str] = "averages a network and trees of all source seasons"
    visits: ClassVar[bool] = False

    def learn(self, learner: Learner, data: TrainingData, setting: Setting) -> Model:
        """The ensemble of source members."""
        source = data.source_model
        bins = source_bins(source.source_samples)
        members = tuple(_source_members(source, setting.seed, MOST_SOURCE, bins).values())
        weights = tuple(kind_weights(source)[kind] for kind in KINDS)
        ensemble = Ensemble(members, weights, source.ensemble_temperature)
        return for_measured_series(data, ensemble)


@dataclass(frozen=True)
class StackedEnsemble(EnsembleMethod):
    """A stacked ensemble of eight members: three kinds (a learner, boosted trees, extremely randomised
    trees), each trained on source samples and on source and target samples, and trees on target samples
    alone too.

    Cross-validation among the visited parcels decides the weights; its folds lie as far apart as the area
    lies from the trip (Linnenbrink et al. 2024). The weights are those of largest likelihood (stacking) that
    begin at `PRIOR_WEIGHTS`; members below `LEAST_WEIGHT` are left out.

    Classes that the trip lacks are represented by source pixels, as many as those
    classes' share, together at most as many as the trip has parcels: otherwise a trip that saw only wheat
    would make the map forget the rest. Trees are fitted without these pixels while they are held out; the
    learner of the source seasons has seen them, which favours it there.

    Parameters
    ----------
    steps
        Gradient steps of the learner on source and target samples.
    caution
        Visited parcels that the prior weights are worth.

    Examples
    --------
    >>> round(sum(PRIOR_WEIGHTS.values()), 9), len(PRIOR_WEIGHTS)
    (1.0, 8)
    """

    steps: int = STEPS
    caution: float = 10.0

    name: ClassVar[str] = "ensemble"
    label: ClassVar[str] = "Groundplan ensemble"
    description: ClassVar[str] = (
        "stacks a network and trees of source samples, of source and target samples together, and trees of "
        "visited parcels alone"
    )
    visits: ClassVar[bool] = True

    def training_samples(self, parcels: int, recipe: Recipe) -> int:
        """Of all folds and of the end, whatever the trip; a pixel in trees counts as two."""
        learner = self.steps * BATCH
        trees = 2 * len(TREE_KINDS) * (FOLDS * MOST_WHILE_STACKING + 2 * MOST_SOURCE)
        return round((1 + FOLDS / 2) * learner + trees)

    def learn(self, learner: Learner, data: TrainingData, setting: Setting) -> Model:
        """The ensemble, with the weight of each of the eight members."""
        source, labelled = data.source_model, standardised_labelled(data)
        probability, truth = self._held_out(learner, data, labelled, setting)
        prior_weights = np.array(list(prior_weights_of(source).values()))
        weights = weights_without_light(stacking_weights(probability, truth, prior_weights, self.caution))
        weight_of = dict(zip(PRIOR_WEIGHTS, map(float, weights), strict=True))
        kept = [name for name, weight in weight_of.items() if weight > 0]
        bins = source_bins(source.source_samples)
        members = _source_members(source, setting.seed, MOST_SOURCE, bins)
        members = members | self._target_members(
            learner, source, labelled, members, setting, MOST_SOURCE, bins, kept
        )
        ensemble = Ensemble(
            tuple(members[name] for name in kept),
            tuple(weight_of[name] for name in kept),
            source.ensemble_temperature,
        )
        return for_measured_series(data, ensemble, weight_of)

    def _held_out(
        self, learner: Learner, data: TrainingData, labelled: Samples, setting: Setting
    ) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.int64]]:
        """What each member predicts of held-out parcels, ``[member, parcel, class]``, and their classes.

        After the visited parcels come single source pixels of the classes that the trip lacks.
        """
        missing = _missing_classes(data.source_model, labelled)
        parcel, owner = np.unique(labelled.parcel, return_inverse=True)  # [parcel], [pixel]
        of_labelled = np.zeros((len(PRIOR_WEIGHTS), len(labelled), labelled.classes), dtype=np.float32)
        of_missing = np.zeros((len(PRIOR_WEIGHTS), len(missing), labelled.classes), dtype=np.float32)
        for members, held_out, held_back in self._folds(learner, data, labelled, missing, owner, setting):
            for place, name in enumerate(PRIOR_WEIGHTS):
                of_labelled[place, held_out] = members[name].predict(labelled.values[held_out])
                if held_back.any():
                    of_missing[place, held_back] = members[name].predict(missing.values[held_back])
        by_parcel = np.stack([parcel_probability(of_member, owner, len(parcel)) for of_member in of_labelled])
        probability = np.concatenate([by_parcel, of_missing], axis=1)
        truth = np.concatenate([labelled.crop[np.unique(owner, return_index=True)[1]], missing.crop])
        return probability, truth

    def _folds(
        self,
        learner: Learner,
        data: TrainingData,
        labelled: Samples,
        missing: Samples,
        owner: npt.NDArray[np.int64],
        setting: Setting,
    ) -> Iterator[tuple[dict[str, Model], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]]:
        """Members of each fold, the labelled pixels and the missing classes' pixels that it holds out."""
        source = data.source_model
        silent = replace(setting, observer=setting.observer.for_training(""))
        rng = generator(setting.seed, Stream.FOLDS)
        fold = matched_folds(data.labelled_xy, data.area_xy, FOLDS, rng)  # [parcel]
        numbers = np.unique(fold)
        fold_of_missing = np.unique(missing.parcel, return_inverse=True)[1] % len(numbers)  # [missing pixel]
        without_missing = _without(source, missing.parcel)
        bins = source_bins(source.source_samples)
        shared = _source_members(without_missing, setting.seed, MOST_WHILE_STACKING, bins)
        for place, number in enumerate(numbers):
            held_out, held_back = fold[owner] == number, fold_of_missing == place
            training, ground = labelled.chosen(~held_out), labelled.chosen(held_out)
            fold_source = _on_other_ground(_without(source, missing.parcel[held_back]), ground)
            apart, of_source = _on_other_ground(without_missing, ground), shared
            if apart is not without_missing:
                of_source = _named_source_members(apart, setting.seed, MOST_WHILE_STACKING, bins)
            members = of_source | self._target_members(
                learner, fold_source, training, of_source, silent, MOST_WHILE_STACKING, bins
            )
            yield members, held_out, held_back

    def _target_members(
        self,
        learner: Learner,
        source: SourceModel,
        labelled: Samples,
        of_source: Mapping[str, Model],
        setting: Setting,
        most: int,
        bins: Bins,
        wanted: Container[str] | None = None,
    ) -> dict[str, Model]:
        """The members that labelled target samples teach; without any sample, the source members."""
        if len(labelled):
            return target_members(learner, source, labelled, setting, self.steps, most, bins, wanted)
        return {
            member_name(kind, training): of_source[member_name(kind, SOURCE)]
            for kind, training in TARGET_MEMBERS
        }


@lru_cache(maxsize=REMEMBERED)
def _source_members(source: SourceModel, seed: int, most: int, bins: Bins) -> dict[str, Model]:
    """The source members by name, which many plans of a run share."""
    return _named_source_members(source, seed, most, bins)


def _named_source_members(source: SourceModel, seed: int, most: int, bins: Bins) -> dict[str, Model]:
    """The source members by name."""
    return {
        member_name(kind, SOURCE): Remembering(scaled_member(source, kind, member))
        for kind, member in source_members(source, seed, most, bins).items()
    }


def _without(source: SourceModel, parcels: npt.NDArray[np.int64]) -> SourceModel:
    """The source model without some of its parcels' samples; its network has seen them all the same."""
    samples = source.source_samples
    return (
        replace(source, samples=samples.chosen(~np.isin(samples.parcel, parcels))) if len(parcels) else source
    )


def _on_other_ground(source: SourceModel, labelled: Samples) -> SourceModel:
    """The source model without samples from the ground of some labelled samples, unless none would be left;
    its network, which is not told the place, has seen them all the same.
    """
    samples = on_other_ground(source.source_samples, labelled)
    return (
        source if samples is source.source_samples or not len(samples) else replace(source, samples=samples)
    )


def _missing_classes(source: SourceModel, labelled: Samples) -> Samples:
    """Source pixels of classes that no visited parcel has, each class by its share of the source samples;
    together about as many as visited parcels at most.
    """
    samples = source.source_samples
    share = np.bincount(samples.crop, minlength=samples.classes) / len(samples)  # [class]
    absent = np.setdiff1d(np.flatnonzero(share), labelled.crop)
    parcels = len(np.unique(labelled.parcel))
    for_all = parcels / max(1 - share[absent].sum(), share[absent].sum(), 1 / len(samples))
    rows = []
    for code in absent:
        of_class = np.flatnonzero(samples.crop == code)
        wanted = min(len(of_class), max(1, round(for_all * share[code])))
        rows.append(of_class[np.linspace(0, len(of_class) - 1, wanted).astype(np.int64)])
    return samples.chosen(np.concatenate(rows) if rows else np.empty(0, dtype=np.int64))
