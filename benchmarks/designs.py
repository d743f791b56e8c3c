"""Sampling designs at equal count and at equal cost, for docs/decision.md.

    python benchmarks/designs.py data/vojvodina-demo --target 2021
    python benchmarks/designs.py FOLDER --target 2016 --recipe quick --source others --archive WORKSPACE

Reads answers that are there; ``python -m engine run`` makes them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.decisions.options import Option, priced
from engine.decisions.alternatives import equal_cost, equal_count
from engine.decisions.comparison import comparisons
from engine.experiments.archive import archive_for
from engine.experiments.outcome import baseline_of
from engine.fieldwork.costs import read_tariff
from engine.files import workspace
from engine.studies.store import open_study


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--target", required=True)
    parser.add_argument("--recipe", default="paper")
    parser.add_argument("--learner", default="cnn1d")
    parser.add_argument("--sources", type=int, help="number of source seasons, where several were tried")
    parser.add_argument("--method", default="transfer")
    parser.add_argument("--tariff", default="default")
    parser.add_argument("--archive", type=Path, help="folder of outcomes (default: the workspace)")
    options = parser.parse_args()
    study = open_study(options.folder)
    archive = archive_for(options.folder, options.archive or workspace())
    for question, outcomes in comparisons(study, list(archive.outcomes(study.fingerprint))).items():
        mine = (question.target, question.recipe.name, question.learner, question.test)
        if mine != (options.target, options.recipe, options.learner, "far-half"):
            continue
        if options.sources not in (None, len(question.sources)):
            continue
        choices = priced(study, outcomes, read_tariff(options.tariff))
        home = baseline_of(choices)
        print(f"\n{study.name} ({study.provenance}), {question.title}")
        print(f"zero-shot {_points(home) if home else 'not answered'}")
        for one in choices:
            plan = one.outcome.plan
            if (plan.method.name, plan.design.name) != (options.method, "radius"):
                continue
            for title, alternatives in (
                ("equal count", equal_count(choices, one)),
                ("equal cost", equal_cost(choices, one)),
            ):
                if len(alternatives) > 2:
                    print(f"\n{title} as radius {plan.design.equivalent_radius_km:g} km")
                    print_rows(alternatives)


def print_rows(rows: list[Option]) -> None:
    print("| design | parcels | days | km | money | macro F1 |")
    print("|---|--:|--:|--:|--:|---|")
    for one in rows:
        cells = (
            one.outcome.plan.design.name,
            f"{one.outcome.parcels:,}",
            f"{one.crew_days:.1f}",
            f"{one.km.likely:,.0f}",
            str(one.money),
            _points(one),
        )
        print("| " + " | ".join(cells) + " |")


def _points(one: Option) -> str:
    return f"{100 * one.f1.value:.1f} ({100 * one.f1.low:.1f} to {100 * one.f1.high:.1f})"


if __name__ == "__main__":
    main()
