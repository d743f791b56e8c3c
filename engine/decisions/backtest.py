"""Backtests: what the same trip would have gained in each earlier season, and the forecast that follows.

In a backtest each season before the target stands in for it (the backtest season), with the others of them as
source seasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.decisions.cheapest import standard_error
from engine.decisions.forecast import Gain, forecast
from engine.decisions.trip import Trip
from engine.domain import Departure, Estimate, PlanError, Study
from engine.experiments.fingerprints import fingerprints_of
from engine.experiments.outcome import Outcome, trips_of
from engine.experiments.plan import Plan
from engine.experiments.scores import MACRO_F1, Metric, difference, difference_error, lacking, same_test
from engine.fieldwork.estimate import estimate
from engine.learning.methods import BASELINE, method_by_name
from engine.sampling.no_visit import NoVisit

ONE_REPEAT = 1.0  # standard error of the gain that a single repeat shows, points


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
    """

    design: str
    equivalent_radius_km: float
    parcels: int
    money: float
    gain: Estimate
    probability_of_gain: float
    probability_worth_cost: float | None
    seasons: int


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
            for plan in trips:
                if plan.target == target:
                    used = fingerprints_of(study, season, sources, plan.test.kind)
                    trip = replace(plan, study=used, target=season, sources=sources)
                    baseline = replace(trip, design=NoVisit(), method=method_by_name(BASELINE))
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


def gains(outcomes: Iterable[Outcome], metric: Metric = MACRO_F1) -> list[Gain]:
    """What trips gained over the baseline in their backtest season.

    Where trip and baseline keep counts of the same test, the standard error is that of their paired
    difference, see `engine.experiments.scores.difference`. Outcomes of format 2 are compared repeat by
    repeat, which share their source model; how far the test parcels stand for the season's others is then
    left to the forecast's own spread.

    Parameters
    ----------
    outcomes
        Answers of backtests: trips, and the baselines of their seasons.
    metric
        The score that gains.

    Raises
    ------
    PlanError
        Where trips have their baselines, and none gives the metric.
    """
    rows, reasons = [], []
    for trip, baseline in _with_baselines(outcomes):
        if reason := lacking(trip, metric) or lacking(baseline, metric):
            reasons.append(reason)
            continue
        points = _gained(trip, baseline, metric)
        rows.append(Gain(trip.plan.target, trip.plan.design.name, trip.parcels, *points))
    if reasons and not rows:
        raise PlanError(f"No backtest gives {metric.title}: {reasons[0]}")
    return rows


def _with_baselines(outcomes: Iterable[Outcome]) -> list[tuple[Outcome, Outcome]]:
    """Trips, each with the baseline under the same circumstances; those without one are left out."""
    outcomes = list(outcomes)
    baselines = {
        _circumstances(outcome.plan): outcome for outcome in outcomes if outcome.plan.method.name == BASELINE
    }
    pairs = [(trip, baselines.get(_circumstances(trip.plan))) for trip in trips_of(outcomes)]
    return [(trip, baseline) for trip, baseline in pairs if baseline is not None]


def _gained(trip: Outcome, baseline: Outcome, metric: Metric) -> tuple[float, float]:
    """Gain of a trip and its standard error, points."""
    if same_test(trip, baseline):
        error = 100 * difference_error(trip, baseline, metric)
        single = ONE_REPEAT if trip.finished == 1 else 0.0  # which shows no spread
        return 100 * difference(trip, baseline, metric).value, float(np.hypot(error, single))
    if metric.name == "pixel":
        return paired(trip.repeats, baseline.repeats)
    if metric.name == "parcel":
        return paired(trip.repeats_parcel, baseline.repeats_parcel)
    gain = difference(trip, baseline, metric)
    return 100 * gain.value, 100 * standard_error(gain)


def paired(trip: Sequence[float], baseline: Sequence[float]) -> tuple[float, float]:
    """Mean gain of repeats over the same repeats of the baseline, and its standard error, points.

    Parameters
    ----------
    trip, baseline
        Macro F1 (0 to 1) of the repeats, in the same order, ``[repeat]`` each.
    """
    apart = 100 * (np.array(trip) - np.array(baseline))  # [repeat]
    error = float(apart.std(ddof=1) / np.sqrt(len(apart))) if len(apart) > 1 else ONE_REPEAT
    return float(apart.mean()), error


def history(
    study: Study,
    outcomes: Iterable[Outcome],
    target: str,
    departure: Departure,
    method: str,
    metric: Metric = MACRO_F1,
) -> list[Gain]:
    """The gains of that method from there in the backtest seasons of a target.

    Where several recipes or learners were asked, those that answered most count.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    outcomes
        Answers to this study, of any season.
    target
        Label of the season to forecast.
    departure
        Where the trip starts and ends.
    method
        Id of the method, for example ``transfer``.
    metric
        The score that gains.

    Raises
    ------
    PlanError
        Where backtests were answered, and none gives the metric.
    """
    earlier = study.seasons_before(target)
    asked: dict[object, list[Outcome]] = {}
    for outcome in outcomes:
        plan = outcome.plan
        backtest = plan.target in earlier and set(plan.sources) == set(earlier) - {plan.target}
        if backtest and plan.departure == departure and plan.method.name in (BASELINE, method):
            circumstances = (plan.learner, plan.recipe, plan.test, plan.repeats, plan.seed)
            asked.setdefault(circumstances, []).append(outcome)
    fullest = max(asked.values(), key=lambda answers: len(_with_baselines(answers)), default=[])
    return gains(fullest, metric)


def forecast_trip(
    past_gains: Sequence[Gain],
    trip: Trip,
    value_of_point: float | None = None,
    money: float | None = None,
) -> TripForecast:
    """What a trip will gain, by what trips gained in backtest seasons.

    Parameters
    ----------
    past_gains
        Gains of trips in backtest seasons, see `history`.
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
    prediction = forecast(past_gains, request.design, len(trip.wanted))
    if money is None:
        money = estimate(trip.wanted, request.departure, request.tariff).money.likely
    return TripForecast(
        request.design,
        trip.design.equivalent_radius_km,
        len(trip.wanted),
        money,
        prediction.interval(),
        prediction.above(0),
        None if value_of_point is None else prediction.worth(money, value_of_point),
        prediction.seasons,
    )


def regrets(
    past_gains: Sequence[Gain], money: Mapping[Gain, float], value_of_point: float
) -> dict[str, tuple[Gain | None, float]]:
    """What following the forecast would have cost, season by season.

    In every season the trip with the largest expected surplus by the other seasons is taken, or none where
    none is expected to be worth its cost; the regret is the surplus of the best choice in hindsight less the
    surplus of this one.

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
        expected = {
            trip: value_of_point * forecast(rest, trip.design, trip.parcels).interval().value - money[trip]
            for trip in trips
        }
        taken = max(trips, key=expected.__getitem__)
        surplus = {trip: value_of_point * trip.points - money[trip] for trip in trips}
        goes = expected[taken] > 0
        reached = surplus[taken] if goes else 0.0
        regret[season] = taken if goes else None, max(0.0, *surplus.values()) - reached
    return regret


def _circumstances(plan: Plan) -> tuple[object, ...]:
    """What a trip and its baseline must share to be compared."""
    return (
        plan.study, plan.target, plan.sources, plan.departure, plan.learner, plan.recipe, plan.test,
        plan.repeats, plan.seed, plan.source_models,
    )  # fmt: skip
