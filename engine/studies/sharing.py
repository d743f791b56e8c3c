"""Studies that users of a server share: an explicit choice of their owner, who alone may change them.

The mark of a shared study lies in its own folder: it goes with the study, whatever takes its name later.
"""

from __future__ import annotations

import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from engine.domain import StudyError
from engine.files import is_demo, pool_folder, readonly, workspaces_of, write_atomic
from engine.studies import shelf
from engine.studies.manifest import FILE, read_manifest
from engine.studies.shelf import SHARED, Shelved
from engine.users import owner_name

KEPT_NOWHERE = "This installation keeps no studies (GROUNDPLAN_READONLY). Use one of your own."


@dataclass(frozen=True)
class Shared:
    """A study that somebody else shares.

    Parameters
    ----------
    owner
        Who shares it, for people.
    study
        The study, on their shelf.
    """

    owner: str
    study: Shelved


def share(workspace: Path, name: str) -> Shelved:
    """Let all users of the server open a study.

    Parameters
    ----------
    workspace
        Of its owner.
    name
        See `engine.studies.shelf.find`.

    Raises
    ------
    StudyError
        Where there is no such study, or this installation keeps nothing.
    """
    return _set(workspace, name, True)


def unshare(workspace: Path, name: str) -> Shelved:
    """Let nobody but its owner open a study any more.

    Parameters
    ----------
    workspace, name
        See `share`.

    Raises
    ------
    StudyError
        See there.
    """
    return _set(workspace, name, False)


def shared_with(workspace: Path) -> tuple[Shared, ...]:
    """The studies that others share, the latest first.

    Parameters
    ----------
    workspace
        Of whoever asks.
    """
    own = workspace.resolve()
    found = [
        Shared(owner_name(place) or "the server", study)
        for place in workspaces_of(pool_folder(workspace))
        if place.resolve() != own
        for study in shelf.studies(place)[0]
        if study.shared
    ]
    return tuple(sorted(found, key=lambda each: -each.study.changed))


def copy(workspace: Path, folder: Path) -> Shelved:
    """Put a copy of a shared study on the shelf of whoever asks, whole or not at all.

    Parameters
    ----------
    workspace
        Of whoever asks.
    folder
        Of the study.

    Raises
    ------
    StudyError
        Where it is not shared, cannot be copied, or this installation keeps nothing.
    """
    if readonly():
        raise StudyError(KEPT_NOWHERE)
    if folder.resolve() not in [each.study.folder.resolve() for each in shared_with(workspace)]:
        raise StudyError("This study is not shared with you. Choose one of those that are listed.")
    aside = workspace / shelf.FOLDER / f".{uuid.uuid4().hex[:8]}.coming"  # no study before it is whole
    try:
        shutil.copytree(folder, aside, symlinks=True, ignore=shutil.ignore_patterns(".*"))
        copied = shelf.place_for(workspace, read_manifest(aside / FILE).name)
        os.rename(aside, copied)
    except OSError as error:
        raise StudyError(f"The study cannot be copied ({error}). Free some space.") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return shelf.find(workspace, copied.name)


def is_own(folder: Path, workspace: Path) -> bool:
    """Whether a folder is a study on the shelf of a workspace.

    Parameters
    ----------
    folder
        Of a study.
    workspace
        Of whoever asks.
    """
    return _on_shelf(folder.resolve(), workspace.resolve())


def may_open(folder: Path, workspace: Path, served: Path | None = None) -> bool:
    """Whether somebody may open a study where users are told apart.

    Parameters
    ----------
    folder
        Of the study, as it was named.
    workspace
        Of whoever asks.
    served
        The study that the server was started with, which all may open.
    """
    asked = folder.resolve()
    if is_demo(asked) or (served is not None and asked == served.resolve()) or is_own(asked, workspace):
        return True
    places = workspaces_of(pool_folder(workspace))
    return any(_on_shelf(asked, place.resolve()) for place in places) and (asked / SHARED).is_file()


def _on_shelf(asked: Path, workspace: Path) -> bool:
    return asked.parent == workspace / shelf.FOLDER and bool(shelf.ID.fullmatch(asked.name))


def _set(workspace: Path, name: str, shared: bool) -> Shelved:
    if readonly():
        raise StudyError(KEPT_NOWHERE)
    found = shelf.find(workspace, name)
    if shared:
        write_atomic(found.folder / SHARED, b"")
    else:
        (found.folder / SHARED).unlink(missing_ok=True)
    return shelf.find(workspace, found.id)
