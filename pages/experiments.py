"""What is a trip worth? Choose plans, run them in the background, watch, cancel, resume."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from engine.decisions.backtest import backtests
from engine.decisions.rows import outcome_table
from engine.domain import Study
from engine.experiments import status as run_state
from engine.experiments import worker
from engine.experiments.archive import Archive
from engine.experiments.jobs import Job
from engine.experiments.outcome import Outcome
from engine.experiments.plan import EARLIER, OLD_SOURCES, OTHERS, GridRequest, Plan, grid
from engine.experiments.progress import loss_curves
from engine.experiments.queue import waiting_jobs, workers_of_a_job
from engine.experiments.status import RunStatus
from engine.learning.methods import ASKED_BY_DEFAULT, METHODS
from engine.learning.recipes import RECIPES, Recipe
from engine.sampling import DESIGNS
from engine.sampling.split import TestKind
from engine.views.member_weights import member_weights
from engine.views.training_loss import training_loss
from pages import _cache as cache
from pages import _columns as columns
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _state as state
from pages._glossary import help_of
from pages._widgets import Choices, number, pick, pick_id, several, several_ids, switch

TERMS = (
    "Plan", "Outcome", "Method", "Design", "Source season", "Target season", "Test area", "Recipe", "Learner",
    "Repeat", "Backtest", "Job", "Queue",
)  # fmt: skip
RADII = tuple(range(5, 65, 5))
DESIGNS_BY_DEFAULT = ("radius", "random")
TESTS = ["far-half", "far-all"]
SOURCES = Choices({EARLIER: "earlier seasons", OTHERS: "all other seasons"}, OLD_SOURCES)


def chosen_plans(study: Study) -> tuple[Plan, ...]:
    """The plans that the inputs name."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        season = inputs.season(study, "Target season")
        departure = inputs.departure(study)
        source = pick_id(
            "Source seasons", SOURCES, "experiments-source", width=190, help=help_of("Source season")
        )
    radii = several("Radii, km", RADII, [20, 25, 30], "experiments-radii")
    methods = several_ids(
        "Methods",
        inputs.methods(),
        ASKED_BY_DEFAULT,
        "experiments-methods",
        help=inputs.descriptions(METHODS),
    )
    designs = several_ids(
        "Designs",
        inputs.designs(),
        DESIGNS_BY_DEFAULT,
        "experiments-designs",
        help=inputs.descriptions(DESIGNS),
    )
    with st.expander("Recipe, learner, test area, repeats"), st.container(horizontal=True):
        recipe, learner, test, repeats, seed = training(study)
        backtest = switch("Backtest", "experiments-backtest", help=help_of("Backtest", "Forecast"))
    request = GridRequest(
        season, departure, radii, designs, methods, learner, recipe, source, test, repeats=repeats, seed=seed
    )
    plans = grid(study, request)
    return backtests(study, plans) if backtest else plans


def training(study: Study) -> tuple[Recipe, str, TestKind, int, int]:
    """Recipe, learner, test area, repeats and seed of every plan."""
    recipes = inputs.recipe_names()
    usual = recipes.index(inputs.usual_recipe(study))
    recipe = pick("Recipe", recipes, "experiments-recipe", index=usual, help=help_of("Recipe"))
    learner = pick_id("Learner", inputs.learners(), "experiments-learner", help=help_of("Learner"))
    test: TestKind = pick("Test area", TESTS, "experiments-test", help=help_of("Test area"))
    repeats = number("Repeats", 1, 20, 5, "experiments-repeats", help=help_of("Repeat"))
    seed = number("Seed", 0, 10_000, 0, "experiments-seed", help=help_of("Seed"))
    return RECIPES[recipe], learner, test, repeats, seed


def progress(job: Job, whose: str, cancel: str, waiting: Sequence[Job]) -> None:
    """A job's progress, and the button that stops it, which acts before the page is drawn anew."""
    status, stopping = job.status(), job.stopping()
    share = min(status.done / status.steps, 1.0) if status.steps else 0.0
    text = f"step {status.done} of {status.steps}, {status.what}" if status.steps else status.what
    if status.state == "queued":
        place = waiting.index(job) + 1 if job in waiting else 1
        text = f"waiting for its turn, {place} of {len(waiting) or 1} in the queue"
    if stopping:
        text = "stopping; finished repeats are kept"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(share, f"{whose}: {text}")
        st.button(
            cancel,
            icon=":material/stop:",
            key=f"experiments-cancel-{job.folder.name}",
            on_click=job.cancel,
            disabled=stopping,
        )


