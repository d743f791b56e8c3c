"""What a scenario costs and gains, by the numbers that every page shows of its trip."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.decisions.routed import RoutedTrip, kept_or_estimated, routed_trip
from engine.decisions.scenario import Scenario, check
from engine.decisions.trip import Trip
from engine.decisions.trip_gain import TripGain, trip_gain, without_trip
from engine.domain import Estimate, Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome
from engine.fieldwork.costs import FREE, Cost
from engine.fieldwork.estimate import estimate


@dataclass(frozen=True, eq=False)
class Result:
    """A scenario with its bill and its gain.

    Parameters
    ----------
    parcels, days, crews
        To visit; calendar days; crews that go out.
    cost
        Its bill.
    routed
        Whether that was planned stop by stop; else it is an estimate.
    gain
        What the trip may be expected to give; None without a trip.
    level
        Score of the map without a trip, tested or forecast; None where neither is answered.
    """

    scenario: Scenario
    parcels: int
    days: int
    crews: int
    cost: Cost
    routed: bool
    gain: TripGain | None
    level: Estimate | None

    @property
    def tested(self) -> Estimate | None:
        """What it gains by answered trips, 0 to 1."""
        return self.gain.over_baseline if self.gain else None

    @property
    def forecast(self) -> Estimate | None:
        """What it gains by backtests, points."""
        return self.gain.forecast.gain if self.gain and self.gain.forecast else None


def result_of(
    study: Study,
    scenario: Scenario,
    outcomes: Sequence[Outcome],
    archive: Archive,
    made: RoutedTrip | Trip | None,
) -> Result:
    """What a scenario costs and gains.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    scenario
        Of this study.
    outcomes
        Answers of any season.
    archive
        Where routed trips and predictions are kept.
    made
        Its trip, routed or with its bill to be estimated; None without a trip.

    Raises
    ------
    PlanError
        Where no answer from its departure gives the metric.
    """
    request, metric = scenario.request, scenario.metric
    if made is None:
        level = without_trip(study, outcomes, request.target, request.departure, metric, archive)
        return Result(scenario, 0, 0, 0, FREE, False, None, level)
    trip = made.trip if isinstance(made, RoutedTrip) else made
    cost = (
        made.cost
        if isinstance(made, RoutedTrip)
        else estimate(trip.wanted, request.departure, request.tariff)
    )
    gain = trip_gain(study, outcomes, trip, cost, scenario.value_of_point, metric, archive=archive)
    level = gain.baseline or (gain.forecast.level if gain.forecast else None)
    if isinstance(made, RoutedTrip):
        return Result(scenario, len(made.parcels), made.days, made.crews, cost, True, gain, level)
    crews = request.driving.crews or 1
    days = math.ceil(cost.crew_days / crews)
    return Result(scenario, len(trip.wanted), days, crews, cost, False, gain, level)


def results(
    study: Study,
    scenarios: Sequence[Scenario],
    outcomes: Sequence[Outcome],
    archive: Archive,
    *,
    route: bool = True,
) -> tuple[Result, ...]:
    """What scenarios cost and gain.

    Parameters
    ----------
    study, outcomes, archive
        As for `result_of`.
    scenarios
        Each is checked against the study.
    route
        Whether trips that are not kept are routed, which takes seconds; else their bills are estimated.

    Raises
    ------
    ScenarioError
        Where a scenario is of another study.
    PlanError
        Where a trip cannot be made, or no answer gives its metric.
    """
    for scenario in scenarios:
        check(scenario, study)
    make = routed_trip if route else kept_or_estimated
    return tuple(
        result_of(
            study,
            scenario,
            outcomes,
            archive,
            make(study, scenario.request, archive) if scenario.visits else None,
        )
        for scenario in scenarios
    )
