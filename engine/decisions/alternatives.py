"""Designs side by side at equal count and at equal cost: the two rank them in opposite order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.decisions.options import Option
from engine.experiments.outcome import trips_of

COUNT_TOLERANCE = 0.05
COST_TOLERANCE = 0.15


def largest_circle(options: Sequence[Option]) -> Option | None:
    """The trip to compare with where none is named: the largest circle, else the largest trip, if any.

    Parameters
    ----------
    options
        Of one comparison.
    """
    return max(
        trips_of(options),
        key=lambda option: (option.plan.design.name == "radius", option.plan.design.equivalent_radius_km),
        default=None,
    )


def equal_count(options: Sequence[Option], reference: Option) -> list[Option]:
    """The reference and, of every other design of its method, the option that visits as many parcels (within
    5 %), the highest score first.

    Parameters
    ----------
    options
        Of one comparison.
    reference
        The trip that the others are compared with.
    """
    return _closest(options, reference, lambda option: float(option.outcome.parcels), COUNT_TOLERANCE)


def equal_cost(options: Sequence[Option], reference: Option) -> list[Option]:
    """The reference and, of every other design of its method, the option that costs as much (within 15 %),
    the highest score first.

    Parameters
    ----------
    options
        Of one comparison.
    reference
        The trip that the others are compared with.
    """
    return _closest(options, reference, lambda option: option.money.likely, COST_TOLERANCE)


def _closest(
    options: Sequence[Option], reference: Option, size: Callable[[Option], float], tolerance: float
) -> list[Option]:
    closest = {reference.plan.design.name: reference}
    for option in options:
        off = abs(size(option) - size(reference))
        if option.plan.method != reference.plan.method or off > tolerance * size(reference):
            continue
        best = closest.get(option.plan.design.name)
        if best is None or (best is not reference and off < abs(size(best) - size(reference))):
            closest[option.plan.design.name] = option
    return sorted(closest.values(), key=lambda option: -option.f1.value)
