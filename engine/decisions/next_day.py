"""What one more day in the field would add, by the labels that are there and by backtests: go on, or stop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.decisions.forecast import growth
from engine.decisions.history import History
from engine.decisions.texts import listed
from engine.domain import LEVEL, Estimate, PlanError
from engine.mapping.learning_curve import LearningCurve

LEAST_POINTS = (
    0.5  # that a day must add where nobody says what a point is worth: training anew shifts as much
)
LEAST_ERROR = 0.05  # points; no curve is surer


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
        That the day adds `LEAST_POINTS` or more; with a value of a point, that it is worth its cost.
    value_of_point
        Money; None where it is not stated.
    goes_on
        Whether the day is worth driving: it more likely than not is.
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
            "Nothing says what one more day would add: the labels are too few to divide, or their map was "
            "not cross-validated, and no backtest is answered. Bring more labels in, or run "
            "first: the command run with --backtest."
        )
    precision = np.array([1 / max(error, LEAST_ERROR) ** 2 for _, error in known])
    mean = float(precision @ [points for points, _ in known] / precision.sum())
    error = float(1 / np.sqrt(precision.sum()))
    threshold = LEAST_POINTS if value_of_point is None else money / value_of_point
    probability = float(ndtr((mean - threshold) / error))
    return NextDay(
        labelled,
        more,
        money,
        _interval(*by_labels) if by_labels else None,
        _interval(*by_backtests) if by_backtests else None,
        _interval(mean, error),
        probability,
        value_of_point,
        probability > 0.5,
    )


def _interval(mean: float, error: float) -> Estimate:
    """The normal interval of a mean and its standard error."""
    from scipy.special import ndtri

    half = float(ndtri((1 + LEVEL) / 2)) * max(error, LEAST_ERROR)
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
    worth = found.value_of_point is not None
    what = "is worth its cost" if worth else f"adds half a point ({LEAST_POINTS}) or more"
    return (
        f"{verdict}. One more day with {found.more} parcels changes macro F1 by {gain} and costs "
        f"{found.money:,.0f} {currency}; the chance that it {what} is {found.probability:.0%}."
    )


def basis_sentences(found: NextDay, curve: LearningCurve | None) -> tuple[str, ...]:
    """What the worth of a day rests on, a sentence each.

    Parameters
    ----------
    found
        The worth of the day.
    curve
        Of the labels; None where they are too few.
    """
    said = []
    if curve is not None:
        scores = [
            f"{score:.1%} with {size:,.0f}" for size, score in zip(curve.parcels, curve.macro_f1, strict=True)
        ]
        said.append(f"Cross-validated macro F1 by the number of labels: {listed(scores)}.")
    for name, each in (("labels", found.by_labels), ("backtests", found.by_backtests)):
        if each is not None:
            said.append(
                f"By the {name} the day adds {each.value:+.1f} points ({each.low:+.1f} to {each.high:+.1f})."
            )
    return tuple(said)
