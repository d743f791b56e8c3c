"""Provisional outcomes: what the finished repeats of an unfinished plan say so far."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from engine.domain import Estimate, Study
from engine.experiments import jobs
from engine.experiments.archive import Archive
from engine.experiments.fingerprints import current_plan, uses
from engine.experiments.gather import outcome_of
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan

USUAL_SPREAD, USUAL_DEGREES = 0.03, 3.0  # SD of macro F1 over repeats where none is known, and its weight
REPEAT_FILE = re.compile(r"([0-9a-f]{16})-(\d+)\.json")
KEPT = 512

Finished = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Spread:
    """How much a score varies over repeats.

    Parameters
    ----------
    sd
        Standard deviation.
    degrees
        Degrees of freedom that it rests on.
    """

    sd: float = USUAL_SPREAD
    degrees: float = USUAL_DEGREES

    def with_scores(self, groups: Sequence[Sequence[float]]) -> Spread:
        """The pooled spread of this one and of scores that vary within groups.

        Parameters
        ----------
        groups
            Scores of the repeats of each plan.

        References
        ----------
        G. K. Smyth (2004), "Linear models and empirical Bayes methods", Statistical Applications in Genetics
        and Molecular Biology 3, 1: a variance moderated by those of others.
        """
        known = [group for group in groups if len(group) > 1]
        squares = self.degrees * self.sd**2 + sum(float(np.var(group)) * len(group) for group in known)
        degrees = self.degrees + sum(len(group) - 1 for group in known)
        return Spread(float(np.sqrt(squares / degrees)), degrees)

    def half_width(self, repeats: int, level: float) -> float:
        """Half the interval of a mean over so many repeats, of training alone.

        Parameters
        ----------
        repeats
            Their number; one is enough.
        level
            Of the interval.
        """
        from scipy.special import stdtrit  # scipy.stats takes as long to load as the page

        return float(stdtrit(self.degrees, (1 + level) / 2)) * self.sd / float(np.sqrt(repeats))


def finished_repeats(archive: Archive) -> Finished:
    """Numbers of the finished repeats of unfinished plans, by the plans' `Plan.key_of_repeats`.

    Parameters
    ----------
    archive
        In whose folder they are.
    """
    found: dict[str, list[int]] = {}
    folder = archive.folder / "repeats"
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    for match in filter(None, map(REPEAT_FILE.fullmatch, names)):
        found.setdefault(match[1], []).append(int(match[2]))
    return {key: tuple(sorted(numbers)) for key, numbers in sorted(found.items())}


def current_outcomes(study: Study, archive: Archive, outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Outcomes, and after them the provisional ones of plans whose run is not finished.

    Parameters
    ----------
    study
        The study.
    archive
        Where finished repeats are, and the jobs that name their plans.
    outcomes
        Of the study, all of them finished.

    Returns
    -------
    Provisional outcomes are never written to ``outcomes/``; `Outcome.provisional` tells them apart.
    """
    finished = finished_repeats(archive)
    answered = {outcome.plan.key for outcome in outcomes}
    asked = (job.plans() for job in (jobs.every(archive.folder) if finished else ()))
    plans = {
        plan.key: plan
        for plan in (current_plan(study, plan) for plans in asked for plan in plans)
        if uses(study, plan) and plan.key_of_repeats in finished and plan.key not in answered
    }
    partial = [
        outcome
        for plan in plans.values()
        if (outcome := _gathered(_Asked(study, plan, archive), finished[plan.key_of_repeats])) is not None
    ]
    return (*outcomes, *(_widened(outcome, [*outcomes, *partial]) for outcome in partial))


@dataclass(frozen=True)
class _Asked:
    """What a provisional outcome is gathered from; only the plan and the folder tell it apart."""

    study: Study
    plan: Plan
    archive: Archive

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self._name == other._name

    def __hash__(self) -> int:
        return hash(self._name)

    @property
    def _name(self) -> tuple[str, str]:
        return self.plan.key_of_repeats, self.archive.identity


