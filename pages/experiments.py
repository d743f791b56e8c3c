"""What is a trip worth? Choose plans, run them in the background, watch, cancel, resume."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from engine.decisions.backtest import backtests
from engine.decisions.purposes import PURPOSES, plans_for, purposes_of
from engine.decisions.rows import outcome_table
from engine.decisions.run_wording import duration
from engine.domain import Departure, GroundplanError, PlanError, Study
from engine.experiments import status as run_state
from engine.experiments import worker
from engine.experiments.archive import Archive
from engine.experiments.calibration import missing_kinds
from engine.experiments.checks import nothing_to_test
from engine.experiments.dispatcher import ensure_dispatcher
from engine.experiments.job_status import Status
from engine.experiments.jobs import Job
from engine.experiments.outcome import Outcome
from engine.experiments.plan import EARLIER, OLD_SOURCES, OTHERS, GridRequest, Plan, grid
from engine.experiments.queue import waiting_jobs, workers_of_a_job
from engine.experiments.status import RunStatus
from engine.learning.methods import ASKED_BY_DEFAULT, METHODS, without_past
from engine.learning.recipes import RECIPES, Recipe, recipe_by_name
from engine.sampling import DESIGNS
from engine.sampling.split import TestKind
from engine.views.member_weights import member_weights
from pages import _cache as cache
from pages import _columns as columns
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _state as state
from pages._glossary import help_of
from pages._widgets import Choices, choose_id, number, pick, pick_id, several, several_ids, switch

TERMS = (
    "Plan", "Outcome", "Method", "Design", "Source season", "Target season", "Test area", "Recipe", "Learner",
    "Repeat", "Source model", "Provisional outcome", "Backtest", "Job", "Queue",
)  # fmt: skip
RADII = tuple(range(5, 65, 5))
DESIGNS_BY_DEFAULT = ("radius", "random")
OWN, PURPOSE = "own", "experiments-purpose"
OWN_KEYS = tuple(
    f"experiments-{name}"
    for name in (
        "source", "radii", "methods", "designs", "backtest", "source-models", "recipe", "learner", "test",
        "repeats", "seed",
    )
)  # fmt: skip
TESTS = ["far-half", "far-all"]
SOURCES = Choices({EARLIER: "earlier seasons", OTHERS: "all other seasons"}, OLD_SOURCES)


def chosen_plans(study: Study) -> tuple[Plan, ...]:
    """The plans that serve a purpose, or that the inputs name one by one."""
    place, row = st.container(), st.container(horizontal=True, vertical_alignment="bottom")
    with row:
        season = inputs.season(study, "Target season")
        departure = inputs.departure(study)
    able = {name: PURPOSES[name].label for name in purposes_of(study, season)}
    if state.address(PURPOSE) is None and any(state.address(key) for key in OWN_KEYS):
        state.set_input(PURPOSE, OWN)  # a link that names plans one by one
    with place:
        purpose = choose_id("What for", Choices(able | {OWN: "Choose plans"}), PURPOSE)
    if purpose == OWN:
        return own_plans(study, season, departure, row)
    for key in OWN_KEYS:
        state.write_address(key, None)
    st.markdown(PURPOSES[purpose].description)
    recipe = recipe_by_name(inputs.usual_recipe(study))
    return plans_for(study, PURPOSES[purpose], season, departure, recipe)


def own_plans(study: Study, season: str, departure: Departure, row: Any) -> tuple[Plan, ...]:
    """The plans that the inputs name one by one; the seasons that teach stand in that row."""
    with row:
        source = pick_id(
            "Source seasons", SOURCES, "experiments-source", width=190, help=help_of("Source season")
        )
    usual = ASKED_BY_DEFAULT if study.other_seasons(season) else without_past(ASKED_BY_DEFAULT)
    radii = several("Radii, km", RADII, [20, 25, 30], "experiments-radii")
    methods = several_ids(
        "Methods",
        inputs.methods(),
        usual,
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
        separate = switch(
            "A source model for each repeat", "experiments-source-models", help=help_of("Source model")
        )
    if study.is_open(season) and not backtest:
        why, enough = nothing_to_test(study, season), len(study.seasons_before(season)) > 1
        cure = ": switch on Backtest (under Recipe, learner, test area, repeats)."
        raise PlanError(why.partition(": the same command")[0] + cure if enough else why)
    request = GridRequest(
        season, departure, radii, designs, methods, learner, recipe, source, test,
        repeats=repeats, seed=seed, source_models=None if separate else 1,
    )  # fmt: skip
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


def progress(job: Job, status: Status, whose: str, cancel: str, waiting: Sequence[Job]) -> None:
    """A job's progress, and the button that stops it, which acts before the page is drawn anew."""
    stopping, left = job.stopping(), status.seconds_left()
    text = " and ".join(status.running) or status.what
    if status.steps:
        text = f"step {status.done + 1} of {status.steps}, {text}"
    if left is not None:
        text += f"; about {duration(left)} left"
    if status.state == "queued":
        place = waiting.index(job) + 1 if job in waiting else 1
        text = f"waiting for its turn, {place} of {len(waiting) or 1} in the queue"
    if stopping:
        text = "stopping; finished repeats are kept"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(  # on the left: the tools of the chart below cover the right end of this row
            cancel,
            icon=":material/stop:",
            key=f"experiments-cancel-{job.folder.name}",
            on_click=cancel_run,
            args=(job,),
            disabled=stopping,
        )
        st.progress(status.share(), f"{whose}: {text}")


