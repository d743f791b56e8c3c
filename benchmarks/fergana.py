"""The study's protocol on the Fergana fields, for docs/results.md: both recipes, both test areas.

    python benchmarks/fergana.py FOLDER_WITH_PARCELS_AND_SERIES [--workers 2]

Outcomes that the workspace already holds are not computed again.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.tables import markdown_row, points_of
from engine.domain import Departure, Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome
from engine.experiments.plan import OTHERS, GridRequest, grid
from engine.experiments.run import run_plans
from engine.files import workspace
from engine.learning.learners import learner_by_name
from engine.learning.methods import OF_THE_STUDY
from engine.learning.recipes import PAPER, QUICK
from engine.studies.ingest.assemble import Ingested, IngestRequest, ingest
from engine.studies.store import open_study, save_study

KEEP = ("cotton", "wheat_double_crop", "orchard", "wheat", "rice", "maize")
DEPARTURE = Departure(71.786, 40.386, "Fergana")
LEARNERS = ("cnn1d", "random-forest")
RECIPES = (PAPER, QUICK)
TEST_AREAS = ("far-half", "far-all")

Answers = dict[tuple[str, str, str], list[Outcome]]  # by learner, recipe and test area


def read_fergana(data: Path) -> Ingested:
    """The Fergana fields from a folder with ``parcels.parquet`` and ``series.parquet``."""
    parcels, series = ((data / f"{name}.parquet",) for name in ("parcels", "series"))
    return ingest(IngestRequest(parcels, series, "Fergana", keep=KEEP, rest="other", departure=DEPARTURE))


def fergana_study(data: Path, folder: Path) -> Study:
    """The same as a study folder, opened."""
    ingested = read_fergana(data)
    return open_study(save_study(ingested.study, folder / "fergana", missing=ingested.missing))


def compute(study: Study, workers: int) -> Answers:
    """The outcomes of every learner, recipe and test area."""
    answers: Answers = {}
    for learner, recipe, test in itertools.product(LEARNERS, RECIPES, TEST_AREAS):
        request = GridRequest(
            "2016", DEPARTURE, [20, 25, 30], ["radius", "random"], OF_THE_STUDY, learner, recipe,
            source=OTHERS, test=test,
        )  # fmt: skip
        plans = grid(study, request)
        answers[learner, recipe.name, test] = run_plans(study, plans, Archive(workspace()), workers=workers)
    return answers


def print_scores(answers: Answers, learner: str) -> None:
    """Plans down, test areas and recipes across."""
    columns = [(recipe.name, test) for test in TEST_AREAS for recipe in RECIPES]
    print(f"\n**{learner_by_name(learner).label}**\n")
    titles = [f"{recipe}, {test}" for recipe, test in columns]
    print(markdown_row(["method", "design", "km", "parcels", *titles]))
    print("|-" * (len(columns) + 4) + "|")
    for outcomes in zip(*(answers[learner, *column] for column in columns), strict=True):
        plan, parcels = outcomes[0].plan, outcomes[0].parcels
        size = (f"{plan.design.equivalent_radius_km:g}", parcels) if plan.method.visits else ("-", 0)
        scores = [points_of(outcome.macro_f1) for outcome in outcomes]
        print(markdown_row([plan.method.name, plan.design.name, *size, *scores]))


def print_difference(quick: Sequence[Outcome], paper: Sequence[Outcome], test: str) -> None:
    """How far the quick recipe is from the study's."""
    difference = 100 * np.array(
        [fast.macro_f1.value - full.macro_f1.value for fast, full in zip(quick, paper, strict=True)]
    )
    print(
        f"\nquick minus paper, {test}: mean {difference.mean():+.1f}, "
        f"mean absolute {np.abs(difference).mean():.1f}, "
        f"largest {difference[np.abs(difference).argmax()]:+.1f} points"
    )


def main() -> None:
    """Compute and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with parcels.parquet and series.parquet")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        answers = compute(fergana_study(options.data, Path(folder)), options.workers)
    for learner in LEARNERS:
        print_scores(answers, learner)
        for test in TEST_AREAS:
            print_difference(answers[learner, "quick", test], answers[learner, "paper", test], test)


if __name__ == "__main__":
    main()
