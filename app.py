"""Groundplan: how much ground truth, where, and what accuracy will that buy?"""

import streamlit as st

from pages import _entry as entry
from pages import _turns as turns

page = st.navigation(
    [
        st.Page("pages/overview.py", title="Overview", default=True),
        st.Page("pages/plan.py", title="Plan", url_path="plan"),
        st.Page("pages/experiments.py", title="Experiments", url_path="experiments"),
        st.Page("pages/compare.py", title="Compare", url_path="compare"),
        st.Page("pages/scenarios.py", title="Scenarios", url_path="scenarios"),
        st.Page("pages/fieldwork.py", title="Fieldwork", url_path="fieldwork"),
        st.Page("pages/crop_map.py", title="Crop map", url_path="crop_map"),
        st.Page("pages/report.py", title="Report", url_path="report"),
        st.Page("pages/study.py", title="Study", url_path="study"),
    ],
    position="top" if entry.may_enter() else "hidden",
)
st.set_page_config(page_title=f"{page.title} · Groundplan", page_icon="static/mark.svg", layout="wide")
st.logo("static/logo.svg", size="large")
with turns.taken():
    page.run()
