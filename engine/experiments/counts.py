"""What an outcome keeps of its test: counts by test block and repeat, packed into text.

A table of whole numbers is written as the bytes of its unsigned 32-bit integers, all lowest bytes first, then
all second ones and so on (little-endian planes), compressed with zlib and written in base64. Most of a
confusion is zero, and what repeats have in common stands side by side, so little is left. Reading it runs no
code, and no more is unpacked than the declared shape holds.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.learning import metrics

if TYPE_CHECKING:
    import pandas as pd

    from engine.experiments.outcome import Repeat

UNIT = 10  # surplus is kept in tenths of a pixel
WIDTH = 4  # bytes of a number
MOST = 50_000_000  # numbers of a table; more is no test that anybody ran

Table = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """Right and wrong of each repeat in each test block.

    Parameters
    ----------
    test
        Names the test: outcomes with the same value were tested on the same parcels in the same blocks.
    repeats, blocks, classes
        How many there are.
    pixels, parcels
        Confusion ``[block, class, class, repeat]``, truth in rows, packed.
    surplus
        Pixels right beyond what confidence promised, in tenths, ``[block, bin, repeat]``, packed; empty where
        no reliability was measured.

    Raises
    ------
    ValueError
        Where a text does not hold a table of that shape.
    """

    test: str
    repeats: int
    blocks: int
    classes: int
    pixels: str = field(repr=False)
    parcels: str = field(repr=False)
    surplus: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if min(self.repeats, self.blocks, self.classes) < 1:
            raise ValueError(
                f"counts of {self.repeats} repeats, {self.blocks} blocks, {self.classes} classes"
            )
        shape = self.repeats * self.blocks * self.classes
        if shape * max(self.classes, metrics.BINS) > MOST:
            raise ValueError(f"counts of {shape:,} rows are more than any test has")
        square = (self.blocks, self.classes, self.classes, self.repeats)
        for text in (self.pixels, self.parcels):
            _content(text, square)
        if self.surplus:
            _content(self.surplus, (self.blocks, metrics.BINS, self.repeats))

    def confusion(self, per: str) -> Table:
        """Confusion of each repeat and block, ``[repeat, block, class, class]``, truth in rows.

        Parameters
        ----------
        per
            What counts once: ``pixel`` or ``parcel``.
        """
        shape = (self.blocks, self.classes, self.classes, self.repeats)
        return np.moveaxis(unpacked(self.pixels if per == "pixel" else self.parcels, shape), -1, 0)

    def reliability(self) -> Floats | None:
        """Surplus of each bin and, last, the number of pixels, ``[repeat, block, bin + 1]``; None where no
        reliability was measured.
        """
        if not self.surplus:
            return None
        kept = np.moveaxis(unpacked(self.surplus, (self.blocks, metrics.BINS, self.repeats)), -1, 0)
        beyond = np.where(kept % 2, -(kept + 1) // 2, kept // 2) / UNIT  # even 0, 1, 2, ...; odd -1, -2, ...
        pixels = self.confusion("pixel").sum(axis=(2, 3))[..., None]
        return np.concatenate([beyond, pixels], axis=-1)


def counts_of(repeats: Sequence[Repeat], tests: pd.DataFrame, block: npt.NDArray[np.int64]) -> Counts:
    """The counts of several repeats on the same test blocks.

    Parameters
    ----------
    repeats
        At least one.
    tests
        Test parcels with ``parcel_id`` and ``crop``.
    block
        Block of each test parcel, ``[parcel]``.
    """
    pixels = np.array([repeat.pixels for repeat in repeats])  # [repeat, block, class, class]
    parcels = np.array([repeat.parcels for repeat in repeats])
    surplus = ""
    if all(repeat.reliability for repeat in repeats):  # older repeats have none
        beyond = metrics.surplus(np.array([repeat.reliability for repeat in repeats]))  # [repeat, block, bin]
        tenths = np.rint(UNIT * beyond).astype(np.int64)
        surplus = packed(np.moveaxis(np.where(tenths < 0, -2 * tenths - 1, 2 * tenths), 0, -1))
    tested = sorted(zip(tests["parcel_id"].map(str), tests["crop"].map(str), block.tolist(), strict=True))
    name = hashlib.sha256(json.dumps(tested).encode()).hexdigest()[:16]
    return Counts(
        name,
        len(pixels),
        pixels.shape[1],
        pixels.shape[2],
        packed(np.moveaxis(pixels, 0, -1)),
        packed(np.moveaxis(parcels, 0, -1)),
        surplus,
    )


def packed(table: Table) -> str:
    """A table of whole numbers from 0 to 2³² - 1 as text.

    Parameters
    ----------
    table
        Of any shape, which the text does not tell.

    Examples
    --------
    >>> unpacked(packed(np.array([[3, 0], [0, 70_000]])), (2, 2)).tolist()
    [[3, 0], [0, 70000]]
    """
    planes = np.ascontiguousarray(table, "<u4").reshape(-1, 1).view(np.uint8).T
    return base64.b64encode(zlib.compress(planes.tobytes(), 9)).decode()


def unpacked(text: str, shape: tuple[int, ...]) -> Table:
    """The table that `packed` wrote.

    Parameters
    ----------
    text
        As `packed` wrote it.
    shape
        Of the table.

    Raises
    ------
    ValueError
        Where the text holds anything else.
    """
    planes = np.frombuffer(_content(text, shape), np.uint8).reshape(WIDTH, -1)
    return np.ascontiguousarray(planes.T).view("<u4").reshape(shape).astype(np.int64)


def _content(text: str, shape: tuple[int, ...]) -> bytes:
    """The bytes of a packed table; no more of a text is unpacked than the shape holds."""
    size = math.prod(shape) * WIDTH
    try:
        stream = zlib.decompressobj()
        content = stream.decompress(base64.b64decode(text, validate=True), size + 1)
    except (binascii.Error, zlib.error) as error:
        raise ValueError(f"a table of counts that cannot be unpacked ({error})") from error
    if len(content) != size or not stream.eof or stream.unused_data:
        raise ValueError(f"a table of counts that does not hold {'x'.join(map(str, shape))} numbers")
    return content
