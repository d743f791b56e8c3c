"""Plans and outcomes to JSON and back, checked part by part.

A design is ``{"name": "radius", "equivalent_radius_km": 25.0}``, a method ``{"name": "ensemble"}``. Their
classes are looked up in `engine.sampling.DESIGNS` and `engine.learning.methods.METHODS` at every call, so one
that was registered a moment ago will do. A value of the wrong type is refused, not converted.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import product
from operator import eq, is_
from typing import Any, TypeVar

from cattrs import (
    ClassValidationError,
    Converter,
    ForbiddenExtraKeysError,
    IterableValidationError,
    transform_error,
)
from cattrs.gen import make_dict_structure_fn, override

from engine.domain import Estimate, GroundplanError
from engine.fieldwork.costs import Range
from engine.fingerprints import Fingerprints
from engine.learning.methods import METHODS
from engine.learning.protocols import Method
from engine.sampling import DESIGNS
from engine.sampling.excluding import Excluding
from engine.sampling.listed import ListedParcels
from engine.sampling.no_visit import NoVisit
from engine.sampling.protocol import Design

EXCLUDING = "excluding"  # the wrapper's id; its own name is that of the design within
NAME = "name"
KINDS = {str: "text", bool: "true or false", int: "a whole number", float: "a finite decimal number"}

T = TypeVar("T")
Maker = Callable[[Any, Any], Any]


class CodecError(GroundplanError):
    """JSON that is not what it should be; the text names the part."""


def to_json(value: Any) -> Any:
    """A plan, an outcome or a part of one as JSON values.

    Parameters
    ----------
    value
        A frozen dataclass whose fields are declared.

    Examples
    --------
    >>> from engine.domain import Departure
    >>> to_json(Departure(20, 45))
    {'lon': 20.0, 'lat': 45.0, 'name': ''}
    """
    return _FAST.unstructure(value)


def from_json(kind: type[T], value: Any, *, explain: bool = True) -> T:
    """What `to_json` made, checked.

    Parameters
    ----------
    kind
        Its class, or `Design` or `Method` for any that is registered.
    value
        JSON values.
    explain
        Whether an error names the part at fault, which costs time.

    Raises
    ------
    CodecError
        Where a part is missing, unknown or of the wrong type.
    """
    try:
        return (_EXPLAINING if explain else _FAST).structure(value, kind)
    except (ClassValidationError, IterableValidationError) as error:
        fault, _, part = transform_error(error, path="", format_exception=_wording)[0].rpartition(" @ ")
        raise CodecError(f"{part.lstrip('.')}: {fault}" if part else fault) from error
    except Exception as error:  # what a stranger wrote may fail in any way
        raise CodecError(_wording(error)) from error


def designs() -> dict[str, type[Design]]:
    """The class of every design that a plan may hold, by id."""
    return {**DESIGNS, NoVisit.name: NoVisit, ListedParcels.name: ListedParcels, EXCLUDING: Excluding}


def _wording(error: BaseException, kind: type[Any] | None = None) -> str:
    """One fault in words."""
    if isinstance(error, KeyError):
        return f"{error.args[0]!r:.60} is missing"
    if isinstance(error, ForbiddenExtraKeysError):
        return f"there is no {reprlib.repr(sorted(error.extra_fields))[1:-1]} in it"
    if isinstance(error, AttributeError):
        return "it is no object with named parts"
    return f"{error!s:.300}" or f"{error!r:.120}"


def _exact(kind: type) -> Maker:
    """Takes a value of exactly that type: no bool for an int, no int for a float, no NaN."""

    def checked(value: Any, _: Any) -> Any:
        if type(value) is not kind or (isinstance(value, float) and not math.isfinite(value)):
            raise ValueError(f"{reprlib.repr(value)} is not {KINDS[kind]}")
        return value

    return checked


def _exact_items(kind: type, make: Callable[[Any], Any]) -> Maker:
    """Takes a list of values of exactly that type; one look at all of them, since lists are long."""

    def checked(value: Any, _: Any) -> Any:
        if not isinstance(value, list | tuple) or not right(value):
            raise ValueError(f"{reprlib.repr(value)} is no list whose every entry is {KINDS[kind]}")
        return make(value)

    def right(values: list[Any] | tuple[Any, ...]) -> bool:
        if kind is str:
            return _all_text(values)
        return set(map(type, values)) <= {kind} and (kind is int or all(map(math.isfinite, values)))

    return checked


def _all_text(values: Iterable[Any]) -> bool:
    """Whether every value is text: joining is the fastest way to know, and most of an outcome are ids."""
    try:
        "".join(values)
    except TypeError:
        return False
    return True


def _fingerprints(parts: Maker, value: Any, kind: Any) -> Any:
    """Takes those of seasons, all of them, or the one text of an earlier version."""
    if isinstance(value, str) and value:
        return Fingerprints(study=value)
    if not isinstance(value, dict) or set(value) != set(_facts(Fingerprints())):
        raise ValueError(f"{reprlib.repr(value)} are no fingerprints")
    return parts(value, kind)


def _facts(value: Fingerprints) -> Any:
    return value.facts


def _estimate(value: Any, _: Any) -> Estimate:
    """Takes the four numbers at once: an outcome has some twenty estimates."""
    if not set(map(type, value.values())) <= {float}:
        raise ValueError(f"{reprlib.repr(value)} is no estimate")
    return Estimate(**value)


def _rate(value: Any, _: Any) -> Range | float:
    """Takes a rate of a tariff: a number, or a list of low, likely and high."""
    numbers = value if isinstance(value, list) else [value]
    numeric = all(type(number) in (int, float) and math.isfinite(number) for number in numbers)
    if not numeric or len(numbers) not in (1, 3):
        raise ValueError(f"{reprlib.repr(value)} is no number and no list of low, likely and high")
    low, likely, high = map(float, numbers if len(numbers) == 3 else numbers * 3)
    return Range(likely, low, high) if isinstance(value, list) else likely


def _written_rate(value: Range | float) -> Any:
    if isinstance(value, Range):
        return [float(value.low), float(value.likely), float(value.high)]
    return float(value)


def _registered(converter: Converter, registry: Callable[[], Mapping[str, type[Any]]], noun: str) -> Maker:
    """Makes the class that the object's ``name`` stands for."""

    def structured(value: Any, _: Any) -> Any:
        if not isinstance(value, dict):
            raise ValueError(f"{reprlib.repr(value)} is no {noun}")
        name, classes = value.get(NAME), registry()
        if not isinstance(name, str) or name not in classes:
            raise ValueError(f"there is no {noun} {reprlib.repr(name)}; known are {', '.join(classes)}")
        kind = classes[name]
        if kind is Excluding and isinstance(inner := value.get("design"), dict) and inner.get(NAME) == name:
            raise ValueError("parcels are excluded from a design that excludes parcels already")
        parts = {part: entry for part, entry in value.items() if part != NAME}
        return converter.get_structure_hook(kind)(parts, kind)

    return structured


