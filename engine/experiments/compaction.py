"""The record of an outcome made small, and made whole again.

Long lists are packed into one text. Among them are the ids of the visited parcels: each once, sorted, and
which of them each repeat visits. The confusions of all blocks and repeats together follow from the counts and
are left out.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from typing import Any

import numpy as np

from engine.experiments.outcome import Outcome
from engine.experiments.packing import packed_json, unpacked_json

PACKED = "packed"  # the part of a record that holds the lists
LISTS = ("per_class", "per_class_parcel", "repeats", "repeats_parcel", "loss")  # beside the visited parcels
SUMS = ("confusion", "confusion_parcel")
MOST = 50_000_000  # bytes of lists
NUMBERED = re.compile(r"(.*?)([0-9]{1,15})", re.DOTALL)  # an id that ends in a number


def compacted(facts: dict[str, Any]) -> dict[str, Any]:
    """The parts of an outcome as its file holds them.

    Parameters
    ----------
    facts
        The outcome as JSON values by name.
    """
    ids = sorted({parcel for parcels in facts["visited"] for parcel in parcels})
    visits = [_among(ids, parcels) for parcels in facts["visited"]]
    dropped = {"visited", *LISTS, *(SUMS if facts["counts"] else ())}
    kept = {name: value for name, value in facts.items() if name not in dropped}
    lists = {name: facts[name] for name in LISTS}
    return {**kept, PACKED: packed_json({"ids": _shortened(ids), "visits": visits, **lists})}


def expanded(facts: dict[str, Any]) -> dict[str, Any]:
    """The parts of an outcome that `compacted` took.

    Parameters
    ----------
    facts
        What the file of an outcome holds, of any format from 2 on.

    Raises
    ------
    ValueError, KeyError, TypeError, IndexError
        Where it is damaged.
    """
    if PACKED not in facts:
        return facts
    whole = {name: value for name, value in facts.items() if name != PACKED}
    lists = unpacked_json(facts[PACKED], MOST)
    ids, visits = _lengthened(lists.pop("ids")), lists.pop("visits")
    whole |= lists | {"visited": [_visited(ids, each) for each in visits]}
    return whole | ({name: [] for name in SUMS} if whole["counts"] else {})


def with_sums(outcome: Outcome) -> Outcome:
    """An outcome whose confusions are the sums of its counts, if it has any.

    Parameters
    ----------
    outcome
        As `expanded` left it.
    """
    if outcome.counts is None:
        return outcome
    sums = outcome.counts.sums
    return replace(outcome, confusion=sums["pixel"], confusion_parcel=sums["parcel"])


def _among(ids: list[str], parcels: Sequence[str]) -> str | list[int]:
    """Which of the ids these are: a bit for each, in base64; where they are not sorted, their places."""
    place = {parcel: number for number, parcel in enumerate(ids)}
    places = [place[parcel] for parcel in parcels]
    if places != sorted(set(places)):
        return places
    bits = np.zeros(len(ids), bool)
    bits[places] = True
    return base64.b64encode(np.packbits(bits).tobytes()).decode()


def _visited(ids: list[str], among: str | list[int]) -> list[str]:
    """The ids that `_among` described."""
    if isinstance(among, str):
        bits = np.unpackbits(np.frombuffer(base64.b64decode(among, validate=True), np.uint8))
        if len(bits) - len(ids) not in range(8) or bits[len(ids) :].any():
            raise ValueError(f"{len(bits)} bits tell of {len(ids)} parcels")
        return list(compress(ids, bits))
    if min(among, default=0) < 0:
        raise ValueError(f"there is no parcel {min(among)}")
    return [ids[place] for place in among]


def _shortened(ids: Sequence[str]) -> list[str | int]:
    """Ids; one that only counts on from the one before is how far it counts."""
    short: list[str | int] = []
    before: re.Match[str] | None = None
    for name in ids:
        parts = NUMBERED.fullmatch(name)
        if parts and before and (parts[1], len(parts[2])) == (before[1], len(before[2])):
            short.append(int(parts[2]) - int(before[2]))
        else:
            short.append(name)
        before = parts
    return short


def _lengthened(short: Sequence[str | int]) -> list[str]:
    """The ids that `_shortened` took."""
    ids: list[str] = []
    head, number, width = "", 0, 0
    for entry in short:
        if isinstance(entry, str):
            parts = NUMBERED.fullmatch(entry)
            head, number, width = (parts[1], int(parts[2]), len(parts[2])) if parts else ("", 0, 0)
            ids.append(entry)
        elif not width:
            raise ValueError(f"{entry!r:.20} counts on from an id without a number")
        else:
            number += entry
            ids.append(f"{head}{number:0{width}d}")
    return ids
