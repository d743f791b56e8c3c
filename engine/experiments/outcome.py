"""The outcome of a plan: scores with intervals, and all that is needed to judge them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from engine.domain import Estimate, Provenance
from engine.experiments.counts import Counts
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
    seconds
        Computing time, without pre-training.
    versions
        Of the engine and its libraries; device and precision.
    member_weights
        Weight of each member of an ensemble, by ``learner, source`` and so on; empty without an ensemble.
    reliability
        Confidence and accuracy in each test block, over pixels, ``[block, bin, 3]`` as nested lists, see
        `engine.learning.metrics.reliability_by_block`.
    expected_f1
        See `Outcome`.
    """

    visited: tuple[str, ...]
    pixels: list[list[list[int]]]
    parcels: list[list[list[int]]]
    loss: tuple[float, ...]
    seconds: float
    versions: dict[str, str]
    member_weights: dict[str, float] = field(default_factory=dict)
    reliability: list[list[list[float]]] = field(default_factory=list)
    expected_f1: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What a plan brought.

    Its scores follow from its counts, see `engine.experiments.scores`, and are kept beside them: opening an
    outcome computes nothing.

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
        Sentences that a reader of the score must know.
    overall_accuracy
        Share of test pixels that got their true class; None in outcomes from before it was measured.
    calibration_error
        Expected calibration error of the calibrated probabilities, over pixels
        (`engine.learning.calibration.probabilities`); None likewise.
    member_weights
        Weight of each member of an ensemble, mean over repeats, by ``learner, source`` and so on; empty
        without an ensemble.
    counts
        Right and wrong by test block and repeat; None in outcomes of format 2, which kept only their scores.
    expected_f1
        Macro F1 over test pixels that the map expects of itself by its calibrated probabilities, which no
        label is needed for; None in older outcomes.
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
    counts: Counts | None = None
    expected_f1: float | None = None

    @property
    def visits(self) -> bool:
        """Whether it is a trip."""
        return self.plan.method.visits

    @property
    def finished(self) -> int:
        """Number of repeats that it rests on."""
        return len(self.visited)

    @property
    def provisional(self) -> bool:
        """Whether repeats of the plan are still missing; such an outcome is never stored."""
        return self.finished < self.plan.repeats

    @property
    def parcels(self) -> int:
        """Number of visited parcels, mean over repeats, rounded."""
        return round(sum(map(len, self.visited)) / len(self.visited))


class _Option(Protocol):
    """An outcome, or what holds one."""

    @property
    def visits(self) -> bool: ...

    @property
    def plan(self) -> Plan: ...


V = TypeVar("V", bound=_Option)


def baseline_of(outcomes: Iterable[V]) -> V | None:
    """The baseline among outcomes or options: a map without a trip, by the method that a user would take.

    Parameters
    ----------
    outcomes
        Of any methods, with or without a trip, in any order.

    Returns
    -------
    Of those without a trip the one whose method stands last in `METHODS`, whatever it scored; None where all
    are trips.
    """
    rank = list(METHODS)
    without_trip = [outcome for outcome in outcomes if not outcome.visits]
    return max(without_trip, key=lambda outcome: rank.index(outcome.plan.method.name), default=None)


def trips_of(outcomes: Iterable[V]) -> list[V]:
    """The trips among outcomes or options.

    Parameters
    ----------
    outcomes
        Of any methods, with or without a trip; their order is kept.
    """
    return [outcome for outcome in outcomes if outcome.visits]
