"""What is a trip worth? Choose plans, run them in the background, watch, cancel, or load."""

from pathlib import Path

import streamlit as st

from engine.domain import GroundplanError, Study
from engine.experiments import desk, jobs, plan
from engine.experiments.archive import Archive
from engine.experiments.table import table
from engine.fieldwork.designs import DESIGNS
from engine.learning.learners import LEARNERS
from engine.learning.methods import METHODS
from engine.learning.recipes import RECIPES
from pages import columns, session

RADII = tuple(range(5, 65, 5))
STUDYS_OWN = ["radius", "random"]
TESTS = {"far-half": "half of the far parcels", "far-all": "all far parcels (the study's own)"}
SOURCES = {"past": "seasons before the target", "others": "all other seasons"}
EXPLAINED = """\
**Zero-shot** maps this season with a model of past seasons: the plan that costs nothing. **Transfer** goes on
training that model on the parcels you visit. **Scratch** learns from the visited parcels alone.
**Macro F1** is the mean over crops of F1, so a rare crop counts as much as a common one. Every score carries
a 95 % interval, from repeated training and from resampling blocks of test parcels."""


def ask(study: Study) -> tuple[plan.Plan, ...]:
    """The plans that the widgets name."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        season = session.ask_season(study, "Target season")
        departure = session.ask_departure(study)
        source = st.selectbox(
            "Pre-train on", SOURCES, format_func=SOURCES.__getitem__, key="source", width=260
        )
    with st.container(horizontal=True, vertical_alignment="top"):
        radii = st.multiselect("Radii, km", RADII, [20, 25, 30], key="radii")
        methods = st.multiselect("Methods", list(METHODS), list(METHODS), key="methods")
        designs = st.multiselect(
            "Designs", list(DESIGNS), STUDYS_OWN, format_func=session.name_design, key="designs"
        )
    with st.expander("Recipe, learner, test area, repeats"), st.container(horizontal=True):
        usual = session.RECIPE_NAMES.index(session.usual_recipe(study, session.RECIPE_NAMES))
        recipe = st.selectbox("Recipe", session.RECIPE_NAMES, usual, key="recipe")
        learner = st.selectbox("Learner", list(LEARNERS), key="learner")
        test = st.selectbox("Test on", TESTS, format_func=TESTS.__getitem__, key="test")
        repeats = st.number_input("Repeats", 1, 20, 5, key="repeats")
        seed = st.number_input("Seed", 0, 10_000, 0, key="seed")
    return plan.grid(
        study,
        season,
        departure,
        radii,
        designs,
        methods,
        learner,
        RECIPES[recipe],
        source=source,
        test=test,
        repeats=repeats,
        seed=seed,
    )


def watch(job: jobs.Job, status: jobs.Status, whose: str) -> None:
    """A job's progress, and the button that stops it."""
    share = status.done / status.steps if status.steps else 0.0
    what = "waiting for its turn" if status.state == "queued" else status.what
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(share, f"{whose}: step {status.done} of {status.steps or '?'}, {what}")
        if st.button("Cancel", icon=":material/stop:", key=f"cancel-{job.folder.name}"):
            job.cancel()
            st.toast("Stopping after this epoch; what is finished is kept.")


def show(plans: tuple[plan.Plan, ...], folder: Path, archive: Archive) -> None:
    """How the plans stand; redrawn every second while a job runs."""
    now = desk.standing(plans, archive)
    st.markdown(f"**{len(now.answered)} of {len(plans)} plans are answered**")
    if now.job and now.status and now.status.live:
        watch(now.job, now.status, "This run")
    elif now.open:
        if now.status and now.status.complaint:
            (st.info if now.status.state == "cancelled" else st.error)(now.status.complaint)
        count = "1 open plan" if len(now.open) == 1 else f"{len(now.open)} open plans"
        words = f"{'Go on with' if now.status else 'Run'} the {count}"
        if st.button(words, icon=":material/play_arrow:", type="primary"):
            jobs.start(plans, folder, archive.folder)
            st.rerun()
    for other in now.elsewhere:
        watch(other, other.status(), "Another run")
    if now.answered:
        st.dataframe(table(now.answered), hide_index=True, column_config=columns.COLUMNS, key="answers")
        for note in dict.fromkeys(note for outcome in now.answered for note in outcome.notes):
            st.caption(note)
        st.page_link("pages/compare.py", label="Compare them", icon=":material/show_chart:")
    if session.ended(now.live):
        st.rerun()


study = session.study()
session.header("What is a trip worth?", study)
try:
    plans = ask(study)
    ground = desk.preview(study, plans)
    trips = ", ".join(f"**{count:,}** within {km:g} km" for km, count in ground.visits.items())
    st.markdown(
        (f"Parcels to visit: {trips}. " if trips else "")
        + f"Tested on **{ground.test_parcels:,}** parcels beyond {ground.beyond_km:g} km."
    )
    with st.expander("What do these words mean?"):
        st.markdown(EXPLAINED)
    live = desk.standing(plans, session.archive()).live
    session.watched(show, live)(plans, session.folder(), session.archive())
except GroundplanError as error:
    st.error(str(error), icon=":material/error:")
