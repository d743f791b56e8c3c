"""What is known about a set of plans: answered, under way, or open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

from engine.domain import Study
from engine.experiments import jobs
from engine.experiments.archive import Archive
from engine.experiments.jobs import Job, Status
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan
from engine.experiments.run import check
from engine.experiments.source import source_of
from engine.learning.learners import learner_by_name
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
            "method": plan.method.name,
            "design": plan.design.name,
            "radius_km": plan.design.reach_km,
            "parcels": self.parcels,
            "state": self.state,
            "repeats": self.repeats,
            "of": plan.repeats,
            "seconds": None if self.seconds is None else round(self.seconds),
        }


@dataclass(frozen=True)
class Standing:
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


def standing(plans: Sequence[Plan], archive: Archive) -> Standing:
    """Look plans up in the archive and among the jobs of its folder."""
    workspace = archive.folder
    found = {plan: archive.outcome(plan) for plan in plans}
    job = jobs.find(plans, workspace)
    return Standing(
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
        plan.design.reach_km: plan.design.count(ground.open)
        for plan, ground in zip(plans, grounds, strict=True)
        if plan.method.visits
    }
    return Preview(visits, len(grounds[0].test), plans[0].test.beyond_km)


def lines(
    study: Study, plans: Sequence[Plan], now: Standing, archive: Archive, known: Sequence[Outcome]
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
        parcels = plan.design.count(ground.open)
        if plan in answered:
            rows.append(Line(plan, "answered", plan.repeats, parcels, 0.0))
            continue
        repeats = archive.repeats(plan)
        samples = float((plan.repeats - repeats) * _samples(plan, parcels))
        for number in range(plan.repeats):
            source = source_of(plan, number).name
            needed = plan.method.needs_source or plan.design.needs
            if needed and source not in trained and learner_by_name(plan.learner).storable:
                trained.add(source)
                if archive.weights(source) is None:
                    samples += _pretraining(study, plan)
        pace = speed.get((plan.learner, plan.recipe))
        state: State = "open" if not going else "running" if repeats else "waiting"
        rows.append(Line(plan, state, repeats, parcels, samples / pace if pace else None))
    return tuple(rows)


def seconds_left(rows: Sequence[Line], workers: int) -> float | None:
    """How long all of it takes in so many processes; None where nobody knows."""
    each = [row.seconds for row in rows]
    known = [seconds for seconds in each if seconds is not None]
    return sum(known) / workers if len(known) == len(each) else None


def _samples(plan: Plan, parcels: int) -> int:
    """Series that one repeat of a plan looks at in training."""
    recipe = plan.recipe
    epochs = {"transfer": recipe.transfer.epochs, "scratch": recipe.scratch.epochs}.get(plan.method.name, 0)
    return parcels * recipe.pixels * epochs


def _pretraining(study: Study, plan: Plan) -> int:
    """The same of one source model: each of its folds learns from all source seasons but one."""
    parcels = sum(len(study.surveyed(label)) for label in plan.sources)
    folds = max(len(plan.sources) - 1, 1)
    return folds * parcels * plan.recipe.pixels * plan.recipe.pretrain.epochs


def _speed(known: Sequence[Outcome]) -> dict[tuple[str, Recipe], float]:
    """Series a second, by learner and recipe, as answered trips took them."""
    pace: dict[tuple[str, Recipe], list[float]] = {}
    for one in known:
        seen = one.plan.repeats * _samples(one.plan, one.parcels)
        if seen and one.seconds > 0:
            pace.setdefault((one.plan.learner, one.plan.recipe), []).append(seen / one.seconds)
    return {of: median(values) for of, values in pace.items()}
