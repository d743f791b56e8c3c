"""How a set of plans stands: answered, under way, or open."""

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
SpeedKey = tuple[str, Recipe, str | None]  # learner, recipe, method


@dataclass(frozen=True)
class PlanStatus:
    """How one plan stands.

    Parameters
    ----------
    plan
        The plan.
    state
        ``answered``: the archive has its outcome. ``running`` or ``waiting``: a job for it is going on, and
        has finished some of its repeats or none. ``open``: no job is going on for it.
    repeats
        Finished ones.
    parcels
        Number of parcels to visit.
    seconds
        Of computing in one process that are left, judged by outcomes of the same study; None where there is
        none to judge by.
    """

    plan: Plan
    state: State
    repeats: int
    parcels: int
    seconds: float | None

    def row(self) -> dict[str, Any]:
        """The status as a flat, machine-readable row."""
        plan = self.plan
        return {
            "key": plan.key,
            "target": plan.target,
            "method": plan.method.name,
            "design": plan.design.name,
            "equivalent_radius_km": plan.design.equivalent_radius_km or None,
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
    def working(self) -> bool:
        """Whether a job is going on for these plans."""
        return self.status is not None and self.status.live

    @property
    def live(self) -> bool:
        """Whether a job is going on, for these plans or others."""
        return bool(self.elsewhere) or self.working


@dataclass(frozen=True)
class Preview:
    """What plans would visit and test on.

    Parameters
    ----------
    visits
        Number of parcels by equivalent radius in km.
    test_parcels, beyond_km
        Number of parcels tested on, and the outer radius in km beyond which they lie.
    """

    visits: dict[float, int]
    test_parcels: int
    beyond_km: float


def run_status(plans: Sequence[Plan], archive: Archive) -> RunStatus:
    """Look plans up in the archive and among the jobs of its folder.

    Parameters
    ----------
    plans
        The plans, in any order.
    archive
        Where their outcomes are looked up.

    Returns
    -------
    Their outcomes and the plans without one, both in the order of the plans, and the jobs.
    """
    outcomes = {plan: archive.outcome(plan) for plan in plans}
    job = jobs.find(plans, archive.folder)
    return RunStatus(
        tuple(outcome for outcome in outcomes.values() if outcome is not None),
        tuple(plan for plan, outcome in outcomes.items() if outcome is None),
        job,
        job.status() if job else None,
        tuple(live for live in jobs.live(archive.folder) if live != job),
    )


def preview(study: Study, plans: Sequence[Plan]) -> Preview:
    """Count what plans would visit and test on, without running them.

    Parameters
    ----------
    study
        The study.
    plans
        At least one, all of the same target season and test area.

    Raises
    ------
    PlanError
        Where the study cannot answer a plan.
    """
    splits = check_plans(study, plans)
    visits = {
        plan.design.equivalent_radius_km: plan.design.count(split.candidates)
        for plan, split in zip(plans, splits, strict=True)
        if plan.method.visits
    }
    return Preview(visits, len(splits[0].test), plans[0].test.beyond_km)


def plan_statuses(
    study: Study, plans: Sequence[Plan], status: RunStatus, archive: Archive, outcomes: Sequence[Outcome]
) -> tuple[PlanStatus, ...]:
    """How each plan stands, in their order.

    Parameters
    ----------
    study
        The study.
    plans
        The plans; the first one that needs a source model is charged for its training.
    status
        Of these plans, see `run_status`.
    archive
        Where finished repeats and source models are looked up.
    outcomes
        Of the study, to judge by how long the open plans take.

    Raises
    ------
    PlanError
        Where the study cannot answer a plan.
    """
    answered = {outcome.plan for outcome in status.answered}
    speeds = _speeds(outcomes)
    charged: set[str] = set()
    statuses = []
    for plan, split in zip(plans, check_plans(study, plans), strict=True):
        parcels = plan.design.count(split.candidates)
        if plan in answered:
            statuses.append(PlanStatus(plan, "answered", plan.repeats, parcels, 0.0))
            continue
        repeats = archive.repeats(plan)
        samples = float((plan.repeats - repeats) * plan.method.training_samples(parcels, plan.recipe))
        samples += _untrained(study, plan, archive, charged)
        speed = speeds.get((plan.learner, plan.recipe, plan.method.name))
        speed = speed or speeds.get((plan.learner, plan.recipe, None))
        state: State = "open" if not status.working else "running" if repeats else "waiting"
        statuses.append(PlanStatus(plan, state, repeats, parcels, samples / speed if speed else None))
    return tuple(statuses)


def seconds_left(statuses: Sequence[PlanStatus], workers: int) -> float | None:
    """How long all of the plans take.

    Parameters
    ----------
    statuses
        Of the plans, see `plan_statuses`.
    workers
        Processes that share the work.

    Returns
    -------
    Seconds, or None where those of one plan cannot be judged.
    """
    seconds = [status.seconds for status in statuses if status.seconds is not None]
    return sum(seconds) / workers if len(seconds) == len(statuses) else None


def _untrained(study: Study, plan: Plan, archive: Archive, charged: set[str]) -> int:
    """Series that training looks at for the source models that the archive lacks and that are not
    ``charged`` yet; their names join it.
    """
    if not learner_by_name(plan.learner).storable:
        return 0
    parcels, samples = [len(study.parcels_in(label)) for label in plan.sources], 0
    for repeat in range(plan.repeats):
        for training in trainings_of(plan):
            name = source_key(plan, repeat, training).name
            if name not in charged:
                charged.add(name)
                if archive.weights(name) is None:
                    samples += training.training_samples(parcels, plan.recipe)
    return samples


def _speeds(outcomes: Sequence[Outcome]) -> dict[SpeedKey, float]:
    """Median series a second of these outcomes, by learner, recipe and method (None for all methods)."""
    speeds: dict[SpeedKey, list[float]] = {}
    for outcome in outcomes:
        plan = outcome.plan
        samples = plan.repeats * plan.method.training_samples(outcome.parcels, plan.recipe)
        if samples and outcome.seconds > 0:
            for method in (plan.method.name, None):
                key = (plan.learner, plan.recipe, method)
                speeds.setdefault(key, []).append(samples / outcome.seconds)
    return {key: median(values) for key, values in speeds.items()}
