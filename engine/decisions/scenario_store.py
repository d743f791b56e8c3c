"""Scenarios on disk: ``scenarios/STUDY/NAME.json`` in an archive, and the changes that can be undone."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.decisions.scenario import Scenario, ScenarioError, read, slug_of, written
from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.codec import CodecError, from_json, to_json
from engine.files import readonly, write_atomic, write_json
from engine.parsing import json_of

FOLDER, UNDO = "scenarios", "undo.json"
MOST_CHANGES = 20  # that can be undone

Kind = Literal["saved", "replaced", "removed"]


@dataclass(frozen=True)
class Change:
    """What was done to a scenario, and what it was before.

    Parameters
    ----------
    name
        Of the scenario.
    kind
        What was done.
    before
        The scenario as it was; None where there was none.
    """

    name: str
    kind: Kind
    before: Scenario | None

    @property
    def title(self) -> str:
        """What was done, in two words or more: ``North saved``."""
        return f"{self.name} {self.kind}"


def read_all(archive: Archive, study: Study) -> tuple[tuple[Scenario, ...], tuple[str, ...]]:
    """The scenarios of a study by name, and what is wrong with each file that cannot be read.

    Parameters
    ----------
    archive
        Where they are kept.
    study
        Of which they are.
    """
    found, complaints = [], []
    for path in sorted(_folder(archive, study).glob("*.json")):
        try:
            scenario = read(path)
            if path.name != _file(scenario.name):
                raise ScenarioError(
                    f"{path} does not hold the scenario that its name claims. Move it away, and load it from "
                    "there."
                )
            found.append(scenario)
        except ScenarioError as error:
            complaints.append(f"{error} Or delete the file.")
    return tuple(sorted(found, key=lambda scenario: scenario.name.casefold())), tuple(complaints)


def by_name(archive: Archive, study: Study, name: str) -> Scenario:
    """The scenario of that name.

    Parameters
    ----------
    archive, study
        As for `read_all`.
    name
        As a user typed it.

    Raises
    ------
    ScenarioError
        Where there is none, or its file is damaged.
    """
    path = _path(archive, study, " ".join(name.split()))
    if not path.is_file():
        names = ", ".join(repr(each.name) for each in read_all(archive, study)[0])
        raise ScenarioError(
            f"There is no scenario {name[:80]!r} of {study.name}. "
            + (f"Choose among {names}." if names else "Save one first.")
        )
    return read(path)


def save(archive: Archive, study: Study, scenario: Scenario) -> Change:
    """Keep a scenario; one of the same name is replaced, and can be had back.

    Parameters
    ----------
    archive, study
        As for `read_all`.
    scenario
        Of this study.

    Raises
    ------
    ScenarioError
        Where this installation keeps nothing.
    WriteError
        Where the folder cannot be written.
    """
    _refuse_where_nothing_is_kept()
    with archive.lock(FOLDER):
        path = _path(archive, study, scenario.name)
        before = _before(path)
        change = Change(scenario.name, "replaced" if path.exists() else "saved", before)
        write_atomic(path, written(scenario))
        _note(archive, study, change)
    return change


def remove(archive: Archive, study: Study, name: str) -> Change:
    """Remove a scenario; it can be had back.

    Parameters
    ----------
    archive, study
        As for `read_all`.
    name
        Of the scenario.

    Raises
    ------
    ScenarioError
        Where there is none of that name, or this installation keeps nothing.
    """
    _refuse_where_nothing_is_kept()
    with archive.lock(FOLDER):
        change = Change(name, "removed", by_name(archive, study, name))
        _path(archive, study, name).unlink(missing_ok=True)
        _note(archive, study, change)
    return change


def forget_all(archive: Archive, study: Study) -> None:
    """Remove all scenarios of a study, and what could be undone of them.

    Parameters
    ----------
    archive, study
        As for `read_all`.
    """
    _refuse_where_nothing_is_kept()
    with archive.lock(FOLDER):
        shutil.rmtree(_folder(archive, study), ignore_errors=True)


def last_change(archive: Archive, study: Study) -> Change | None:
    """What `undo` would undo; None where there is nothing.

    Parameters
    ----------
    archive, study
        As for `read_all`.
    """
    changes = _changes(archive, study)
    return changes[-1] if changes else None


def undo(archive: Archive, study: Study) -> Change:
    """Take the last change back; the one before it is then the last.

    Parameters
    ----------
    archive, study
        As for `read_all`.

    Returns
    -------
    The change that was undone.

    Raises
    ------
    ScenarioError
        Where there is nothing to undo, or this installation keeps nothing.
    """
    _refuse_where_nothing_is_kept()
    with archive.lock(FOLDER):
        changes = _changes(archive, study)
        if not changes:
            raise ScenarioError("There is nothing to undo. Save or remove a scenario first.")
        change, path = changes[-1], _path(archive, study, changes[-1].name)
        if change.before is None:
            path.unlink(missing_ok=True)
        else:
            write_atomic(path, written(change.before))
        _write_changes(archive, study, changes[:-1])
    return change


def stamp(archive: Archive, study: Study) -> tuple[int, ...]:
    """What changes whenever a scenario does: for caches.

    Parameters
    ----------
    archive, study
        As for `read_all`.
    """
    places = (_folder(archive, study), _undo(archive, study))
    return tuple(place.stat().st_mtime_ns if place.exists() else 0 for place in places)


def _folder(archive: Archive, study: Study) -> Path:
    return archive.folder / FOLDER / _safe(study.name)


def _path(archive: Archive, study: Study, name: str) -> Path:
    return _folder(archive, study) / _file(name)


def _undo(archive: Archive, study: Study) -> Path:
    return _folder(archive, study) / "earlier" / UNDO


def _file(name: str) -> str:
    return f"{_safe(name)}.json"


def _safe(name: str) -> str:
    """A file's name that tells names apart and leaves its folder never."""
    return f"{slug_of(name)}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _before(path: Path) -> Scenario | None:
    try:
        return read(path) if path.exists() else None
    except ScenarioError:  # damaged: nothing that could be had back
        return None


def _changes(archive: Archive, study: Study) -> tuple[Change, ...]:
    """The changes that can be undone, the last at the end; none where their file is damaged."""
    try:
        listed = json_of(_undo(archive, study).read_bytes())
        return tuple(from_json(Change, facts) for facts in listed)
    except (OSError, ValueError, TypeError, CodecError):
        return ()


def _note(archive: Archive, study: Study, change: Change) -> None:
    _write_changes(archive, study, (*_changes(archive, study), change)[-MOST_CHANGES:])


def _write_changes(archive: Archive, study: Study, changes: tuple[Change, ...]) -> None:
    write_json(_undo(archive, study), [to_json(change) for change in changes])


def _refuse_where_nothing_is_kept() -> None:
    if readonly():
        raise ScenarioError(
            "This installation only shows stored outcomes, so it keeps no scenario. Copy the page's link "
            "instead, or unset GROUNDPLAN_READONLY."
        )
