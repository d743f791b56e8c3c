"""The rule of all advice: the cheapest option that the data cannot tell from the best.

Of options that are as good as the evidence can show, the simplest is taken: the one-standard-error rule, with
cost in place of complexity.

References
----------
Breiman, Friedman, Olshen & Stone (1984), Classification and Regression Trees, section 3.4.3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import TypeVar

from engine.domain import Estimate

T = TypeVar("T")


def cheapest_alike(
    options: Sequence[T],
    cost: Callable[[T], float],
    worth: Callable[[T], float],
    error: Callable[[T, T], float],
) -> tuple[T, T]:
    """The best option, and the cheapest that falls short of it by at most a standard error.

    Parameters
    ----------
    options
        To choose from; not empty.
    cost, worth
        Of an option, each in a unit of its own. Of options that are worth the same, the cheapest is best.
    error
        The standard error of how much more the first of two options is worth than the second; 0 of an option
        beside itself.
    """
    best = max(options, key=lambda option: (worth(option), -cost(option)))
    alike = [option for option in options if worth(best) - worth(option) <= error(best, option)]
    return best, min(alike, key=lambda option: (cost(option), -worth(option)))


def standard_error(estimate: Estimate) -> float:
    """The standard error that an interval stands for, taking it for that of a normal distribution.

    Parameters
    ----------
    estimate
        With its interval.
    """
    return (estimate.high - estimate.low) / (2 * NormalDist().inv_cdf((1 + estimate.level) / 2))
