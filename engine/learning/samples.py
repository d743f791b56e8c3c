"""Pixels to train and to test on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.domain import Cube

LEAST_SHARE = 0.002  # share that keeps a missing class from minus infinity


@dataclass(frozen=True, eq=False)
class Samples:
    """Series of pixels with their classes.

    Parameters
    ----------
    values
        ``[pixel, band, time]`` float32.
    crop
        Code of the class, ``[pixel]``.
    parcel
        Row of the parcel in ``Study.parcels``, ``[pixel]``.
    classes
        Number of classes in the legend, present here or not.
    static
        How many of the bands, the last ones, are static features: they do not change over time and are
        never standardised.
    """

    values: npt.NDArray[np.float32]
    crop: npt.NDArray[np.int64]
    parcel: npt.NDArray[np.int64]
    classes: int
    static: int = 0

    def __len__(self) -> int:
        return len(self.crop)

    def scale(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Mean and standard deviation of each band over pixels and times, ``[band]`` each; 0 and 1 of the
        static features.
        """
        mean = self.values.mean(axis=(0, 2), dtype=np.float64).astype(np.float32)
        std = self.values.std(axis=(0, 2), dtype=np.float64).astype(np.float32)
        dynamic = self.values.shape[1] - self.static
        mean[dynamic:], std[dynamic:] = 0.0, 1.0
        return mean, np.maximum(std, 1e-6)  # a band that never changes

    def scaled(self, mean: npt.NDArray[np.float32], std: npt.NDArray[np.float32]) -> Samples:
        """The same samples, standardised.

        Parameters
        ----------
        mean, std
            ``[band]`` each, as `scale` gives them.
        """
        return replace(self, values=(self.values - mean[:, None]) / std[:, None])

    def chosen(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> Samples:
        """Some of the pixels.

        Parameters
        ----------
        rows
            Numbers of pixels, or a mask, ``[pixel]``.
        """
        return replace(self, values=self.values[rows], crop=self.crop[rows], parcel=self.parcel[rows])

    def dynamic(self) -> Samples:
        """The same samples without their static features."""
        return replace(self, values=self.values[:, : self.values.shape[1] - self.static], static=0)

    def prior(self, weight: npt.NDArray[np.float64] | None = None) -> npt.NDArray[np.float64]:
        """Logarithm of the share of each class, ``[class]``; one that is missing counts as `LEAST_SHARE`.

        Parameters
        ----------
        weight
            How much each pixel counts, ``[pixel]``; None counts all alike.
        """
        count = np.bincount(self.crop, weight, minlength=self.classes)
        share = count / max(float(count.sum()), 1e-12)
        prior: npt.NDArray[np.float64] = np.log(share + LEAST_SHARE)
        return prior


def draw_samples(
    cube: Cube,
    crop: npt.NDArray[np.int64],
    classes: int,
    rows: npt.NDArray[np.int64],
    pixels: int,
    rng: np.random.Generator,
    *,
    repeat_pixels: bool = False,
) -> Samples:
    """Draw up to so many random pixels from each parcel.

    Parameters
    ----------
    cube
        The season's series.
    crop
        Class code of every parcel of the study, ``[parcel]``.
    classes
        Number of classes in the legend.
    rows
        Rows of the parcels to draw from, ``[chosen]``.
    pixels
        Pixels of each parcel.
    rng
        Draws the pixels.
    repeat_pixels
        Repeat the pixels of a parcel that has fewer, so that each parcel gives exactly ``pixels``.
    """
    shuffled = rng.permutation(len(cube.parcel))  # [pixel]
    shuffled = shuffled[np.isin(cube.parcel[shuffled], rows)]
    owner = cube.parcel[shuffled]
    by_parcel = np.argsort(owner, kind="stable")  # random order inside a parcel
    shuffled, owner = shuffled[by_parcel], owner[by_parcel]
    _, first, count = np.unique(owner, return_index=True, return_counts=True)  # [chosen]
    turn = np.arange(len(owner)) - np.repeat(first, count)  # [pixel] 0, 1, 2, ... within a parcel
    if repeat_pixels:
        wanted = np.arange(pixels)  # [pixels]
        chosen = shuffled[(first[:, None] + wanted % count[:, None]).ravel()]
    else:
        chosen = shuffled[turn < pixels]
    parcel = cube.parcel[chosen]
    return Samples(cube.values[chosen], crop[parcel], parcel, classes)


def thinned(samples: Samples, most: int) -> Samples:
    """Some of the pixels, at even steps.

    Parameters
    ----------
    samples
        The samples.
    most
        Pixels to keep, at most.
    """
    return samples.chosen(np.arange(0, len(samples), max(1, -(-len(samples) // most))))


def joined(parts: Sequence[Samples]) -> Samples:
    """Several draws, for example of several seasons, as one.

    Parameters
    ----------
    parts
        Draws of the same bands, times and legend.
    """
    return Samples(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.crop for part in parts]),
        np.concatenate([part.parcel for part in parts]),
        parts[0].classes,
        parts[0].static,
    )
