"""What to do in an open season: the trips that were backtested, each with its forecast, and which to take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import hypot
from statistics import mean

from engine.decisions.backtest import TripForecast, forecast_trip
from engine.decisions.cheapest import cheapest_alike, standard_error
from engine.decisions.decision import Aims, fullest
from engine.decisions.forecast import Gain
from engine.decisions.history import History, history
from engine.decisions.routed import RoutedTrip, kept_or_estimated
from engine.decisions.texts import trip_name
from engine.decisions.trip import Trip, TripRequest
from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan
from engine.experiments.scores import MACRO_F1, Metric
from engine.fieldwork.costs import Tariff
from engine.learning.methods import BASELINE, DEFAULT
from engine.learning.recipes import Recipe
from engine.sampling import DESIGNS
from engine.sampling.limits import Limit

NO_AIMS = Aims()


@dataclass(frozen=True, eq=False)
class Choice:
    """A trip of an open season, and what it is forecast to gain.

    Parameters
    ----------
    within_season
        Standard error of its gain beside that of other trips of the season, points: without the luck of the
        season, which all of them share.
    routed
        Whether the money is that of the routed trip, not an estimate.
    """

    trip: Trip
    forecast: TripForecast
    within_season: float = 0.0
    routed: bool = False

    @property
    def name(self) -> str:
        """What tells it from the other trips of its season: design and size."""
        return trip_name(self.forecast.design, self.forecast.equivalent_radius_km)

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
    past
        What backtests measured.
    choices
        One a design and size that was backtested, the cheapest first.
    best
        Of the trips within the budget the one with the largest expected gain, or surplus at the stated value
        of a point; None where none is within it.
    recommended
        The cheapest trip that the forecasts cannot tell from the best; None where that is to map without one.
    beyond_budget
        How many of the trips cost more than the budget.
    not_ready
        Designs whose source models are not trained for this season, or have no series of it to look at.
    without_parcels
        Designs and sizes, km, that hold no parcel to visit in this season.
    metric
        The score whose gain is forecast.
    has_series
        Whether the season has series yet.
    plans
        The backtests that all this rests on: trips, and the baselines of their seasons.
    """

    target: str
    departure: Departure
    tariff: Tariff
    method: str
    value_of_point: float | None
    budget: float | None
    past: History
    choices: tuple[Choice, ...]
    best: Choice | None
    recommended: Choice | None
    beyond_budget: int
    not_ready: tuple[str, ...]
    metric: Metric = MACRO_F1
    has_series: bool = True
    plans: tuple[Plan, ...] = ()
    without_parcels: tuple[tuple[str, float], ...] = ()


def choice_of(past: History, made: Trip | RoutedTrip, value_of_point: float | None = None) -> Choice:
    """A trip with its forecast, billed as far as it is routed.

    Parameters
    ----------
    past
        What backtests measured.
    made
        The trip: routed, or with its bill to be estimated.
    value_of_point
        Money that one point is worth; None where it is not stated.
    """
    routed = isinstance(made, RoutedTrip)
    trip, money = (made.trip, made.cost.money.likely) if isinstance(made, RoutedTrip) else (made, None)
    beside = History(_beside_each_other(past.gains))
    apart = standard_error(forecast_trip(beside, trip, money=0.0).gain)
    return Choice(trip, forecast_trip(past, trip, value_of_point, money), apart, routed)


def outlook(
    study: Study,
    outcomes: Iterable[Outcome],
    target: str,
    departure: Departure,
    tariff: Tariff,
    archive: Archive,
    aims: Aims = NO_AIMS,
    known: Callable[[Study, TripRequest, Archive], RoutedTrip | Trip] = kept_or_estimated,
) -> Outlook | None:
    """What to do in an open season; None where no backtest of it is answered.

    The cheapest trip that the forecasts cannot tell from the best is recommended, see
    `engine.decisions.cheapest`. Best is the largest expected gain, or with a value of a point the largest
    expected surplus. Trips of a season share its luck, so two of them are compared by what their backtests
    show beside the others of each season, as if independent: that is too wide rather than too narrow.

    Trips are billed as routed where that is kept in the archive, and else by an estimate, see
    `Choice.routed`; nothing is routed here.

    The map without a trip gains nothing and costs nothing. Without a value of a point it is an option like
    any other: nobody goes where the best expected gain is within a standard error of 0. With one, nobody
    goes where no surplus is expected: most of a forecast's spread is the luck of the season, which no data
    resolve, and to stay until they do would forgo what trips are worth in the mean.

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
        Where routed trips are kept, and source models lie for designs that ask them.
    aims
        What the recommendation weighs.
    known
        What is known of a trip: routed where that is kept, else with its bill to be estimated.
    """
    value_of_point, budget, metric = aims
    every = tuple(outcomes)
    past = history(study, every, target, departure, DEFAULT, metric, archive)
    if not past.gains:
        return None
    choices, not_ready, empty = [], [], []
    plans = _backtests(study, every, target, departure)
    for design, km, recipe in _sizes(plans):
        request = TripRequest(target, departure, design, Limit("km", km), tariff, recipe=recipe)
        try:
            choices.append(choice_of(past, known(study, request, archive), value_of_point))
        except PlanError:
            if DESIGNS[design].auxiliary is None:
                empty.append((design, km))
            else:
                not_ready.append(design)
    choices.sort(key=lambda choice: choice.forecast.money)
    return Outlook(
        target, departure, tariff, DEFAULT, value_of_point, budget, past, tuple(choices),
        *_recommended(choices, value_of_point, budget), tuple(dict.fromkeys(not_ready)), metric,
        study.has_series(target), plans, tuple(empty),
    )  # fmt: skip


