"""A plan from a file of somebody else: checked part by part before it is one."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from typing import Any

from engine.domain import PlanError
from engine.experiments.plan import Plan, from_json, to_json

SCALARS = (str, bool, int, float)


def plan_of(value: Any, key: Any) -> Plan:
    """The plan that was listed under a key.

    Raises
    ------
    PlanError
        Where it is no plan, or not that one.
    """
    try:
        plan = from_json(value)
        if not isinstance(plan, Plan) or not _sound(plan) or to_json(plan) != value:
            raise TypeError("a part of it has the wrong kind")
        if plan.key != key:
            raise PlanError(
                f"The plan listed as {key!r:.40} has the key {plan.key}: the file was altered. Take the file "
                "as the report made it."
            )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise PlanError(
            f"What is listed as {key!r:.40} is no plan ({error!r:.120}). Take the file as the report made it."
        ) from error
    return plan


def _sound(value: Any) -> bool:
    """Whether every field holds what it is declared to hold."""
    hints = typing.get_type_hints(type(value))
    return all(_fits(getattr(value, one.name), hints[one.name]) for one in dataclasses.fields(value))


def _fits(value: Any, hint: Any) -> bool:
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is typing.Literal:
        return value in parts
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(one, parts[0]) for one in value)
    if hint in SCALARS:
        return type(value) is hint and (hint is not float or math.isfinite(value))
    if not dataclasses.is_dataclass(value):
        return value is None and hint is type(None)
    # A design and a method are protocols: any that a plan may hold will do, and nothing else was made.
    return (not dataclasses.is_dataclass(hint) or isinstance(value, hint)) and _sound(value)  # type: ignore[arg-type]
