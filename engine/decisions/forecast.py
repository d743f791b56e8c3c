"""What a trip will gain, before anybody drives: the gains of backtest seasons, pooled.

The gain of a trip over the map without a trip in a season is taken as

    gain = level + design + slope log(parcels / 100) + season + rest,

with normal season effects of standard deviation tau and a rest of standard deviation sigma beside the
measured error of each gain: a linear mixed model (Gelman & Hill 2007). With three or four seasons tau is
barely known, so it is not estimated but averaged over, under a half-Cauchy prior (Gelman 2006), and the
interval is as wide as that leaves it. All in points of macro F1.

References
----------
A. Gelman, J. Hill (2007), Data Analysis Using Regression and Multilevel/Hierarchical Models, chapter 12.
A. Gelman (2006), Bayesian Analysis 1, 515.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.domain import Estimate, PlanError

# Priors, points: standard deviations of normal distributions around 0 for level, designs and slope, scales of
# half-Cauchy distributions for tau and sigma.
LEVEL, DESIGN, SLOPE = 10.0, 3.0, 3.0
TAU, SIGMA = 3.0, 1.5
GRID = 16
USUAL_PARCELS = 100.0

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Gain:
    """What a trip gained in a backtest season.

    Parameters
    ----------
    points
        Macro F1 above the map without a trip, points.
    error
        Its standard error, points.
    """

    season: str
    design: str
    parcels: int
    points: float
    error: float


@dataclass(frozen=True, eq=False)
class Forecast:
    """The gain of a trip in a season without labels: a mixture of normal distributions, points.

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
        """Probability that the trip gains more than so many points."""
        from scipy.special import ndtr

        return float(self.weight @ ndtr((self.mean - points) / self.sd))

    def worth(self, cost: float, value_of_point: float) -> float:
        """Probability that the gain is worth its cost at a value of one point of macro F1."""
        if value_of_point <= 0:
            raise PlanError(
                f"A point of macro F1 worth {value_of_point:g} pays for no trip. Give a value above 0."
            )
        return self.above(cost / value_of_point)

    def interval(self, level: float = 0.9) -> Estimate:
        """Expected gain and the central interval that holds the gain with probability ``level``."""
        low, high = self._quantile((1 - level) / 2), self._quantile((1 + level) / 2)
        return Estimate(float(self.weight @ self.mean), low, high, level)

    def _quantile(self, share: float) -> float:
        from scipy.optimize import brentq

        reach = 10 * float(self.sd.max())
        ends = float(self.mean.min()) - reach, float(self.mean.max()) + reach
        return float(brentq(lambda points: 1 - self.above(points) - share, *ends))


def forecast(gains: Sequence[Gain], design: str, parcels: int) -> Forecast:
    """The gain of a design that visits so many parcels, in a new season.

    Parameters
    ----------
    gains
        Of trips in backtest seasons, points.
    design
        Name of the design.
    parcels
        Number of parcels that it visits.

    Raises
    ------
    PlanError
        Where there is no backtest season.
    """
    if not gains:
        raise PlanError("No backtest yet. Run it first: the command run with --backtest.")
    designs = sorted({gain.design for gain in gains} | {design})
    row = {name: np.eye(len(designs))[place] for place, name in enumerate(designs)}

    def terms(name: str, count: int) -> Floats:
        return np.concatenate([[1.0, np.log(max(count, 1) / USUAL_PARCELS)], row[name]])

    past = np.array([terms(gain.design, gain.parcels) for gain in gains])  # [gain, term]
    wanted = terms(design, parcels)  # [term]
    prior = np.diag([LEVEL**2, SLOPE**2] + [DESIGN**2] * len(designs))  # [term, term]
    season = np.array([gain.season for gain in gains])
    shared = (season[:, None] == season[None]).astype(float)  # [gain, gain]
    points = np.array([gain.points for gain in gains])
    noise = np.diag([gain.error**2 for gain in gains])

    parts = []
    for tau, of_tau in _scales(TAU, points):
        for sigma, of_sigma in _scales(SIGMA, points):
            spread = past @ prior @ past.T + tau**2 * shared + noise + sigma**2 * np.eye(len(gains))
            lower = np.linalg.cholesky(spread)
            white = np.linalg.solve(lower, points)
            likely = of_tau + of_sigma - 0.5 * white @ white - np.log(np.diag(lower)).sum()
            link = np.linalg.solve(lower, past @ prior @ wanted)
            variance = wanted @ prior @ wanted - link @ link + tau**2 + sigma**2
            parts.append((likely, link @ white, np.sqrt(variance)))
    likely, mean, sd = np.array(parts).T
    weight = np.exp(likely - likely.max())
    return Forecast(weight / weight.sum(), mean, sd, len(set(season)))


def _scales(scale: float, points: Floats) -> Iterator[tuple[float, float]]:
    """Standard deviations to average over, far enough for these points, each with the logarithm of what it
    weighs beforehand.
    """
    for sd in np.geomspace(scale / 20, max(10 * scale, 2 * np.ptp(points)), GRID):
        yield float(sd), float(np.log(sd) - np.log1p((sd / scale) ** 2))  # the grid is even in the logarithm
