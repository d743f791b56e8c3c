"""Which outcomes may be compared with one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.domain import Departure, Study
from engine.experiments.fingerprints import uses
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan
from engine.learning.methods import METHODS
from engine.learning.recipes import Recipe
from engine.sampling import design_order


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
    source_models: int | None = None


def comparisons(study: Study, outcomes: Sequence[Outcome]) -> dict[Question, list[Outcome]]:
    """Sort outcomes into those that may be compared with one another, the fullest comparison first; a
    provisional outcome counts by the share of its repeats that are finished.

    Scratch needs no source seasons, so it joins every comparison that agrees in the rest.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    outcomes
        Answers; those of another study are left out.
    """
    asked: dict[Question, list[Outcome]] = {}
    for outcome in outcomes:
        if uses(study, outcome.plan):
            asked.setdefault(_question(outcome.plan, study), []).append(outcome)
    for question in [question for question in asked if not question.sources]:
        hosts = [host for host in asked if host.sources and _without_sources(host) == question]
        for host in hosts:
            asked[host] += asked[question]
        if hosts:
            del asked[question]
    for answers in asked.values():
        answers.sort(key=_place)
    return dict(sorted(asked.items(), key=lambda item: (-_fullness(item[1]), _order(item[0]))))


def _fullness(outcomes: Sequence[Outcome]) -> float:
    return sum(outcome.finished / outcome.plan.repeats for outcome in outcomes)


def _without_sources(question: Question) -> Question:
    return replace(question, sources=(), source_models=None)


def _place(outcome: Outcome) -> tuple[int, int, float]:
    """Where an outcome stands in its comparison: by method, design and size."""
    plan = outcome.plan
    design = design_order(plan.design)
    return [*METHODS].index(plan.method.name), design, plan.design.equivalent_radius_km


def _order(question: Question) -> tuple[Any, ...]:
    """Among comparisons of as many outcomes."""
    return (
        question.target, question.departure.title, question.sources, question.learner, question.recipe.name,
        question.test, question.beyond_km, question.repeats, question.seed,
        question.source_models or question.repeats,
    )  # fmt: skip


def _question(plan: Plan, study: Study) -> Question:
    usual = study.departure  # the same place under its name
    return Question(
        plan.target,
        plan.sources,
        usual if plan.departure == usual else plan.departure,
        plan.learner,
        plan.recipe,
        plan.test.kind,
        plan.test.beyond_km,
        plan.repeats,
        plan.seed,
        plan.source_models,
    )
