"""What a source training is whose folds may be trained side by side."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from engine.learning.protocols import Learner, ModelStore, SourceTraining
from engine.learning.setting import Setting
from engine.learning.source_data import SourceData, SourceKey


@runtime_checkable
class FoldTraining(SourceTraining, Protocol):
    """A source training whose folds may be trained side by side before it chooses among them."""

    def folds(self, data: SourceData) -> tuple[str, ...]:
        """Names of the folds.

        Parameters
        ----------
        data
            The source seasons.
        """
        ...

    def train_fold(
        self,
        held_out: str,
        key: SourceKey,
        data: SourceData,
        learner: Learner,
        setting: Setting,
        store: ModelStore,
    ) -> None:
        """Have the model of one fold in the store.

        Parameters
        ----------
        held_out
            Name of the fold.
        key
            Of the source model.
        data
            The source seasons.
        learner
            What is trained; its models can be stored.
        setting
            Recipe, seed, device and observer.
        store
            Where the models of folds are kept until all are there.
        """
        ...
