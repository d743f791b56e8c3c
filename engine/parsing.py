"""JSON and TOML that anybody may have written: values that can be used and written, or a `ValueError`."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any, NoReturn

DEEP = "it is nested too deeply"
LARGE = re.compile(r"\d[eE]\+?\d{3}")  # a number that may be infinite
SURROGATE = "\\ud"  # begins the escape of half a character


def json_of(content: bytes | str) -> Any:
    """The value of a JSON text.

    Parameters
    ----------
    content
        The text, in UTF-8 where it comes as bytes.

    Raises
    ------
    ValueError
        Where it is none, nests too deeply, or holds numbers that are not finite, or halves of characters.
    """
    text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    try:
        if LARGE.search(text):  # a function for each number costs time
            value = json.loads(text, parse_constant=_refused, parse_float=_finite)
        else:
            value = json.loads(text, parse_constant=_refused)
        if SURROGATE in text.lower():
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError(DEEP) from None
    return value


def toml_of(path: Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Parameters
    ----------
    path
        Of the file.

    Raises
    ------
    OSError
        Where it cannot be read.
    ValueError
        Where it is no TOML, or nests too deeply.
    """
    try:
        return tomllib.loads(path.read_bytes().decode())
    except RecursionError:
        raise ValueError(DEEP) from None


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:20]} is too large")
    return number
