"""Where the files lie that somebody sends in a session; they go with it."""

from __future__ import annotations

import uuid
from pathlib import Path

import streamlit as st

from engine.studies import uploads
from pages._users import workspace

STUDY, LABELS = "study", "labels"


@st.cache_resource(scope="session", on_release=uploads.forget, show_spinner=False)
def own_folder(what: str) -> Path:
    """The folder of this session for files of a kind: `STUDY` or `LABELS`."""
    uploads.forget_old(workspace())
    return uploads.folder_of(workspace(), uuid.uuid4().hex)
