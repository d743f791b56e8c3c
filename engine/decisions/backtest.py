"""Backtests: what the same trip would have gained in each earlier season, and the forecast that follows.

In a backtest each season before the target stands in for it (the backtest season), with the others of them as
source seasons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.decisions.forecast import Gain, forecast, level_forecast
from engine.decisions.history import Evidence, History, evidence
from engine.decisions.trip import Trip
from engine.domain import LEVEL, Estimate, PlanError, Study
from engine.experiments.fingerprints import fingerprints_of
from engine.experiments.plan import Plan
from engine.experiments.source_models import trainings_of
from engine.fieldwork.estimate import estimate
from engine.learning.methods import BASELINE, method_by_name
from engine.sampling.no_visit import NoVisit


@dataclass(frozen=True)
class TripForecast:
    """A trip of a season without labels, and what it will gain.

    Parameters
    ----------
    equivalent_radius_km, parcels, money
        Its size, how many parcels it visits, what it likely costs.
    gain
        Expected gain in the metric over the baseline, points, with its 90 % prediction interval.
    probability_of_gain
        That it gains anything.
    probability_worth_cost
        That the gain is worth its cost at the stated value of a point; None where none was stated.
    seasons
        Number of backtest seasons that it rests on.
    level
        Score of the map without a trip, 0 to 1, with its 90 % prediction interval; None where no backtest
        gives it.
    evidence
        Which backtests it rests on.
    """

    design: str
    equivalent_radius_km: float
    parcels: int
    money: float
    gain: Estimate
    probability_of_gain: float
    probability_worth_cost: float | None
    seasons: int
    level: Estimate | None = None
    evidence: Evidence = field(default_factory=Evidence)


def backtests(study: Study, plans: Sequence[Plan]) -> tuple[Plan, ...]:
    """The trips of these plans, and the baseline, in every season before their target, with the others of
    them as source seasons.

    No season from the target on is opened: a forecast rests on what was there before the trip.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    plans
        Trips of the season to forecast; plans without a trip are passed over.

    Raises
    ------
    PlanError
        Where fewer than two seasons lie before the target, or no plan is a trip.
    """
    trips = [plan for plan in plans if plan.method.visits]
    if not trips:
        raise PlanError(
            "A backtest measures what trips gain over the map without one. Ask for a method that visits."
        )
    backtest_plans: dict[Plan, None] = {}
    for target in dict.fromkeys(plan.target for plan in trips):
        earlier = study.seasons_before(target)
        if len(earlier) < 2:
            raise PlanError(f"{too_few(study, target)} {ask_instead(study, target)}")
        for season in earlier:
            sources = tuple(label for label in earlier if label != season)
            models = next((plan.source_models for plan in trips if trainings_of(plan)), None)
            for plan in trips:
                if plan.target == target:
                    used = fingerprints_of(study, season, sources, plan.test.kind)
                    trip = replace(plan, study=used, target=season, sources=sources)
                    models_of = plan.source_models if trainings_of(plan) else models
                    baseline = replace(
                        trip, design=NoVisit(), method=method_by_name(BASELINE), source_models=models_of
                    )
                    backtest_plans |= {baseline: None, trip: None}
    return tuple(backtest_plans)


def too_few(study: Study, target: str) -> str:
    """That the seasons before a target are too few for a backtest.

    Parameters
    ----------
    study
        With its seasons.
    target
        Label of a season with fewer than two labelled seasons before it.
    """
    earlier = study.seasons_before(target)
    number = f"is {earlier[0]} alone" if earlier else "is none"
    return (
        f"A backtest needs two seasons with labels before {target}, one to test on and one to learn from; "
        f"there {number}."
    )


def ask_instead(study: Study, target: str) -> str:
    """What can be asked where a backtest cannot.

    Parameters
    ----------
    study
        With its seasons.
    target
        Label of the season.
    """
    if study.is_open(target):
        return "Add labelled seasons to the study, or choose the trip by its cost and parcels (itinerary)."
    if study.other_seasons(target):
        return f"Add labelled seasons, or test trips in {target} itself: run without --backtest."
    return f"Add labelled seasons, or test trips in {target} itself: run with --method scratch."


def no_backtest(study: Study, target: str) -> str:
    """What a page says of a season without labels where no backtest is answered.

    Parameters
    ----------
    study
        With its seasons.
    target
        Label of the season.
    """
    if len(study.seasons_before(target)) < 2:
        return f"Season {target} has no labels yet. {too_few(study, target)} {ask_instead(study, target)}"
    return (
        f"Season {target} has no labels yet, so nothing can be tested in it. A backtest forecasts what its "
        "trips gain: Experiments, with Backtest switched on."
    )


def forecast_trip(
    history: History,
    trip: Trip,
    value_of_point: float | None = None,
    money: float | None = None,
) -> TripForecast:
    """What a trip will gain, by what trips gained in backtest seasons.

    Parameters
    ----------
    history
        What backtests measured, see `engine.decisions.history.history`.
    trip
        The trip to forecast, with its parcels.
    value_of_point
        Money that one point (0.01) of macro F1 is worth; None where it is not stated.
    money
        Its likely bill once routed; by default an estimate.

    Raises
    ------
    PlanError
        Where there is no backtest yet, or the value of a point is not above 0.
    """
    request = trip.request
    parcels, sure = len(trip.wanted), history.expected_f1
    prediction = forecast(history.gains, request.design, parcels, sure)
    if money is None:
        money = estimate(trip.wanted, request.departure, request.tariff).money.likely
    return TripForecast(
        request.design,
        trip.design.equivalent_radius_km,
        parcels,
        money,
        prediction.interval(),
        prediction.above(0),
        None if value_of_point is None else prediction.worth(money, value_of_point),
        prediction.seasons,
        level_without_trip(history),
        evidence(history, request.design, parcels),
    )


def level_without_trip(history: History) -> Estimate | None:
    """Score of the map without a trip, 0 to 1, by backtests; None where no backtest gives it.

    Parameters
    ----------
    history
        What backtests measured, see `engine.decisions.history.history`.
    """
    level = level_forecast(history.gains, history.expected_f1)
    if level is None:
        return None
    found = level.interval()
    value, low, high = (min(1.0, max(0.0, part / 100)) for part in (found.value, found.low, found.high))
    return Estimate(value, low, high, LEVEL)


def regrets(
    past_gains: Sequence[Gain], money: Mapping[Gain, float], value_of_point: float
) -> dict[str, tuple[Gain | None, float]]:
    """What following the forecast would have cost, season by season.

    In every season the trip with the largest surplus that the other seasons let expect is taken, or none
    where none is expected to be worth its cost; the regret is the surplus of the best choice in hindsight
    less the surplus of this one.

    Parameters
    ----------
    past_gains
        Gains of trips in at least two backtest seasons.
    money
        Likely cost of each trip.
    value_of_point
        Money that one point (0.01) of macro F1 is worth.

    Returns
    -------
    By season: the trip that was taken (None where nobody goes), and the regret in money.

    Raises
    ------
    PlanError
        Where there is but a single backtest season.
    """
    regret: dict[str, tuple[Gain | None, float]] = {}
    for season in dict.fromkeys(gain.season for gain in past_gains):
        rest = [gain for gain in past_gains if gain.season != season]
        trips = [gain for gain in past_gains if gain.season == season]
        gained = {trip: forecast(rest, trip.design, trip.parcels, trip.expected_f1) for trip in trips}
        expected = {trip: value_of_point * gained[trip].expected - money[trip] for trip in trips}
        taken = max(trips, key=expected.__getitem__)
        surplus = {trip: value_of_point * trip.points - money[trip] for trip in trips}
        goes = expected[taken] > 0
        reached = surplus[taken] if goes else 0.0
        regret[season] = taken if goes else None, max(0.0, *surplus.values()) - reached
    return regret
