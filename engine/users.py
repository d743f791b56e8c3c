"""Who uses a server: users are told apart by who vouches for them, and each has a workspace of their own.

A user's workspace lies in ``users/<id>`` of the server's; ``users/<id>.json`` beside it says whose it is.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.domain import GroundplanError
from engine.files import USERS, pool_folder, write_json
from engine.parsing import json_of

LETTERS = 20  # of an id
MOST_LETTERS = 320  # of a name, as of an address of e-mail


class UserError(GroundplanError):
    """Somebody who is not known, or who may not do what was asked."""


@dataclass(frozen=True)
class User:
    """Somebody who uses a server.

    Parameters
    ----------
    id
        Name of the folder of their workspace.
    name
        As people know them.
    """

    id: str
    name: str


def user_of(issuer: str, subject: str, name: str = "") -> User:
    """The user whom somebody vouches for.

    Parameters
    ----------
    issuer
        Who vouches: the address of an identity provider, or the header of a proxy.
    subject
        What they call the user, which never changes.
    name
        For people; without it, the subject.

    Raises
    ------
    UserError
        Where the subject is empty or too long.

    Examples
    --------
    >>> user_of("https://id.example.org", "4711", "ana@example.org").name
    'ana@example.org'
    >>> user_of("https://id.example.org", "1").id == user_of("https://id.example.com", "1").id
    False
    """
    if not subject.strip() or len(subject) > MOST_LETTERS:
        raise UserError(
            "Whoever logs you in names no user that can be told apart. Ask for an account with a name."
        )
    key = hashlib.sha256(json.dumps([issuer, subject]).encode()).hexdigest()[:LETTERS]
    return User(key, _short(name) or _short(subject))


def workspace_of(workspace: Path, user: User | None) -> Path:
    """The workspace of a user; that of the server where users are not told apart.

    Parameters
    ----------
    workspace
        Of the server.
    user
        None where users are not told apart.
    """
    return workspace if user is None else workspace / USERS / user.id


def note_user(workspace: Path, user: User) -> None:
    """Write down whose workspace it is, for whoever runs the server.

    Parameters
    ----------
    workspace
        Of the server.
    user
        The user.

    Raises
    ------
    WriteError
        Where it cannot be written.
    """
    path = workspace / USERS / f"{user.id}.json"
    if _read(path) != user:
        write_json(path, asdict(user))


def users(workspace: Path) -> tuple[User, ...]:
    """Everybody who has used a server.

    Parameters
    ----------
    workspace
        Of the server.
    """
    found = (_read(path) for path in sorted((workspace / USERS).glob("*.json")))
    return tuple(user for user in found if user)


def find_user(workspace: Path, name: str) -> User:
    """A user by name or id.

    Parameters
    ----------
    workspace
        Of the server.
    name
        As a person gives it.

    Raises
    ------
    UserError
        Where there is none, or several have that name.
    """
    found = [user for user in users(workspace) if name in (user.id, user.name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(
            f"{len(found)} users are called {name}: {', '.join(user.id for user in found)}. Give the id."
        )
    known = ", ".join(user.name for user in users(workspace)[:10])
    raise UserError(
        f"There is no user {name[:80]!r}. "
        + (f"Choose among {known}." if known else "Nobody has logged in yet.")
    )


def owner_name(workspace: Path) -> str:
    """Who owns a workspace, for people; empty for that of the server.

    Parameters
    ----------
    workspace
        Of a user or the server.
    """
    if pool_folder(workspace) == workspace.resolve():
        return ""
    user = _read(workspace.parent / f"{workspace.name}.json")
    return user.name if user else workspace.name


def _read(path: Path) -> User | None:
    try:
        record = json_of(path.read_bytes())
        return User(path.stem, str(record["name"])) if record["id"] == path.stem else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _short(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))[:MOST_LETTERS]
