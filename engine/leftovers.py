"""What a killed writer leaves behind is finished, put back or taken away."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

ABANDONED_S = 600  # a dead writer's; a moment may pass between its end and that of its children
FORGOTTEN_S = 86_400  # of writers on other machines, whose lives nobody sees
WRITING = re.compile(r"\.writing-(\d+)-.+")
SWAPPED = re.compile(r"\.(?P<name>.+)-(?P<pid>\d+)-[0-9a-f]{8}\.(?P<kind>partial|old)")


def swap_name(folder: Path, mark: str) -> Path:
    """Where a folder is written before it takes its place.

    Parameters
    ----------
    folder
        That it will be.
    mark
        Eight hexadecimal digits.
    """
    return folder.with_name(f".{folder.name}-{os.getpid()}-{mark}.partial")


def put_in_place(partial: Path, folder: Path, parts: Collection[str]) -> None:
    """Put a written folder in the place of an old one; the old one is put back where that fails.

    Parameters
    ----------
    partial
        Named by `swap_name`.
    folder
        Its place. What lies there and is none of ``parts`` moves along.
    parts
        Patterns of names that the new folder replaces.
    """
    old = partial.with_suffix(".old")
    os.rename(folder, old)
    try:
        os.rename(partial, folder)
    except OSError:
        os.rename(old, folder)
        raise
    _move_along(old, folder, parts)


def put_right(parent: Path, parts: Collection[str]) -> None:
    """Put right what writers that were killed left in a folder of folders.

    A folder that was moved aside goes back where nothing has taken its place, else what it holds besides
    its parts moves along; what was not finished goes.

    Parameters
    ----------
    parent
        Of folders that `put_in_place` writes.
    parts
        See there.
    """
    with suppress(OSError):  # one may not write there, or another process does the same
        for path in list(parent.glob(".*-*.old")):
            found = SWAPPED.fullmatch(path.name)
            if not found or not _is_dead(int(found["pid"]), path, 0):
                continue
            folder = path.with_name(found["name"])
            if folder.exists():
                _move_along(path, folder, parts)
            else:
                os.rename(path, folder)
        for path in list(parent.glob(".*-*.partial")):
            found = SWAPPED.fullmatch(path.name)
            if found and _is_dead(int(found["pid"]), path, ABANDONED_S):
                shutil.rmtree(path, ignore_errors=True)


@cache
def sweep(folder: Path) -> None:
    """Take away the unfinished files that killed writers left in a folder and below, once a process.

    Parameters
    ----------
    folder
        Of a workspace.
    """
    for path in _unfinished(folder):
        with suppress(OSError):
            path.unlink()


def _unfinished(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        for name in names:
            found = WRITING.fullmatch(name)
            path = Path(place, name)
            if found and _is_dead(int(found[1]), path, ABANDONED_S):
                yield path


def _is_dead(pid: int, path: Path, age_s: float) -> bool:
    """Whether what a process wrote is nobody's any more."""
    import psutil

    try:
        age = time.time() - path.stat().st_ctime  # which a renaming changes, too
    except OSError:
        return False
    return age > FORGOTTEN_S or (age >= age_s and not psutil.pid_exists(pid))


def _move_along(old: Path, folder: Path, parts: Collection[str]) -> None:
    for entry in old.iterdir():
        if not any(entry.match(part) for part in parts) and not (folder / entry.name).exists():
            os.rename(entry, folder / entry.name)
    shutil.rmtree(old)
