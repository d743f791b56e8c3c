"""Counts of format 3, which took twice the room, in the terms of format 4."""

from __future__ import annotations

import base64
import binascii
import zlib
from math import prod
from typing import Any

import numpy as np

from engine.experiments.codec import to_json
from engine.experiments.counts import packed_counts, packed_surplus
from engine.experiments.packing import Table
from engine.learning import metrics

TENTHS = 10  # of a pixel: parts of the surplus
WIDTH = 4  # bytes of a number


def translated_counts(facts: dict[str, Any]) -> dict[str, Any]:
    """Counts as format 4 writes them; no number but the surplus of large tests is rounded anew.

    Parameters
    ----------
    facts
        Counts as format 3 wrote them.

    Raises
    ------
    ValueError, KeyError, TypeError
        Where they are damaged.
    """
    repeats, blocks, classes = (facts[name] for name in ("repeats", "blocks", "classes"))
    square = (blocks, classes, classes, repeats)
    pixels, parcels = (np.moveaxis(_table(facts[name], square), -1, 0) for name in ("pixels", "parcels"))
    surplus = ""
    if facts["surplus"]:
        kept = np.moveaxis(
            _table(facts["surplus"], (blocks, metrics.BINS, repeats)), -1, 0
        )  # [repeat, block, bin]; 0, -1, 1, -2, 2 are written 0, 1, 2, 3, 4
        beyond = np.where(kept % 2, -(kept + 1) // 2, kept // 2) / TENTHS
        surplus = packed_surplus(beyond, pixels.sum(axis=(2, 3)))
    counts: dict[str, Any] = to_json(packed_counts(facts["test"], pixels, parcels, surplus))
    return counts


def _table(text: str, shape: tuple[int, ...]) -> Table:
    """A table: planes of bytes, zlib, base64; no more is unpacked than the shape holds."""
    size = prod(shape) * WIDTH
    try:
        stream = zlib.decompressobj()
        content = stream.decompress(base64.b64decode(text, validate=True), size + 1)
    except (binascii.Error, zlib.error) as error:
        raise ValueError(f"a table of counts that cannot be unpacked ({error})") from error
    if len(content) != size or not stream.eof or stream.unused_data:
        raise ValueError(f"a table of counts that does not hold {'x'.join(map(str, shape))} numbers")
    planes = np.frombuffer(content, np.uint8).reshape(WIDTH, -1)
    return np.ascontiguousarray(planes.T).view("<u4").reshape(shape).astype(np.int64)
