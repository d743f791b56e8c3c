"""Answers from before plans named seasons get the keys of today, where the study is at hand and unchanged.

An earlier version hashed the fingerprint of the whole study, so labels that came home for one season made
the answers about all others outdated. In a folder that is written to, files get their new names, once; in
one that is only read, they stay as they are and are found under the names of today. No number changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

import engine
from engine.domain import GroundplanError, Study
from engine.experiments import format_1, jobs, migration
from engine.experiments.codec import from_json
from engine.experiments.fingerprints import current_plan, fingerprints_of
from engine.experiments.migration import OldModel
from engine.experiments.plan import Plan
from engine.experiments.records import read_outcome
from engine.files import WriteError, make_folder, readonly, write_atomic, write_json
from engine.learning.source_data import name_of


@dataclass(frozen=True)
class OldOutcome:
    """An outcome under the key of an earlier version: its file, and its record under that of today."""

    path: Path
    record: dict[str, Any]


_adopted: set[tuple[Path, str]] = set()  # folders and fingerprints that this process looked at
_outcomes: dict[Path, dict[str, Path]] = {}  # files that stay as they are, by keys of today
_models: dict[Path, dict[str, OldModel]] = {}
_notes: dict[Path, str] = {}


def adopt(study: Study, folder: Path, models: Path, *, writable: bool) -> None:
    """Find the answers of a study under keys of an earlier version, once in a process.

    Parameters
    ----------
    study
        As it is; what was computed for it when it was another stays outdated.
    folder
        Of an archive.
    models
        Where its weights are.
    writable
        Whether its files get their new names.
    """
    if (folder, study.fingerprint) in _adopted:
        return
    _adopted.add((folder, study.fingerprint))
    if writable:
        migration.migrate(folder, models)
    outcomes, weights = old_outcomes(study, folder), old_models(study, models)
    repeats = _old_repeats(study, folder) if writable else {}
    if writable and not readonly() and migration.is_migrated(folder):
        try:
            _rename(folder, models, outcomes, weights, repeats)
        except WriteError:
            pass
        else:
            return
    paths = {key: old.path for key, old in outcomes.items()}
    _outcomes.setdefault(folder, {}).update(_of_format_1(study, folder) | paths)
    _models.setdefault(models, {}).update(_models_of_format_1(study, models) | weights)


def adopted_outcome(folder: Path, key: str) -> Path | None:
    """The file of an earlier version that answers a plan, in a folder that is only read.

    Parameters
    ----------
    folder
        Of an archive.
    key
        Of the plan.
    """
    return _outcomes.get(folder, {}).get(key)


def adopted_model(models: Path, name: str) -> OldModel | None:
    """The weights of an earlier version, in a folder that is only read.

    Parameters
    ----------
    models
        Folder of the weights.
    name
        Of the model.
    """
    return _models.get(models, {}).get(name)


def note(folder: Path) -> str | None:
    """What `adopt` did to a folder in this process, in a sentence; None where nothing was renamed.

    Parameters
    ----------
    folder
        Of an archive.
    """
    return _notes.get(folder)


def old_outcomes(study: Study, folder: Path) -> dict[str, OldOutcome]:
    """The outcomes of a study that have keys of an earlier version, by their keys of today.

    Parameters
    ----------
    study
        As it is.
    folder
        Of an archive.
    """
    found = {}
    for path, record in _records(folder / "outcomes", study.fingerprint):
        plan = _plan(record.get("plan"))
        if plan is None or not record.get("key") == path.stem == plan.key:
            continue  # damaged, or of an earlier revision; whoever lists the folder says so
        now = current_plan(study, plan)
        if record.get("engine") == engine.__version__ and now.key != plan.key:
            asked = {**record["plan"], "study": now.study.facts}
            found[now.key] = OldOutcome(path, {**record, "key": now.key, "plan": asked})
    return found


def old_models(study: Study, models: Path) -> dict[str, OldModel]:
    """The source models of a study that have names of an earlier version, by their names of today.

    Parameters
    ----------
    study
        As it is.
    models
        Folder of the weights.
    """
    found = {}
    for path, card in _records(models, study.fingerprint):
        source: Any = card.get("source")
        try:
            own = source["study"] == study.fingerprint and name_of(source) == path.stem
            named, model = _named_today(study, OldModel(path.with_suffix(".safetensors"), card))
        except (KeyError, TypeError, GroundplanError):
            continue
        if own:
            found[named] = model
    return found


def _named_today(study: Study, model: OldModel) -> tuple[str, OldModel]:
    """The name of today of a source model, and its card in the terms of today."""
    source = model.card["source"]
    used = fingerprints_of(study, source["target"], tuple(source["sources"]), source["test"])
    now = {**source, "study": used.of_sources.facts}
    return name_of(now), OldModel(model.path, {**model.card, "source": now})


def _of_format_1(study: Study, folder: Path) -> dict[str, Path]:
    """The outcomes of format 1 that stay as they are, by their keys of today."""
    plans = {path: read_outcome(path).plan for path in migration.old_outcomes(folder).values()}
    now = {path: current_plan(study, plan) for path, plan in plans.items()}
    return {plan.key: path for path, plan in now.items() if plan != plans[path]}


def _models_of_format_1(study: Study, models: Path) -> dict[str, OldModel]:
    """The source models of format 1 that stay as they are, by their names of today."""
    old = migration.old_models(models).values()
    own = (model for model in old if model.card["source"]["study"] == study.fingerprint)
    return dict(_named_today(study, model) for model in own)


def _old_repeats(study: Study, folder: Path) -> dict[Path, Path]:
    """Finished repeats of unfinished plans, old file and new; jobs tell which plan that was."""
    renamed = {}
    there = [*(folder / "repeats").glob("*.json")]
    for request in (folder / "jobs").glob(f"*/{jobs.REQUEST}") if there else ():
        for plan in jobs.Job(request.parent).plans():
            now = current_plan(study, plan)
            for path in there if now != plan else ():
                key, _, number = path.stem.partition("-")
                if key == plan.key:
                    renamed[path] = path.with_name(f"{now.key_of_repeats}-{number}.json")
    return renamed


def _rename(
    folder: Path,
    models: Path,
    outcomes: Mapping[str, OldOutcome],
    weights: Mapping[str, OldModel],
    repeats: Mapping[Path, Path],
) -> None:
    """Each new file is there, whole, before the old one goes."""
    if not (outcomes or weights or repeats):
        return
    make_folder(folder / "locks")
    with FileLock(folder / "locks" / "migration.lock"):
        for key, outcome in outcomes.items():
            write_json(folder / "outcomes" / f"{key}.json", outcome.record)
            outcome.path.unlink(missing_ok=True)
        for name, model in weights.items():
            if model.path.exists():
                write_atomic(models / f"{name}.safetensors", model.path.read_bytes())
                write_json(models / f"{name}.json", model.card)  # the card comes last and makes it count
                model.path.with_suffix(".json").unlink(missing_ok=True)
                model.path.unlink(missing_ok=True)
        for old, new in repeats.items():
            if old.exists():
                write_atomic(new, old.read_bytes())
                old.unlink(missing_ok=True)
    counts = {"outcome": len(outcomes), "source model": len(weights), "finished repeat": len(repeats)}
    listed = ", ".join(f"{count} {noun}{'s' * (count > 1)}" for noun, count in counts.items() if count)
    _notes[folder] = (
        f"{folder} was written by an older version of Groundplan. Its files have new names now ({listed}); "
        "no number has changed. Labels that come home for one season leave answers about others answered."
    )


def _records(folder: Path, fingerprint: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The JSON objects of a folder that name the whole study by its fingerprint; others are not parsed."""
    named = f'"{fingerprint}"'.encode()
    for path in sorted(folder.glob("*.json")):
        try:
            content = path.read_bytes()
            record = json.loads(content) if named in content else None
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            yield path, record


def _plan(facts: Any) -> Plan | None:
    """The plan of a record; None where it is none, or of format 1, see `engine.experiments.migration`."""
    try:
        return None if format_1.is_plan(facts) else from_json(Plan, facts, explain=False)
    except GroundplanError:
        return None
