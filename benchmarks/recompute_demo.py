"""Compute the shipped outcomes again whose methods train otherwise than they did.

    python benchmarks/recompute_demo.py [STUDY_FOLDER] [--workers 2] [--archive build/recomputed]

A shipped outcome of an earlier revision of its method is asked anew, for the same trip; the others stay as
they are. It may be stopped and repeated at any time. Files are replaced only when all are there.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.domain import Study
from engine.experiments.archive import archive_for
from engine.experiments.fingerprints import fingerprints_of
from engine.experiments.format_1 import plan_of
from engine.experiments.plan import Plan
from engine.experiments.progress import Progress
from engine.experiments.records import OutdatedError, read_outcome, write_outcome
from engine.experiments.run import run_plans
from engine.studies.store import open_study

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Compute what is outdated, then replace it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("study", nargs="?", type=Path, default=ROOT / "data" / "vojvodina-demo")
    parser.add_argument("--archive", type=Path, default=ROOT / "build" / "recomputed")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    study = open_study(options.study)
    outdated = outdated_plans(study, options.study)
    plans = list(outdated.values())
    print(f"{len(plans)} outcomes are of an earlier revision.", flush=True)
    archive = archive_for(options.study, options.archive)
    outcomes = run_plans(study, plans, archive, workers=options.workers, observe=tell)
    for path, outcome in zip(outdated, outcomes, strict=True):
        old = json.loads(path.read_bytes())["macro_f1"]["value"]
        write_outcome(options.study, outcome)
        path.unlink()
        plan = outcome.plan
        print(
            f"{plan.target} {plan.method.name} {plan.design.name} {plan.design.equivalent_radius_km:.3g} km: "
            f"{100 * old:.1f} before, {100 * outcome.macro_f1.value:.1f} now"
        )


def outdated_plans(study: Study, folder: Path) -> dict[Path, Plan]:
    """The plans of the outcomes of earlier revisions as they are asked today, by their files."""
    plans = {}
    for path in sorted((folder / "outcomes").glob("*.json")):
        try:
            read_outcome(path)
        except OutdatedError:
            plan = plan_of(json.loads(path.read_bytes())["plan"])
            used = fingerprints_of(study, plan.target, plan.sources, plan.test.kind)
            plans[path] = replace(plan, study=used)
    return plans


def tell(progress: Progress) -> None:
    """Print what has just finished."""
    print(progress, flush=True)


if __name__ == "__main__":
    main()