def _named(converter: Converter) -> Callable[[Any], dict[str, Any]]:
    """Writes a design or a method with its name in front."""

    def unstructured(value: Any) -> dict[str, Any]:
        name = EXCLUDING if isinstance(value, Excluding) else value.name
        return {NAME: name, **converter.get_unstructure_hook(type(value))(value)}

    return unstructured


def _converter(explaining: bool) -> Converter:
    converter = Converter(
        detailed_validation=explaining, forbid_extra_keys=True, unstruct_collection_overrides={tuple: list}
    )
    for kind in KINDS:
        converter.register_structure_hook(kind, _exact(kind))
    for kind, make in product((str, int, float), (tuple, list)):
        hinted = tuple[kind, ...] if make is tuple else list[kind]  # type: ignore[valid-type]
        converter.register_structure_hook_func(partial(eq, hinted), _exact_items(kind, make))
    if not explaining:
        converter.register_structure_hook(Estimate, _estimate)
    parts = make_dict_structure_fn(
        Fingerprints,
        converter,
        _cattrs_forbid_extra_keys=True,
        _cattrs_detailed_validation=explaining,
        study=override(omit=True),
    )
    converter.register_structure_hook(Fingerprints, partial(_fingerprints, parts))
    converter.register_unstructure_hook(Fingerprints, _facts)
    converter.register_structure_hook_func(partial(eq, Range | float), _rate)
    converter.register_unstructure_hook_func(partial(eq, Range | float), _written_rate)
    converter.register_unstructure_hook(float, float)  # 20 and 20.0 km are one departure
    for protocol, registry, noun in ((Design, designs, "design"), (Method, lambda: METHODS, "method")):
        # By identity: a protocol cannot be asked whether a class is a subclass of it.
        applies = partial(is_, protocol)
        converter.register_structure_hook_func(applies, _registered(converter, registry, noun))
        converter.register_unstructure_hook_func(applies, _named(converter))
    return converter


_FAST, _EXPLAINING = _converter(explaining=False), _converter(explaining=True)
