"""What the engine says of files, in the words of the form: its options become the labels of fields."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pages import _layout as layout
from pages._fields import FIELDS, said

LABELS = {
    "parcel_id": "Parcel",
    "season": "Season",
    "crop": "Crop",
    "field_group": "Field",
    "pixel_id": "Pixel",
    "date": "Date",
}
SEASON_OF = "Season of"
DROP = "Leave the faulty out"
WORDS = {each.option: each.label for each in FIELDS} | {
    "--window": "Window",
    "--keep": "Classes",
    "--merge": "Classes",
    "--drop-faulty": DROP,
    "--departure": "Departure",
    "--season": "Season of a file",
    "--rename": "Columns",
}
OPTION = re.compile(
    r"--rename OLD=(?P<column>\w+)|--season (?P<file>\S[^=]*?)=(?P<year>\d{4}|YEAR)"
    r"|(?P<option>--[a-z][a-z-]*)(?P<value>(?= -?[\d]| [A-Z][\w]*[:=]))?"
)


def in_words(text: str) -> str:
    """A message as Markdown, with the form's fields where it names options.

    Parameters
    ----------
    text
        What ingest says.
    """
    words, end = "", 0
    for found in OPTION.finditer(text):
        words += layout.plain(text[end : found.start()]) + _field(found)
        end = found.end()
    return words + layout.plain(text[end:])


def changes_in_words(changes: Mapping[str, object]) -> str:
    """Fields of a request in the form's words.

    Parameters
    ----------
    changes
        Name and value of each.
    """
    return ", ".join(
        ", ".join(f"{LABELS.get(new, new)}: {old}" for old, new in value.items())
        if name == "rename" and isinstance(value, Mapping)
        else said(name, value)
        for name, value in changes.items()
    )


def _field(found: re.Match[str]) -> str:
    if column := found["column"]:
        return f"**Columns, {LABELS.get(column, column)}**"
    if name := found["file"]:
        whose = "a file" if name == "FILE" else layout.plain(name)
        return f"**{SEASON_OF} {whose}**" + (f": {found['year']}" if found["year"] != "YEAR" else "")
    label = WORDS.get(found["option"])
    if label is None:
        return layout.plain(found["option"])
    return f"**{label}**" + ":" * (found["value"] is not None)
