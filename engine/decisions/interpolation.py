"""What a trip may be expected to give, interpolated between trips like it that were answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.domain import Estimate
from engine.experiments.outcome import Outcome, trips_of
from engine.experiments.scores import MACRO_F1, Metric, difference, score_of
from engine.learning.methods import DEFAULT
from engine.learning.protocols import Method

SAME = 1e-6  # km


@dataclass(frozen=True)
class Interpolation:
    """The score that answers let expect of a trip.

    Parameters
    ----------
    f1
        None where no answers lie on both sides of the size.
    design, method
        Name of the design; the method of the answers, None where there are none.
    sizes
        Equivalent radii that were answered, km, in order.
    answers
        The answers that it rests on, one or two.
    between
        Size (km) and score of the two answers that it lies between; None where it is one of them.
    """

    f1: Estimate | None
    design: str
    method: Method | None = None
    sizes: tuple[float, ...] = ()
    between: tuple[tuple[float, float], tuple[float, float]] | None = None
    answers: tuple[Outcome, ...] = ()


def interpolated(
    outcomes: Sequence[Outcome], design: str, equivalent_radius_km: float, metric: Metric = MACRO_F1
) -> Interpolation:
    """What a trip of that design and size gives, by the answers of one comparison.

    A size that was answered gives its score. One between two answered sizes gives the score on the line
    between them, with an interval that holds both of theirs. Beyond the answered sizes nothing is said.
    The method is the default one where it was answered, else the one that scores best on this design.

    Parameters
    ----------
    outcomes
        Answers of one comparison.
    design
        Name of the design.
    equivalent_radius_km
        Size of the trip, km.
    metric
        The score; each outcome must have it.
    """
    trips = [outcome for outcome in trips_of(outcomes) if outcome.plan.design.name == design]
    if not trips:
        return Interpolation(None, design)
    usual = [outcome for outcome in trips if outcome.plan.method.name == DEFAULT]
    method = max(usual or trips, key=lambda outcome: score_of(outcome, metric).value).plan.method
    answers = sorted(
        (outcome for outcome in trips if outcome.plan.method == method),
        key=lambda outcome: outcome.plan.design.equivalent_radius_km,
    )
    sizes = tuple(outcome.plan.design.equivalent_radius_km for outcome in answers)
    for outcome, size in zip(answers, sizes, strict=True):
        if abs(size - equivalent_radius_km) < SAME:
            return Interpolation(score_of(outcome, metric), design, method, sizes, answers=(outcome,))
    if not sizes[0] < equivalent_radius_km < sizes[-1]:
        return Interpolation(None, design, method, sizes)
    above = next(place for place, size in enumerate(sizes) if size > equivalent_radius_km)
    less, more = sizes[above - 1], sizes[above]
    share = (equivalent_radius_km - less) / (more - less)
    lower, upper = (score_of(answer, metric) for answer in answers[above - 1 : above + 1])
    value = lower.value + share * (upper.value - lower.value)
    line = Estimate(value, min(lower.low, upper.low), max(lower.high, upper.high), lower.level)
    ends = (less, lower.value), (more, upper.value)
    return Interpolation(line, design, method, sizes, ends, tuple(answers[above - 1 : above + 1]))


def gain_over(guess: Interpolation, baseline: Outcome, metric: Metric = MACRO_F1) -> Estimate | None:
    """What an interpolated score is above the baseline's, 0 to 1; None where no answers lie around it.

    Parameters
    ----------
    guess
        The score that is expected of a trip.
    baseline
        The map without a trip.
    metric
        The score.
    """
    if guess.f1 is None:
        return None
    gains = [difference(answer, baseline, metric) for answer in guess.answers]
    if len(gains) == 1:
        return gains[0]
    value = guess.f1.value - score_of(baseline, metric).value
    return Estimate(value, min(gain.low for gain in gains), max(gain.high for gain in gains), gains[0].level)
