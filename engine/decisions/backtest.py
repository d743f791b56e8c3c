"""Each past season plays the target: what the same trip would have gained then, and what that foretells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.decisions.forecast import Forecast, Gain, forecast
from engine.decisions.trip import Trip
from engine.domain import Departure, Estimate, PlanError, Study
from engine.experiments.outcome import Outcome, interval
from engine.experiments.plan import Plan
from engine.fieldwork.estimate import estimate
from engine.learning.methods import method_by_name
from engine.learning.methods.groundplan import GroundplanHome
from engine.sampling.protocol import NoVisit

ONE_REPEAT = 1.0  # standard error of the gain that a single repeat shows, points
HOME = GroundplanHome.name  # staying at home with all that past seasons teach: free, the yardstick of a gain


@dataclass(frozen=True)
class TripForecast:
    """A trip of a season that nobody has seen, and what it will gain.

    Parameters
    ----------
    km, parcels, money
        Its reach, how many it visits, what it likely costs.
    gain
        Expected gain in macro F1 over staying at home, points, with its 90 % prediction interval.
    probability_of_gain
        That it gains anything.
    probability_worth_it
        That the gain is worth its cost at the stated value of a point; None where none was stated.
    seasons
        Past seasons that it rests on.
    """

    design: str
    km: float
    parcels: int
    money: float
    gain: Estimate
    probability_of_gain: float
    probability_worth_it: float | None
    seasons: int

    def row(self) -> dict[str, Any]:
        """The forecast as a flat, machine-readable row."""
        return {**vars(self), "gain": interval(self.gain)}


def backtests(study: Study, plans: Sequence[Plan]) -> tuple[Plan, ...]:
    """The trips of these plans, and staying at home, in every season before their target, each taught by the
    others of them.

    No season from the target on is opened: a forecast knows what was known before the trip.

    Raises
    ------
    PlanError
        Where fewer than two seasons lie before the target, or no plan is a trip.
    """
    made: dict[Plan, None] = {}
    trips = [plan for plan in plans if plan.method.visits]
    if not trips:
        raise PlanError("Staying at home gains nothing over itself. Ask a backtest for a method that visits.")
    for target in dict.fromkeys(plan.target for plan in trips):
        past = study.seasons_before(target)
        if len(past) < 2:
            raise PlanError(
                f"Before {target} there are {len(past)} seasons, and a backtest needs one to play the target "
                "and one to teach. Choose a later target, or add seasons."
            )
        for played in past:
            others = tuple(label for label in past if label != played)
            for plan in trips:
                if plan.target == target:
                    then = replace(plan, target=played, sources=others)
                    made[replace(then, design=NoVisit(), method=method_by_name(HOME))] = None
                    made[then] = None
    return tuple(made)


def gains(outcomes: Iterable[Outcome]) -> list[Gain]:
    """What trips gained over staying at home in the season that they played.

    Repeats are compared in pairs, which share their source model; the standard error is that of the mean
    difference. Both were tested on the same parcels, and how far those stand for the season's others is
    left to the forecast's own spread.
    """
    found = list(outcomes)
    home = {_circumstances(one.plan): one for one in found if one.plan.method.name == HOME}
    rows = []
    for one in found:
        stay = home.get(_circumstances(one.plan))
        if stay is None or not one.visits:
            continue
        points = paired(one.repeats, stay.repeats)
        rows.append(Gain(one.plan.target, one.plan.design.name, one.parcels, *points))
    return rows


def paired(went: Sequence[float], stayed: Sequence[float]) -> tuple[float, float]:
    """Mean gain of repeats over the same repeats at home, and its standard error, points."""
    apart = 100 * (np.array(went) - np.array(stayed))  # [repeat]
    error = float(apart.std(ddof=1) / np.sqrt(len(apart))) if len(apart) > 1 else ONE_REPEAT
    return float(apart.mean()), error


def history(
    study: Study, outcomes: Iterable[Outcome], target: str, departure: Departure, method: str
) -> list[Gain]:
    """The gains of that method from there in seasons before the target that played it.

    Where several recipes or learners were asked, those that answered most count.
    """
    past = study.seasons_before(target)
    asked: dict[object, list[Outcome]] = {}
    for one in outcomes:
        plan = one.plan
        played = plan.target in past and set(plan.sources) == set(past) - {plan.target}
        if played and plan.departure == departure and plan.method.name in (HOME, method):
            how = (plan.learner, plan.recipe, plan.test, plan.repeats, plan.seed)
            asked.setdefault(how, []).append(one)
    return max((gains(answers) for answers in asked.values()), key=len, default=[])


def forecast_trip(known: Sequence[Gain], trip: Trip, value_of_point: float | None = None) -> TripForecast:
    """What a trip will gain, by what trips gained in past seasons.

    Raises
    ------
    PlanError
        Where no season has played the target yet.
    """
    request = trip.request
    said = forecast(known, request.design, len(trip.wanted))
    money = estimate(trip.wanted, request.departure, request.tariff).money.likely
    return TripForecast(
        request.design,
        trip.design.equivalent_radius_km,
        len(trip.wanted),
        money,
        said.interval(),
        said.above(0),
        None if value_of_point is None else said.worth(money, value_of_point),
        said.seasons,
    )


def regrets(
    known: Sequence[Gain], money: Mapping[Gain, float], value_of_point: float
) -> dict[str, tuple[Gain | None, float]]:
    """What following the forecast would have cost, season by season.

    In every season the trip with the largest expected surplus by the other seasons is taken, or none where
    none is expected to be worth its cost; the regret is the surplus of the best choice in hindsight less the
    surplus of this one.

    Parameters
    ----------
    money
        Cost of each trip.

    Returns
    -------
    By season: the trip that was taken (None for staying), and the regret in money.
    """
    found: dict[str, tuple[Gain | None, float]] = {}
    for season in dict.fromkeys(one.season for one in known):
        rest = [one for one in known if one.season != season]
        trips = [one for one in known if one.season == season]
        said: dict[Gain, Forecast] = {one: forecast(rest, one.design, one.parcels) for one in trips}
        expected = {one: value_of_point * said[one].interval().value - money[one] for one in trips}
        taken = max(trips, key=expected.__getitem__)
        surplus = {one: value_of_point * one.points - money[one] for one in trips}
        mine = surplus[taken] if expected[taken] > 0 else 0.0
        found[season] = (
            taken if expected[taken] > 0 else None,
            max(0.0, *surplus.values()) - mine,
        )
    return found


def _circumstances(plan: Plan) -> tuple[object, ...]:
    """What a trip and staying at home must share to be compared."""
    return (
        plan.study, plan.target, plan.sources, plan.departure, plan.learner, plan.recipe, plan.test,
        plan.repeats, plan.seed,
    )  # fmt: skip
