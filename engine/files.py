"""The workspace folder, and the one way to write a file: whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engine.domain import GroundplanError

ROOT = Path(__file__).resolve().parents[1]  # of the checkout
DEMO = Path("data", "vojvodina-demo")
SHIPPED_PACKAGE = "groundplan_files"  # data/ and models/ of the checkout, where Groundplan is installed
READABLE = 0o644
NOT_WRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG, errno.EIO}
USERS = "users"  # folder of a workspace with a workspace for each user
USER_ID = re.compile(r"[0-9a-f]{20}")  # name of the workspace of a user, see `engine.users`


class WriteError(GroundplanError):
    """A file or folder that cannot be written."""


def readonly() -> bool:
    """Whether this installation only shows stored outcomes (``GROUNDPLAN_READONLY=1``)."""
    return os.environ.get("GROUNDPLAN_READONLY", "") not in ("", "0")


def workspace() -> Path:
    """Folder of outcomes, weights, simulated series and jobs.

    ``$GROUNDPLAN_WORKSPACE``, or ``.groundplan`` in the user's own folder.
    """
    return Path(os.environ.get("GROUNDPLAN_WORKSPACE") or Path.home() / ".groundplan")


def not_writable(error: OSError) -> WriteError | None:
    """What to say of a disk that is full or may not be written; None where the error is another one.

    Parameters
    ----------
    error
        Of the operating system.
    """
    if error.errno not in NOT_WRITABLE:
        return None
    where = f"{error.filename} cannot be written" if error.filename else "A file cannot be written"
    return WriteError(
        f"{where} ({error.strerror}). Free some space, or name another folder; the workspace is named in "
        "GROUNDPLAN_WORKSPACE. What was finished before is kept."
    )


def pool_folder(workspace: Path) -> Path:
    """The workspace whose slots a workspace shares: that of the server, for the workspace of a user.

    Parameters
    ----------
    workspace
        Folder of the workspace.
    """
    folder = workspace.resolve()
    return folder.parents[1] if folder.parent.name == USERS and USER_ID.fullmatch(folder.name) else folder


def workspaces_of(pool: Path) -> tuple[Path, ...]:
    """The workspaces that share slots: that of the server, and those of its users.

    Parameters
    ----------
    pool
        See `pool_folder`.
    """
    users = (path for path in (pool / USERS).glob("*") if USER_ID.fullmatch(path.name) and path.is_dir())
    return (pool, *sorted(users))


def shipped_folder() -> Path:
    """The folder whose ``data/`` and ``models/`` ship: the checkout, or what was installed of it."""
    package = None if (ROOT / DEMO).is_dir() else find_spec(SHIPPED_PACKAGE)
    places = package.submodule_search_locations if package else None
    return Path(next(iter(places))) if places else ROOT


def demo_folder() -> Path:
    """The study that ships.

    Raises
    ------
    GroundplanError
        Where it is not there.
    """
    folder = shipped_folder() / DEMO
    if not folder.is_dir():
        raise GroundplanError(
            f"The demo study is not at {folder}. Name a study folder, or install Groundplan again from a "
            "checkout, which holds the demo."
        )
    return folder


def is_demo(folder: Path) -> bool:
    """Whether a folder is the study that ships, which is never changed.

    Parameters
    ----------
    folder
        Of a study.
    """
    return folder.resolve() == demo_folder().resolve()


def study_folder(folder: Path) -> Path:
    """The folder that a user names; ``demo`` names the study that ships.

    Parameters
    ----------
    folder
        The path as the user wrote it.

    Raises
    ------
    GroundplanError
        Where ``demo`` is named and the study that ships is not there.
    """
    return demo_folder() if str(folder) == "demo" else folder


def make_folder(folder: Path) -> None:
    """Make a folder with its parents.

    Parameters
    ----------
    folder
        Its path; where it is there already, nothing changes.

    Raises
    ------
    WriteError
        Where it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(
            f"The folder {folder} cannot be made ({error.strerror}). Name another one; the workspace is "
            "named in GROUNDPLAN_WORKSPACE."
        ) from error


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file whole: a temporary file beside it, flushed to disk, renamed into place.

    Parameters
    ----------
    path
        Of the file; an old file there is replaced.
    content
        All its bytes.

    Raises
    ------
    WriteError
        Where the folder cannot be made or the file cannot be written; then the old file, if any, stays.
    """
    make_folder(path.parent)
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".writing-{os.getpid()}-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, READABLE)
        os.replace(temporary, path)
    except OSError as error:
        Path(temporary or path.parent / ".writing").unlink(missing_ok=True)
        raise WriteError(
            f"{path} cannot be written ({error.strerror}). Free some space, or name another folder; the "
            "workspace is named in GROUNDPLAN_WORKSPACE."
        ) from error


def write_files(folder: Path, contents: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files into a folder, each whole or not at all, see `write_atomic`.

    Parameters
    ----------
    folder
        It is made where it is not there.
    contents
        Of each file, by its name.

    Raises
    ------
    WriteError
        Where the folder cannot be made or a file cannot be written.
    """
    for name, content in contents.items():
        write_atomic(folder / name, content)
    return tuple(folder / name for name in contents)


def write_json(path: Path, record: Any) -> None:
    """Write a record as compact JSON, see `write_atomic`.

    Parameters
    ----------
    path
        Of the file; an old file there is replaced.
    record
        Of what JSON can hold; numbers must be finite.

    Raises
    ------
    WriteError
        Where the folder cannot be made or the file cannot be written.
    """
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    write_atomic(path, text.encode())


@contextmanager
def write_whole(path: Path) -> Iterator[Path]:
    """A temporary path beside a file, which replaces it at the end: for tables written piece by piece.

    Parameters
    ----------
    path
        Of the file; an old file there is replaced, or stays where the writing fails.

    Raises
    ------
    WriteError
        Where the folder cannot be made or the file cannot be written.
    """
    make_folder(path.parent)
    temporary = path.with_name(f".writing-{os.getpid()}-{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    except (OSError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not type(error).__module__.startswith("pyogrio"):
            raise
        raise WriteError(
            f"{path} cannot be written ({getattr(error, 'strerror', None) or error}). Free some space, or "
            "name another folder."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
