"""The study's protocol on the Fergana fields: both recipes, both test areas, as Markdown tables.

    python benchmarks/fergana.py FOLDER_WITH_PARCELS_AND_SERIES [--workers 2]

Answers that the workspace already holds are not computed again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from engine.domain import Departure
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome
from engine.experiments.plan import grid
from engine.experiments.run import answer
from engine.files import workspace
from engine.learning.recipes import PAPER, QUICK
from engine.studies.ingest.assemble import IngestRequest, ingest
from engine.studies.store import open_study, save_study

KEEP = ("cotton", "wheat_double_crop", "orchard", "wheat", "rice", "maize")
DEPARTURE = Departure(71.786, 40.386, "Fergana")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = ((options.data / "parcels.parquet",), (options.data / "series.parquet",))
        made = ingest(IngestRequest(*files, "Fergana", keep=KEEP, rest="other", departure=DEPARTURE))
        study = open_study(save_study(made.study, Path(folder) / "fergana", missing=made.missing))
        found: dict[tuple[str, str, str], list[Outcome]] = {}
        for learner in ("cnn1d", "random-forest"):
            for recipe in (PAPER, QUICK):
                for test in ("far-half", "far-all"):
                    plans = grid(
                        study,
                        "2016",
                        DEPARTURE,
                        [20, 25, 30],
                        ["radius", "random"],
                        ["zero-shot", "transfer", "scratch"],
                        learner,
                        recipe,
                        source="others",
                        test=test,
                    )
                    key = (learner, recipe.name, test)
                    found[key] = answer(study, plans, Archive(workspace()), workers=options.workers)
    for learner in ("cnn1d", "random-forest"):
        print(f"\n{learner}, macro F1 over pixels in points\n")
        cases = [(recipe, test) for test in ("far-half", "far-all") for recipe in ("paper", "quick")]
        print("| method | design | km | parcels | " + " | ".join(f"{r}, {t}" for r, t in cases) + " |")
        print("|-|-|-|-|" + "-|" * len(cases))
        columns = [found[learner, *case] for case in cases]
        for row in zip(*columns, strict=True):
            plan = row[0].plan
            reach = (
                f"{plan.design.equivalent_radius_km:g} | {row[0].parcels}" if plan.method.visits else "- | 0"
            )
            print(
                f"| {plan.method.name} | {plan.design.name} | {reach} | " + " | ".join(map(cell, row)) + " |"
            )
        for test in ("far-half", "far-all"):
            pair = zip(found[learner, "quick", test], found[learner, "paper", test], strict=True)
            gap = 100 * np.array([quick.macro_f1.value - paper.macro_f1.value for quick, paper in pair])
            print(
                f"\nquick minus paper, {test}: mean {gap.mean():+.1f}, "
                f"mean absolute {np.abs(gap).mean():.1f}, "
                f"largest {gap[np.abs(gap).argmax()]:+.1f} points"
            )


def cell(outcome: Outcome) -> str:
    f1 = outcome.macro_f1
    return f"{100 * f1.value:.1f} ({100 * f1.low:.0f} to {100 * f1.high:.0f})"


if __name__ == "__main__":
    main()
