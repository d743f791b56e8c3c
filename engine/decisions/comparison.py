"""Outcomes as a tidy frame: one row an outcome, for charts, tables and exports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from engine.domain import Departure, Study
from engine.experiments.outcome import Outcome
from engine.learning.learners import LEARNERS
from engine.learning.methods import METHODS
from engine.learning.recipes import Recipe
from engine.sampling.designs import DESIGNS
from engine.sampling.protocol import NoVisit

COLUMNS = (
    "key", "method", "design", "radius_km", "parcels", "test_parcels",
    "pixels", "pixels_low", "pixels_high", "voted", "voted_low", "voted_high", "overall", "calibration",
    "seconds",
)  # fmt: skip


def table(outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """Tidy frame of outcomes.

    Returns
    -------
    One row an outcome, with the columns `COLUMNS`: ``pixels`` is macro F1 over pixels, ``voted`` over
    parcels, each with the ends of its interval; ``overall`` is overall accuracy over pixels, ``calibration``
    the expected calibration error, both missing where an older answer did not measure them.
    """
    rows = [
        {
            "key": one.plan.key,
            "method": one.plan.method.name,
            "design": one.plan.design.name,
            "radius_km": one.plan.design.equivalent_radius_km,
            "parcels": one.parcels,
            "test_parcels": one.test_parcels,
            "pixels": one.macro_f1.value,
            "pixels_low": one.macro_f1.low,
            "pixels_high": one.macro_f1.high,
            "voted": one.macro_f1_parcel.value,
            "voted_low": one.macro_f1_parcel.low,
            "voted_high": one.macro_f1_parcel.high,
            "overall": one.overall_accuracy.value if one.overall_accuracy else None,
            "calibration": one.calibration_error.value if one.calibration_error else None,
            "seconds": one.seconds,
        }
        for one in outcomes
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.sort_values(["method", "design", "radius_km"], kind="stable", ignore_index=True)


@dataclass(frozen=True)
class Question:
    """What the outcomes of one comparison have in common: all but method, design and radius."""

    target: str
    sources: tuple[str, ...]
    departure: Departure
    learner: str
    recipe: Recipe
    test: str
    beyond_km: float
    repeats: int
    seed: int

    @property
    def title(self) -> str:
        """The question in words."""
        past = ", ".join(self.sources) or "no season"
        return (
            f"{self.target} from {self.departure.title}, pre-trained on {past}; {self.learner}, recipe "
            f"{self.recipe.name}, test {self.test} beyond {self.beyond_km:g} km, {self.repeats} repeats from "
            f"seed {self.seed}"
        )


def comparisons(study: Study, outcomes: Sequence[Outcome]) -> dict[Question, list[Outcome]]:
    """Sort outcomes into those that may be compared with one another, the fullest comparison first.

    Scratch needs no source seasons, so it joins every comparison that agrees in the rest.
    """
    asked: dict[Question, list[Outcome]] = {}
    for one in outcomes:
        if one.plan.study == study.fingerprint:
            asked.setdefault(_question(one, study), []).append(one)
    for question in [question for question in asked if not question.sources]:
        hosts = [host for host in asked if host.sources and replace(host, sources=()) == question]
        for host in hosts:
            asked[host] += asked[question]
        if hosts:
            del asked[question]
    methods, designs = [*METHODS], [NoVisit.name, *DESIGNS]
    for answers in asked.values():
        answers.sort(
            key=lambda one: (
                methods.index(one.plan.method.name),
                designs.index(one.plan.design.name),
                one.plan.design.equivalent_radius_km,
            )
        )
    return dict(sorted(asked.items(), key=lambda item: (-len(item[1]), item[0].title)))


def learners(asked: Mapping[Question, Sequence[Outcome]], question: Question) -> pd.DataFrame:
    """Learners side by side: comparisons that agree in all but the learner.

    Returns
    -------
    One row a plan that some learner answered, the columns ``method``, ``design``, ``radius_km``, and for each
    learner its macro F1 over pixels; last ``best``, the learner whose macro F1 is highest.
    """
    rows: dict[tuple[str, str, float], dict[str, float]] = {}
    for other, answers in asked.items():
        if replace(other, learner=question.learner) == question:
            for one in answers:
                plan = one.plan
                place = (plan.method.name, plan.design.name, plan.design.equivalent_radius_km)
                rows.setdefault(place, {})[plan.learner] = one.macro_f1.value
    names = [name for name in LEARNERS if any(name in scores for scores in rows.values())]
    return pd.DataFrame(
        [
            (*place, *(scores.get(name) for name in names), max(scores, key=lambda name: scores[name]))
            for place, scores in rows.items()
        ],
        columns=["method", "design", "radius_km", *names, "best"],
    )


def _question(outcome: Outcome, study: Study) -> Question:
    plan = outcome.plan
    home = study.departure  # the same place under its name
    return Question(
        plan.target,
        plan.sources,
        home if plan.departure == home else plan.departure,
        plan.learner,
        plan.recipe,
        plan.test.kind,
        plan.test.beyond_km,
        plan.repeats,
        plan.seed,
    )
