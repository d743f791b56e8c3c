"""Intervals of shares from survey samples."""

from __future__ import annotations

import math

from scipy import stats

from engine.domain import Estimate
from engine.mapping.accuracy.nouns import ACCURACY_LEVEL

ERRORS_OF_PRIOR = 0.5
ROUNDING = 1e-12


def effective_size(share: float, variance: float, worth: float, errors: float = ERRORS_OF_PRIOR) -> float:
    """How large a simple random sample would say as much of a share.

    A variance that rests on a few errors, most of them on small parcels, comes out too small, and one that
    rests on none is 0. So it is drawn towards that of a simple random sample of as much worth, as if that had
    had `ERRORS_OF_PRIOR` errors. It is never made smaller. Simulated coverage chose that number, see
    docs/accuracy.md.

    Parameters
    ----------
    share
        Estimated, 0 to 1.
    variance
        Of the estimate.
    worth
        Parcels of one weight that the share rests on (Kish).
    errors
        Of the sample that it is drawn towards; 0 where the variance counts as it is, unless it is 0.
    """
    spread = share * (1 - share)
    if spread <= 0 or variance <= ROUNDING * spread:  # none, but for the rounding of sums
        return max(worth, 1.0)
    estimated = variance / spread  # of a parcel's worth
    seen = worth * min(share, 1 - share)
    drawn = (seen * estimated + errors / worth) / (seen + errors)
    return max(1 / max(estimated, drawn), 1.0)


def share_interval(
    share: float, size: float, freedom: float, level: float = ACCURACY_LEVEL
) -> tuple[float, float]:
    """Wilson's interval of a share with the effective sample size of a survey and Student's t.

    Parameters
    ----------
    share
        Estimated, 0 to 1.
    size
        Effective sample size, see `effective_size`.
    freedom
        Degrees of freedom.
    level
        Of the two-sided interval.

    References
    ----------
    C. Franco et al. (2019), "Comparative study of confidence intervals for proportions in complex sample
    surveys", Journal of Survey Statistics and Methodology 7, 334-364.
    """
    t = float(stats.t.ppf((1 + level) / 2, freedom))
    below = 1 + t**2 / size
    middle = (share + t**2 / (2 * size)) / below
    half = t * math.sqrt(share * (1 - share) / size + t**2 / (4 * size**2)) / below
    return min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share)


def estimate_of_share(share: float, size: float, freedom: float, level: float = ACCURACY_LEVEL) -> Estimate:
    """A share with its interval.

    Parameters
    ----------
    share
        Estimated; what an assisted estimate gives beyond 0 or 1 is cut off.
    size
        Effective sample size, see `effective_size`.
    freedom
        Degrees of freedom.
    level
        Of the interval.
    """
    within = min(max(share, 0.0), 1.0)
    low, high = share_interval(within, size, freedom, level)
    return Estimate(within, low, high, level)