@lru_cache(maxsize=KEPT)
def _gathered(asked: _Asked, numbers: tuple[int, ...]) -> Outcome | None:
    """The outcome of these repeats, whose intervals hold the error of the test area alone: the costly part,
    done once. None where the repeats vanished, as they do when the plan is answered.
    """
    found = [asked.archive.repeat(asked.plan, number) for number in numbers]
    repeats = [repeat for repeat in found if repeat is not None]
    if not repeats:
        return None
    outcome = outcome_of(asked.study, asked.plan, repeats)
    if len(repeats) == 1:
        return outcome
    single = [outcome_of(asked.study, asked.plan, [repeat]) for repeat in repeats]
    return _without_training(outcome, single)


def _without_training(outcome: Outcome, single: Sequence[Outcome]) -> Outcome:
    """An outcome whose intervals are the mean of those of its single repeats."""

    def mean(estimates: Sequence[Estimate]) -> Estimate:
        value = sum(estimate.value for estimate in estimates) / len(estimates)
        half = sum(_half(estimate) for estimate in estimates) / len(estimates)
        return _around(value, half, estimates[0].level)

    def optional(estimates: Sequence[Estimate | None]) -> Estimate | None:
        known = [estimate for estimate in estimates if estimate is not None]
        return mean(known) if len(known) == len(estimates) else None

    def by_class(tables: Sequence[dict[str, Estimate]]) -> dict[str, Estimate]:
        return {name: mean([table[name] for table in tables]) for name in tables[0]}

    return replace(
        outcome,
        macro_f1=mean([each.macro_f1 for each in single]),
        macro_f1_parcel=mean([each.macro_f1_parcel for each in single]),
        per_class=by_class([each.per_class for each in single]),
        per_class_parcel=by_class([each.per_class_parcel for each in single]),
        overall_accuracy=optional([each.overall_accuracy for each in single]),
        calibration_error=optional([each.calibration_error for each in single]),
    )


def _widened(outcome: Outcome, others: Sequence[Outcome]) -> Outcome:
    """A provisional outcome whose intervals also hold what training varies.

    The spread over repeats of one or two is unknown. It is taken from the repeats of all plans with the same
    method, learner and recipe, this one among them, moderated by `USUAL_SPREAD`: the fewer repeats there are,
    the wider t makes the interval. The F1 of a class is thought to vary as much more than the macro mean as
    the mean of so many independent values varies less.
    """
    plan, count = outcome.plan, len(outcome.visited)
    alike = [other for other in others if _kind(other.plan) == _kind(plan)]
    of_pixels = Spread().with_scores([other.repeats for other in alike])
    of_parcels = Spread().with_scores([other.repeats_parcel for other in alike])
    classes = float(np.sqrt(len(outcome.per_class)))

    def wide(estimate: Estimate, spread: Spread, factor: float = 1.0) -> Estimate:
        training = factor * spread.half_width(count, estimate.level)
        return _around(estimate.value, float(np.hypot(_half(estimate), training)), estimate.level)

    return replace(
        outcome,
        macro_f1=wide(outcome.macro_f1, of_pixels),
        macro_f1_parcel=wide(outcome.macro_f1_parcel, of_parcels),
        per_class={name: wide(f1, of_pixels, classes) for name, f1 in outcome.per_class.items()},
        per_class_parcel={
            name: wide(f1, of_parcels, classes) for name, f1 in outcome.per_class_parcel.items()
        },
        overall_accuracy=outcome.overall_accuracy and wide(outcome.overall_accuracy, of_pixels),
        calibration_error=outcome.calibration_error and wide(outcome.calibration_error, of_pixels),
    )


def _kind(plan: Plan) -> tuple[str, str, str]:
    return plan.method.name, plan.learner, plan.recipe.name


def _half(estimate: Estimate) -> float:
    """Half an interval, of which one end may be cut at 0 or 1."""
    return max(estimate.high - estimate.value, estimate.value - estimate.low)


def _around(value: float, half: float, level: float) -> Estimate:
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), level)
