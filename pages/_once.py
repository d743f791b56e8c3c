"""What is computed once for all sessions of inputs that are kept themselves: charts, counts, sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, ParamSpec, TypeVar, cast

from engine.decisions.class_mix import ClassMix
from engine.decisions.options import Option
from engine.decisions.outlook import Choice, Outlook
from engine.decisions.trip import Trip
from engine.domain import Legend, Study
from engine.experiments.outcome import Outcome
from pages._kept import cached

T = TypeVar("T")
P = ParamSpec("P")
LARGE = (Study, Legend, Outcome, Option, Choice, Outlook, Trip, ClassMix)  # kept, so the same is one object


def of(function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """What a function returns that depends on its inputs alone; nobody may change it."""
    return cast("T", _of(function, args, named)[0])


@cached(
    lambda function, args, named: (
        function.__module__,
        function.__qualname__,
        identity(args),
        identity(named),
    ),
    entries=256,
)
def _of(function: Callable[..., Any], args: Any, named: Any) -> tuple[Any, Any, Any]:
    return function(*args, **named), args, named  # as long as it is kept, no other object has their ids


def identity(value: Any) -> object:
    """What tells an input from another: its parts, or which object it is."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Mapping):
        return [(name, identity(part)) for name, part in value.items()]
    if isinstance(value, list | tuple):
        return [identity(part) for part in value]
    if is_dataclass(value) and not isinstance(value, LARGE):
        return [identity(getattr(value, field.name)) for field in fields(value)]
    return id(value)
