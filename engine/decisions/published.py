"""What the study in Vojvodina found, to stand beside one's own answers.

Sentinel-1, four source seasons, trips from Novi Sad, macro F1 over pixels beyond 30 km, mean of five
retrainings, without an interval. As many parcels spread at random did 3 to 9 points better.

References
----------
Pandžić et al. (2024), "Cracking ground truth barriers: harnessing the power of transfer learning for crop
mapping", EGU24-3127.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from engine.domain import Estimate
from engine.experiments.outcome import Outcome

ZERO_SHOT = 0.78
CIRCLE = {  # by method and radius in km
    "transfer": {20.0: 0.74, 25.0: 0.79, 30.0: 0.83},
    "scratch": {20.0: 0.69, 25.0: 0.73, 30.0: 0.78},
}
RADII_KM = tuple(CIRCLE["transfer"])
RANDOM_GAINS = (0.03, 0.09)  # least and most that as many parcels at random did better
PUBLISHED_COLUMNS = (
    "method", "equivalent_radius_km", "published", "macro_f1_pixel", "macro_f1_pixel_low",
    "macro_f1_pixel_high", "random", "random_minus_circle",
)  # fmt: skip


def published_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """The published study's scores beside the answers of one comparison.

    Parameters
    ----------
    outcomes
        Answers of one comparison.

    Returns
    -------
    One row a method and radius, with `PUBLISHED_COLUMNS`: macro F1 over pixels in the study, here with its
    interval, here of as many parcels at random, and that minus the circle. None where it is not answered.
    """
    scores = {
        (outcome.plan.method.name, outcome.plan.design.name, outcome.plan.design.equivalent_radius_km): (
            outcome.macro_f1
        )
        for outcome in outcomes
    }
    zero_shot = next((f1 for (method, _, _), f1 in scores.items() if method == "zero-shot"), None)
    rows = [_published_row("zero-shot", None, ZERO_SHOT, zero_shot, None)]
    for method, sizes in CIRCLE.items():
        for km, published in sizes.items():
            circle, random = scores.get((method, "radius", km)), scores.get((method, "random", km))
            rows.append(_published_row(method, km, published, circle, random))
    return pd.DataFrame(rows, columns=list(PUBLISHED_COLUMNS))


def _published_row(
    method: str, km: float | None, published: float, circle: Estimate | None, random: Estimate | None
) -> tuple[Any, ...]:
    return (
        method, km, published,
        circle and circle.value, circle and circle.low, circle and circle.high,
        random and random.value,
        random.value - circle.value if random and circle else None,
    )  # fmt: skip
