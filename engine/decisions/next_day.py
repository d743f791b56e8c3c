"""What one more day in the field would add, by the labels that are there and by backtests: go on, or stop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.decisions.forecast import growth
from engine.decisions.history import History
from engine.domain import LEVEL, Estimate, PlanError
from engine.mapping.learning_curve import LearningCurve


@dataclass(frozen=True)
class NextDay:
    """The worth of one more day.

    Parameters
    ----------
    labelled, more
        Parcels with a label so far, and those of the day.
    money
        What the day costs.
    by_labels, by_backtests
        Points of macro F1 that it adds, by the learning curve of the labels and by backtests; None where
        there is none.
    gain
        Both together, points.
    probability
        That the day adds anything; with a value of a point, that it is worth its cost.
    value_of_point
        Money; None where it is not stated.
    goes_on
        Whether the day is worth driving: the expected surplus is above 0; without a value of a point, the
        expected gain is more than a standard error above 0.
    """

    labelled: int
    more: int
    money: float
    by_labels: Estimate | None
    by_backtests: Estimate | None
    gain: Estimate
    probability: float
    value_of_point: float | None
    goes_on: bool


def next_day(
    labelled: int,
    more: int,
    money: float,
    curve: LearningCurve | None,
    past: History | None,
    design: str,
    value_of_point: float | None = None,
) -> NextDay:
    """Weigh one more day.

    The two estimates are independent: backtests are of other seasons. Each counts by its precision
    (Gelman & Hill 2007, Data Analysis Using Regression and Multilevel/Hierarchical Models, chapter 12).

    Parameters
    ----------
    labelled, more
        Parcels with a label so far, and those of the day.
    money
        What the day costs.
    curve
        Of the labels; None where they are too few.
    past
        What backtests measured; None where there are none.
    design
        Name of the design that drew the trip.
    value_of_point
        Money that one point (0.01) of macro F1 is worth; None where it is not stated.

    Raises
    ------
    PlanError
        Where nothing speaks of a further day, or the value of a point is not above 0.
    """
    from scipy.special import ndtr

    if value_of_point is not None and value_of_point <= 0:
        raise PlanError(f"A point worth {value_of_point:g} pays for no day. Give a value above 0.")
    by_labels = curve.growth(labelled, more) if curve else None
    by_backtests = None
    if past is not None and past.gains:
        found = growth(past.gains, design, labelled, more, past.expected_f1)
        spread = float(found.weight @ (found.sd**2 + (found.mean - found.expected) ** 2))
        by_backtests = found.expected, float(np.sqrt(spread))
    known = [each for each in (by_labels, by_backtests) if each is not None]
    if not known:
        raise PlanError(
            "Nothing says what one more day would add: the labels are too few to divide, and no backtest is "
            "answered. Bring more labels in, or run first: the command run with --backtest."
        )
    precision = np.array([1 / max(error, 1e-3) ** 2 for _, error in known])
    mean = float(precision @ [points for points, _ in known] / precision.sum())
    error = float(1 / np.sqrt(precision.sum()))
    threshold = 0.0 if value_of_point is None else money / value_of_point
    least = error if value_of_point is None else threshold
    return NextDay(
        labelled,
        more,
        money,
        _estimate(by_labels),
        _estimate(by_backtests),
        _estimate((mean, error)) or Estimate(mean, mean, mean),
        float(ndtr((mean - threshold) / error)),
        value_of_point,
        mean > least,
    )


def _estimate(known: tuple[float, float] | None) -> Estimate | None:
    """A normal interval of a mean and its standard error."""
    from scipy.special import ndtri

    if known is None:
        return None
    mean, error = known
    half = float(ndtri((1 + LEVEL) / 2)) * error
    return Estimate(mean, mean - half, mean + half)


def next_day_sentence(found: NextDay, currency: str) -> str:
    """Whether to go on, and why.

    Parameters
    ----------
    found
        The worth of the day.
    currency
        Of the money.
    """
    verdict = "Go on" if found.goes_on else "Stop here"
    gain = f"{found.gain.value:+.1f} points ({found.gain.low:+.1f} to {found.gain.high:+.1f})"
    what = "adds something" if found.value_of_point is None else "is worth its cost"
    return (
        f"{verdict}. One more day with {found.more} parcels changes macro F1 by {gain} and costs "
        f"{found.money:,.0f} {currency}; the chance that it {what} is {found.probability:.0%}."
    )