def is_backtested(study: Study, outcomes: Iterable[Outcome], target: str, departure: Departure) -> bool:
    """Whether a trip was tested in the seasons before, so that trips of this season can be forecast.

    Parameters
    ----------
    study, outcomes
        The study, and answers of any season.
    target, departure
        Label of the season; where trips start.
    """
    return any(plan.method.visits for plan in _backtests(study, outcomes, target, departure))


def is_to_forecast(study: Study, outcomes: Sequence[Outcome], target: str, departure: Departure) -> bool:
    """Whether trips of a season are decided by forecast: it has no labels; or its labels are still coming
    home, nothing was tested on them, and trips were tested in the seasons before.

    Parameters
    ----------
    study, outcomes
        The study, and answers of any season.
    target, departure
        Label of the season; where trips start.
    """
    if study.is_open(target):
        return True
    untested = study.is_partly_labelled(target) and fullest(study, outcomes, target, departure) is None
    return untested and is_backtested(study, outcomes, target, departure)


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
    best, chosen, beyond = _recommended(ordered, found.value_of_point, found.budget)
    return replace(found, choices=tuple(ordered), best=best, recommended=chosen, beyond_budget=beyond)


def within_budget(found: Outlook, budget: float | None) -> Outlook:
    """The outlook under another budget: the same trips, and the recommendation that follows.

    Parameters
    ----------
    found
        The outlook.
    budget
        The most that a trip may cost, money; None where there is no limit.
    """
    return with_choices(replace(found, budget=budget), found.choices)


def _backtests(
    study: Study, outcomes: Iterable[Outcome], target: str, departure: Departure
) -> tuple[Plan, ...]:
    """Trips by the usual method, and baselines, that were tested in the seasons before."""
    earlier = study.seasons_before(target)
    plans = [outcome.plan for outcome in outcomes]
    return tuple(
        plan
        for plan in plans
        if plan.target in earlier
        and set(plan.sources) == set(earlier) - {plan.target}
        and plan.departure == departure
        and plan.method.name in (DEFAULT, BASELINE)
    )


def _sizes(plans: Iterable[Plan]) -> list[tuple[str, float, Recipe]]:
    """Designs and sizes that were asked, each once; not those of few seasons, which were no backtest of this
    one.
    """
    asked: dict[tuple[str, float], Recipe] = {}
    seasons: dict[tuple[str, float], set[str]] = {}
    for plan in plans:
        design, km = plan.design.name, plan.design.equivalent_radius_km
        if plan.method.visits and km and design in DESIGNS:
            asked[design, km] = plan.recipe
            seasons.setdefault((design, km), set()).add(plan.target)
    most = max(map(len, seasons.values()), default=0)
    return [
        (design, km, recipe)
        for (design, km), recipe in sorted(asked.items(), key=lambda item: item[0])
        if 2 * len(seasons[design, km]) >= most
    ]


def _beside_each_other(gains: Sequence[Gain]) -> tuple[Gain, ...]:
    """Gains less the mean of their season."""
    seasons: dict[str, list[float]] = {}
    for gain in gains:
        seasons.setdefault(gain.season, []).append(gain.points)
    return tuple(replace(gain, points=gain.points - mean(seasons[gain.season])) for gain in gains)


def _recommended(
    choices: Sequence[Choice], value_of_point: float | None, budget: float | None
) -> tuple[Choice | None, Choice | None, int]:
    """The best trip, the one to take, and how many cost more than the budget."""
    within = [each for each in choices if budget is None or each.forecast.money <= budget]
    beyond = len(choices) - len(within)
    if not within:
        return None, None, beyond
    point, share = (1.0, 0.0) if value_of_point is None else (value_of_point, 1.0)

    def worth(choice: Choice) -> float:
        return point * choice.forecast.gain.value - share * choice.forecast.money

    def error(choice: Choice, other: Choice) -> float:
        return 0.0 if choice is other else point * hypot(choice.within_season, other.within_season)

    best = max(within, key=lambda each: (worth(each), -each.forecast.money))
    least = standard_error(best.forecast.gain) if value_of_point is None else 0.0
    if worth(best) <= least:
        return best, None, beyond
    going = [each for each in within if worth(each) > 0]
    return *cheapest_alike(going, lambda each: each.forecast.money, worth, error), beyond
