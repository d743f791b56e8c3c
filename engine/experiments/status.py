"""How a set of plans stands: answered, under way, or open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from engine.domain import Study
from engine.experiments import jobs
from engine.experiments.archive import Archive
from engine.experiments.checks import check_plans
from engine.experiments.job_status import Status
from engine.experiments.jobs import Job
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan
from engine.experiments.source_models import committee, source_key, trainings_of
from engine.experiments.speeds import (
    SIMULATION,
    Speeds,
    of_pretraining,
    of_repeat,
    pretraining_series,
    repeat_series,
)
from engine.experiments.steps import seasons_to_simulate, simulation_pixels
from engine.learning.learners import learner_by_name
from engine.learning.protocols import SourceTraining

State = Literal["answered", "running", "waiting", "open"]
MOST_PLANS = 1024
MOST_CHECKED = 32  # sets of plans whose parcels are counted once


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
        Of computing in one process that are left, judged by what this machine has done; None where its speed
        was never measured.
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
    statuses
        How every job that is going on stands.
    """

    answered: tuple[Outcome, ...]
    open: tuple[Plan, ...]
    job: Job | None
    status: Status | None
    elsewhere: tuple[Job, ...]
    statuses: Mapping[Job, Status] = field(default_factory=dict)

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
    live = jobs.live_statuses(archive.folder)
    return RunStatus(
        tuple(outcome for outcome in outcomes.values() if outcome is not None),
        tuple(plan for plan, outcome in outcomes.items() if outcome is None),
        job,
        (live.get(job) or job.status()) if job else None,
        tuple(other for other in live if other != job),
        live,
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
    study: Study, plans: Sequence[Plan], status: RunStatus, archive: Archive, speeds: Speeds
) -> tuple[PlanStatus, ...]:
    """How each plan stands, in their order.

    Parameters
    ----------
    study
        The study.
    plans
        The plans; the first one that needs a source model or a season's series is charged for them.
    status
        Of these plans, see `run_status`.
    archive
        Where finished repeats and source models are looked up.
    speeds
        Of this machine, to judge by how long the open plans take.

    Raises
    ------
    PlanError
        Where the study cannot answer a plan.
    """
    answered = {outcome.plan for outcome in status.answered}
    charged: set[str] = set()
    unsimulated = seasons_to_simulate(study, plans)
    statuses = []
    for plan, (parcels, test_parcels) in zip(plans, _grounds(study, plans), strict=True):
        if plan in answered:
            statuses.append(PlanStatus(plan, "answered", plan.repeats, parcels, 0.0))
            continue
        repeats = archive.repeats(plan)
        series = (plan.repeats - repeats) * repeat_series(plan, parcels, test_parcels)
        parts = [
            speeds.seconds(series, of_repeat(plan)),
            *_simulating(study, plan, unsimulated, speeds),
            *_pretraining(study, plan, archive, speeds, charged),
        ]
        known = [part for part in parts if part is not None]
        seconds = sum(known) if len(known) == len(parts) else None
        state: State = "open" if not status.working else "running" if repeats else "waiting"
        statuses.append(PlanStatus(plan, state, repeats, parcels, seconds))
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


def _simulating(study: Study, plan: Plan, unsimulated: list[str], speeds: Speeds) -> list[float | None]:
    """Seconds of each season that the plan needs and that is ``unsimulated``; it is taken off that list."""
    labels = [label for label in (plan.target, *plan.sources) if label in unsimulated]
    for label in labels:
        unsimulated.remove(label)
    return [speeds.seconds(simulation_pixels(study, label), (SIMULATION,)) for label in labels]


def _pretraining(
    study: Study, plan: Plan, archive: Archive, speeds: Speeds, charged: set[str]
) -> list[float | None]:
    """Seconds of each source model that the archive lacks and that is not ``charged`` yet."""
    if not learner_by_name(plan.learner).storable:
        return []
    seconds = []
    for name, training in _source_models(plan, plan.study.legend):
        if name not in charged:
            charged.add(name)
            if not archive.has_weights(name):
                series = pretraining_series(study, plan, training)
                seconds.append(speeds.seconds(series, of_pretraining(plan, training)))
    return seconds


@lru_cache(maxsize=MOST_PLANS)
def _source_models(plan: Plan, legend: str) -> tuple[tuple[str, SourceTraining], ...]:
    """The names of a plan's source models, hashed once, and how each is trained."""
    return tuple(
        (source_key(asked, repeat, training).name, training)
        for asked in dict.fromkeys((plan, committee(plan)))
        for repeat in range(asked.repeats)
        for training in trainings_of(asked)
    )


def _grounds(study: Study, plans: Sequence[Plan]) -> tuple[tuple[int, int], ...]:
    """Number of parcels to visit and of test parcels of each plan; plans that were checked once are not
    checked again.
    """
    name = study.fingerprint, tuple(plan.key for plan in plans)
    found = _checked.get(name)
    if found is None:
        found = tuple(
            (plan.design.count(split.candidates), len(split.test))
            for plan, split in zip(plans, check_plans(study, plans), strict=True)
        )
        while len(_checked) >= MOST_CHECKED:
            _checked.pop(next(iter(_checked)), None)
        _checked[name] = found
    return found


_checked: dict[tuple[str, tuple[str, ...]], tuple[tuple[int, int], ...]] = {}
