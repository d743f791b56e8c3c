"""Intervals of scores, and of differences of scores, from counts by test block.

A score has two sources of error: the test parcels are a sample of the area, and training is random.
The first is measured by resampling whole spatial blocks of test parcels (neighbours are alike, so
resampling pixels or parcels would claim too much), the second by the spread over the repeats. They are
independent, so their half-widths add in quadrature.

All tables of as many blocks are resampled with the same draws. So the scores of two plans on the same test
blocks can be subtracted draw by draw: what both owe to easy or hard blocks cancels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.domain import LEVEL, Estimate
from engine.learning.streams import Stream, generator

DRAWS = 1000

Floats = npt.NDArray[np.float64]
Score = Callable[[Floats], Floats]


@dataclass(frozen=True, eq=False)
class Resampled:
    """A score of several repeats, or a difference of two, on the test blocks and on resampled ones.

    Parameters
    ----------
    by_repeat
        On all blocks, ``[repeat]``.
    by_draw
        On resampled blocks, mean over repeats, ``[draw]``; NaN where a draw misses a rare class.
    blocks
        Number of test blocks.
    """

    by_repeat: Floats
    by_draw: Floats
    blocks: int

    @property
    def value(self) -> float:
        """Mean over repeats."""
        return float(self.by_repeat.mean())

    def area_half(self, level: float = LEVEL) -> float:
        """Half-width that the choice of test blocks gives; 0 with a single block, which has no spread.

        Parameters
        ----------
        level
            Of the interval.
        """
        drawn = self.by_draw[~np.isnan(self.by_draw)]
        if self.blocks < 2 or len(drawn) < 2:
            return 0.0
        widening = float(np.sqrt(self.blocks / (self.blocks - 1)))  # undoes the bootstrap's shrinkage
        return _t(self.blocks - 1, level) * float(drawn.std(ddof=1)) * widening

    def training_half(self, level: float = LEVEL) -> float:
        """Half-width that the randomness of training gives; 0 with a single repeat, which has no spread.

        Parameters
        ----------
        level
            Of the interval.
        """
        count = len(self.by_repeat)
        if count < 2:
            return 0.0
        return _t(count - 1, level) * float(self.by_repeat.std(ddof=1)) / float(np.sqrt(count))


@dataclass(frozen=True, eq=False)
class Redrawn:
    """Counts summed over the test blocks, and over resampled ones.

    Parameters
    ----------
    whole
        ``[repeat, ...]``.
    drawn
        ``[draw, repeat, ...]``.
    blocks
        Number of test blocks.
    """

    whole: Floats
    drawn: Floats
    blocks: int

    def of(self, score: Score) -> Resampled:
        """A score of these counts.

        Parameters
        ----------
        score
            From counts ``[..., as in the table]`` to scores ``[...]``.
        """
        return Resampled(score(self.whole), score(self.drawn).mean(axis=1), self.blocks)


def redraw(table: npt.NDArray[np.number]) -> Redrawn:
    """Sums of counts over blocks that are drawn with replacement, the same draws for all tables.

    Parameters
    ----------
    table
        ``[repeat, block, ...]``.
    """
    repeats, blocks, *rest = table.shape
    flat = table.astype(np.float64).swapaxes(0, 1).reshape(blocks, -1)  # [block, repeat and rest]
    drawn = (_weights(blocks) @ flat).reshape(DRAWS, repeats, *rest)
    return Redrawn(table.sum(axis=1, dtype=np.float64), drawn, blocks)


def interval(score: Resampled, level: float = LEVEL) -> Estimate:
    """A score with its interval, which stays within 0 and 1.

    Parameters
    ----------
    score
        On the test blocks and on resampled ones.
    level
        Of the interval.

    Notes
    -----
    Half-width² = (t(blocks - 1) · bootstrap error · sqrt(B / (B - 1)))² + (t(repeats - 1) · s / sqrt(R))².
    """
    value = score.value
    half = float(np.hypot(score.area_half(level), score.training_half(level)))
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), level)


def paired_interval(
    minuend: Resampled, subtrahend: Resampled, same_repeats: bool, level: float = LEVEL
) -> Estimate:
    """The difference of two scores on the same test blocks with its interval.

    Parameters
    ----------
    minuend, subtrahend
        Scores of two plans on the same blocks.
    same_repeats
        Whether repeats of one number share their seed, and so the source model and its luck; else training
        is taken as independent.
    level
        Of the interval.
    """
    apart = Resampled(np.zeros(1), minuend.by_draw - subtrahend.by_draw, minuend.blocks)
    if same_repeats and len(minuend.by_repeat) == len(subtrahend.by_repeat):
        gaps = Resampled(minuend.by_repeat - subtrahend.by_repeat, apart.by_draw, minuend.blocks)
        training = gaps.training_half(level)
    else:
        training = float(np.hypot(minuend.training_half(level), subtrahend.training_half(level)))
    value = minuend.value - subtrahend.value
    half = float(np.hypot(apart.area_half(level), training))
    return Estimate(value, max(-1.0, value - half), min(1.0, value + half), level)


def independent_interval(minuend: Estimate, subtrahend: Estimate) -> Estimate:
    """The difference of two scores of which only the intervals are known, as if they were independent.

    Where they share test parcels the true interval is narrower: this one errs on the side of saying that a
    difference cannot be shown.

    Parameters
    ----------
    minuend, subtrahend
        The same score of two plans, each with its interval.
    """
    value = minuend.value - subtrahend.value
    below = float(np.hypot(minuend.value - minuend.low, subtrahend.high - subtrahend.value))
    above = float(np.hypot(minuend.high - minuend.value, subtrahend.value - subtrahend.low))
    return Estimate(value, value - below, value + above, minuend.level)


@lru_cache(maxsize=8)
def _weights(blocks: int) -> Floats:
    """How often each block is drawn, ``[draw, block]``."""
    rng = generator(0, Stream.TEST_BLOCKS)
    return rng.multinomial(blocks, np.full(blocks, 1 / blocks), size=DRAWS).astype(np.float64)


def _t(degrees: int, level: float) -> float:
    from scipy.special import stdtrit  # scipy.stats takes as long to load as the page

    return float(stdtrit(degrees, (1 + level) / 2))
