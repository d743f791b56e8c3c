"""Groundplan for several users: who is who is checked before anything is served. See docs/deploy.md."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from pages import _gate as gate

# Else the first view of a server is drawn by the page's own file, without app.py and its login.
PagesManager.uses_pages_directory = False


@asynccontextmanager
async def watch(_: Any) -> AsyncIterator[None]:
    """Know from the start whose each file is."""
    gate.guard()
    yield


gate.trust_header()
app = st.App("app.py", routes=[gate.map_route()], middleware=[Middleware(gate.Gate)], lifespan=watch)
