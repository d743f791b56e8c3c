"""Every score of an outcome, and every difference of two, from the counts that outcomes keep.

Outcomes of format 2 kept no counts, only their scores: those they give as they are, and a difference then
takes both as independent. What neither counts nor kept scores give is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from engine.domain import LEVEL, Estimate, PlanError
from engine.experiments.counts import Counts
from engine.learning import metrics
from engine.learning.resampling import (
    Floats,
    Paired,
    Resampled,
    Score,
    independent_interval,
    interval,
    redraw,
)

if TYPE_CHECKING:
    from engine.experiments.outcome import Outcome

Per = Literal["pixel", "parcel"]  # what a score counts once
KEPT = 4096  # resampled scores, some 8 kB each


@dataclass(frozen=True)
class Metric:
    """What decides between outcomes: the score by which they are compared.

    Parameters
    ----------
    name
        Id, see `METRICS`.
    crops
        Classes whose mean F1 it is; of the metric ``crops`` alone.

    Raises
    ------
    PlanError
        Where there is no such metric, or its crops are missing, doubled or too many.

    Examples
    --------
    >>> Metric("crops", ("maize", "rice")).title
    'F1 of maize and rice'
    """

    name: str = "pixel"
    crops: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.name not in METRICS:
            raise PlanError(f"There is no metric {self.name}; choose one of {', '.join(METRICS)}.")
        if (self.name == CROPS) != bool(self.crops):
            cure = (
                "Name at least one class with it."
                if self.name == CROPS
                else f"Leave the classes out, or take the metric {CROPS}."
            )
            raise PlanError(f"The metric {self.name} goes with {len(self.crops)} classes. {cure}")
        if len(set(self.crops)) < len(self.crops):
            raise PlanError(f"The metric names a class twice: {', '.join(self.crops)}. Name each class once.")

    @property
    def per(self) -> Per:
        """What counts once."""
        return "parcel" if "parcel" in self.name else "pixel"

    @property
    def title(self) -> str:
        """Its name within a sentence."""
        names = [crop.replace("_", " ") for crop in self.crops]
        return METRICS[self.name] + " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


CROPS = "crops"
METRICS = {
    "pixel": "macro F1",
    "parcel": "macro F1 per parcel",
    "accuracy": "overall accuracy",
    "accuracy-parcel": "overall accuracy per parcel",
    CROPS: "F1 of ",
}
MACRO_F1 = Metric()


@dataclass(frozen=True)
class Derived:
    """Scores that an outcome keeps beside its counts, so that opening it computes nothing.

    Parameters
    ----------
    macro_f1, macro_f1_parcel
        Over pixels and over parcels.
    per_class, per_class_parcel
        F1 by class, without classes that the test lacks.
    repeats, repeats_parcel
        Macro F1 of each repeat.
    confusion, confusion_parcel
        Summed over blocks and repeats, ``[class, class]``.
    overall_accuracy, calibration_error
        Over pixels; the latter None where no reliability was measured.
    """

    macro_f1: Estimate
    macro_f1_parcel: Estimate
    per_class: dict[str, Estimate]
    per_class_parcel: dict[str, Estimate]
    repeats: tuple[float, ...]
    repeats_parcel: tuple[float, ...]
    confusion: list[list[int]]
    confusion_parcel: list[list[int]]
    overall_accuracy: Estimate
    calibration_error: Estimate | None


def derived(counts: Counts, classes: Sequence[str]) -> Derived:
    """The scores that an outcome keeps, from its counts.

    Parameters
    ----------
    counts
        Of its test.
    classes
        Names, in the order of their codes.
    """
    tables = {per: counts.confusion(per) for per in ("pixel", "parcel")}
    drawn = {per: redraw(metrics.margins(table)) for per, table in tables.items()}
    macro = {per: each.of(metrics.macro_f1) for per, each in drawn.items()}
    per_class = {
        per: {
            name: interval(drawn[per].of(partial(_mean_f1, codes=[code])))
            for code, name in enumerate(classes)
            if table[0, :, code].any()
        }
        for per, table in tables.items()
    }
    reliability = counts.reliability()
    calibration = None if reliability is None else interval(redraw(reliability).of(_calibration_error))
    return Derived(
        interval(macro["pixel"]),
        interval(macro["parcel"]),
        per_class["pixel"],
        per_class["parcel"],
        tuple(macro["pixel"].by_repeat.tolist()),
        tuple(macro["parcel"].by_repeat.tolist()),
        tables["pixel"].sum(axis=(0, 1)).tolist(),
        tables["parcel"].sum(axis=(0, 1)).tolist(),
        interval(drawn["pixel"].of(metrics.overall_accuracy)),
        calibration,
    )


def at_todays_level(outcome: Outcome) -> Outcome:
    """An outcome whose kept scores have intervals of `LEVEL`, whatever it was when they were kept.

    Without counts an interval is widened or narrowed as that of a normal distribution.

    Parameters
    ----------
    outcome
        As it was stored.
    """
    if outcome.macro_f1.level == LEVEL:
        return outcome
    if outcome.counts is not None:
        return replace(outcome, **vars(derived(outcome.counts, outcome.classes)))
    kept = {name: value for name, value in vars(outcome).items() if isinstance(value, Estimate)}
    tables = {name: getattr(outcome, name) for name in ("per_class", "per_class_parcel")}
    changed: dict[str, Any] = {name: rescaled(value) for name, value in kept.items()}
    changed |= {name: {crop: rescaled(f1) for crop, f1 in f1s.items()} for name, f1s in tables.items()}
    return replace(outcome, **changed)


def rescaled(estimate: Estimate) -> Estimate:
    """A score with its interval widened or narrowed to `LEVEL`, as that of a normal distribution.

    Parameters
    ----------
    estimate
        A score of 0 to 1, with an interval of any level.
    """
    if estimate.level == LEVEL:
        return estimate
    before, now = (NormalDist().inv_cdf((1 + level) / 2) for level in (estimate.level, LEVEL))
    low, high = (
        estimate.value + (end - estimate.value) * now / before for end in (estimate.low, estimate.high)
    )
    return Estimate(estimate.value, max(0.0, low), min(1.0, high), LEVEL)


def lacking(outcome: Outcome, metric: Metric) -> str:
    """Why an outcome can't give a score, with the cure; empty where it can.

    Parameters
    ----------
    outcome, metric
        The answer of a plan, and the score that is asked of it.
    """
    unknown = [crop for crop in metric.crops if crop not in outcome.classes]
    if unknown:
        return f"There is no class {', '.join(unknown)}; choose among {', '.join(outcome.classes)}."
    if untested := [crop for crop in metric.crops if crop not in outcome.per_class]:
        return f"No test parcel has {', '.join(untested)}, so its F1 is not known. Choose other classes."
    if _kept(outcome, metric) is not None or (outcome.counts is not None and not outcome.provisional):
        return ""
    if outcome.provisional:
        return f"It is known once all {outcome.plan.repeats} repeats are finished. Wait, or choose macro F1."
    return (
        "Outcomes that were stored without counts by test block don't give it. Choose macro F1, the F1 of a "
        "single class, or overall accuracy."
    )


def score_of(outcome: Outcome, metric: Metric = MACRO_F1) -> Estimate:
    """A score of an outcome with its interval.

    Parameters
    ----------
    outcome, metric
        The answer of a plan, and the score that is asked of it.

    Raises
    ------
    PlanError
        Where the outcome can't give it, see `lacking`.
    """
    if reason := lacking(outcome, metric):
        raise PlanError(f"{metric.title} of plan {outcome.plan.key}: {reason}")
    kept = _kept(outcome, metric)
    if kept is not None:
        return kept
    assert outcome.counts is not None
    return interval(_resampled(outcome.counts, metric, outcome.classes))


def same_test(outcome: Outcome, other: Outcome) -> bool:
    """Whether the scores of two outcomes can be subtracted block by block.

    Parameters
    ----------
    outcome, other
        Answers; both must keep counts of the same test, and no repeat may be missing.
    """
    return (
        outcome.counts is not None
        and other.counts is not None
        and outcome.counts.test == other.counts.test
        and outcome.counts.blocks == other.counts.blocks
        and outcome.classes == other.classes
        and not (outcome.provisional or other.provisional)
    )


def difference(minuend: Outcome, subtrahend: Outcome, metric: Metric = MACRO_F1) -> Estimate:
    """A score of one outcome less that of another, with the interval of the difference.

    Where both keep counts of the same test, it is paired: both scores are computed on the same resampled
    blocks, and repeats of the same seed are subtracted one by one. Else both are taken as independent, which
    makes the interval too wide rather than too narrow.

    Parameters
    ----------
    minuend, subtrahend
        Answers of one comparison.
    metric
        The score.

    Raises
    ------
    PlanError
        Where one of them can't give the score, see `lacking`.
    """
    scores = score_of(minuend, metric), score_of(subtrahend, metric)
    if not same_test(minuend, subtrahend):
        return independent_interval(*scores)
    return _paired(minuend, subtrahend, metric).interval()


def difference_error(minuend: Outcome, subtrahend: Outcome, metric: Metric = MACRO_F1) -> float:
    """The standard error of `difference`.

    Parameters
    ----------
    minuend, subtrahend
        Answers on the same test, see `same_test`.
    metric
        The score.
    """
    return _paired(minuend, subtrahend, metric).error


def _paired(minuend: Outcome, subtrahend: Outcome, metric: Metric) -> Paired:
    assert minuend.counts is not None
    assert subtrahend.counts is not None
    return Paired(
        _resampled(minuend.counts, metric, minuend.classes),
        _resampled(subtrahend.counts, metric, subtrahend.classes),
        minuend.plan.seed == subtrahend.plan.seed,
    )


def _kept(outcome: Outcome, metric: Metric) -> Estimate | None:
    """A score that an outcome of any format keeps."""
    match metric.name:
        case "pixel":
            return outcome.macro_f1
        case "parcel":
            return outcome.macro_f1_parcel
        case "accuracy":
            return outcome.overall_accuracy
        case "crops" if len(metric.crops) == 1:
            return outcome.per_class.get(metric.crops[0])
    return None


@lru_cache(maxsize=KEPT)
def _resampled(counts: Counts, metric: Metric, classes: tuple[str, ...]) -> Resampled:
    score: Score = metrics.macro_f1
    if metric.name.startswith("accuracy"):
        score = metrics.overall_accuracy
    elif metric.crops:
        score = partial(_mean_f1, codes=[classes.index(crop) for crop in metric.crops])
    return redraw(metrics.margins(counts.confusion(metric.per))).of(score)


def _mean_f1(right: Floats, codes: list[int]) -> Floats:
    """Mean F1 of some classes, ``[...]``; NaN where the truth lacks one."""
    return np.asarray(metrics.f1_by_class(right[..., codes]).mean(axis=-1))


def _calibration_error(table: Floats) -> Floats:
    """From `Counts.reliability`."""
    return metrics.calibration_error(table[..., :-1], table[..., -1])
