"""Make the kept predictions that ship with the demo's source models again.

    python benchmarks/keep_predictions.py [STUDY_FOLDER] [--target 2021] [--recipe paper] [--models models]

What lies in MODELS/predictions is replaced by what designs ask of the source models of a field plan. It is to
be run where those models or the demo have changed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.experiments.archive import PREDICTIONS, Archive
from engine.experiments.auxiliary import field_plan, predictions_of
from engine.experiments.source_models import FOR_DESIGNS, committee, source_key
from engine.learning.recipes import recipe_by_name
from engine.learning.setting import Setting
from engine.sampling.disagreement import Disagreement
from engine.sampling.split import split_parcels
from engine.studies.store import open_study

ROOT = Path(__file__).resolve().parents[1]


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("study", nargs="?", type=Path, default=ROOT / "data" / "vojvodina-demo")
    parser.add_argument("--target", default="2021")
    parser.add_argument("--recipe", default="paper")
    parser.add_argument("--models", type=Path, default=ROOT / "models")
    return parser.parse_args()


def main() -> None:
    """Compute them with nothing kept, then replace the folder."""
    asked = arguments()
    study = open_study(asked.study)
    plan = field_plan(study, asked.target, study.departure, Disagreement.name, recipe_by_name(asked.recipe))
    with tempfile.TemporaryDirectory() as name:
        copy = Archive(Path(name))
        asking = committee(plan)
        for number in range(asking.repeats):
            model = source_key(asking, number, FOR_DESIGNS).name
            stored = Archive(Path(name), models=asked.models).weights(model)
            if stored is None:
                sys.exit(
                    f"{asked.models} has no source model {model}. Run zero-shot of {asked.target} first."
                )
            copy.keep_weights(model, *stored)
        split = split_parcels(study, plan.target, plan.departure, plan.test)
        predictions_of(study, plan, split, copy, Setting(plan.recipe, plan.seed, "cpu")).complete()
        folder = asked.models / PREDICTIONS
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(copy.folder / "models" / PREDICTIONS, folder)
    for path in sorted(folder.iterdir()):
        print(f"{path.stat().st_size:>9,} bytes  {path}")


if __name__ == "__main__":
    main()
