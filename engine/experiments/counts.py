"""What an outcome keeps of its test: counts by test block and repeat, packed into text.

Most of a confusion is zero, and what repeats have in common stands side by side, so little is left. The
diagonal follows from how many pixels and parcels of each class a block holds. That is the same in every
repeat, and pixels follow from parcels, so the diagonal is kept as its departure from that, mostly zero.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.experiments.packing import Table, packed_table, unpacked_table
from engine.learning import metrics

if TYPE_CHECKING:
    import pandas as pd

    from engine.experiments.outcome import Repeat

USUAL_PIXELS = 50  # of a parcel
TENTHS, WHOLE = 10, 1  # parts of a pixel in which surplus is kept
MANY_PIXELS = 20_000  # of a test; from there whole pixels will do
MOST = 50_000_000  # numbers of a table; more is no test that anybody ran

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
        Confusion ``[class, class, block, repeat]``, truth in rows, as `_folded` has it, packed.
    surplus
        Pixels right beyond what confidence promised, in tenths or, of a test of many pixels, in whole ones,
        ``[bin, block, repeat]``, packed; empty where no reliability was measured.

    Attributes
    ----------
    sums
        Confusion of all blocks and repeats together, ``[class, class]``, by ``pixel`` and ``parcel``.

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
    sums: dict[str, list[list[int]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if min(self.repeats, self.blocks, self.classes) < 1:
            raise ValueError(
                f"counts of {self.repeats} repeats, {self.blocks} blocks, {self.classes} classes"
            )
        shape = self.repeats * self.blocks * self.classes
        if shape * max(self.classes, metrics.BINS) > MOST:
            raise ValueError(f"counts of {shape:,} rows are more than any test has")
        if self.surplus:
            unpacked_table(self.surplus, self._bins)
        tables = self._tables()
        if any((table < 0).any() for table in tables.values()):
            raise ValueError("counts below 0")
        sums = {per: table.sum(axis=(2, 3)).tolist() for per, table in tables.items()}
        object.__setattr__(self, "sums", sums)

    def _tables(self) -> dict[str, Table]:
        """Both confusions, ``[class, class, block, repeat]``."""
        parcels = _unfolded(unpacked_table(self.parcels, self._square))
        usual = USUAL_PIXELS * _first_rows(parcels)
        return {"pixel": _unfolded(unpacked_table(self.pixels, self._square), usual), "parcel": parcels}

    @property
    def _square(self) -> tuple[int, ...]:
        return self.classes, self.classes, self.blocks, self.repeats

    @property
    def _bins(self) -> tuple[int, ...]:
        return metrics.BINS, self.blocks, self.repeats

    def confusion(self, per: str) -> Table:
        """Confusion of each repeat and block, ``[repeat, block, class, class]``, truth in rows.

        Parameters
        ----------
        per
            What counts once: ``pixel`` or ``parcel``.
        """
        return self._tables()[per].transpose(3, 2, 0, 1)

    def reliability(self) -> Floats | None:
        """Surplus of each bin and, last, the number of pixels, ``[repeat, block, bin + 1]``; None where no
        reliability was measured.
        """
        if not self.surplus:
            return None
        kept = _signed(unpacked_table(self.surplus, self._bins)).transpose(2, 1, 0)
        pixels = self.confusion("pixel").sum(axis=(2, 3))[..., None]
        return np.concatenate([kept / _parts(pixels), pixels], axis=-1)


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
        surplus = packed_surplus(beyond, pixels.sum(axis=(2, 3)))
    tested = sorted(zip(tests["parcel_id"].map(str), tests["crop"].map(str), block.tolist(), strict=True))
    name = hashlib.sha256(json.dumps(tested).encode()).hexdigest()[:16]
    return packed_counts(name, pixels, parcels, surplus)


def packed_counts(test: str, pixels: Table, parcels: Table, surplus: str) -> Counts:
    """Counts from their tables.

    Parameters
    ----------
    test
        Name of the test.
    pixels, parcels
        Confusion ``[repeat, block, class, class]``, truth in rows.
    surplus
        Packed already.
    """
    square = [np.ascontiguousarray(table.transpose(2, 3, 1, 0)) for table in (pixels, parcels)]
    usual = USUAL_PIXELS * _first_rows(square[1])
    repeats, blocks, classes = pixels.shape[:3]
    text = packed_table(_folded(square[0], usual))
    return Counts(test, repeats, blocks, classes, text, packed_table(_folded(square[1])), surplus)


def packed_surplus(beyond: Floats, pixels: Table) -> str:
    """Surplus as text, rounded so that the sum over any blocks in a row is exact to a part.

    Parameters
    ----------
    beyond
        Pixels right beyond what confidence promised, ``[repeat, block, bin]``.
    pixels
        Of the test, ``[repeat, block]``.
    """
    sums = np.rint(_parts(pixels) * beyond.cumsum(axis=1)).astype(np.int64)
    return packed_table(_unsigned(np.diff(sums, axis=1, prepend=0)).transpose(2, 1, 0))


def _parts(pixels: Table) -> int:
    """Parts of a pixel in which surplus is kept, by the pixels of the test, ``[repeat, block, ...]``."""
    return TENTHS if pixels[0].sum() < MANY_PIXELS else WHOLE


def _first_rows(square: Table) -> Table:
    """How many of each class each block holds in the first repeat, ``[class, block]``."""
    return np.asarray(square[..., 0].sum(axis=1))


def _folded(square: Table, usual: Table | int = 0) -> Table:
    """A confusion ``[class, class, block, repeat]`` whose diagonal tells row sums instead.

    Of each repeat, by how much they differ from those of the repeat before; of the first, from what is usual.
    """
    rows = square.sum(axis=1)  # [class, block, repeat]
    rows[..., 0] -= usual
    rows[..., 1:] = np.diff(square.sum(axis=1), axis=-1)
    folded, code = square.copy(), np.arange(len(square))
    folded[code, code] = _unsigned(rows)
    return folded


def _unfolded(folded: Table, usual: Table | int = 0) -> Table:
    """The confusion that `_folded` took."""
    square, code = folded.copy(), np.arange(len(folded))
    rows = _signed(folded[code, code])  # [class, block, repeat]
    rows[..., 0] += usual
    square[code, code] = 0
    square[code, code] = rows.cumsum(axis=-1) - square.sum(axis=1)
    return square


def _unsigned(table: Table) -> Table:
    """0, -1, 1, -2, 2 as 0, 1, 2, 3, 4."""
    return np.where(table < 0, -2 * table - 1, 2 * table)


def _signed(table: Table) -> Table:
    """The numbers that `_unsigned` took."""
    return np.where(table % 2, -(table + 1) // 2, table // 2)
