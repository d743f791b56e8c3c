"""The study's pre-training: leave one source season out, and keep the best model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from engine.learning.folds import Fold, Rows
from engine.learning.metrics import macro_f1_of
from engine.learning.protocols import Learner, ModelStore
from engine.learning.recipes import Recipe
from engine.learning.samples import Samples, joined
from engine.learning.setting import Setting
from engine.learning.source_data import SourceData, SourceKey, remembered
from engine.learning.streams import Stream, generator
from engine.learning.training_data import SourceModel

REMEMBERED = 8  # models without a safe file format are remembered by the process instead of the store
_models: dict[str, Any] = {}


@dataclass(frozen=True)
class BestFold:
    """Each source season validates once what the others teach; the model with the best validation macro F1
    (over pixels) goes on (Pandžić et al. 2024, EGU24-3127).
    """

    name: ClassVar[str] = "best-fold"

    def training_samples(self, parcels: Sequence[int], recipe: Recipe) -> int:
        """Each fold learns from all source seasons but one."""
        folds = max(len(parcels) - 1, 1)
        return folds * sum(parcels) * recipe.pretrain.epochs * recipe.pixels

    def train(
        self, key: SourceKey, data: SourceData, learner: Learner, setting: Setting, store: ModelStore
    ) -> SourceModel:
        """The model: from the store, or trained now and kept.

        The models of single folds are kept until all are there, so that an interrupted pre-training goes on,
        and `train_fold` may have trained them side by side.
        """
        if not learner.storable:
            return SourceModel(
                remembered(
                    _models, key.name, lambda: _best_fold(data, learner, setting, None, key)[0], REMEMBERED
                )
            )
        with store.lock(key.name):
            stored = store.weights(key.name)
            if stored is None:
                model, card = _best_fold(data, learner, setting, store, key)
                store.keep_weights(key.name, model.tensors(), {"source": key.facts, **card})
                store.forget_weights(f"{key.name}-*")
                stored = store.weights(key.name)
                assert stored is not None
        return SourceModel(learner.restore(stored[0], key.recipe))

    def folds(self, data: SourceData) -> tuple[str, ...]:
        """The season that each fold leaves out."""
        return tuple(fold.held_out for fold in data.season_folds())

    def train_fold(
        self,
        held_out: str,
        key: SourceKey,
        data: SourceData,
        learner: Learner,
        setting: Setting,
        store: ModelStore,
    ) -> None:
        """Have the model of one fold in the store, unless that of all folds is there."""
        for fold, training, _ in _folds(data, setting, key):
            if fold.held_out == held_out:
                if store.weights(key.name) is None:
                    _stored_fold(fold, training, learner, setting, store, key)
                return


def _best_fold(
    data: SourceData, learner: Learner, setting: Setting, store: ModelStore | None, key: SourceKey
) -> tuple[Any, dict[str, Any]]:
    """The best model of all folds, and its card."""
    best: Any = None
    card: dict[str, Any] = {"validation_macro_f1": {}, "classes": data.classes}
    for fold, training, validation in _folds(data, setting, key):
        if store:
            model = _stored_fold(fold, training, learner, setting, store, key)
        else:
            model = _trained_fold(fold, training, learner, setting)
        predicted = model.predict(validation.values).argmax(axis=1)
        score = macro_f1_of(validation.crop, predicted, validation.classes)
        card["validation_macro_f1"][fold.held_out] = score
        if best is None or score > card["validation_macro_f1"][card["held_out"]]:
            best, card["held_out"] = model, fold.held_out
    return best, card


def _folds(data: SourceData, setting: Setting, key: SourceKey) -> Iterator[tuple[Fold, Samples, Samples]]:
    """Each fold with the pixels that train and those that validate; one stream draws them all in turn."""
    rng = generator(setting.seed, Stream.PRETRAINING_PIXELS)

    def draw(rows: Rows, repeat: bool) -> Samples:
        labels = data.seasons_of(rows)
        return joined([data.draw(label, rows, key.recipe.pixels, rng, repeat) for label in labels])

    for fold in data.season_folds():
        yield fold, draw(fold.train, repeat=True), draw(fold.validation, repeat=False)


def _stored_fold(
    fold: Fold, training: Samples, learner: Learner, setting: Setting, store: ModelStore, key: SourceKey
) -> Any:
    """The model of one fold: from the store, or trained now and kept; one trained elsewhere is waited for."""
    name = f"{key.name}-{fold.held_out}"
    with store.lock(name):
        stored = store.weights(name)
        if stored:
            return learner.restore(stored[0], key.recipe)
        model = _trained_fold(fold, training, learner, setting)
        store.keep_weights(name, model.tensors(), {"held_out": fold.held_out})
    return model


def _trained_fold(fold: Fold, training: Samples, learner: Learner, setting: Setting) -> Any:
    observer = setting.observer.for_training(f"source model {setting.seed}, {fold.held_out} held out")
    return learner.pretrain(training, replace(setting, observer=observer))