def run_button(run: RunStatus, seconds: float | None, plans: Sequence[Plan], folder: Path) -> None:
    """How the last run ended, how long the next takes, and the button that starts it."""
    status = run.status
    if status and status.complaint:
        (st.info if status.state == "cancelled" else st.error)(status.complaint)
    count = "1 open plan" if len(run.open) == 1 else f"{len(run.open)} open plans"
    verb = "Run" if status is None else "Retry" if status.state in ("failed", "lost") else "Go on with"
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(f"{verb} the {count}", icon=":material/play_arrow:"):
            worker.start(plans, folder, state.archive().folder, owner=state.owner())
            st.rerun()
        workers = workers_of_a_job()
        estimate = f"About {layout.duration(seconds)} on" if seconds is not None else "No estimate yet; uses"
        st.caption(f"{estimate} {workers} process{'es' * (workers != 1)}.")


@layout.error_boundary
def run_part(study: Study, plans: tuple[Plan, ...], folder: Path, archive: Archive) -> None:
    """How the plans stand; drawn anew every second while a job is live."""
    run = run_state.run_status(plans, archive)
    outcomes, _ = cache.outcomes(study, archive)
    statuses = run_state.plan_statuses(study, plans, run, archive, outcomes)
    st.markdown(f"**{len(run.answered)} of {len(plans)} plans are answered**")
    waiting = waiting_jobs(archive.folder)
    with st.container():  # a place of its own, so that no other run's button stands where this run's will be
        if run.job and run.working:
            progress(run.job, "This run", "Cancel this run", waiting)
            losses = loss_curves(run.job.folder)
            if losses:
                layout.draw(training_loss(losses, state.dark()), key="experiments-losses")
        elif run.open and state.may_run():
            run_button(run, run_state.seconds_left(statuses, workers_of_a_job()), plans, folder)
        elif run.open:
            st.info("This installation shows stored outcomes and runs nothing.", icon=":material/lock:")
    with st.container():
        for job in run.elsewhere:
            progress(job, "Another run", "Cancel that run", waiting)
    if run.open:
        layout.table([status.row() for status in statuses], columns.plans(), key="experiments-plans")
    if run.answered:
        answered(run.answered)
    if state.job_ended(run.live):
        st.rerun()


def answered(outcomes: Sequence[Outcome]) -> None:
    """The outcomes of the plans."""
    table = outcome_table(outcomes).dropna(axis="columns", how="all")
    layout.table(table, columns.outcomes(), key="experiments-answers")
    for note in dict.fromkeys(note for outcome in outcomes for note in outcome.notes):
        st.caption(note)
    weights = member_weights(outcomes, state.dark())
    if weights:
        layout.draw(weights, key="experiments-member-weights")
    st.page_link("pages/compare.py", label="Compare them", icon=":material/show_chart:")


@layout.error_boundary
def experiments(study: Study) -> None:
    """The plans, what they would visit and test on, and how they stand."""
    plans = chosen_plans(study)
    targets = sorted({plan.target for plan in plans})
    preview = run_state.preview(study, [plan for plan in plans if plan.target == targets[-1]])
    if len(targets) > 1:
        st.markdown(
            f"Backtest seasons: **{', '.join(targets)}**. Each is mapped with models of the others. The "
            f"counts below are for {targets[-1]}."
        )
    trips = ", ".join(f"**{count:,}** within {km:g} km" for km, count in preview.visits.items())
    st.markdown(
        (f"Parcels to visit: {trips}. " if trips else "")
        + f"Tested on **{preview.test_parcels:,}** parcels beyond {preview.beyond_km:g} km."
    )
    archive = state.archive()
    live = run_state.run_status(plans, archive).live
    state.refreshed(run_part, live)(study, plans, state.folder(), archive)


experiments(layout.open_page("What is a trip worth?", TERMS))
