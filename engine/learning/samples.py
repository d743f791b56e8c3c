"""Pixels to learn from and to be tested on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.domain import Cube


@dataclass(frozen=True, eq=False)
class Samples:
    """Series with their truth.

    Parameters
    ----------
    values
        ``[pixel, band, time]`` float32.
    crop
        Code of the class, ``[pixel]``.
    parcel
        Row of the parcel in ``Study.parcels``, ``[pixel]``.
    classes
        Number of classes in the legend, seen here or not.
    """

    values: npt.NDArray[np.float32]
    crop: npt.NDArray[np.int64]
    parcel: npt.NDArray[np.int64]
    classes: int

    def __len__(self) -> int:
        return len(self.crop)


def draw_samples(
    cube: Cube,
    crop: npt.NDArray[np.int64],
    classes: int,
    rows: npt.NDArray[np.int64],
    pixels: int,
    rng: np.random.Generator,
    *,
    fill: bool = False,
) -> Samples:
    """Draw up to ``pixels`` random pixels from each parcel.

    Parameters
    ----------
    cube
        The season's series.
    crop
        Class code of every parcel of the study, ``[parcel]``.
    rows
        Rows of the parcels to draw from, ``[chosen]``.
    fill
        Repeat the pixels of a parcel that has fewer, so that each parcel gives exactly ``pixels``.
    """
    shuffled = rng.permutation(len(cube.parcel))  # [pixel]
    shuffled = shuffled[np.isin(cube.parcel[shuffled], rows)]
    owner = cube.parcel[shuffled]
    by_parcel = np.argsort(owner, kind="stable")  # random order inside a parcel
    shuffled, owner = shuffled[by_parcel], owner[by_parcel]
    _, first, count = np.unique(owner, return_index=True, return_counts=True)  # [chosen]
    turn = np.arange(len(owner)) - np.repeat(first, count)  # [pixel] 0, 1, 2, ... within a parcel
    if fill:
        wanted = np.arange(pixels)  # [pixels]
        chosen = shuffled[(first[:, None] + wanted % count[:, None]).ravel()]
    else:
        chosen = shuffled[turn < pixels]
    parcel = cube.parcel[chosen]
    return Samples(cube.values[chosen], crop[parcel], parcel, classes)


def joined(parts: Sequence[Samples]) -> Samples:
    """Several draws, for example of several seasons, as one."""
    return Samples(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.crop for part in parts]),
        np.concatenate([part.parcel for part in parts]),
        parts[0].classes,
    )
