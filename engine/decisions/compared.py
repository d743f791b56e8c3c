"""Outcomes of one comparison beside the map without a trip: each gain with the interval of the difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from engine.decisions.options import Option, gap
from engine.decisions.rows import estimate_row, option_row, outcome_table
from engine.domain import Estimate
from engine.experiments.outcome import baseline_of

IN_EVERY_TABLE = ("pixel", "parcel", "accuracy")  # metrics that are columns of every table of outcomes


def compared_rows(options: Sequence[Option]) -> list[dict[str, Any]]:
    """Options as JSON, nested, each with its gain over the baseline and its confusion.

    Parameters
    ----------
    options
        Of one comparison, by one metric.
    """
    return [
        {
            **option_row(option),
            "gain_over_baseline": estimate_row(gain),
            "classes": option.outcome.classes,
            "confusion": option.outcome.confusion,
            "confusion_parcel": option.outcome.confusion_parcel,
        }
        for option, gain in zip(options, gains_over_baseline(options), strict=True)
    ]


def compared_table(options: Sequence[Option]) -> pd.DataFrame:
    """`engine.decisions.rows.outcome_table` with ``gain``, ``gain_low`` and ``gain_high`` over the baseline,
    0 to 1, and ``score``, ``score_low``, ``score_high`` where the metric is none of its columns.

    Parameters
    ----------
    options
        Of one comparison, by one metric.
    """
    table = outcome_table(option.outcome for option in options).set_index("key", drop=False)
    for option, gain in zip(options, gains_over_baseline(options), strict=True):
        if option.metric.name not in IN_EVERY_TABLE:
            table.loc[option.plan.key, ["score", "score_low", "score_high"]] = _ends(option.f1)
        if gain is not None:
            table.loc[option.plan.key, ["gain", "gain_low", "gain_high"]] = _ends(gain)
    return table.reset_index(drop=True)


def gains_over_baseline(options: Sequence[Option]) -> list[Estimate | None]:
    """What each option scores more than the baseline, 0 to 1; None for the baseline and where there is none.

    Parameters
    ----------
    options
        Of one comparison, by one metric.
    """
    baseline = baseline_of(options)
    return [
        gap(option, baseline) if baseline is not None and option is not baseline else None
        for option in options
    ]


def _ends(estimate: Estimate) -> list[float]:
    return [estimate.value, estimate.low, estimate.high]
