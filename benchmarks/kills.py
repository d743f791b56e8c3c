"""Kill a run again and again, and compare its outcomes with those of a run that nobody disturbed.

    python benchmarks/kills.py --kills 20

A job with two processes runs on a small made-up study. Each time that it has got on, its dispatcher, its
worker or one of its own processes is killed, at random, by SIGKILL, SIGTERM or SIGSEGV. It prints how
many processes outlived their parent by 5 s, and how many outcomes differ in a score or a confusion matrix.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ |= {"OMP_NUM_THREADS": "1"}

from engine.experiments import jobs, worker
from engine.experiments.archive import Archive
from engine.experiments.dispatcher import ensure_dispatcher
from engine.experiments.run import run_plans
from engine.studies.store import open_study, save_study
from tests import made_up
from tests.made_up import SMALL, grid

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV)
LEAST_S, MOST_S = 2.0, 12.0  # between two kills
GONE_S = 5.0


def dispatcher_of(workspace: Path) -> psutil.Process | None:
    """The process that starts the jobs of a workspace."""
    for process in psutil.process_iter():
        try:
            if "dispatch" in process.cmdline() and str(workspace) in process.cmdline():
                return process
        except psutil.Error:
            continue
    return None


def kill(workspace: Path, rng: random.Random) -> tuple[str, int]:
    """Kill a process of a run; what it was, and how many of its own outlived it by `GONE_S`."""
    parent = dispatcher_of(workspace)
    if parent is None:
        return "", 0
    try:
        below = [parent, *parent.children(recursive=True)]
        victim = rng.choice(below)
        children = victim.children(recursive=True)
        depth = (
            "dispatcher" if victim == parent else "worker" if victim.parent() == parent else "process of it"
        )
        number = rng.choice(SIGNALS)
        os.kill(victim.pid, number)
    except (psutil.Error, ProcessLookupError, AttributeError):
        return "", 0
    left = psutil.wait_procs(children, timeout=GONE_S)[1]
    alive = [each for each in left if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    return f"{depth} by {number.name}", len(alive)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    jobs.MOST_ATTEMPTS = options.kills + 2
    with tempfile.TemporaryDirectory() as name:
        folder = save_study(made_up.study(parcels=60), Path(name) / "study")
        study, workspace = open_study(folder), Path(name) / "workspace"
        kills = orphans = rounds = 0
        plans = ()
        while kills < options.kills:
            rounds += 1
            plans = grid(
                study, "2021", study.departure, [20, 25, 30], ["radius", "random"], ["transfer", "scratch"],
                "cnn1d", SMALL, repeats=4, seed=rounds,
            )  # fmt: skip
            job = worker.start(plans, folder, workspace, workers=2)
            while job.status().live:
                time.sleep(rng.uniform(LEAST_S, MOST_S))
                if kills < options.kills and job.status().live:
                    what, left = kill(workspace, rng)
                    if what:
                        kills += 1
                        orphans += left
                        print(f"kill {kills}: {what}; {left} outlived it", flush=True)
                ensure_dispatcher(workspace)
                if job.status().state == "lost":
                    job = worker.start(plans, folder, workspace, workers=2)
            archive = Archive(workspace)
            undisturbed = run_plans(study, plans, Archive(Path(name) / f"undisturbed-{rounds}"))
            differing = 0
            for outcome in undisturbed:
                found = archive.outcome(outcome.plan)
                same = found and (found.repeats, found.confusion) == (outcome.repeats, outcome.confusion)
                differing += not same
            state = job.status().state
            print(f"round {rounds}: {state}, {len(plans)} plans, {differing} outcomes differ", flush=True)
    print(f"{kills} kills, {orphans} processes outlived their parent by {GONE_S:.0f} s")
    sys.exit(bool(orphans))


if __name__ == "__main__":
    main()
