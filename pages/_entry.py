"""Who comes in, where users are told apart: the login, and what is said to whom nobody vouches for."""

from __future__ import annotations

import streamlit as st

from engine.domain import GroundplanError
from engine.files import readonly, workspace
from engine.users import note_user
from pages import _gate as gate
from pages import _users as users

UNKNOWN = "Whoever logs you in does not say who you are. Log out, and use an account that has a name."


def may_enter() -> bool:
    """Whether whoever is here may see the pages."""
    return not users.apart() or (users.guarded() and users.user_of_claims(st.user.to_dict()) is not None)


def let_in() -> bool:
    """Whether the page may be drawn; else say what to do, and nothing else."""
    if not may_enter():
        if users.guarded():
            _log_in()
        else:
            st.error(users.UNGUARDED, icon=":material/error:")
        return False
    user = users.current()
    if user is not None:
        gate.note_session(user)
        try:
            if not readonly():
                note_user(workspace(), user)
        except GroundplanError as error:
            st.error(str(error), icon=":material/error:")
            return False
    return True


def _log_in() -> None:
    st.header("Groundplan", anchor=False)
    if users.header():
        st.error(gate.UNKNOWN, icon=":material/error:")
        return
    if st.user.get("is_logged_in"):
        st.error(UNKNOWN, icon=":material/error:")
        st.button("Log out", key="log-out", on_click=st.logout)
        return
    st.markdown("Log in to see your studies.")
    st.button("Log in", key="log-in", icon=":material/login:", on_click=st.login)
