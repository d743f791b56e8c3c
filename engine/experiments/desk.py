"""What is known about a set of plans: answered, under way, or open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.domain import Study
from engine.experiments import jobs
from engine.experiments.archive import Archive
from engine.experiments.jobs import Job, Status
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan
from engine.experiments.run import check


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
