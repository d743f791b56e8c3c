"""An archive of format 1 opens: its files get the names of today, and no number changes.

The folder that is written to is migrated once, file by file: the new file is there, whole, before the old one
goes. A folder that is only read stays as it is, and its old files are found under the keys of today.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from filelock import FileLock

import engine
from engine.experiments import format_1
from engine.experiments.codec import CodecError
from engine.experiments.records import ArchiveError, read_outcome, write_outcome
from engine.files import WriteError, make_folder, readonly, write_atomic, write_json

CURRENT = b'{"format":'  # how a file of format 2 or later begins
KEPT_INDEXES = 16


@dataclass(frozen=True)
class OldModel:
    """Weights of format 1: their file, and their card in the terms of today."""

    path: Path
    card: dict[str, Any]


_notes: dict[Path, str | None] = {}  # what migrating a folder did, of those that this process looked at
_unmigrated: set[Path] = set()  # folders that cannot be written to


def migrate(folder: Path, models: Path) -> None:
    """Give the files of an archive's folder the names of today, once in a process.

    Parameters
    ----------
    folder
        Of the archive.
    models
        Where its weights are.
    """
    if folder in _notes:
        return
    _notes[folder] = None
    if readonly():
        _unmigrated.add(folder)
        return
    try:
        migrated = {
            "outcome": _migrate_outcomes(folder),
            "source model": _migrate_models(folder, models),
            "finished repeat": _migrate_repeats(folder),
        }
    except WriteError:
        _unmigrated.add(folder)
        return
    counts = [f"{count} {noun}{'s' * (count > 1)}" for noun, count in migrated.items() if count]
    if counts:
        _notes[folder] = (
            f"{folder} was written by an older version of Groundplan. Its files have new names now "
            f"({', '.join(counts)}); no number has changed."
        )


def note(folder: Path) -> str | None:
    """What `migrate` did to a folder in this process, in a sentence.

    Parameters
    ----------
    folder
        Of an archive.

    Returns
    -------
    The sentence; None where nothing was migrated.
    """
    return _notes.get(folder)


def old_outcomes(folder: Path) -> Mapping[str, Path]:
    """The outcomes of format 1 that a folder still holds, by their plans' keys of today.

    Parameters
    ----------
    folder
        Of an archive.
    """
    return _old_outcomes(folder, _stamp(folder / "outcomes"))


def old_models(models: Path) -> Mapping[str, OldModel]:
    """The weights of format 1 that a folder still holds, by their names of today.

    Parameters
    ----------
    models
        Folder of the weights.
    """
    return _old_models(models, _stamp(models))


def is_migrated(folder: Path) -> bool:
    """Whether the folder holds no file of format 1 that could have been migrated.

    Parameters
    ----------
    folder
        Of an archive.
    """
    return folder in _notes and folder not in _unmigrated


def _stamp(folder: Path) -> int:
    """Changes when a file in the folder comes or goes."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(KEPT_INDEXES)
def _old_outcomes(folder: Path, stamp: int) -> dict[str, Path]:
    paths = {}
    for path in _old_files(folder / "outcomes"):
        try:
            paths[read_outcome(path).plan.key] = path
        except ArchiveError:
            continue  # damaged or outdated; whoever lists the folder says so
    return paths


@lru_cache(KEPT_INDEXES)
def _old_models(models: Path, stamp: int) -> dict[str, OldModel]:
    old = {}
    for path in sorted(models.glob("*.json")):
        card = _json(path)
        source = format_1.source_of(card, path.stem, engine.__version__) if isinstance(card, dict) else None
        if source is not None:
            weights = path.with_suffix(".safetensors")
            old[source.name] = OldModel(weights, format_1.translated_card(card, source))
    return old


def _old_files(folder: Path) -> Iterator[Path]:
    """JSON files that do not begin as those of today."""
    for path in sorted(folder.glob("*.json")):
        try:
            with path.open("rb") as file:
                current = file.read(len(CURRENT)) == CURRENT
        except OSError:
            continue
        if not current:
            yield path


def _migrate_outcomes(folder: Path) -> int:
    if not old_outcomes(folder):
        return 0
    with _lock(folder):
        old = old_outcomes(folder)
        for path in old.values():
            write_outcome(folder, read_outcome(path))
            path.unlink(missing_ok=True)
    return len(old)


def _migrate_models(folder: Path, models: Path) -> int:
    if not old_models(models):
        return 0
    with _lock(folder):
        old = old_models(models)
        for name, model in old.items():
            if not model.path.exists():
                continue
            write_atomic(models / f"{name}.safetensors", model.path.read_bytes())
            write_json(models / f"{name}.json", model.card)  # the card comes last and makes it count
            model.path.with_suffix(".json").unlink(missing_ok=True)
            model.path.unlink(missing_ok=True)
    return len(old)


def _migrate_repeats(folder: Path) -> int:
    """Finished repeats of unfinished plans carry a key only; jobs tell which plan that was."""
    if not any((folder / "repeats").glob("*.json")):
        return 0
    migrated = 0
    for old_key, key in _plans_of_jobs(folder).items():
        for path in (folder / "repeats").glob(f"{old_key}-*.json"):
            record = _json(path)
            if isinstance(record, dict):
                number = path.stem.partition("-")[2]
                repeat = format_1.translated_repeat(record)
                write_json(folder / "repeats" / f"{key}-{number}.json", repeat)
                path.unlink(missing_ok=True)
                migrated += 1
    return migrated


def _plans_of_jobs(folder: Path) -> dict[str, str]:
    """Keys of today by keys of format 1, of the plans that jobs were asked for."""
    keys = {}
    for path in (folder / "jobs").glob("*/request.json"):
        request = _json(path)
        plans = request.get("plans") if isinstance(request, dict) else None
        for facts in filter(format_1.is_plan, plans if isinstance(plans, list) else ()):
            try:
                keys[format_1.key_of(facts, engine.__version__)] = format_1.plan_of(facts).key
            except CodecError:
                continue
    return keys


def _json(path: Path) -> Any:
    """What a file holds; None where that cannot be read."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _lock(folder: Path) -> FileLock:
    """One process at a time migrates a folder."""
    make_folder(folder / "locks")
    return FileLock(folder / "locks" / "migration.lock")