def cancel_run(job: Job) -> None:
    """Ask a job to stop, and say so at once."""
    job.cancel()
    state.say("Stopping after the epoch that is going on.", ":material/stop:")


def start_run(plans: Sequence[Plan], folder: Path) -> None:
    """Start a job, and say so at once."""
    try:
        worker.start(plans, folder, state.archive().folder, owner=state.owner())
        state.say("The run starts.", ":material/play_arrow:")
    except GroundplanError as error:
        state.say(str(error), ":material/error:")


def run_button(run: RunStatus, seconds: float | None, plans: Sequence[Plan], folder: Path) -> None:
    """How the last run ended, how long the next takes, and the button that starts it."""
    status = run.status
    if status and status.complaint:
        (st.info if status.state == "cancelled" else st.error)(status.complaint)
    count = "1 open plan" if len(run.open) == 1 else f"{len(run.open)} open plans"
    verb = "Run" if status is None else "Retry" if status.state in ("failed", "lost") else "Go on with"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"{verb} the {count}", icon=":material/play_arrow:", on_click=start_run, args=(plans, folder)
        )
        workers = workers_of_a_job()
        estimate = (
            f"About {duration(seconds)}" if seconds is not None else "Measuring how fast this machine is"
        )
        st.caption(f"{estimate}, on {workers} process{'es' * (workers != 1)}.")


@layout.error_boundary
def run_part(study: Study, plans: tuple[Plan, ...], folder: Path, archive: Archive) -> None:
    """How the plans stand; drawn anew every second while a job is live."""
    state.say_what_was_done()
    run = run_state.run_status(plans, archive)
    statuses = run_state.plan_statuses(study, plans, run, archive, cache.speeds(study, archive))
    st.markdown(f"**{len(run.answered)} of {len(plans)} plans are answered**")
    waiting = waiting_jobs(archive.folder) if run.live else ()
    if run.live and state.may_run():
        ensure_dispatcher(archive.folder)  # whatever killed it, what waits goes on
    with st.container():  # a place of its own, so that no other run's button stands where this run's will be
        if run.job and run.status and run.working:
            progress(run.job, run.status, "This run", "Cancel this run", waiting)
            losses = cache.losses(run.job, state.dark())
            if losses:
                layout.draw(losses, key="experiments-losses")
        elif run.open and state.may_run():
            run_button(run, run_state.seconds_left(statuses, workers_of_a_job()), plans, folder)
        elif run.open:
            st.info("This installation shows stored outcomes and runs nothing.", icon=":material/lock:")
    with st.container():
        for job in run.elsewhere:
            progress(job, run.statuses[job], "Another run", "Cancel that run", waiting)
    if run.open:
        layout.table([status.row() for status in statuses], columns.plans(), key="experiments-plans")
    asked = {plan.key for plan in run.open}
    partial = [
        outcome
        for outcome in (cache.current_outcomes(study, archive) if asked else ())
        if outcome.provisional and outcome.plan.key in asked
    ]
    if run.answered or partial:
        answered((*run.answered, *partial))
    if state.job_changed(run.live or measuring(study, run, folder, archive)):
        st.rerun()


def measuring(study: Study, run: RunStatus, folder: Path, archive: Archive) -> bool:
    """Whether this machine's speed is being measured for the open plans, which it is where it must be."""
    if run.live or not run.open or not state.may_run() or not missing_kinds(study, run.open, archive):
        return False
    return worker.start_calibration(run.open, folder, archive.folder)


def answered(outcomes: Sequence[Outcome]) -> None:
    """The outcomes of the plans."""
    layout.provisional_note(outcomes)
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
    run = run_state.run_status(plans, archive)
    folder = state.folder()
    live = run.live or measuring(study, run, folder, archive)
    state.refreshed(run_part, live)(study, plans, folder, archive)


experiments(layout.open_page("What is a trip worth?", TERMS))
