"""What a point of the score costs, along the convex frontier of score against cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.decisions.options import Option, gap, pareto
from engine.domain import Estimate


@dataclass(frozen=True)
class Step:
    """From one option of the convex frontier to the next.

    Parameters
    ----------
    cheaper, dearer
        The two options.
    gain
        What the dearer scores more, with the interval of the difference.
    """

    cheaper: Option
    dearer: Option
    gain: Estimate

    @property
    def price(self) -> float | None:
        """Money for each point (0.01) of the score, two significant digits; None where the data can't show
        that the dearer option scores more.
        """
        if self.gain.low <= 0:
            return None
        return rounded((self.dearer.money.likely - self.cheaper.money.likely) / (100 * self.gain.value))


def rounded(price: float) -> float:
    """A price with the two digits that such data can bear.

    Parameters
    ----------
    price
        Money.
    """
    return float(f"{price:.2g}")


def frontier(options: Sequence[Option]) -> tuple[Option, ...]:
    """The upper convex hull of score against cost, from the cheapest option to the best, the cheapest first.

    No mixture of two options beats one of them, and a point costs more with every step.

    Parameters
    ----------
    options
        Of one comparison.
    """
    hull: list[Option] = []
    for option in pareto(options):
        while len(hull) > 1 and _slope(hull[-2], hull[-1]) <= _slope(hull[-2], option):
            hull.pop()
        hull.append(option)
    return tuple(hull)


def steps(options: Sequence[Option]) -> tuple[Step, ...]:
    """The steps of their convex frontier, the cheapest first.

    Parameters
    ----------
    options
        Of one comparison.
    """
    return tuple(
        Step(cheaper, dearer, gap(dearer, cheaper)) for cheaper, dearer in pairwise(frontier(options))
    )


def prices(options: Sequence[Option]) -> dict[str, float | None]:
    """The price of a point by key of the dearer option, for every step of their convex frontier.

    Parameters
    ----------
    options
        Of one comparison.
    """
    return {step.dearer.plan.key: step.price for step in steps(options)}


def _slope(cheaper: Option, dearer: Option) -> float:
    return (dearer.f1.value - cheaper.f1.value) / (dearer.money.likely - cheaper.money.likely)
