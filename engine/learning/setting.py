"""Under what circumstances a model is trained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from engine.learning.recipes import Recipe


class EpochObserver(Protocol):
    """Told after every epoch; may raise to stop the run. Must pickle: it travels to worker processes."""

    def for_training(self, training: str) -> EpochObserver:
        """The observer of the training of that name; without a name, one that only checks whether to stop.

        Parameters
        ----------
        training
            Its name; empty where only stopping matters.
        """
        ...

    def epoch(self, epoch: int, epochs: int, loss: float) -> None:
        """An epoch is finished.

        Parameters
        ----------
        epoch, epochs
            Number of the finished epoch, from 1, and of all epochs.
        loss
            Mean training loss of the epoch.
        """


class NoObserver:
    """Observes nothing."""

    def for_training(self, training: str) -> EpochObserver:
        """The same."""
        return self

    def epoch(self, epoch: int, epochs: int, loss: float) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class Setting:
    """Recipe and seed, which decide the result; device and observer, which do not.

    Parameters
    ----------
    recipe
        See `engine.learning.recipes`.
    seed
        Of this repeat.
    device
        ``auto``, ``cpu`` or ``cuda``.
    observer
        Told after every epoch.
    bfloat16
        Whether to multiply in bfloat16; None leaves it to the processor.
    """

    recipe: Recipe
    seed: int
    device: str = "auto"
    observer: EpochObserver = field(default_factory=NoObserver)
    bfloat16: bool | None = None
