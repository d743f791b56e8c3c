"""A departure from which nothing is answered: its cost and forecast at once, and the rest by a click."""

from __future__ import annotations

import streamlit as st

from engine.decisions.backtest import no_backtest
from engine.decisions.purposes import first_plans
from engine.decisions.run_wording import duration
from engine.decisions.trip import TripRequest
from engine.domain import Departure, GroundplanError, PlanError, Study
from engine.experiments.plan import Plan
from engine.fieldwork.costs import Tariff
from engine.learning.recipes import recipe_by_name
from engine.sampling.radius import Radius
from pages import _cache as cache
from pages import _inputs as inputs
from pages import _layout as layout
from pages import _state as state
from pages._tours import routed_or_none


def unanswered(study: Study, season: str, departure: Departure, tariff: Tariff, value: float | None) -> None:
    """The usual circle's cost and forecast, and the button that answers the usual plans."""
    if study.is_open(season):
        st.info(no_backtest(study, season))
    else:
        st.info(f"No outcome for {season} from {layout.plain(departure.title)} yet. Run plans first.")
    try:
        usual_trip(study, TripRequest(season, departure, Radius.name, inputs.DEFAULT_LIMIT, tariff), value)
        if state.may_run():
            answer_button(study, season, departure)
    except PlanError as error:
        st.caption(layout.plain(str(error)))
    layout.link_to_experiments("Run a backtest" if study.is_open(season) else "Choose other plans")


def usual_trip(study: Study, request: TripRequest, value: float | None) -> None:
    """What a trip of the usual size costs and will gain."""
    from engine.decisions.bill_wording import trip_summary
    from engine.decisions.trip_wording import forecast_text, known_sentence

    made = routed_or_none(study, request)
    if made is None:
        return
    metric = inputs.stored_metric(study)
    gain = cache.trip_gain(
        study,
        cache.current_outcomes(study, state.archive()),
        made.trip,
        made.cost,
        value,
        metric,
        state.archive(),
    )
    within = f"within {request.limit.amount:g} km: {trip_summary(made)}, routed"
    st.markdown(f"**A trip {layout.plain(within)}**")
    said = forecast_text(gain, request.departure) or "No backtest yet: no forecast."
    st.markdown(layout.plain(f"{said} {known_sentence(study, request.target)}".rstrip()))


def answer_button(study: Study, season: str, departure: Departure) -> None:
    """How long the usual plans take, and the button that starts them."""
    from engine.experiments import status as run_state
    from engine.experiments import worker
    from engine.experiments.calibration import missing_kinds
    from engine.experiments.queue import workers_of_a_job

    archive = state.archive()
    plans = usual_plans(study, season, departure)
    run = run_state.run_status(plans, archive)
    if run.working:
        st.caption("The plans are being answered; this page shows them as they come.")
        return
    if missing_kinds(study, run.open, archive):
        worker.start_calibration(run.open, state.folder(), archive.folder)
    statuses = run_state.plan_statuses(study, plans, run, archive, cache.speeds(study, archive))
    seconds = run_state.seconds_left(statuses, workers_of_a_job())
    left = f"about {duration(seconds)}" if seconds is not None else "time is being measured"
    st.button(
        f"Answer {len(run.open)} plans from here ({left})",
        icon=":material/play_arrow:",
        key="overview-answer",
        on_click=start,
        args=(plans,),
    )


def usual_plans(study: Study, season: str, departure: Departure) -> tuple[Plan, ...]:
    """What is tested in a season with labels; for one without, the backtests that forecast it."""
    return first_plans(study, season, departure, recipe_by_name(inputs.usual_recipe(study)))


def start(plans: tuple[Plan, ...]) -> None:
    """Start the run, and say so at once."""
    from engine.experiments import worker

    try:
        worker.start(plans, state.folder(), state.archive().folder, owner=state.owner())
        state.say("The run starts.", ":material/play_arrow:")
    except GroundplanError as error:
        state.say(str(error), ":material/error:")
