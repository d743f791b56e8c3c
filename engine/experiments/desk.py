"""What is known about a set of plans: answered, under way, or open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.experiments import jobs
from engine.experiments.archive import Archive
from engine.experiments.jobs import Job, Status
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan


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
    """

    answered: tuple[Outcome, ...]
    open: tuple[Plan, ...]
    job: Job | None
    status: Status | None

    @property
    def live(self) -> bool:
        """Whether a job is going on."""
        return self.status is not None and self.status.live


def standing(plans: Sequence[Plan], workspace: Path) -> Standing:
    """Look plans up in the archive and among the jobs."""
    archive = Archive(workspace)
    found = {plan: archive.outcome(plan) for plan in plans}
    job = jobs.find(plans, workspace)
    return Standing(
        tuple(outcome for outcome in found.values() if outcome is not None),
        tuple(plan for plan, outcome in found.items() if outcome is None),
        job,
        job.status() if job else None,
    )
