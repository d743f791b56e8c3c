"""What is a trip worth? Choose plans, run them in the background, watch, cancel, resume."""

from pathlib import Path

import streamlit as st

from engine.decisions.backtest import backtests
from engine.decisions.rows import outcome_table
from engine.domain import Study
from engine.experiments import jobs, plan
from engine.experiments import status as desk
from engine.experiments.archive import Archive
from engine.experiments.progress import loss_curves
from engine.learning.learners import LEARNERS
from engine.learning.methods import MANNERS, METHODS, ASKED_BY_DEFAULT
from engine.learning.recipes import RECIPES
from engine.sampling.designs import DESIGNS
from engine.views import learning
from engine.views import member_weights as member_weights
from pages import _columns as columns
from pages import _inputs as ask
from pages import _layout as show
from pages import _state as session

RADII = tuple(range(5, 65, 5))
OF_THE_STUDY = ["radius", "random"]
TESTS = ["far-half", "far-all"]
SOURCES = ["past", "others"]
ALL_OTHERS = "past: seasons before the target. others: all other seasons, also later ones."
BACKTEST = "experiments-backtest"
BACKTEST_HELP = (
    "Let every season before the target play it, taught by the others. What trips gained then foretells what "
    "one will gain now; the page Plan shows it."
)
METHODS_HELP = "\n".join(f"- **{name}**: {description}" for name, description in MANNERS.items())
TESTS_HELP = (
    "far-half: half of the far parcels, so that designs may draw from the other half. far-all: all far "
    "parcels, as in the study."
)


def plans_of(study: Study) -> tuple[plan.Plan, ...]:
    """The plans that the widgets name."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        season = ask.season(study, "Target season")
        departure = ask.departure(study)
        source = ask.pick("Pre-train on", SOURCES, "experiments-source", width=140, help=ALL_OTHERS)
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        radii = ask.several("Radii, km", RADII, [20, 25, 30], "experiments-radii")
        methods = ask.several("Methods", list(METHODS), list(ASKED_BY_DEFAULT), "experiments-methods", help=METHODS_HELP)
        designs = ask.several(
            "Designs", list(DESIGNS), OF_THE_STUDY, "experiments-designs", help=ask.designs_help()
        )
    with st.expander("Recipe, learner, test area, repeats"), st.container(horizontal=True):
        usual = session.RECIPE_NAMES.index(session.usual_recipe(study))
        recipe = ask.pick("Recipe", session.RECIPE_NAMES, "experiments-recipe", index=usual)
        learner = ask.pick("Learner", list(LEARNERS), "experiments-learner")
        test = ask.pick("Test on", TESTS, "experiments-test", help=TESTS_HELP)
        repeats = ask.number("Repeats", 1, 20, 5, "experiments-repeats")
        seed = ask.number("Seed", 0, 10_000, 0, "experiments-seed")
        backtest = ask.switch("Backtest", BACKTEST, help=BACKTEST_HELP)
    plans = plan.grid(
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
    return backtests(study, plans) if backtest else plans


def watch(job: jobs.Job, status: jobs.Status, whose: str, cancel: str, waiting: tuple[jobs.Job, ...]) -> None:
    """A job's progress, and the button that stops it, heard before the page is drawn anew."""
    share = min(status.done / status.steps, 1.0) if status.steps else 0.0
    what = f"step {status.done} of {status.steps}, {status.what}" if status.steps else status.what
    if status.state == "queued":
        place = waiting.index(job) + 1 if job in waiting else 1
        what = f"waiting for its turn, {place} of {len(waiting) or 1} in the queue"
    stopping = job.stopping()
    if stopping:
        what = "stopping; what is finished is kept"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(share, f"{whose}: {what}")
        st.button(
            cancel,
            icon=":material/stop:",
            key=f"experiments-cancel-{job.folder.name}",
            on_click=job.cancel,
            disabled=stopping,
        )


def ask_to_run(now: desk.RunStatus, left: float | None, plans: tuple[plan.Plan, ...], folder: Path) -> None:
    """What happened to the last run, how long the next takes, and the button that starts it."""
    status = now.status
    if status and status.complaint:
        (st.info if status.state == "cancelled" else st.error)(status.complaint)
    count = "1 open plan" if len(now.open) == 1 else f"{len(now.open)} open plans"
    verb = "Run" if status is None else "Retry" if status.state in ("failed", "lost") else "Go on with"
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(f"{verb} the {count}", icon=":material/play_arrow:"):
            jobs.start(plans, folder, session.archive().folder, owner=session.owner())
            st.rerun()
        st.caption(f"Takes about {show.duration(left)} on {jobs.workers_of_a_job()} processes.")


@session.error_boundary
def standing(study: Study, plans: tuple[plan.Plan, ...], folder: Path, archive: Archive) -> None:
    """How the plans stand; redrawn every second while a job runs."""
    now = desk.run_status(plans, archive)
    known, _ = session.outcomes(study)
    rows = desk.plan_statuses(study, plans, now, archive, known)
    left = desk.seconds_left(rows, jobs.workers_of_a_job())
    st.markdown(f"**{len(now.answered)} of {len(plans)} plans are answered**")
    waiting = jobs.queue(archive.folder)
    with st.container():  # a place of its own, so that no other run's button stands where this one's will be
        if now.job and now.status and now.status.live:
            watch(now.job, now.status, "This run", "Cancel this run", waiting)
            going = loss_curves(now.job.folder)
            if going:
                show.draw(learning.loss(going, session.dark()), key="experiments-losses")
        elif now.open and session.may_run():
            ask_to_run(now, left, plans, folder)
        elif now.open:
            st.info(
                "This installation shows answers that are there; it runs nothing.", icon=":material/lock:"
            )
    with st.container():
        for other in now.elsewhere:
            watch(other, other.status(), "Another run", "Cancel that run", waiting)
    if now.open:
        st.dataframe(
            [row.row() for row in rows],
            hide_index=True,
            column_config=columns.PLAN_COLUMNS,
            placeholder=columns.MISSING,
            key="experiments-plans",
        )
    if now.answered:
        st.dataframe(
            outcome_table(now.answered).dropna(axis="columns", how="all"),
            hide_index=True,
            column_config=columns.COLUMNS,
            placeholder=columns.MISSING,
            key="experiments-answers",
        )
        for note in dict.fromkeys(note for outcome in now.answered for note in outcome.notes):
            st.caption(note)
        vote = member_weights.member_weights(now.answered, session.dark())
        if vote:
            show.draw(vote, key="experiments-voters")
        st.page_link("pages/compare.py", label="Compare them", icon=":material/show_chart:")
    if session.ended(now.live):
        st.rerun()


@session.error_boundary
def experiments(study: Study) -> None:
    """The plans, what they would visit and test on, and how they stand."""
    plans = plans_of(study)
    ground = desk.preview(study, plans)
    played = sorted({one.target for one in plans})
    if len(played) > 1:
        ground = desk.preview(study, [one for one in plans if one.target == played[-1]])
        st.markdown(
            f"Backtest: **{', '.join(played)}** play the target, each taught by the others; below, the "
            f"parcels of {played[-1]}."
        )
    trips = ", ".join(f"**{count:,}** within {km:g} km" for km, count in ground.visits.items())
    st.markdown(
        (f"Parcels to visit: {trips}. " if trips else "")
        + f"Tested on **{ground.test_parcels:,}** parcels beyond {ground.beyond_km:g} km."
    )
    live = desk.run_status(plans, session.archive()).live
    session.watched(standing, live)(study, plans, session.folder(), session.archive())


experiments(show.opened("What is a trip worth?"))
