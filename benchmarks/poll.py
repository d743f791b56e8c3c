"""Processor time of one poll of the page Experiments while a job is live.

    PYTHONPATH=. python benchmarks/poll.py [--polls 50] [--profile]

The job is one of the demo in a workspace of its own: its lock is held here, its status and losses are those
of a run under way. Nothing is trained. The first poll, which fills caches, is not counted; nor is drawing,
which Streamlit does.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import engine
from engine.domain import Study
from engine.experiments import jobs
from engine.experiments import status as run_state
from engine.experiments.archive import Archive, archive_for
from engine.experiments.job_status import Status
from engine.experiments.plan import Plan, plan_to_json
from engine.experiments.progress import CURVES
from engine.experiments.queue import waiting_jobs
from engine.files import ROOT, write_json
from pages import _cache as cache

CURVES_OF_A_RUN, EPOCHS = 12, 50


def live_job(plans: Sequence[Plan], workspace: Path) -> jobs.Job:
    """A job folder as a worker leaves it while it trains."""
    job = jobs.job_of(plans, workspace)
    write_json(
        job.folder / jobs.REQUEST,
        {
            "study": "demo", "workspace": str(workspace), "workers": 2, "owner": "", "asked": time.time(),
            "plans": [plan_to_json(plan) for plan in plans],
        },
    )  # fmt: skip
    job.write_status(Status("running", 3, 26, "pre-training", started=time.time()))
    (job.folder / CURVES).mkdir()
    for number in range(CURVES_OF_A_RUN):
        lines = [json.dumps([f"training {number}", epoch, EPOCHS, 1 / epoch]) for epoch in range(1, EPOCHS)]
        (job.folder / CURVES / f"{number}.jsonl").write_text("\n".join(lines) + "\n")
    return job


def polled(study: Study, plans: Sequence[Plan], archive: Archive) -> None:
    """What the page asks of the engine and its caches at each poll."""
    run = run_state.run_status(plans, archive)
    run_state.plan_statuses(study, plans, run, archive, cache.speeds(study, archive))
    waiting_jobs(archive.folder)
    cache.losses(run.job, False)
    cache.current_outcomes(study, archive)


def milliseconds(call: Callable[[], None], polls: int) -> float:
    """Median processor time of a call after the first."""
    call()
    times = []
    for _ in range(polls):
        start = time.process_time()
        call()
        times.append(1000 * (time.process_time() - start))
    return median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--polls", type=int, default=50)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    study = engine.open_study()
    with tempfile.TemporaryDirectory() as folder:
        archive = archive_for(ROOT / "data" / "vojvodina-demo", Path(folder))
        plans = engine.make_plans(
            study,
            "2021",
            designs=["radius", "random"],
            methods=["ensemble", "scratch", "transfer", "ensemble-zero-shot"],
            seed=7,
        )
        job = live_job(plans, archive.folder)
        with job.lock():
            call = lambda: polled(study, plans, archive)  # noqa: E731
            print(f"{milliseconds(call, options.polls):.1f} ms of processor time a poll, {len(plans)} plans")
            if options.profile:
                profile = cProfile.Profile()
                for _ in range(50):
                    profile.runcall(call)
                pstats.Stats(profile).sort_stats("cumulative").print_stats(25)


if __name__ == "__main__":
    main()
