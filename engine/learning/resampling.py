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

    @property
    def area_error(self) -> float:
        """Standard error that the choice of test blocks gives; 0 with a single one, which has no spread."""
        drawn = self.by_draw[~np.isnan(self.by_draw)]
        if self.blocks < 2 or len(drawn) < 2:
            return 0.0
        widening = float(np.sqrt(self.blocks / (self.blocks - 1)))  # undoes the bootstrap's shrinkage
        return float(drawn.std(ddof=1)) * widening

    @property
    def training_error(self) -> float:
        """Standard error that the randomness of training gives; 0 with a single repeat, likewise."""
        count = len(self.by_repeat)
        return float(self.by_repeat.std(ddof=1)) / float(np.sqrt(count)) if count > 1 else 0.0

    def area_half(self, level: float) -> float:
        """Half-width of the interval for the choice of test blocks alone.

        Parameters
        ----------
        level
            Of the interval.
        """
        return _t(max(self.blocks - 1, 1), level) * self.area_error

    def training_half(self, level: float) -> float:
        """Half-width of the interval for the randomness of training alone.

        Parameters
        ----------
        level
            Of the interval.
        """
        return _t(max(len(self.by_repeat) - 1, 1), level) * self.training_error


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


@dataclass(frozen=True, eq=False)
class Paired:
    """Two scores on the same test blocks, to be subtracted.

    Parameters
    ----------
    minuend, subtrahend
        Scores of two plans on the same blocks.
    same_repeats
        Whether repeats of one number share their seed, and so the source model and its luck; else training
        is taken as independent.
    """

    minuend: Resampled
    subtrahend: Resampled
    same_repeats: bool

    def interval(self, level: float = LEVEL) -> Estimate:
        """The difference with its interval.

        Parameters
        ----------
        level
            Of the interval.
        """
        value = self.minuend.value - self.subtrahend.value
        parts = [each.training_half(level) for each in self._trained]
        half = float(np.hypot(self._apart.area_half(level), np.hypot.reduce(parts)))
        return Estimate(value, max(-1.0, value - half), min(1.0, value + half), level)

    @property
    def error(self) -> float:
        """Standard error of the difference."""
        return float(
            np.hypot.reduce([self._apart.area_error, *(each.training_error for each in self._trained)])
        )

    @property
    def _apart(self) -> Resampled:
        """The differences; those by repeat only where repeats are paired."""
        first, second = self.minuend, self.subtrahend
        by_repeat = first.by_repeat - second.by_repeat if self._by_repeat else np.zeros(1)
        return Resampled(by_repeat, first.by_draw - second.by_draw, first.blocks)

    @property
    def _by_repeat(self) -> bool:
        return self.same_repeats and len(self.minuend.by_repeat) == len(self.subtrahend.by_repeat)

    @property
    def _trained(self) -> tuple[Resampled, ...]:
        """What the spread over repeats is taken from."""
        return (self._apart,) if self._by_repeat else (self.minuend, self.subtrahend)


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
