"""Spatially balanced orders: neighbours rarely come close to each other in the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.sampling.protocol import Rows

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

CERTAIN = 1e-9  # what rounding leaves of a chance of 0 or 1
FIRST_NEIGHBOURS = 8  # neighbours asked for before looking farther


def pivotal_order(
    points: npt.NDArray[np.float64],  # [point, dimension]
    rng: np.random.Generator,
) -> Rows:
    """An order of points whose every beginning is a well spread sample.

    The local pivotal method with inclusion probability one half pairs each point with its nearest undecided
    neighbour, and a coin decides which of the two goes on. Repeated among those that went on until one is
    left, it gives a nested order, as oversamples need: the later a point dropped out, the earlier it stands.

    Parameters
    ----------
    points
        Places, in any unit and any number of dimensions, ``[point, dimension]``.
    rng
        Of the coins, and of the order in which points are paired.

    Returns
    -------
    Rows of the points, ``[point]``.

    References
    ----------
    A. Grafström, N. L. P. Lundström, L. Schelin (2012), "Spatially balanced sampling through the pivotal
    method", Biometrics 68, 514-520.
    """
    remaining = np.arange(len(points), dtype=np.int64)
    dropped: list[Rows] = []
    while len(remaining) > 1:
        goes_on = _round(points[remaining], rng)
        dropped.append(rng.permutation(remaining[~goes_on]))
        remaining = remaining[goes_on]
    return np.concatenate([remaining, *reversed(dropped)])


def pivotal_sample(
    points: npt.NDArray[np.float64],  # [point, dimension]
    size: int,
    rng: np.random.Generator,
) -> Rows:
    """A well spread sample of a fixed size in which every point has exactly the same chance.

    The local pivotal method: of two neighbours without a decision one gets as much of the other's chance as
    makes it certain or impossible. So the chance of each point is ``size / points`` before the draw, as a
    probability sample needs; the beginnings of `pivotal_order` are as well spread, but not of exactly equal
    chances.

    Parameters
    ----------
    points
        Places, in any unit and any number of dimensions, ``[point, dimension]``.
    size
        How many, from 0 to all.
    rng
        Of the draw.

    Returns
    -------
    Rows of the points, in order, ``[size]``.

    References
    ----------
    A. Grafström, N. L. P. Lundström, L. Schelin (2012), "Spatially balanced sampling through the pivotal
    method", Biometrics 68, 514-520: the second variant.
    """
    from scipy.spatial import cKDTree

    if size in (0, len(points)):
        return np.arange(size, dtype=np.int64)
    tree = cKDTree(points)
    chance = np.full(len(points), size / len(points))
    undecided = np.ones(len(points), dtype=bool)
    for point in rng.permutation(len(points)):
        while undecided[point]:
            undecided[point] = False
            partner = _nearest(tree, points[point], undecided)
            if partner is None:
                chance[point] = round(chance[point])
                break
            chance[point], chance[partner] = _settled(chance[point], chance[partner], rng)
            for each in (point, partner):
                undecided[each] = CERTAIN < chance[each] < 1 - CERTAIN
    return np.flatnonzero(chance > 0.5).astype(np.int64)


def _settled(first: float, second: float, rng: np.random.Generator) -> tuple[float, float]:
    """The chances of two neighbours after one of them is decided; each keeps its expected value."""
    both = first + second
    if both < 1:
        return (both, 0.0) if rng.random() * both < first else (0.0, both)
    return (1.0, both - 1) if rng.random() * (2 - both) < 1 - second else (both - 1, 1.0)


def _round(points: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Which points go on: one of each pair of neighbours; a last one without a partner does too."""
    from scipy.spatial import cKDTree

    tree = cKDTree(points)
    undecided = np.ones(len(points), dtype=bool)
    goes_on = np.zeros(len(points), dtype=bool)
    for point in rng.permutation(len(points)):
        if not undecided[point]:
            continue
        undecided[point] = False
        partner = _nearest(tree, points[point], undecided)
        if partner is None:
            goes_on[point] = True
            break
        undecided[partner] = False
        goes_on[point if rng.random() < 0.5 else partner] = True
    return goes_on


def _nearest(
    tree: cKDTree, point: npt.NDArray[np.float64], undecided: npt.NDArray[np.bool_]
) -> np.int64 | None:
    """The nearest undecided point, or None."""
    neighbours = min(FIRST_NEIGHBOURS, tree.n)
    while True:
        nearest = np.atleast_1d(tree.query(point, k=neighbours)[1])
        candidates = nearest[undecided[nearest]]
        if len(candidates):
            return np.int64(candidates[0])
        if neighbours == tree.n:
            return None
        neighbours = min(4 * neighbours, tree.n)
