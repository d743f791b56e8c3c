"""The imports of a study on disk: ``labels/<season>-<number>.json``, each written whole or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import filelock
from cattrs import BaseValidationError, Converter, transform_error

from engine.files import is_demo, make_folder, readonly, write_json
from engine.parsing import json_of
from engine.studies.labels.nouns import Import, LabelError, TakenFile

FOLDER = "labels"
FORMAT = 1
PATIENCE_S = 20.0

_converter = Converter(forbid_extra_keys=True)


def imports(folder: Path) -> tuple[Import, ...]:
    """All imports of a study, the first one first; those that were undone say so.

    A file that cannot be read is left out, see `damaged`.

    Parameters
    ----------
    folder
        Of the study.
    """
    return tuple(sorted(_contents(folder)[0], key=lambda each: each.number))


def damaged(folder: Path) -> tuple[str, ...]:
    """What is wrong with each file of an import that cannot be read; its labels do not count.

    Parameters
    ----------
    folder
        Of the study.
    """
    return _contents(folder)[1]


def _contents(folder: Path) -> tuple[list[Import], tuple[str, ...]]:
    found, complaints = [], []
    for path in sorted((folder / FOLDER).glob("*.json")):
        try:
            found.append(_read(path))
        except LabelError as error:
            complaints.append(f"{error} Until then its labels do not count.")
    return found, tuple(complaints)


def _last_number(folder: Path) -> int:
    """The highest number of an import, also of those that cannot be read."""
    ends = [path.stem.rpartition("-")[2] for path in (folder / FOLDER).glob("*.json")]
    return max((int(end) for end in ends if end.isdecimal()), default=0)


def keep(folder: Path, new: Import) -> Import:
    """Add an import to the study; it gets the next number.

    Parameters
    ----------
    folder
        Of the study.
    new
        What to keep; its number does not matter.

    Raises
    ------
    LabelError
        Where the study takes no labels, or an import that counts has one of its files already.
    WriteError
        Where the file cannot be written; then nothing was changed.
    """
    check_writable(folder)
    with _locked(folder):
        known = imports(folder)
        check_new(new.files, known)
        numbered = replace(new, number=_last_number(folder) + 1)
        _write(folder, numbered)
    return numbered


def check_new(files: Iterable[TakenFile], known: Iterable[Import]) -> None:
    """Refuse files that an import that counts has already.

    Parameters
    ----------
    files
        To be taken.
    known
        Imports of the study.

    Raises
    ------
    LabelError
        Where one is there already.
    """
    taken = {old.sha256: each.number for each in known if not each.undone for old in each.files}
    for file in files:
        if file.sha256 in taken:
            number = taken[file.sha256]
            raise LabelError(
                f"{file.name} is already import {number}, so nothing was changed. Undo that with "
                f"--undo {number} if it is to be taken otherwise."
            )


def undo(folder: Path, number: int | None = None) -> Import:
    """Take an import back; its file stays and says when.

    Parameters
    ----------
    folder
        Of the study.
    number
        Of the import; None for the last that counts.

    Raises
    ------
    LabelError
        Where there is no such import, or it was undone already.
    """
    check_writable(folder)
    with _locked(folder):
        counted = [each for each in imports(folder) if not each.undone]
        chosen = [each for each in counted if number in (None, each.number)]
        if not chosen:
            there = ", ".join(str(each.number) for each in counted)
            cure = f"Choose among {there}." if there else "There is nothing to undo."
            what = "No import counts" if number is None else f"There is no import {number} that counts"
            raise LabelError(f"{what} in {folder}. {cure}")
        undone = replace(chosen[-1], undone=now())
        _write(folder, undone)
    return undone


def now() -> str:
    """The time, ISO, UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def digest_of(path: Path) -> str:
    """SHA-256 of a file.

    Parameters
    ----------
    path
        Of the file.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamp(folder: Path) -> int:
    """A number that changes with every import and every undo.

    Parameters
    ----------
    folder
        Of the study.
    """
    place = folder / FOLDER
    return place.stat().st_mtime_ns if place.is_dir() else 0


def check_writable(folder: Path) -> None:
    """Refuse studies that are never changed.

    Parameters
    ----------
    folder
        Of the study.

    Raises
    ------
    LabelError
        Where it is the study that ships, or this installation keeps nothing.
    """
    if readonly():
        raise LabelError("This installation takes no labels (GROUNDPLAN_READONLY). Use one of your own.")
    if is_demo(folder):
        raise LabelError(
            "The demo ships with Groundplan and is never changed, so it takes no labels. The command visit "
            "makes a copy of it that does."
        )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    place = folder / FOLDER
    make_folder(place)
    try:
        with filelock.FileLock(place / ".lock", timeout=PATIENCE_S):
            yield
    except filelock.Timeout:
        raise LabelError(f"Another import into {folder} is going on. Wait for it, and try again.") from None
    except PermissionError as error:
        raise LabelError(f"{place} cannot be written ({error.strerror}). Check your rights there.") from error


def _write(folder: Path, each: Import) -> None:
    record: dict[str, Any] = {"format": FORMAT, **_converter.unstructure(each)}
    write_json(folder / FOLDER / f"{each.season}-{each.number}.json", record)


def _read(path: Path) -> Import:
    cure = "Restore it from a copy; or remove it, and import its files again."
    try:
        record = json_of(path.read_bytes())
        if not isinstance(record, dict) or record.pop("format", None) != FORMAT:
            raise LabelError(
                f"{path} is of another format than {FORMAT}. Update Groundplan, or remove the file."
            )
        return _converter.structure(record, Import)
    except (OSError, ValueError) as error:
        raise LabelError(f"{path} cannot be read as JSON ({error}). {cure}") from error
    except BaseValidationError as error:
        raise LabelError(f"{path} is damaged ({transform_error(error)[0]}). {cure}") from error
