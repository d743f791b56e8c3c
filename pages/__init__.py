"""One page per question the user asks; ``app.py`` is the door to all of them.

A fresh server whose first visitor opens ``/experiments`` has not run ``app.py`` yet: Streamlit sees a
folder called ``pages`` next to it, takes the app for one of its older kind, and runs the page's script
alone, without theme of navigation, logo and title. Every page imports this package first, so the
mistake is caught here, once per process, and the run starts again at the door.
"""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

if PagesManager.uses_pages_directory:
    PagesManager.uses_pages_directory = False  # what st.navigation does when app.py runs first
    st.rerun()
