"""The published study's experiment, answered here, and the lessons that it taught.

Each lesson of the study is looked for in the outcomes, and found, not found, or left open by their intervals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.decisions.comparison import Question
from engine.decisions.published import CIRCLE, RADII_KM
from engine.domain import Departure, Estimate
from engine.experiments.outcome import Outcome
from engine.experiments.scores import difference
from engine.learning.methods.transfer import Transfer
from engine.learning.methods.zero_shot import ZeroShot
from engine.learning.resampling import independent_interval
from engine.sampling.radius import Radius
from engine.sampling.random import Random

Found = Literal["shown", "unclear", "not shown"]
Kind = Literal["short trip", "circle", "more samples"]


@dataclass(frozen=True)
class Experiment:
    """The study's plans, as far as they are answered.

    Parameters
    ----------
    question
        What they have in common.
    outcomes
        Zero-shot, and trips of the study's sizes by circle and at random.
    """

    question: Question
    outcomes: tuple[Outcome, ...]

    @property
    def zero_shot(self) -> Outcome | None:
        """The study's map without a trip."""
        return next((outcome for outcome in self.outcomes if not outcome.visits), None)

    def trip(self, method: str, design: str, km: float) -> Outcome | None:
        """A trip of a method, design and size, if it is answered."""
        return next((outcome for outcome in self.outcomes if _place(outcome) == (method, design, km)), None)


@dataclass(frozen=True)
class Finding:
    """What the outcomes say of a lesson, for one method.

    Parameters
    ----------
    method
        Its id.
    km
        Size of the trip, or of the smallest and the largest trip.
    change
        What the lesson says is above 0, as a difference of F1.
    keys
        Of the plans that it compares.
    """

    method: str
    km: tuple[float, ...]
    change: Estimate
    keys: tuple[str, ...]

    @property
    def found(self) -> Found:
        """Whether the interval lies on the lesson's side, on the other side, or on both."""
        if self.change.low > 0:
            return "shown"
        return "not shown" if self.change.high < 0 else "unclear"


@dataclass(frozen=True)
class Lesson:
    """A lesson of the study, and what the outcomes say of it.

    Parameters
    ----------
    number
        By which the chart refers to it.
    findings
        The first of a short trip decides; of the others, all of them. Empty where nothing is answered.
    """

    number: int
    kind: Kind
    findings: tuple[Finding, ...]

    @property
    def found(self) -> Found | Literal["partly shown", "not answered"]:
        """Whether the outcomes show it."""
        found = {finding.found for finding in self.findings[: 1 if self.kind == "short trip" else None]}
        if not found:
            return "not answered"
        if len(found) == 1:
            return found.pop()
        return "partly shown" if "shown" in found else "unclear"


def experiment(
    answers: Mapping[Question, Sequence[Outcome]], season: str, departure: Departure
) -> Experiment | None:
    """The study's experiment in the season and from the departure that were asked for, where a trip of it is
    answered there; else where most of it is answered; None where no trip of it is.

    Parameters
    ----------
    answers
        Of `engine.decisions.comparison.comparisons`, the fullest first.
    season, departure
        What was asked for.
    """
    found = [
        Experiment(question, tuple(outcome for outcome in outcomes if _of_the_study(outcome)))
        for question, outcomes in answers.items()
    ]
    return max(
        (each for each in found if any(outcome.visits for outcome in each.outcomes)),
        key=lambda each: (
            (each.question.target, each.question.departure) == (season, departure),
            len(each.outcomes),
        ),
        default=None,
    )


def lessons(answered: Experiment) -> tuple[Lesson, ...]:
    """The study's three lessons: a short trip is worse than none; the circle costs points against as many
    parcels at random; more samples shrink that gap.

    Parameters
    ----------
    answered
        The study's experiment.
    """
    gaps = [gap for method in CIRCLE for gap in _gaps(answered, method)]
    return (
        Lesson(1, "short trip", _losses(answered)),
        Lesson(2, "circle", tuple(gaps)),
        Lesson(3, "more samples", _shrinking(gaps)),
    )


def _of_the_study(outcome: Outcome) -> bool:
    method, design, km = _place(outcome)
    if method == ZeroShot.name:
        return True
    return method in CIRCLE and design in (Radius.name, Random.name) and km in RADII_KM


def _place(outcome: Outcome) -> tuple[str, str, float]:
    plan = outcome.plan
    return plan.method.name, plan.design.name, plan.design.equivalent_radius_km


def _losses(answered: Experiment) -> tuple[Finding, ...]:
    """What zero-shot scores more than transfer after a trip, the shortest first."""
    free, found = answered.zero_shot, []
    for km in RADII_KM:
        circle = answered.trip(Transfer.name, Radius.name, km)
        if free and circle:
            keys = (free.plan.key, circle.plan.key)
            found.append(Finding(Transfer.name, (km,), difference(free, circle), keys))
    return tuple(found)


def _gaps(answered: Experiment, method: str) -> list[Finding]:
    """What as many parcels at random score more than the circle, the smallest first."""
    found = []
    for km in RADII_KM:
        circle, random = (answered.trip(method, design, km) for design in (Radius.name, Random.name))
        if circle and random:
            keys = (circle.plan.key, random.plan.key)
            found.append(Finding(method, (km,), difference(random, circle), keys))
    return found


def _shrinking(gaps: Sequence[Finding]) -> tuple[Finding, ...]:
    """How much smaller the gap of the largest trips is than that of the smallest, by method. The interval
    takes both gaps as independent.
    """
    found = []
    for method in CIRCLE:
        sizes = [gap for gap in gaps if gap.method == method]
        if len(sizes) > 1:
            first, last = sizes[0], sizes[-1]
            change = independent_interval(first.change, last.change)
            found.append(Finding(method, (*first.km, *last.km), change, (*first.keys, *last.keys)))
    return tuple(found)
