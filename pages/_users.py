"""Who is at work in a session, where an installation tells its users apart.

It does so where Streamlit's login is configured (``[auth]`` among the secrets), or where
``GROUNDPLAN_USER_HEADER`` names the header in which a proxy says who asks. Else everybody is the same user.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import streamlit as st
from streamlit import runtime
from streamlit.auth_util import get_secrets_auth_section

from engine import audit, files
from engine.users import User, UserError, user_of, workspace_of

HEADER = "GROUNDPLAN_USER_HEADER"
CLAIM = "groundplan_user"  # of `st.user`, where a proxy says who asks
MAPS, MAPS_URL = "browser", "app/maps"  # folder of a workspace with what browsers fetch; its address
PROXY = "the proxy"
GUARD = "groundplan_owners"  # of Streamlit's manager of files
UNGUARDED = (
    "This installation tells its users apart, but was started so that files are not checked. Start it with "
    "streamlit run server.py."
)


def header() -> str:
    """The header in which a proxy says who asks; empty where none does."""
    return os.environ.get(HEADER, "").strip()


def apart() -> bool:
    """Whether this installation tells its users apart."""
    return bool(header() or get_secrets_auth_section())


def guarded() -> bool:
    """Whether this server checks who asks for what: it was started with `server.py`."""
    return runtime.exists() and hasattr(runtime.get_instance().media_file_mgr, GUARD)


def user_of_claims(claims: Mapping[str, Any]) -> User | None:
    """The user of whom a proxy or an identity provider says this; None where nobody is logged in.

    Parameters
    ----------
    claims
        As of ``st.user``.
    """
    try:
        if header():
            named = claims.get(CLAIM)
            return user_of(PROXY, str(named)) if named else None
        if claims.get("is_logged_in") is True and claims.get("sub"):
            name = claims.get("email") or claims.get("preferred_username") or claims.get("name") or ""
            return user_of(str(claims.get("iss", "")), str(claims["sub"]), str(name))
    except UserError:
        return None
    return None


def current() -> User | None:
    """The user of this session; None where users are not told apart.

    Raises
    ------
    UserError
        Where they are, and nobody is logged in, or files are not checked.
    """
    if not apart():
        return None
    if not guarded():
        raise UserError(UNGUARDED)
    user = user_of_claims(st.user.to_dict())
    if user is None:
        raise UserError("Nobody is logged in here. Reload the page, and log in.")
    return user


def workspace() -> Path:
    """The workspace of the user of this session.

    Raises
    ------
    UserError
        See `current`.
    """
    return workspace_of(files.workspace(), current())


def map_place() -> tuple[Path | None, str]:
    """The folder of what browsers fetch for maps, and its address; without one it travels inside the page.

    Where users are told apart, a route serves a user what is in their own folder, and nothing else.
    """
    if not apart():
        from engine.views.maps.publish import URL

        return (files.ROOT / "static" if st.get_option("server.enableStaticServing") else None), URL
    user = user_of_claims(st.user.to_dict()) if guarded() else None
    return (workspace_of(files.workspace(), user) / MAPS if user else None), MAPS_URL


def note(what: str, study: str = "", sent: Sequence[tuple[str, Path | IO[bytes]]] = ()) -> None:
    """Note in the log of the server what the user does, see `engine.audit.note`."""
    audit.note(files.workspace(), current(), what, study, sent)


def who() -> None:
    """Who is logged in, and the way out; nothing where users are not told apart."""
    user = current()
    if user is not None:
        with st.popover("", icon=":material/person:", type="tertiary", help="Who is logged in"):
            st.text(user.name)
            if not header():
                st.button("Log out", key="log-out", icon=":material/logout:", on_click=st.logout)
