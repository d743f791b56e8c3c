"""Spatially balanced orders: neighbours rarely come close to each other in the list."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

Rows = npt.NDArray[np.int64]
FIRST_LOOK = 8  # neighbours asked for before looking farther


def pivotal_order(
    points: npt.NDArray[np.float64],  # [point, dimension]
    rng: np.random.Generator,
) -> Rows:
    """An order of points whose every beginning is a well spread sample.

    The local pivotal method (A. Grafström, N. L. P. Lundström, L. Schelin 2012, "Spatially balanced
    sampling through the pivotal method", Biometrics 68, 514-520) with inclusion probability one half pairs
    each point with its nearest undecided neighbour, and a coin decides which of the two goes on. Played
    again among those that went on until one is left, it gives a nested order, as oversamples need: the
    later a point dropped out, the earlier it stands.

    Returns
    -------
    Rows of the points, ``[point]``.
    """
    left = np.arange(len(points), dtype=np.int64)
    rounds: list[Rows] = []
    while len(left) > 1:
        on = _round(points[left], rng)
        rounds.append(rng.permutation(left[~on]))
        left = left[on]
    return np.concatenate([left, *reversed(rounds)])


def _round(points: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Which points go on: one of each pair of neighbours; a last one without a partner does too."""
    tree = cKDTree(points)
    undecided = np.ones(len(points), dtype=bool)
    on = np.zeros(len(points), dtype=bool)
    for one in rng.permutation(len(points)):
        if not undecided[one]:
            continue
        undecided[one] = False
        other = _nearest(tree, points[one], undecided)
        if other is None:
            on[one] = True
            break
        undecided[other] = False
        on[one if rng.random() < 0.5 else other] = True
    return on


def _nearest(
    tree: cKDTree, point: npt.NDArray[np.float64], undecided: npt.NDArray[np.bool_]
) -> np.int64 | None:
    """The nearest undecided point, or None."""
    look = min(FIRST_LOOK, tree.n)
    while True:
        near = np.atleast_1d(tree.query(point, k=look)[1])
        open_ones = near[undecided[near]]
        if len(open_ones):
            return np.int64(open_ones[0])
        if look == tree.n:
            return None
        look = min(4 * look, tree.n)
