"""The names of scores on buttons, axes and columns, and what is said where an outcome can't give one."""

from __future__ import annotations

from engine.experiments.scores import CROPS, Metric

SCORES = {
    "pixel": "Per-pixel F1",
    "parcel": "Per-parcel F1",
    "accuracy": "Accuracy",
    "accuracy-parcel": "Per-parcel accuracy",
    CROPS: "F1 of crops",
}


def axis_title(metric: Metric) -> str:
    """A score as an axis or a column names it: ``Per-pixel F1 (macro)``.

    Parameters
    ----------
    metric
        The score.
    """
    if metric.crops:
        return metric.title
    return SCORES[metric.name] + " (macro)" * (metric.name in ("pixel", "parcel"))


def left_out_sentence(count: int, metric: Metric) -> str:
    """That outcomes can't give a score and are left out; empty where none is.

    Parameters
    ----------
    count
        How many are left out.
    metric
        The score.
    """
    if not count:
        return ""
    outcomes = f"{count:,} outcome{'s' * (count != 1)} of this comparison"
    return (
        f"{outcomes} can't give {metric.title} and {'is' if count == 1 else 'are'} left out: stored without "
        "counts by test block, or not finished."
    )
