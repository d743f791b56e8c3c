"""The studies of a workspace: make, list, rename, export, delete.

A study on the shelf is a folder of ``studies/`` in the workspace. It is asked for by name, never by a path
that could lead elsewhere.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import unicodedata
import uuid
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

from engine.domain import Departure, Provenance, StudyError
from engine.files import make_folder, readonly
from engine.leftovers import put_right
from engine.studies.manifest import FILE, Manifest, read_manifest

FOLDER = "studies"
LETTERS = 40  # of a folder's name
MOST_LETTERS = 80  # of a study's name
ID = re.compile(r"[a-z0-9][a-z0-9-]*")
SHARED = ".shared"  # the mark of a study that others may open, see `engine.studies.sharing`
STORED = (".parquet", ".zip", ".safetensors")  # packed already


@dataclass(frozen=True)
class Shelved:
    """A study on the shelf.

    Parameters
    ----------
    id
        Name of its folder.
    seasons
        Their labels, oldest first.
    size
        Of its files, bytes.
    changed
        When it was made or renamed, in seconds of the epoch.
    shared
        Whether all users of the server may open it.
    """

    id: str
    name: str
    folder: Path
    seasons: tuple[str, ...]
    classes: int
    size: int
    changed: float
    shared: bool = False


def studies(workspace: Path) -> tuple[tuple[Shelved, ...], tuple[str, ...]]:
    """The studies of a workspace, the latest first, and what is wrong with folders that cannot be read.

    Parameters
    ----------
    workspace
        The folder of the installation.
    """
    from engine.studies.store import PARTS

    found, complaints = [], []
    put_right(workspace / FOLDER, PARTS)
    for folder in sorted((workspace / FOLDER).glob("*")):
        if folder.is_symlink() or not ID.fullmatch(folder.name) or not (folder / FILE).is_file():
            continue
        try:
            found.append(_shelved(folder))
        except StudyError as error:
            complaints.append(str(error))
    return tuple(sorted(found, key=lambda each: -each.changed)), tuple(complaints)


def find(workspace: Path, name: str) -> Shelved:
    """A study by its folder's name, or by its own name where only one study has it.

    Parameters
    ----------
    workspace
        The folder of the installation.
    name
        As a user gives it.

    Raises
    ------
    StudyError
        Where there is none, or several have that name.
    """
    every, _ = studies(workspace)
    fitting = [each for each in every if each.id == name] or [each for each in every if each.name == name]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        ids = ", ".join(each.id for each in fitting)
        raise StudyError(f"{len(fitting)} studies are called {name!r}. Name one by its folder: {ids}.")
    if name == "demo":
        raise StudyError(
            "The demo ships with Groundplan: it cannot be renamed, exported or deleted. Name another study."
        )
    known = ", ".join(each.id for each in every)
    cure = f"Choose among {known}." if known else "Make one with ingest, or on the page Study."
    raise StudyError(f"There is no study {name[:80]!r} in {workspace / FOLDER}. {cure}")


def place_for(workspace: Path, name: str) -> Path:
    """A folder for a new study that no study has yet.

    Parameters
    ----------
    workspace
        The folder of the installation.
    name
        Of the study.
    """
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = "-".join(re.findall(r"[a-z0-9]+", letters))[:LETTERS].strip("-") or "study"
    folder, number = workspace / FOLDER / stem, 2
    while folder.exists():
        folder, number = workspace / FOLDER / f"{stem}-{number}", number + 1
    return folder


def put(
    workspace: Path,
    draft: Path,
    name: str,
    departure: Departure | None = None,
    provenance: Provenance = "measured",
    source: str = "",
) -> Shelved:
    """Put a study that was saved elsewhere on the shelf; its old folder is gone then.

    Parameters
    ----------
    workspace
        The folder of the installation.
    draft
        A study folder on the same disk.
    name
        Of the study.
    departure
        Where trips start by default; None keeps that of the draft.
    provenance
        Whether the data are measured or simulated.
    source
        Where the data come from.

    Raises
    ------
    StudyError
        Where the name is none, or this installation keeps nothing.
    """
    _refuse_where_nothing_is_kept()
    written = _checked_name(name)
    manifest = read_manifest(draft / FILE)
    changed = replace(
        manifest,
        name=written,
        departure=departure or manifest.departure,
        provenance=provenance,
        source=source.strip(),
    )
    _write(changed, draft)
    make_folder(workspace / FOLDER)
    folder = place_for(workspace, written)
    try:
        os.rename(draft, folder)
    except OSError as error:
        raise StudyError(
            f"The study cannot be moved to {folder} ({error.strerror}). Free some space."
        ) from error
    return _shelved(folder)


def rename(workspace: Path, name: str, new: str) -> Shelved:
    """Give a study another name; its folder keeps its own, so that links and answers stay.

    Parameters
    ----------
    workspace
        The folder of the installation.
    name
        See `find`.
    new
        The new name.

    Raises
    ------
    StudyError
        Where there is no such study, the new name is none, or this installation keeps nothing.
    """
    _refuse_where_nothing_is_kept()
    found = find(workspace, name)
    _write(replace(read_manifest(found.folder / FILE), name=_checked_name(new)), found.folder)
    return _shelved(found.folder)


def export(workspace: Path, name: str) -> bytes:
    """A study folder as a ZIP archive.

    Parameters
    ----------
    workspace
        The folder of the installation.
    name
        See `find`.

    Raises
    ------
    StudyError
        Where there is no such study.
    """
    found = find(workspace, name)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(found.folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and path.name != SHARED:
                how = zipfile.ZIP_STORED if path.suffix in STORED else zipfile.ZIP_DEFLATED
                archive.write(path, f"{found.id}/{path.relative_to(found.folder).as_posix()}", how)
    return content.getvalue()


def delete(workspace: Path, name: str) -> Shelved:
    """Remove a study folder; returns what it was.

    Parameters
    ----------
    workspace
        The folder of the installation.
    name
        See `find`.

    Raises
    ------
    StudyError
        Where there is no such study, it cannot be removed, or this installation keeps nothing.
    """
    _refuse_where_nothing_is_kept()
    found = find(workspace, name)
    aside = found.folder.with_name(f".{found.id}-{uuid.uuid4().hex[:8]}.deleted")  # no longer a study at once
    try:
        os.rename(found.folder, aside)
        shutil.rmtree(aside)
    except OSError as error:
        raise StudyError(
            f"{found.folder} cannot be removed ({error.strerror}). Check your rights there."
        ) from error
    return found


def _shelved(folder: Path) -> Shelved:
    manifest = read_manifest(folder / FILE)
    return Shelved(
        folder.name,
        manifest.name,
        folder,
        tuple(sorted(entry.season.label for entry in manifest.seasons)),
        len(manifest.legend),
        sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        (folder / FILE).stat().st_mtime,
        (folder / SHARED).is_file(),
    )


def _write(manifest: Manifest, folder: Path) -> None:
    """Write a changed ``study.toml``, whole or not at all."""
    partial = folder / f".{uuid.uuid4().hex[:8]}"
    try:
        partial.mkdir()
        manifest.write(partial)
        os.replace(partial / FILE, folder / FILE)
    except OSError as error:
        raise StudyError(f"{folder / FILE} cannot be written ({error.strerror}). Free some space.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _checked_name(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > MOST_LETTERS or not plain.isprintable():
        raise StudyError(
            f"A study cannot be called {name[:20]!r}. Give it a name of 1 to {MOST_LETTERS} letters."
        )
    return plain


def _refuse_where_nothing_is_kept() -> None:
    if readonly():
        raise StudyError("This installation keeps no studies (GROUNDPLAN_READONLY). Use one of your own.")
