"""What came into a server and what was changed: a line an event in ``audit.jsonl``, never the content."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

from engine.files import WriteError, make_folder
from engine.users import User

LOG = "audit.jsonl"  # in the workspace of the server
MOST_LETTERS = 200  # of a name


def note(
    workspace: Path,
    user: User | None,
    what: str,
    study: str = "",
    files: Sequence[tuple[str, Path | IO[bytes]]] = (),
) -> None:
    """Add lines to the log: one for each file, or one without a file.

    Parameters
    ----------
    workspace
        Of the server.
    user
        Who did it; None where users are not told apart.
    what
        In a word or two: ``upload``, ``labels taken``.
    study
        Name or id of the study it was done to.
    files
        Name, as its sender calls it, of each file, and its path or the file, opened.

    Raises
    ------
    WriteError
        Where the log cannot be written.
    """
    event: dict[str, str | int | None] = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "user": user.id if user else None,
        "name": user.name if user else None,
        "what": what,
        "study": study[:MOST_LETTERS],
    }
    rows = [{**event, "file": name[:MOST_LETTERS], **_facts(path)} for name, path in files] or [event]
    text = "".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows)
    make_folder(workspace)
    try:
        log = os.open(workspace / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(log, text.encode())
        finally:
            os.close(log)
    except OSError as error:
        raise WriteError(
            f"{workspace / LOG} cannot be written ({error.strerror}), and nothing is taken in without it. "
            "Free some space, or ask whoever runs the server."
        ) from error


def _facts(file: Path | IO[bytes]) -> dict[str, str | int | None]:
    if isinstance(file, Path):
        with file.open("rb") as opened:
            return _facts(opened)
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return {"bytes": size, "sha256": hashlib.file_digest(cast("Any", file), "sha256").hexdigest()}
