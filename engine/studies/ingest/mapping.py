"""How files are to be read, kept as a small TOML: everything of a request but the files and the name."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w
from cattrs import BaseValidationError, Converter, transform_error

from engine.domain import Departure, GroundplanError
from engine.files import write_atomic
from engine.parsing import toml_of
from engine.studies.ingest.request import IngestRequest

OF_THE_FILES = ("parcels", "series", "name")


class MappingError(GroundplanError):
    """A file that does not say how to read others."""


def read_mapping(path: Path) -> dict[str, Any]:
    """Fields of `IngestRequest` by name, from a TOML file.

    Parameters
    ----------
    path
        Of the file.

    Raises
    ------
    MappingError
        Where it is no TOML, or holds what a request does not have.
    """
    try:
        content = toml_of(path)
    except FileNotFoundError:
        raise MappingError(f"There is no file {path}. Make one with ingest --save-mapping FILE.") from None
    except (OSError, ValueError) as error:
        raise MappingError(f"{path} is no TOML file ({error}). Correct it, or leave out --mapping.") from None
    hints = _hints()
    unknown = sorted(set(content) - set(hints))
    if unknown:
        raise MappingError(
            f"{path} names {', '.join(unknown)}, which ingest does not know. It knows {', '.join(hints)}."
        )
    converter = Converter(forbid_extra_keys=True, prefer_attrib_converters=True)
    converter.register_structure_hook(str, _text)
    given = dataclasses.make_dataclass("Given", [(name, hints[name]) for name in content])
    try:
        read: Any = converter.structure(content, given)
    except BaseValidationError as error:
        said = "; ".join(transform_error(error))
        raise MappingError(f"{path} has a value of another kind ({said}). See docs/formats.md.") from None
    return {name: getattr(read, name) for name in content}


def mapping_text(request: IngestRequest) -> str:
    """The TOML of a request: what differs from the usual.

    Parameters
    ----------
    request
        Whose files and name are left out.
    """
    usual = IngestRequest((), (), "")
    content = {
        each.name: _plain(value)
        for each in dataclasses.fields(IngestRequest)
        if each.name not in OF_THE_FILES
        and (value := getattr(request, each.name)) != getattr(usual, each.name)
        and value is not None
    }
    return tomli_w.dumps(content)


def write_mapping(request: IngestRequest, path: Path) -> Path:
    """Keep how the files of a request are read, for files like them.

    Parameters
    ----------
    request
        Whose files and name are left out.
    path
        Where it is written.
    """
    write_atomic(path, mapping_text(request).encode())
    return path


def _hints() -> dict[str, Any]:
    """Type of each field that a mapping may hold; a field that may be None is of its other type."""
    hints = typing.get_type_hints(IngestRequest)
    found = {}
    for name, hint in hints.items():
        if name in OF_THE_FILES:
            continue
        if isinstance(hint, types.UnionType):
            hint = next(each for each in typing.get_args(hint) if each is not type(None))
        found[name] = types.GenericAlias(dict, typing.get_args(hint)) if _is_mapping(hint) else hint
    return found


def _is_mapping(hint: Any) -> bool:
    return typing.get_origin(hint) is Mapping


def _text(value: object, _: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def _plain(value: object) -> object:
    if isinstance(value, Departure):
        return {"lon": value.lon, "lat": value.lat, "name": value.name}
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value
