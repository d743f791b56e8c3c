"""Recipes: every number that shapes a training run."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain import entry


@dataclass(frozen=True)
class Schedule:
    """One training run: passes over the samples, samples per step, peak of the one-cycle learning rate."""

    epochs: int
    batch: int
    rate: float


@dataclass(frozen=True)
class Recipe:
    """How to learn.

    Parameters
    ----------
    filters, kernel, dropout
        The network: channels of the three blocks, length of the convolutions in time steps, rate.
    pretrain, transfer, scratch
        Schedules of the three kinds of training.
    trees
        Size of a random forest; transfer adds as many again.
    pixels
        Pixels drawn from each parcel for training. A parcel with fewer repeats them, so that every
        parcel weighs the same and an epoch is as long as the study's.
    """

    name: str
    filters: int
    kernel: int
    dropout: float
    pretrain: Schedule
    transfer: Schedule
    scratch: Schedule
    trees: int
    pixels: int


# The schedules are the study's. Its authors searched filters 4..32, kernel 4..32 and dropout .25...75 and
# print no winner; this network lies in their range and is small enough to train on a laptop.
PAPER = Recipe(
    "paper",
    filters=16,
    kernel=8,
    dropout=0.25,
    pretrain=Schedule(20, 1024, 1e-3),
    transfer=Schedule(50, 512, 1e-3),
    scratch=Schedule(50, 512, 1e-2),
    trees=200,
    pixels=50,
)

# For trying: about as many steps as `PAPER` takes, on smaller batches and a twelfth of the samples.
QUICK = Recipe(
    "quick",
    filters=16,
    kernel=8,
    dropout=0.25,
    pretrain=Schedule(15, 128, 1e-3),
    transfer=Schedule(20, 32, 2e-3),
    scratch=Schedule(20, 32, 5e-3),
    trees=50,
    pixels=10,
)

RECIPES = {recipe.name: recipe for recipe in (PAPER, QUICK)}


def recipe_by_name(name: str) -> Recipe:
    """The recipe of that name.

    Parameters
    ----------
    name
        One of `RECIPES`.

    Raises
    ------
    PlanError
        Where there is none.
    """
    return entry("recipe", RECIPES, name)
