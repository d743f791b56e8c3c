"""What one more day is worth, kept beside the map whose labels said so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cattrs

from engine.decisions.next_day import NextDay
from engine.files import write_json
from engine.mapping.store import map_folder
from engine.parsing import json_of

FILE = "next-day.json"
FORMAT = 1


@dataclass(frozen=True)
class KeptNextDay:
    """The worth of one more day after a map.

    Parameters
    ----------
    found
        Its worth.
    currency
        Of its money.
    parcels
        Ids of those to visit.
    """

    found: NextDay
    currency: str
    parcels: tuple[str, ...]


def keep_next_day(workspace: Path, key: str, kept: KeptNextDay) -> Path:
    """Keep the worth of one more day.

    Parameters
    ----------
    workspace, key
        Where maps are kept; key of the map.
    kept
        What was found.
    """
    path = map_folder(workspace, key) / FILE
    write_json(path, {"format": FORMAT, **cattrs.unstructure(kept)})
    return path


def kept_next_day(workspace: Path, key: str) -> KeptNextDay | None:
    """The worth of one more day after a map; None where it is not kept, or cannot be read: it is found anew.

    Parameters
    ----------
    workspace, key
        As of `keep_next_day`.
    """
    try:
        record: Any = json_of((map_folder(workspace, key) / FILE).read_text(encoding="utf-8"))
        if record.pop("format") != FORMAT:
            return None
        return cattrs.structure(record, KeptNextDay)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, cattrs.BaseValidationError):
        return None
