"""Reports of a made-up study, in which a trip is worth it."""

import dataclasses
import datetime as dt

from engine.decisions.decision import decide
from engine.decisions.routed import routed_trip
from engine.decisions.trip import trip_of
from engine.decisions.trip_gain import trip_gain
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.fieldwork.costs import Tariff
from engine.views.report import compose
from tests import made_up
from tests.made_up import grid

DAY = dt.date(2026, 5, 1)
ALWAYS = {
    "report.pdf",
    "report.html",
    "outcomes.csv",
    "parcels.csv",
    "report.gpkg",
    "decision.json",
    "report.zip",
}


def answered(study, folder, departure=None, repeats=2):
    plans = grid(
        study, "2021", departure or study.departure, [20, 30], ["radius", "random"],
        ["zero-shot", "transfer"], "random-forest", made_up.TINY, repeats=repeats,
    )  # fmt: skip
    return tuple(run_plans(study, plans, Archive(folder)))


def reported(study, outcomes, archive, value=1e6, **more):
    """A report in which a trip is worth it, unless a point is worth nothing."""
    departure = outcomes[0].plan.departure
    decided = decide(study, outcomes, "2021", departure, Tariff(), value_of_point=value)
    best = decided.advice.recommended
    going = routed_trip(study, trip_of(best, Tariff()), archive) if best.visits else None
    gain = going and trip_gain(study, outcomes, going.trip, going.cost, value, archive=archive)
    return compose(study, decided, going, gain, value_of_point=value, made_on=DAY, **more)


def scored(outcomes):
    """The same answers, but a trip beats the map without a trip."""
    lifted = [
        dataclasses.replace(
            outcomes[0], macro_f1=dataclasses.replace(outcomes[0].macro_f1, value=0, low=0), counts=None
        )
    ]
    return tuple(lifted + list(outcomes[1:]))
