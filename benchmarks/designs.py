"""Sampling designs at equal count and at equal cost, for docs/results.md.

    python benchmarks/designs.py data/vojvodina-demo --target 2021
    python benchmarks/designs.py FOLDER --target 2016 --recipe quick --sources 4 --archive WORKSPACE

Reads the outcomes that are there; ``python -m engine run`` computes them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.tables import markdown_row, points_of
from engine.decisions.alternatives import equal_cost, equal_count
from engine.decisions.comparison import Question, comparisons
from engine.decisions.options import Option, priced
from engine.experiments.archive import archive_for
from engine.fieldwork.costs import read_tariff
from engine.files import workspace
from engine.learning.methods import method_by_name
from engine.studies.store import open_study

LEAST_DESIGNS = 3  # in a table


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="of the study")
    parser.add_argument("--target", required=True)
    parser.add_argument("--recipe", default="paper")
    parser.add_argument("--learner", default="cnn1d")
    parser.add_argument("--sources", type=int, help="number of source seasons, where several were tried")
    parser.add_argument("--method", default="transfer", type=lambda name: method_by_name(name).name)
    parser.add_argument("--tariff", default="default")
    parser.add_argument("--archive", type=Path, help="folder of outcomes (default: the workspace)")
    return parser.parse_args()


def is_asked(question: Question, options: argparse.Namespace) -> bool:
    """Whether a comparison is the one that the command line names."""
    facts = (question.target, question.recipe.name, question.learner, question.test)
    asked = (options.target, options.recipe, options.learner, "far-half")
    return facts == asked and options.sources in (None, len(question.sources))


def print_designs(options: Sequence[Option], method: str) -> None:
    """Two tables for each circle of a method."""
    for reference in options:
        design = reference.plan.design
        if (reference.plan.method.name, design.name) != (method, "radius"):
            continue
        tables = {"count": equal_count(options, reference), "cost": equal_cost(options, reference)}
        for title, alternatives in tables.items():
            if len(alternatives) >= LEAST_DESIGNS:
                print(f"\nAt equal {title}, as a radius of {design.equivalent_radius_km:g} km:\n")
                print_table(alternatives)


def print_table(options: Sequence[Option]) -> None:
    """Options as Markdown."""
    print("| design | parcels | days | km | money | macro F1 |")
    print("|---|--:|--:|--:|--:|---|")
    for option in options:
        size = (f"{option.outcome.parcels:,}", f"{option.crew_days:.1f}", f"{option.km.likely:,.0f}")
        print(markdown_row([option.plan.design.name, *size, option.money, points_of(option.f1, digits=1)]))


def main() -> None:
    """Read the outcomes and print."""
    asked = arguments()
    study = open_study(asked.folder)
    archive = archive_for(asked.folder, asked.archive or workspace())
    for question, outcomes in comparisons(study, list(archive.outcomes(study))).items():
        if is_asked(question, asked):
            options = priced(study, outcomes, read_tariff(asked.tariff))
            print(f"\n{study.name} ({study.provenance}), target {question.target}, recipe {asked.recipe}")
            for option in options:
                if not option.visits:
                    print(f"{option.plan.method.name}: {points_of(option.f1, digits=1)}")
            print_designs(options, asked.method)


if __name__ == "__main__":
    main()
