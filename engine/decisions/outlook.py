"""What to do in an open season: the trips that were backtested, each with its forecast, and which to take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.decisions.backtest import TripForecast, forecast_trip, history
from engine.decisions.decision import Aims
from engine.decisions.forecast import Gain
from engine.decisions.trip import Trip, TripRequest, trip
from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome
from engine.experiments.scores import MACRO_F1, Metric
from engine.fieldwork.costs import Tariff
from engine.learning.methods import DEFAULT
from engine.learning.recipes import Recipe
from engine.sampling import DESIGNS
from engine.sampling.limits import Limit

NO_AIMS = Aims()
EVEN = 0.5  # a trip that is likelier to lose than to gain is never recommended


@dataclass(frozen=True, eq=False)
class Choice:
    """A trip of an open season, and what it is forecast to gain."""

    trip: Trip
    forecast: TripForecast

    def surplus(self, value_of_point: float) -> float:
        """Expected value of the gain less the likely cost, money."""
        return self.forecast.gain.value * value_of_point - self.forecast.money


@dataclass(frozen=True, eq=False)
class Outlook:
    """What trips of an open season are forecast to gain, and which to take.

    Parameters
    ----------
    method
        Name of the method that learns from the visited parcels.
    gains
        What trips gained in backtest seasons.
    choices
        One a design and size that was backtested, the cheapest first.
    recommended
        The trip to take; None where the map without a trip is the better bet.
    beyond_budget
        How many of the trips cost more than the budget.
    not_ready
        Designs whose source models are not trained for this season, or have no series of it to look at.
    metric
        The score whose gain is forecast.
    has_series
        Whether the season has series yet.
    """

    target: str
    departure: Departure
    tariff: Tariff
    method: str
    value_of_point: float | None
    budget: float | None
    gains: tuple[Gain, ...]
    choices: tuple[Choice, ...]
    recommended: Choice | None
    beyond_budget: int
    not_ready: tuple[str, ...]
    metric: Metric = MACRO_F1
    has_series: bool = True


def outlook(
    study: Study,
    outcomes: Iterable[Outcome],
    target: str,
    departure: Departure,
    tariff: Tariff,
    archive: Archive,
    aims: Aims = NO_AIMS,
) -> Outlook | None:
    """What to do in an open season; None where no backtest of it is answered.

    With a value of a point, the trip with the largest expected surplus is recommended if that is above 0.
    Without one it is the trip that is likeliest to gain, the cheaper one of two that are as likely, unless
    it is likelier to lose.

    Parameters
    ----------
    study, outcomes
        The study, and answers of any season; only those of earlier seasons are looked at.
    target
        Label of the season.
    departure
        Where trips start and end.
    tariff
        By which they are billed.
    archive
        Where source models lie, for designs that ask them.
    aims
        What the recommendation weighs.
    """
    value_of_point, budget, metric = aims
    every = tuple(outcomes)
    gains = history(study, every, target, departure, DEFAULT, metric)
    if not gains:
        return None
    choices, not_ready = [], []
    for design, km, recipe in _backtested(study, every, target, departure):
        request = TripRequest(target, departure, design, Limit("km", km), tariff, recipe=recipe)
        try:
            planned = trip(study, request, archive)
        except PlanError:
            not_ready.append(design)
            continue
        choices.append(Choice(planned, forecast_trip(gains, planned, value_of_point)))
    choices.sort(key=lambda choice: choice.forecast.money)
    best, beyond = _recommended(choices, value_of_point, budget)
    return Outlook(
        target,
        departure,
        tariff,
        DEFAULT,
        value_of_point,
        budget,
        tuple(gains),
        tuple(choices),
        best,
        beyond,
        tuple(dict.fromkeys(not_ready)),
        metric,
        study.has_series(target),
    )


def with_choices(found: Outlook, choices: Sequence[Choice]) -> Outlook:
    """The outlook with other bills, and the recommendation that follows from them.

    Parameters
    ----------
    found
        The outlook.
    choices
        Its choices with their bills, in any order.
    """
    ordered = sorted(choices, key=lambda choice: choice.forecast.money)
    best, beyond = _recommended(ordered, found.value_of_point, found.budget)
    return replace(found, choices=tuple(ordered), recommended=best, beyond_budget=beyond)


def _backtested(
    study: Study, outcomes: Iterable[Outcome], target: str, departure: Departure
) -> list[tuple[str, float, Recipe]]:
    """Designs and sizes that were asked in the seasons before, each once."""
    earlier = study.seasons_before(target)
    asked = {}
    for outcome in outcomes:
        plan = outcome.plan
        design, km = plan.design.name, plan.design.equivalent_radius_km
        backtest = plan.target in earlier and set(plan.sources) == set(earlier) - {plan.target}
        if (
            backtest
            and plan.departure == departure
            and plan.method.name == DEFAULT
            and km
            and design in DESIGNS
        ):
            asked[design, km] = plan.recipe
    return [(design, km, recipe) for (design, km), recipe in sorted(asked.items(), key=lambda item: item[0])]


def _recommended(
    choices: Sequence[Choice], value_of_point: float | None, budget: float | None
) -> tuple[Choice | None, int]:
    """The trip to take, and how many cost more than the budget."""
    within = [each for each in choices if budget is None or each.forecast.money <= budget]
    return _best(within, value_of_point) if within else None, len(choices) - len(within)


def _best(choices: Sequence[Choice], value_of_point: float | None) -> Choice | None:
    if value_of_point is not None:
        best = max(choices, key=lambda each: each.surplus(value_of_point))
        return best if best.surplus(value_of_point) > 0 else None
    best = max(choices, key=lambda each: (each.forecast.probability_of_gain, -each.forecast.money))
    likely = best.forecast.probability_of_gain > EVEN and best.forecast.gain.value > 0
    return best if likely else None
