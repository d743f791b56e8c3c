"""Give the shipped outcomes and source models the names of today, and prove that nothing else changed.

python benchmarks/migrate_demo.py [STUDY_FOLDER] [MODELS_FOLDER]

A copy is migrated as `engine.experiments.migration` migrates the archive of a user, then compared with the
original: every number, class, visited id and sentence must be equal, every weight equal byte for byte. Only
then the files are replaced.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.experiments import format_1, migration

ROOT = Path(__file__).resolve().parents[1]
RENAMED = ("key", "plan", "voters", "member_weights", "format")


class DifferenceError(Exception):
    """Something besides names changed."""


def main() -> None:
    """Migrate a study's outcomes and the source models."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("study", nargs="?", type=Path, default=ROOT / "data" / "vojvodina-demo")
    parser.add_argument("models", nargs="?", type=Path, default=ROOT / "models")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        shutil.copytree(options.study / "outcomes", copy / "outcomes")
        shutil.copytree(options.models, copy / "models")
        outcomes = {path.stem: key for key, path in migration.old_outcomes(copy).items()}
        models = {model.path.stem: key for key, model in migration.old_models(copy / "models").items()}
        untouched = {path.name for path in (copy / "outcomes").glob("*.json")} - {
            f"{key}.json" for key in outcomes
        }
        migration.migrate(copy, copy / "models")
        for old, new in outcomes.items():
            compare_outcomes(options.study / "outcomes" / f"{old}.json", copy / "outcomes" / f"{new}.json")
        for old, new in models.items():
            compare_models(options.models / old, copy / "models" / new)
        expect(len(set(outcomes.values())), len(outcomes), "two outcomes got one key")
        there = {path.name for path in (copy / "outcomes").glob("*.json")}
        expect(there, untouched | {f"{key}.json" for key in outcomes.values()}, "files")
        replace_files(copy / "outcomes", options.study / "outcomes")
        replace_files(copy / "models", options.models)
    for noun, keys in (("outcome", outcomes), ("source model", models)):
        print(f"\n{noun}, before | after\n--- | ---")
        print("\n".join(f"{old} | {new}" for old, new in sorted(keys.items())))
    print(f"\n{len(outcomes)} outcomes and {len(models)} source models are equal but for names.")


def compare_outcomes(old_path: Path, new_path: Path) -> None:
    """That two records differ in names only.

    Raises
    ------
    DifferenceError
        Where they do not.
    """
    old, new = json.loads(old_path.read_text()), json.loads(new_path.read_text())
    expect(new["key"], new_path.stem, "key")
    empty = {"overall_accuracy": None, "calibration_error": None}  # which older records leave out
    same = [{**empty, **{k: v for k, v in facts.items() if k not in RENAMED}} for facts in (old, new)]
    expect(exact(same[1]), exact(same[0]), f"{old_path.name}, body")
    weights = [
        list(facts.get(name, {}).values()) for facts, name in ((old, "voters"), (new, "member_weights"))
    ]
    expect(weights[1], weights[0], f"{old_path.name}, weights of the members")
    numbers = [sorted(leaves(facts["plan"])) for facts in (old, new)]
    expect(numbers[1], numbers[0], f"{old_path.name}, numbers of the plan")
    for part in ("study", "target", "sources", "learner", "repeats", "seed"):
        expect(new["plan"][part], old["plan"][part], f"{old_path.name}, {part}")
    for part, names in (("design", format_1.DESIGNS), ("method", format_1.METHODS)):
        expect(new["plan"][part]["name"], names[old["plan"][part]["is"]], f"{old_path.name}, {part}")


def compare_models(old: Path, new: Path) -> None:
    """That two source models have the same weights, and cards with the same numbers."""
    weights = [path.with_suffix(".safetensors").read_bytes() for path in (old, new)]
    expect(weights[1] == weights[0], True, f"{old.name}, weights")
    cards = [json.loads(path.with_suffix(".json").read_text()) for path in (old, new)]
    for card in cards:
        del card["source"]
    expect(exact(cards[1]), exact(cards[0]), f"{old.name}, card")


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """The numbers of a plan with their fields' names of today."""
    if isinstance(value, dict):
        for part, entry in value.items():
            yield from leaves(entry, format_1.FIELDS.get(part, part))
    elif isinstance(value, int | float):
        yield name, repr(value)


def exact(value: Any) -> str:
    """JSON that is equal only where every digit is."""
    return json.dumps(value, sort_keys=True)


def expect(found: Any, expected: Any, what: str) -> None:
    """Refuse a difference."""
    if found != expected:
        raise DifferenceError(f"{what}: {found!r:.200} is not {expected!r:.200}")


def replace_files(new: Path, old: Path) -> None:
    """Put the files of one folder in the place of those of another; the old ones go last."""
    names = {path.name for path in new.iterdir()}
    for name in names - {path.name for path in old.iterdir()}:
        shutil.copyfile(new / name, old / name)
    for path in old.iterdir():
        if path.name not in names:
            path.unlink()


if __name__ == "__main__":
    main()
