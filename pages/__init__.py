"""One page per question of the user; ``app.py`` lists them.

Where the first visitor of a fresh server opens ``/experiments``, ``app.py`` has not run yet. Streamlit then
sees a folder called ``pages``, takes the app for one of its older kind, and runs the page's script alone,
without navigation, logo and title. Every page imports this package first, so this is found here, once per
process, and the run starts again with ``app.py``.
"""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

if PagesManager.uses_pages_directory:
    PagesManager.uses_pages_directory = False  # what st.navigation does when app.py runs first
    st.rerun()
