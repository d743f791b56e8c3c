"""What is known about a set of plans: answered, under way, or open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

from engine.domain import Study
from engine.experiments import jobs
from engine.experiments.archive import Archive
from engine.experiments.checks import check_plans
from engine.experiments.jobs import Job, Status
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan
from engine.experiments.source_models import source_key, trainings_of
from engine.learning.learners import learner_by_name
from engine.learning.recipes import Recipe

State = Literal["answered", "running", "waiting", "open"]


@dataclass(frozen=True)
class PlanStatus:
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


def run_status(plans: Sequence[Plan], archive: Archive) -> RunStatus:
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
    grounds = check_plans(study, plans)
    visits = {
        plan.design.equivalent_radius_km: plan.design.count(ground.candidates)
        for plan, ground in zip(plans, grounds, strict=True)
        if plan.method.visits
    }
    return Preview(visits, len(grounds[0].test), plans[0].test.beyond_km)


def plan_statuses(
    study: Study, plans: Sequence[Plan], now: RunStatus, archive: Archive, known: Sequence[Outcome]
) -> tuple[PlanStatus, ...]:
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
    for plan, ground in zip(plans, check_plans(study, plans), strict=True):
        parcels = plan.design.count(ground.candidates)
        if plan in answered:
            rows.append(PlanStatus(plan, "answered", plan.repeats, parcels, 0.0))
            continue
        repeats = archive.repeats(plan)
        samples = float((plan.repeats - repeats) * plan.method.training_samples(parcels, plan.recipe))
        samples += _untrained(study, plan, archive, trained)
        pace = speed.get((plan.learner, plan.recipe, plan.method.name)) or speed.get(
            (plan.learner, plan.recipe, None)
        )
        state: State = "open" if not going else "running" if repeats else "waiting"
        rows.append(PlanStatus(plan, state, repeats, parcels, samples / pace if pace else None))
    return tuple(rows)


def seconds_left(rows: Sequence[PlanStatus], workers: int) -> float | None:
    """How long all of it takes in so many processes; None where nobody knows."""
    each = [row.seconds for row in rows]
    known = [seconds for seconds in each if seconds is not None]
    return sum(known) / workers if len(known) == len(each) else None


def _untrained(study: Study, plan: Plan, archive: Archive, counted: set[str]) -> int:
    """Series that training the source models looks at which the archive lacks; ``counted`` grows by them."""
    if not learner_by_name(plan.learner).storable:
        return 0
    parcels, samples = [len(study.parcels_in(label)) for label in plan.sources], 0
    for repeat in range(plan.repeats):
        for training in trainings_of(plan):
            name = source_key(plan, repeat, training).name
            if name not in counted:
                counted.add(name)
                if archive.weights(name) is None:
                    samples += training.training_samples(parcels, plan.recipe)
    return samples


def _speed(known: Sequence[Outcome]) -> dict[tuple[str, Recipe, str | None], float]:
    """Series a second, by learner, recipe and method (None for all of them), as answered trips took them."""
    pace: dict[tuple[str, Recipe, str | None], list[float]] = {}
    for one in known:
        seen = one.plan.repeats * one.plan.method.training_samples(one.parcels, one.plan.recipe)
        if seen and one.seconds > 0:
            for method in (one.plan.method.name, None):
                pace.setdefault((one.plan.learner, one.plan.recipe, method), []).append(seen / one.seconds)
    return {of: median(values) for of, values in pace.items()}
