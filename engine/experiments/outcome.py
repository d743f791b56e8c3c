"""What a plan brought: scores with intervals, and all that is needed to believe them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from engine.domain import Estimate, Provenance
from engine.experiments.plan import Plan
from engine.learning.methods import METHODS


@dataclass(frozen=True)
class Repeat:
    """One repeat of a plan.

    Parameters
    ----------
    visited
        Ids of the visited parcels.
    pixels, parcels
        Confusion of each test block, ``[block, class, class]`` as nested lists, truth in rows; over
        pixels, and over parcels classified by the mean probability of their pixels.
    loss
        Training loss of each epoch; empty where nothing was trained.
    weights
        What each model of a vote counts, by name; empty where nothing votes.
    reliability
        How sure and how right the model was in each test block, over pixels, ``[block, bin, 3]`` as nested
        lists, see `engine.learning.metrics.reliability_by_block`.
    """

    visited: tuple[str, ...]
    pixels: list[list[list[int]]]
    parcels: list[list[list[int]]]
    loss: tuple[float, ...]
    seconds: float
    versions: dict[str, str]
    member_weights: dict[str, float] = field(default_factory=dict)
    reliability: list[list[list[float]]] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """The answer to a plan.

    Parameters
    ----------
    visited
        Ids of the visited parcels of each repeat.
    test_parcels
        Number of parcels tested on.
    macro_f1, macro_f1_parcel
        Over pixels (the study's) and over parcels (what the user of a map sees), 0 to 1.
    per_class, per_class_parcel
        F1 by class name; classes that the test set lacks are not there and are named in ``absent``.
    repeats, repeats_parcel
        Macro F1 of each repeat.
    confusion, confusion_parcel
        ``[class, class]`` summed over repeats, truth in rows.
    loss
        Training loss of each epoch, by repeat.
    seconds
        Computing time of all repeats, without pre-training.
    versions
        Of the engine and its libraries; device and precision.
    notes
        What a reader of the score must know.
    overall_accuracy
        Share of test pixels that got their true class; None in answers from before it was measured.
    calibration_error
        Expected calibration error of the probabilities to believe, over pixels
        (`engine.learning.calibration.judged`); None likewise.
    voters
        What each model of a vote counts, mean over repeats, by ``voice, teacher``; empty where nothing votes.
    """

    plan: Plan
    study_name: str
    provenance: Provenance
    classes: tuple[str, ...]
    visited: tuple[tuple[str, ...], ...]
    test_parcels: int
    macro_f1: Estimate
    macro_f1_parcel: Estimate
    per_class: dict[str, Estimate]
    per_class_parcel: dict[str, Estimate]
    absent: tuple[str, ...]
    repeats: tuple[float, ...]
    repeats_parcel: tuple[float, ...]
    confusion: list[list[int]]
    confusion_parcel: list[list[int]]
    loss: tuple[tuple[float, ...], ...]
    seconds: float
    versions: dict[str, str]
    notes: tuple[str, ...] = ()
    overall_accuracy: Estimate | None = None
    calibration_error: Estimate | None = None
    member_weights: dict[str, float] = field(default_factory=dict)

    @property
    def visits(self) -> bool:
        """Whether it is a trip."""
        return self.plan.method.visits

    @property
    def parcels(self) -> int:
        """Number of visited parcels, mean over repeats, rounded."""
        return round(sum(len(one) for one in self.visited) / len(self.visited))


class _Visiting(Protocol):
    @property
    def visits(self) -> bool: ...

    @property
    def plan(self) -> Plan: ...


V = TypeVar("V", bound=_Visiting)


def baseline_of(answers: Iterable[V]) -> V | None:
    """The map without a trip, if it was answered, by the method that a user would take for it: of those
    answered the last in `METHODS`, whatever it scored.
    """
    rank = list(METHODS)
    stays = [one for one in answers if not one.visits]
    return max(stays, key=lambda one: rank.index(one.plan.method.name), default=None)


def trips_of(answers: Iterable[V]) -> list[V]:
    """The trips."""
    return [one for one in answers if one.visits]
