"""A decision whose recommended trip keeps the budget once it is routed."""

from __future__ import annotations

from dataclasses import replace

from engine.decisions.advice import advise
from engine.decisions.decision import Decision
from engine.decisions.options import Option
from engine.decisions.routed import RoutedTrip, routed_trip
from engine.decisions.trip import next_trip_of
from engine.domain import Study
from engine.experiments.archive import Archive


def routed_decision(
    study: Study, decided: Decision, archive: Archive, budget: float | None = None
) -> tuple[Decision, RoutedTrip | None]:
    """The decision with its recommended trip, routed.

    Options are compared by their estimated bills. Where the recommended trip exceeds the budget once it is
    routed, its option takes the routed bill, and advice is asked again, until a trip keeps the budget.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    decided
        What `engine.decisions.decision.decide` gave for that budget.
    archive
        Where routed trips are kept.
    budget
        Money at most; None where there is no limit.

    Returns
    -------
    The decision, and its trip; None where the advice is to map without one.

    Raises
    ------
    PlanError
        Where the budget pays for none of the answered trips.
    """
    while decided.advice.recommended.visits:
        best = decided.advice.recommended
        made = routed_trip(study, next_trip_of(study, best, decided.tariff), archive)
        if budget is None or made.cost.money.likely <= budget:
            return decided, made
        options = tuple(_billed(option, made) if option is best else option for option in decided.options)
        advice = advise(options, value_of_point=decided.advice.value_of_point, budget=budget)
        decided = replace(decided, options=options, advice=advice)
    return decided, None


def _billed(option: Option, made: RoutedTrip) -> Option:
    """An option with the bill of its routed trip instead of an estimate."""
    cost = made.cost
    return replace(option, crew_days=float(cost.crew_days), km=cost.km, money=cost.money)
