"""Give the shipped outcomes and source models the keys of seasons, and prove that nothing else changed.

python benchmarks/season_keys_of_demo.py [STUDY_FOLDER] [MODELS_FOLDER]

They were made when a plan named the fingerprint of the whole study. A copy is renamed as
`engine.experiments.season_keys` renames the archive of a user, then compared with the original: outcomes must
be equal but for the key and the fingerprints, weights byte for byte. Only then the files are replaced.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.experiments import season_keys
from engine.experiments.records import read_outcome
from engine.studies.store import open_study

ROOT = Path(__file__).resolve().parents[1]


class DifferenceError(Exception):
    """Something besides keys changed."""


def main() -> None:
    """Rename a study's outcomes and the source models."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("study", nargs="?", type=Path, default=ROOT / "data" / "vojvodina-demo")
    parser.add_argument("models", nargs="?", type=Path, default=ROOT / "models")
    options = parser.parse_args()
    study = open_study(options.study)
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        shutil.copytree(options.study / "outcomes", copy / "outcomes")
        shutil.copytree(options.models, copy / "models")
        outcomes = {key: old.path.stem for key, old in season_keys.old_outcomes(study, copy).items()}
        models = {key: old.path.stem for key, old in season_keys.old_models(study, copy / "models").items()}
        count = len([*(copy / "outcomes").iterdir()])
        season_keys.adopt(study, copy, copy / "models", writable=True)
        expect(len([*(copy / "outcomes").iterdir()]), count, "number of outcomes")
        for new, old in outcomes.items():
            compare_outcomes(options.study / "outcomes" / f"{old}.json", copy / "outcomes" / f"{new}.json")
        for new, old in models.items():
            compare_models(options.models / old, copy / "models" / new)
        replace_files(copy / "outcomes", options.study / "outcomes")
        replace_files(copy / "models", options.models)
    print(f"{len(outcomes)} outcomes and {len(models)} source models are equal but for keys.")


def compare_outcomes(old_path: Path, new_path: Path) -> None:
    """That two records differ in key and fingerprints only, and that the new one can be read."""
    old, new = json.loads(old_path.read_text()), json.loads(new_path.read_text())
    expect(new.pop("key"), new_path.stem, "key")
    expect(old.pop("key"), old_path.stem, "key")
    expect(isinstance(old["plan"].pop("study"), str), True, "old fingerprint")
    expect(len(new["plan"].pop("study")["sources"]), len(new["plan"]["sources"]), "new fingerprints")
    expect(json.dumps(new), json.dumps(old), old_path.name)
    expect(read_outcome(new_path).plan.key, new_path.stem, "key of the plan")


def compare_models(old: Path, new: Path) -> None:
    """That two source models have the same weights, and cards that differ in fingerprints only."""
    weights = [path.with_suffix(".safetensors").read_bytes() for path in (old, new)]
    expect(weights[1] == weights[0], True, f"{old.name}, weights")
    cards = [json.loads(path.with_suffix(".json").read_text()) for path in (old, new)]
    for card in cards:
        del card["source"]["study"]
    expect(json.dumps(cards[1]), json.dumps(cards[0]), f"{old.name}, card")


def expect(found: Any, expected: Any, what: str) -> None:
    """Refuse a difference."""
    if found != expected:
        raise DifferenceError(f"{what}: {found!r:.200} is not {expected!r:.200}")


def replace_files(new: Path, old: Path) -> None:
    """Put the files of one folder in the place of those of another; the old ones go last."""
    names = {path.name for path in new.iterdir() if path.is_file()}
    for name in names - {path.name for path in old.iterdir()}:
        shutil.copyfile(new / name, old / name)
    for path in old.iterdir():
        if path.is_file() and path.name not in names:
            path.unlink()


if __name__ == "__main__":
    main()
