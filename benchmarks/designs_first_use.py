"""How long the first use of every design and of day tours takes, each in its own process and workspace.

    python benchmarks/designs_first_use.py [STUDY_FOLDER] [--target 2021] [--rounds 3] > first_use.json

Prints JSON, the medians of the rounds. ``seconds`` is the time in which an engine that is already imported
gives the parcels of a trip, as many as 20 km hold; ``first_s`` and ``final_s`` are those of the two day tours
of a trip, with the money that they cost. ``process_s`` is the time of the whole process with its imports,
``peak_mb`` its peak resident memory in MB of 10^6 bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.decisions.trip import TripRequest, trip
from engine.experiments.archive import archive_for
from engine.fieldwork.costs import read_tariff
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.solver import SEARCH
from engine.files import workspace
from engine.sampling import DESIGNS
from engine.sampling.limits import Limit
from engine.studies.store import open_study

ROOT = Path(__file__).resolve().parents[1]
RADIUS_KM = 20.0
TOURS = (195, 600, 2000)  # parcels
KB = 1024  # of ru_maxrss


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("study", nargs="?", type=Path, default=ROOT / "data" / "vojvodina-demo")
    parser.add_argument("--target", default="2021")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", help=argparse.SUPPRESS)  # what a process of its own measures
    return parser.parse_args()


def answer_design(folder: Path, target: str, name: str) -> dict[str, Any]:
    """The first trip of a design."""
    study = open_study(folder)
    request = TripRequest(target, study.departure, name, Limit("km", RADIUS_KM), read_tariff("default"))
    start = time.perf_counter()
    chosen = trip(study, request, archive_for(folder, workspace()))
    return {"seconds": time.perf_counter() - start, "parcels": len(chosen.wanted)}


def answer_tours(folder: Path, target: str, count: int) -> dict[str, Any]:
    """Day tours to parcels drawn at random: a short search, then the final one."""
    study, tariff = open_study(folder), read_tariff("default")
    parcels = study.parcels_in(target)
    wanted = parcels.sample(min(count, len(parcels)), random_state=0)
    facts: dict[str, Any] = {"parcels": len(wanted)}
    for name, effort in (("search", SEARCH), ("final", None)):
        start = time.perf_counter()
        planned = plan_days(wanted, study.departure, tariff, effort=effort)
        facts[f"{name}_s"] = time.perf_counter() - start
        facts[f"{name}_money"] = planned.cost.money.likely
    return facts


def measured(options: argparse.Namespace, what: str) -> dict[str, Any]:
    """The medians of some rounds, each in a process and a workspace of its own."""
    rounds = []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            question = [str(options.study), "--target", options.target, "--only", what]
            start = time.perf_counter()
            printed = subprocess.run(
                [sys.executable, __file__, *question],
                env=os.environ | {"GROUNDPLAN_WORKSPACE": folder},
                check=True,
                capture_output=True,
            ).stdout
            rounds.append({**json.loads(printed), "process_s": time.perf_counter() - start})
    return {name: round(statistics.median(facts[name] for facts in rounds), 2) for name in rounds[0]}


def main() -> None:
    """Measure one thing in this process, or everything in processes of their own."""
    options = arguments()
    if options.only:
        kind, _, what = options.only.partition(":")
        answer = answer_design if kind == "design" else answer_tours
        facts = answer(options.study, options.target, int(what) if what.isdigit() else what)
        facts["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KB / 1e6
        print(json.dumps(facts))
        return
    found = {
        "designs": {name: measured(options, f"design:{name}") for name in DESIGNS},
        "day_tours": {str(count): measured(options, f"tours:{count}") for count in TOURS},
    }
    print(json.dumps({"study": str(options.study), "rounds": options.rounds, **found}, indent=1))


if __name__ == "__main__":
    main()
