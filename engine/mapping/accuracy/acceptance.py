"""Does the map meet a stated requirement?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy import stats

from engine.mapping.accuracy.nouns import Accuracy, AccuracyError

Verdict = Literal["met", "not met", "undecided"]


@dataclass(frozen=True)
class Acceptance:
    """The answer to a requirement such as "85 % overall accuracy with 95 % confidence".

    Parameters
    ----------
    required, confidence
        As stated.
    bound
        One-sided lower bound of the overall accuracy at that confidence.
    verdict
        Met where the lower bound reaches what is required; not met where the upper bound lies below it.
    probability
        Confidence at which the requirement is just met: 1 minus the p value of the one-sided test.
    further
        More responding parcels that would decide it, if they are like those so far; None where it is decided,
        or where it would take nearly all parcels.
    """

    required: float
    confidence: float
    bound: float
    verdict: Verdict
    probability: float
    further: int | None


def acceptance(
    accuracy: Accuracy, required: float, confidence: float, frame: int | None = None
) -> Acceptance:
    """Test the overall accuracy against a requirement (score test with the effective sample size).

    Parameters
    ----------
    accuracy
        As assessed.
    required
        Overall accuracy, above 0 and below 1.
    confidence
        One-sided, at least 0.5 and below 1.
    frame
        Parcels that the sample speaks for; no more can be visited.

    Raises
    ------
    AccuracyError
        Where the requirement is no share.
    """
    for name, value, least in (("required accuracy", required, 0.0), ("confidence", confidence, 0.5)):
        if not least < value < 1:
            raise AccuracyError(
                f"A {name} of {value:g} is not above {least:g} and below 1. For 85 % give 0.85."
            )
    size, freedom = accuracy.effective
    share = accuracy.overall.estimate.value
    score = (share - required) / math.sqrt(required * (1 - required) / size)
    needed = float(stats.t.ppf(confidence, freedom))
    verdict: Verdict = "met" if score >= needed else "not met" if score <= -needed else "undecided"
    return Acceptance(
        required,
        confidence,
        _lower_bound(share, size, needed),
        verdict,
        float(stats.t.cdf(score, freedom)),
        _further(accuracy, required, needed, frame) if verdict == "undecided" else None,
    )


def _lower_bound(share: float, size: float, t: float) -> float:
    """Wilson's one-sided bound: the share at which the score test would just accept."""
    middle = share + t**2 / (2 * size)
    half = t * math.sqrt(share * (1 - share) / size + t**2 / (4 * size**2))
    return max((middle - half) / (1 + t**2 / size), 0.0)


def _further(accuracy: Accuracy, required: float, t: float, frame: int | None) -> int | None:
    size, _ = accuracy.effective
    share = accuracy.overall.estimate.value
    if share == required:
        return None
    enough = t**2 * required * (1 - required) / (share - required) ** 2
    responded = accuracy.response.responded
    further = math.ceil(responded * (enough / size - 1))
    return None if frame is not None and further > frame - responded else max(further, 1)
