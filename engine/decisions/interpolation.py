"""What a trip may be expected to give, from trips like it that were answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.domain import Estimate
from engine.experiments.outcome import Outcome, trips_of
from engine.learning.methods import DEFAULT

SAME = 1e-6  # km


@dataclass(frozen=True)
class Interpolation:
    """Macro F1 over pixels that answers let expect of a trip; ``basis`` says which, in words."""

    f1: Estimate | None
    basis: str


def expected(outcomes: Sequence[Outcome], design: str, km: float) -> Interpolation:
    """What a trip of that design and size gives, by the answers of one comparison.

    A size that was answered gives its score. One between two answered sizes gives the score on the line
    between them, with an interval that holds both of theirs. Beyond the answered sizes nothing is said.
    The method is Groundplan's where it was answered, else the one that scores best on this design.
    """
    mine = [one for one in trips_of(outcomes) if one.plan.design.name == design]
    if not mine:
        return Interpolation(None, f"no trip of the design {design} is answered here")
    usual = [one for one in mine if one.plan.method.name == DEFAULT]
    method = max(usual or mine, key=lambda one: one.macro_f1.value).plan.method
    row = sorted(
        (one for one in mine if one.plan.method == method),
        key=lambda one: one.plan.design.equivalent_radius_km,
    )
    sizes = [one.plan.design.equivalent_radius_km for one in row]
    for one, size in zip(row, sizes, strict=True):
        if abs(size - km) < SAME:
            return Interpolation(one.macro_f1, f"{method.name}, answered at this size")
    if not sizes[0] < km < sizes[-1]:
        span = f"{sizes[0]:g} km" if len(sizes) == 1 else f"{sizes[0]:g} to {sizes[-1]:g} km"
        return Interpolation(None, f"answered for {span} only")
    above = next(place for place, size in enumerate(sizes) if size > km)
    less, more = row[above - 1], row[above]
    share = (km - sizes[above - 1]) / (sizes[above] - sizes[above - 1])
    low, high = less.macro_f1, more.macro_f1
    value = low.value + share * (high.value - low.value)
    between = Estimate(value, min(low.low, high.low), max(low.high, high.high), low.level)
    return Interpolation(
        between,
        f"{method.name}, between the answered {sizes[above - 1]:g} km ({low.value:.2f}) and "
        f"{sizes[above]:g} km ({high.value:.2f})",
    )
