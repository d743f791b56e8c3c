"""What is known about a set of plans: answered, under way, or open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

from engine.domain import Study
from engine.experiments import jobs
from engine.experiments.archive import Archive
from engine.experiments.balanced import balanced_of, pixels_of
from engine.experiments.jobs import Job, Status
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan
from engine.experiments.run import check
from engine.experiments.source import source_of
from engine.learning.learners import learner_by_name
from engine.learning.methods import BALANCED, COMPOSITES, STUDY
from engine.learning.recipes import Recipe

State = Literal["answered", "running", "waiting", "open"]


@dataclass(frozen=True)
class Line:
    """How one plan stands.

    Parameters
    ----------
    repeats
        Finished ones.
    parcels
        Number of parcels to visit.
    seconds
        Of computing in one process that are left, judged by answers to the same study; None where there is
        none to judge by.
    """

    plan: Plan
    state: State
    repeats: int
    parcels: int
    seconds: float | None

    def row(self) -> dict[str, Any]:
        """The line as a flat, machine-readable row."""
        plan = self.plan
        return {
            "key": plan.key,
            "season": plan.target,
            "method": plan.method.name,
            "design": plan.design.name,
            "radius_km": plan.design.equivalent_radius_km,
            "parcels": self.parcels,
            "state": self.state,
            "repeats": self.repeats,
            "of": plan.repeats,
            "seconds": None if self.seconds is None else round(self.seconds),
        }


@dataclass(frozen=True)
class RunStatus:
    """How a set of plans stands.

    Parameters
    ----------
    answered
        Outcomes that the archive has.
    open
        Plans that would have to run.
    job, status
        The job that was last started for these plans, if any, and how it stands.
    elsewhere
        Jobs going on for other plans.
    """

    answered: tuple[Outcome, ...]
    open: tuple[Plan, ...]
    job: Job | None
    status: Status | None
    elsewhere: tuple[Job, ...]

    @property
    def live(self) -> bool:
        """Whether a job is going on, for these plans or others."""
        return bool(self.elsewhere) or (self.status is not None and self.status.live)


def standing(plans: Sequence[Plan], archive: Archive) -> RunStatus:
    """Look plans up in the archive and among the jobs of its folder."""
    workspace = archive.folder
    found = {plan: archive.outcome(plan) for plan in plans}
    job = jobs.find(plans, workspace)
    return RunStatus(
        tuple(outcome for outcome in found.values() if outcome is not None),
        tuple(plan for plan, outcome in found.items() if outcome is None),
        job,
        job.status() if job else None,
        tuple(other for other in jobs.live(workspace) if other != job),
    )


@dataclass(frozen=True)
class Preview:
    """What plans would visit and test on.

    Parameters
    ----------
    visits
        Number of parcels by reach in km.
    test_parcels, beyond_km
        Number of parcels tested on, and the outer radius beyond which they lie.
    """

    visits: dict[float, int]
    test_parcels: int
    beyond_km: float


def preview(study: Study, plans: Sequence[Plan]) -> Preview:
    """Look at the ground of plans without running them; refuses what the study can't answer."""
    grounds = check(study, plans)
    visits = {
        plan.design.equivalent_radius_km: plan.design.count(ground.candidates)
        for plan, ground in zip(plans, grounds, strict=True)
        if plan.method.visits
    }
    return Preview(visits, len(grounds[0].test), plans[0].test.beyond_km)


def lines(
    study: Study, plans: Sequence[Plan], now: RunStatus, archive: Archive, known: Sequence[Outcome]
) -> tuple[Line, ...]:
    """Every plan with how far it is, in their order.

    Parameters
    ----------
    known
        Answers to the study, to judge by how long the open plans take.
    """
    answered = {outcome.plan for outcome in now.answered}
    going = now.status is not None and now.status.live
    speed = _speed(known)
    trained: set[str] = set()  # source models that an earlier line pays for
    rows = []
    for plan, ground in zip(plans, check(study, plans), strict=True):
        parcels = plan.design.count(ground.candidates)
        if plan in answered:
            rows.append(Line(plan, "answered", plan.repeats, parcels, 0.0))
            continue
        repeats = archive.repeats(plan)
        samples = float((plan.repeats - repeats) * plan.method.training_samples(parcels, plan.recipe))
        for number in range(plan.repeats):
            for source, cost in _sources(study, plan, number):
                if source not in trained and learner_by_name(plan.learner).storable:
                    trained.add(source)
                    if archive.weights(source) is None:
                        samples += cost
        pace = speed.get((plan.learner, plan.recipe, plan.method.name)) or speed.get(
            (plan.learner, plan.recipe, None)
        )
        state: State = "open" if not going else "running" if repeats else "waiting"
        rows.append(Line(plan, state, repeats, parcels, samples / pace if pace else None))
    return tuple(rows)


def seconds_left(rows: Sequence[Line], workers: int) -> float | None:
    """How long all of it takes in so many processes; None where nobody knows."""
    each = [row.seconds for row in rows]
    known = [seconds for seconds in each if seconds is not None]
    return sum(known) / workers if len(known) == len(each) else None


def _sources(study: Study, plan: Plan, number: int) -> list[tuple[str, int]]:
    """Names of the source models that a repeat needs, each with the series its training looks at.

    Each fold of leave-one-season-out learns from all source seasons but one; a balanced model learns from
    all of them besides, on fewer pixels.
    """
    parcels = sum(len(study.parcels_in(label)) for label in plan.sources) * plan.recipe.pretrain.epochs
    folds = max(len(plan.sources) - 1, 1)
    needed = []
    if plan.method.starts_from == STUDY or plan.design.auxiliary:
        needed.append((source_of(plan, number).name, folds * parcels * plan.recipe.pixels))
    if plan.method.starts_from in (BALANCED, COMPOSITES):
        needed.append((balanced_of(plan, number).name, (folds + 1) * parcels * pixels_of(plan.recipe)))
    return needed


def _speed(known: Sequence[Outcome]) -> dict[tuple[str, Recipe, str | None], float]:
    """Series a second, by learner, recipe and method (None for all of them), as answered trips took them."""
    pace: dict[tuple[str, Recipe, str | None], list[float]] = {}
    for one in known:
        seen = one.plan.repeats * one.plan.method.training_samples(one.parcels, one.plan.recipe)
        if seen and one.seconds > 0:
            for method in (one.plan.method.name, None):
                pace.setdefault((one.plan.learner, one.plan.recipe, method), []).append(seen / one.seconds)
    return {of: median(values) for of, values in pace.items()}
