"""The source model: what past seasons teach, learnt once and kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

import engine
from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.plan import Plan
from engine.learning import metrics as scores
from engine.learning.folds import Fold, Rows, leave_one_season_out
from engine.learning.learners import Model, learner_by_name
from engine.learning.samples import Samples, draw_samples, joined
from engine.learning.setting import Setting
from engine.sampling.split import SpatialSplit

# Models without a safe file format are remembered by the process instead of the archive.
REMEMBERED = 8
_remembered: dict[Source, Model] = {}


@dataclass(frozen=True)
class Source:
    """What identifies a pre-trained model.

    It depends on the kind of test area, whose fields it must not have seen in other seasons, but not on
    the departure.
    """

    study: str
    target: str
    sources: tuple[str, ...]
    learner: str
    recipe: str
    test: str
    seed: int

    @property
    def name(self) -> str:
        """File name of the model."""
        digest = hashlib.sha256(f"{engine.__version__} {self!r}".encode()).hexdigest()[:16]
        return f"{self.target}-{digest}"


def source_of(plan: Plan, repeat: int) -> Source:
    """The pre-trained model that a repeat of a plan starts from."""
    return Source(
        plan.study,
        plan.target,
        plan.sources,
        plan.learner,
        repr(plan.recipe),
        plan.test.kind,
        plan.seed + repeat,
    )


def source_rows(study: Study, plan: Plan, split: SpatialSplit) -> Rows:
    """Rows of ``Study.parcels`` that past seasons may teach with, ``[row]``.

    A past look at a test field would give its class away where the crop stays, as an orchard does.
    """
    season = study.parcels["season"].to_numpy(dtype=object)
    group = study.parcels["field_group"].to_numpy(dtype=object)
    # By hashing: numpy compares Python objects one with another, and pages ask at every look.
    recurring = pd.Index(group).isin(group[season == plan.target]) & split.test_ground
    return np.flatnonzero(pd.Index(season).isin(plan.sources) & ~recurring)


def season_folds(study: Study, plan: Plan, split: SpatialSplit) -> tuple[Fold, ...]:
    """Leave one season out: each source season validates once what the others teach."""
    usable = np.zeros(len(study.parcels), dtype=bool)
    usable[source_rows(study, plan, split)] = True
    return leave_one_season_out(
        study.parcels["season"].to_numpy(dtype=object),
        study.parcels["field_group"].to_numpy(dtype=object),
        split.test_ground,
        plan.sources,
        usable,
    )


def source_model(
    study: Study, plan: Plan, repeat: int, split: SpatialSplit, archive: Archive, setting: Setting
) -> Model:
    """The pre-trained model: from the archive, or learnt now and kept.

    Leave one season out: each source season validates once what the others teach, and the model with
    the best validation macro F1 (over pixels) goes on.
    """
    source = source_of(plan, repeat)
    learner = learner_by_name(plan.learner)
    if not learner.storable:
        if source not in _remembered:
            while len(_remembered) >= REMEMBERED:
                _remembered.pop(next(iter(_remembered)))
            _remembered[source] = _pretrain(study, plan, split, setting, _Folds(source.name))[0]
        return _remembered[source]
    with archive.lock(source.name):
        kept = archive.weights(source.name)
        if kept is None:
            folds = _Folds(source.name, archive)
            model, card = _pretrain(study, plan, split, setting, folds)
            archive.keep_weights(source.name, model.tensors(), {"source": repr(source), **card})
            folds.forget()
            kept = archive.weights(source.name)
            assert kept is not None
    return learner.restored(kept[0], plan.recipe)


@dataclass(frozen=True)
class _Folds:
    """The models of single folds, kept until all are there: an interrupted pre-training goes on from them."""

    name: str
    archive: Archive | None = None

    def kept(self, held_out: str, plan: Plan) -> Any:
        """The model of a fold, or None."""
        found = self.archive.weights(f"{self.name}-{held_out}") if self.archive else None
        return learner_by_name(plan.learner).restored(found[0], plan.recipe) if found else None

    def keep(self, held_out: str, model: Any) -> None:
        """Store the model of a fold."""
        if self.archive:
            self.archive.keep_weights(f"{self.name}-{held_out}", model.tensors(), {"held_out": held_out})

    def forget(self) -> None:
        """Remove what was kept."""
        if self.archive:
            self.archive.forget_weights(f"{self.name}-*")


def _pretrain(
    study: Study, plan: Plan, split: SpatialSplit, setting: Setting, kept: _Folds
) -> tuple[Any, dict[str, Any]]:
    learner = learner_by_name(plan.learner)
    season = study.parcels["season"].to_numpy(dtype=object)
    folds = season_folds(study, plan, split)
    crop = study.legend.codes(study.parcels["crop"].to_numpy(dtype=object))
    rng = np.random.default_rng([setting.seed, 1])

    def drawn(rows: Rows, fill: bool) -> Samples:
        labels = sorted(set(season[rows]))
        pixels = plan.recipe.pixels
        return joined(
            [
                draw_samples(study.cubes[s], crop, len(study.legend), rows, pixels, rng, fill=fill)
                for s in labels
            ]
        )

    best: Any = None
    card: dict[str, Any] = {"validation_macro_f1": {}, "classes": study.legend.names}
    for fold in folds:
        watch = setting.watch.of(f"model {setting.seed} of the past, {fold.held_out} held out")
        taught = drawn(fold.train, fill=True)
        model = kept.kept(fold.held_out, plan)
        if model is None:
            model = learner.pretrain(taught, replace(setting, watch=watch))
            kept.keep(fold.held_out, model)
        validation = drawn(fold.validation, fill=False)
        predicted = model.predict(validation.values).argmax(axis=1)
        block = np.zeros(len(validation), dtype=np.int64)
        confusion = scores.confusion_by_block(validation.crop, predicted, block, validation.classes, 1)
        score = float(scores.macro_f1(confusion[0]))
        card["validation_macro_f1"][fold.held_out] = score
        if best is None or score > card["validation_macro_f1"][card["held_out"]]:
            best, card["held_out"] = model, fold.held_out
    return best, card
