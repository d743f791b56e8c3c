"""Designs side by side at equal count and at equal cost: the two rank them in opposite order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.decisions.advice import Option

COUNT_TOLERANCE = 0.05
COST_TOLERANCE = 0.15


def equal_count(options: Sequence[Option], to: Option) -> list[Option]:
    """The option and, of every other design of its method, the one that visits as many parcels (within 5 %),
    the highest macro F1 first.
    """
    return _closest(options, to, lambda one: float(one.outcome.parcels), COUNT_TOLERANCE)


def equal_cost(options: Sequence[Option], to: Option) -> list[Option]:
    """The option and, of every other design of its method, the one that costs as much (within 15 %), the
    highest macro F1 first.
    """
    return _closest(options, to, lambda one: one.money.likely, COST_TOLERANCE)


def _closest(
    options: Sequence[Option], to: Option, size: Callable[[Option], float], tolerance: float
) -> list[Option]:
    found = {to.outcome.plan.design.name: to}
    for one in options:
        plan = one.outcome.plan
        off = abs(size(one) - size(to))
        if plan.method != to.outcome.plan.method or off > tolerance * size(to):
            continue
        best = found.get(plan.design.name)
        if best is None or (best is not to and off < abs(size(best) - size(to))):
            found[plan.design.name] = one
    return sorted(found.values(), key=lambda one: -one.f1.value)
