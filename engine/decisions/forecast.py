"""What a trip will gain, and how good the map is without it, before anybody drives: backtests, pooled.

The gain of a trip over the map without a trip in a season is taken as

    gain = overall + design + (slope + its own) log(parcels / 100) + share (c - c₀) + season + rest,

where c is the macro F1 that the map without a trip expects of itself in that season by its own calibrated
probabilities, and c₀ the same in the season to forecast: neither needs a label. Season effects are normal
with standard deviation tau, the rest with sigma, beside the measured error of each gain: a linear mixed model
(Gelman & Hill 2007). Designs are pooled partially: one that was hardly backtested follows the others. With
three or four seasons tau is barely known, so it is not estimated but averaged over, under a half-Cauchy prior
(Gelman 2006), and the interval is as wide as that leaves it. The level of the map without a trip is forecast
likewise,

    level = overall + (1 + share) (c - c₀) + season,

since a map that knows how often it is wrong is a point better with each point that it expects. All in
points of the score that decides.

References
----------
A. Gelman, J. Hill (2007), Data Analysis Using Regression and Multilevel/Hierarchical Models, chapter 12.
A. Gelman (2006), Bayesian Analysis 1, 515.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from engine.domain import LEVEL, Estimate, PlanError

# Priors, points: standard deviations of normal distributions around 0 for overall, designs, slopes and
# expected points, scales of half-Cauchy distributions for tau and sigma.
OVERALL, DESIGN, SLOPE, OWN_SLOPE, EXPECTED = 10.0, 3.0, 3.0, 1.0, 0.5
TAU, SIGMA = 3.0, 1.5
USUAL_LEVEL, OVERALL_LEVEL, TAU_LEVEL = 75.0, 25.0, 5.0  # mean, standard deviation and scale for levels
GRID = 16
USUAL_PARCELS = 100.0
REMEMBERED = 64  # fits

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Gain:
    """What a trip gained in a backtest season.

    Parameters
    ----------
    points
        The score above that of the map without a trip, points.
    error
        Its standard error, points.
    level, level_error
        Score of the map without a trip and its standard error, points; None where it is not known.
    expected_f1
        Macro F1 that this map expects of itself by its calibrated probabilities, points, for which no label
        is needed; None where it was not kept.
    """

    season: str
    design: str
    parcels: int
    points: float
    error: float
    level: float | None = None
    level_error: float = 0.0
    expected_f1: float | None = None


@dataclass(frozen=True, eq=False)
class Forecast:
    """A gain or a level in a season without labels: a mixture of normal distributions, points.

    Parameters
    ----------
    weight, mean, sd
        Of its parts, ``[part]`` each; the weights add up to 1.
    seasons
        How many seasons it rests on.
    """

    weight: Floats
    mean: Floats
    sd: Floats
    seasons: int

    def above(self, points: float) -> float:
        """Probability of more than so many points."""
        from scipy.special import ndtr

        return float(self.weight @ ndtr((self.mean - points) / self.sd))

    def worth(self, cost: float, value_of_point: float) -> float:
        """Probability that the gain is worth its cost at a value of one point of macro F1."""
        if value_of_point <= 0:
            raise PlanError(
                f"A point of macro F1 worth {value_of_point:g} pays for no trip. Give a value above 0."
            )
        return self.above(cost / value_of_point)

    def interval(self, level: float = LEVEL) -> Estimate:
        """Expected value and the central interval that holds it with probability ``level``."""
        low, high = self._quantile((1 - level) / 2), self._quantile((1 + level) / 2)
        return Estimate(self.expected, low, high, level)

    @property
    def expected(self) -> float:
        """Expected value, points."""
        return float(self.weight @ self.mean)

    def _quantile(self, share: float) -> float:
        from scipy.optimize import brentq

        reach = 10 * float(self.sd.max())
        ends = float(self.mean.min()) - reach, float(self.mean.max()) + reach
        return float(brentq(lambda points: 1 - self.above(points) - share, *ends))


def forecast(gains: Sequence[Gain], design: str, parcels: int, expected_f1: float | None = None) -> Forecast:
    """The gain of a design that visits so many parcels, in a new season.

    Parameters
    ----------
    gains
        Of trips in backtest seasons, points.
    design
        Name of the design.
    parcels
        Number of parcels that it visits.
    expected_f1
        What the map without a trip expects of itself in the new season, points; None where it is not known.

    Raises
    ------
    PlanError
        Where there is no backtest season.
    """
    if not gains:
        raise PlanError("No backtest yet. Run it first: the command run with --backtest.")
    fit = _fit_of_gains(tuple(gains), expected_f1)
    return fit.at(_terms(_designs(gains), design, parcels, 0.0))


def growth(
    gains: Sequence[Gain], design: str, parcels: int, more: int, expected_f1: float | None = None
) -> Forecast:
    """What more parcels add to the gain of a trip: the same season, so its luck falls out.

    Parameters
    ----------
    gains
        Of trips in backtest seasons, points.
    design
        Name of the design.
    parcels, more
        Visited so far, and parcels to visit beside them.
    expected_f1
        What the map without a trip expects of itself in the season, points; None where it is not known.

    Raises
    ------
    PlanError
        Where there is no backtest season.
    """
    if not gains:
        raise PlanError("No backtest yet. Run it first: the command run with --backtest.")
    fit, designs = _fit_of_gains(tuple(gains), expected_f1), _designs(gains)
    added = _terms(designs, design, parcels + more, 0.0) - _terms(designs, design, parcels, 0.0)
    variance = np.einsum("t,ptu,u->p", added, fit.covariance, added)
    return Forecast(fit.weight, fit.mean @ added, np.sqrt(np.maximum(variance, 1e-12)), fit.seasons)


def level_forecast(gains: Sequence[Gain], expected_f1: float | None = None) -> Forecast | None:
    """The score of the map without a trip in a new season, points; None where no backtest gives its level.

    Parameters
    ----------
    gains
        Of trips in backtest seasons, with the levels of these seasons.
    expected_f1
        What the map without a trip expects of itself in the new season, points; None where it is not known.
    """
    by_season = {gain.season: gain for gain in gains if gain.level is not None}
    if not by_season:
        return None
    past = tuple(by_season.values())
    better = _better(past, expected_f1)
    points = np.array([gain.level for gain in past], dtype=np.float64) - better - USUAL_LEVEL
    fit = _fit(
        np.column_stack([np.ones(len(past)), better]),
        np.array([OVERALL_LEVEL, EXPECTED]),
        np.array(list(by_season)),
        points,
        np.array([gain.level_error for gain in past]),
        (TAU_LEVEL, None),
    )
    found = fit.at(np.array([1.0, 0.0]))
    return Forecast(found.weight, found.mean + USUAL_LEVEL, found.sd, len(past))


@dataclass(frozen=True, eq=False)
class _Fit:
    """Coefficients of a model at each pair of standard deviations: normal distributions with weights.

    Parameters
    ----------
    weight
        ``[part]``.
    mean, covariance
        Of the coefficients, ``[part, term]`` and ``[part, term, term]``.
    apart
        Variance of a new season and of the rest, ``[part]``.
    seasons
        How many it rests on.
    """

    weight: Floats
    mean: Floats
    covariance: Floats
    apart: Floats
    seasons: int

    def at(self, wanted: Floats) -> Forecast:
        """The forecast for a new season, of terms ``[term]``."""
        variance = np.einsum("t,ptu,u->p", wanted, self.covariance, wanted) + self.apart
        return Forecast(self.weight, self.mean @ wanted, np.sqrt(variance), self.seasons)


def _designs(gains: Sequence[Gain]) -> tuple[str, ...]:
    return tuple(sorted({gain.design for gain in gains}))


def _terms(designs: Sequence[str], design: str, parcels: int, better: float) -> Floats:
    """Row of a trip, ``[term]``; designs that were not backtested share the last place."""
    own = np.zeros(len(designs) + 1)
    own[designs.index(design) if design in designs else -1] = 1.0
    size = np.log(max(parcels, 1) / USUAL_PARCELS)
    return np.concatenate([[1.0, size, better], own, size * own])


def _better(gains: Sequence[Gain], expected_f1: float | None) -> Floats:
    """How many points more the map without a trip expected in each season than in the new one, ``[gain]``; 0
    where either is not known, which leaves the difference to the season's own effect.
    """
    kept = [gain.expected_f1 for gain in gains]
    if expected_f1 is None:
        return np.zeros(len(kept))
    return np.array([0.0 if each is None else each - expected_f1 for each in kept])


@lru_cache(maxsize=REMEMBERED)
def _fit_of_gains(gains: tuple[Gain, ...], expected_f1: float | None) -> _Fit:
    designs = _designs(gains)
    rows = [
        _terms(designs, gain.design, gain.parcels, better)
        for gain, better in zip(gains, _better(gains, expected_f1), strict=True)
    ]
    places = len(designs) + 1
    prior = np.array([OVERALL, SLOPE, EXPECTED, *[DESIGN] * places, *[OWN_SLOPE] * places])
    return _fit(
        np.array(rows),
        prior,
        np.array([gain.season for gain in gains]),
        np.array([gain.points for gain in gains]),
        np.array([gain.error for gain in gains]),
        (TAU, SIGMA),
    )


def _fit(
    past: Floats,
    prior: Floats,
    season: npt.NDArray[np.str_],
    points: Floats,
    error: Floats,
    scales: tuple[float, float | None],
) -> _Fit:
    """The model of rows ``[row, term]``, by standard deviations of the prior ``[term]`` and scales of tau and
    sigma; without a scale there is no rest.
    """
    shared = (season[:, None] == season[None]).astype(float)  # [row, row]
    spread = (past * prior**2) @ past.T + np.diag(error**2)
    of_rest = [(0.0, 0.0)] if scales[1] is None else list(_scales(scales[1], points))
    grid = [(*each, *rest) for each in _scales(scales[0], points) for rest in of_rest]
    tau, of_tau, sigma, of_sigma = np.array(grid).T[:, :, None, None]  # each [pair, 1, 1]
    known = np.column_stack([points, past * prior**2])  # [row, 1 + term]
    with threadpool_limits(1, "blas"):  # matrices this small would only wait for threads
        lower = np.linalg.cholesky(spread + tau**2 * shared + sigma**2 * np.eye(len(points)))
        solved = np.linalg.solve(lower, known)
    white, link = solved[:, :, 0], solved[:, :, 1:]  # [pair, row], [pair, row, term]
    logs = np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)  # [pair]
    likely = (of_tau + of_sigma)[:, 0, 0] - 0.5 * (white**2).sum(axis=1) - logs
    mean = np.einsum("prt,pr->pt", link, white)
    covariance = np.diag(prior**2) - link.transpose(0, 2, 1) @ link
    weight = np.exp(likely - likely.max())
    apart = (tau**2 + sigma**2)[:, 0, 0]
    return _Fit(weight / weight.sum(), mean, covariance, apart, len(set(season)))


def _scales(scale: float, points: Floats) -> Iterator[tuple[float, float]]:
    """Standard deviations to average over, far enough for these points, each with the logarithm of what it
    weighs beforehand.
    """
    for sd in np.geomspace(scale / 20, max(10 * scale, 2 * np.ptp(points)), GRID):
        yield float(sd), float(np.log(sd) - np.log1p((sd / scale) ** 2))  # the grid is even in the logarithm
