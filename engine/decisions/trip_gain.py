"""What a trip is worth: its score by answered trips, what it gains over no trip, and its forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.decisions.backtest import TripForecast, forecast_trip, level_without_trip
from engine.decisions.decision import able, fullest
from engine.decisions.history import History, history
from engine.decisions.interpolation import Interpolation, gain_over, interpolated
from engine.decisions.trip import Trip, TripRequest
from engine.domain import Departure, Estimate, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome, baseline_of
from engine.experiments.scores import MACRO_F1, Metric, score_of
from engine.fieldwork.costs import Cost
from engine.geodesy import geodesic_km
from engine.learning.methods import DEFAULT
from engine.sampling.listed import ListedParcels


@dataclass(frozen=True)
class TripGain:
    """What a trip may be expected to give; every page, file and command takes it from here.

    Parameters
    ----------
    score
        By the metric, and what it rests on.
    baseline
        Score of the map without a trip, if it was answered.
    over_baseline
        The score above it, 0 to 1; None where either is not known.
    forecast
        What it will gain, by backtests; None where there are none.
    forecast_from
        Where the backtests start: the nearest departure that has any.
    metric
        The score.
    """

    score: Interpolation
    baseline: Estimate | None
    over_baseline: Estimate | None
    forecast: TripForecast | None
    forecast_from: Departure | None = None
    metric: Metric = MACRO_F1


def trip_gain(
    study: Study,
    outcomes: Sequence[Outcome],
    trip: Trip,
    cost: Cost,
    value_of_point: float | None = None,
    metric: Metric = MACRO_F1,
    *,
    archive: Archive,
) -> TripGain:
    """What a trip gives, by the answers from its departure.

    Parameters
    ----------
    study
        With its seasons, parcels and classes.
    outcomes
        Answers to this study, of any season.
    trip
        Its parcels; those of an answered plan have that plan's score.
    cost
        Its bill, which the forecast weighs.
    value_of_point
        Money that one point (0.01) of macro F1 is worth; None where it is not stated.
    metric
        The score that decides.
    archive
        Where it is kept what the map of a season without labels expects of itself.

    Raises
    ------
    PlanError
        Where no answer from its departure gives the metric.
    """
    answers = _answers(study, outcomes, trip.request.target, trip.request.departure, metric)
    score, baseline = _score(outcomes, answers, trip, metric), baseline_of(answers)
    free = score_of(baseline, metric) if baseline else None
    gain = gain_over(score, baseline, metric) if baseline else None
    forecast = _forecast(study, outcomes, trip, cost, value_of_point, metric, archive)
    return TripGain(score, free, gain, *forecast, metric)


def _score(
    outcomes: Sequence[Outcome], answers: Sequence[Outcome], trip: Trip, metric: Metric
) -> Interpolation:
    request = trip.request
    for outcome in outcomes:
        if outcome.plan.key == request.answered:
            size = outcome.plan.design.equivalent_radius_km
            f1 = score_of(outcome, metric)
            return Interpolation(f1, request.design, outcome.plan.method, (size,), answers=(outcome,))
    design = ListedParcels.name if request.listed else request.design
    return interpolated(answers, design, trip.design.equivalent_radius_km, metric)


def _forecast(
    study: Study,
    outcomes: Sequence[Outcome],
    trip: Trip,
    cost: Cost,
    value_of_point: float | None,
    metric: Metric,
    archive: Archive,
) -> tuple[TripForecast | None, Departure | None]:
    """The forecast by the backtests of the nearest departure that has any."""
    request = trip.request
    if _drawn_by_design(request):
        past, start = nearest_history(study, outcomes, request.target, request.departure, metric, archive)
        if past is not None:
            return forecast_trip(past, trip, value_of_point, cost.money.likely), start
    return None, None


def without_trip(
    study: Study,
    outcomes: Sequence[Outcome],
    target: str,
    departure: Departure,
    metric: Metric,
    archive: Archive,
) -> Estimate | None:
    """Score of the map without a trip: tested where that was answered, else forecast; None where neither is.

    Parameters
    ----------
    study, outcomes
        As for `trip_gain`.
    target, departure
        Label of the season; where trips start.
    metric, archive
        As for `trip_gain`.

    Raises
    ------
    PlanError
        Where no answer from the departure gives the metric.
    """
    baseline = baseline_of(_answers(study, outcomes, target, departure, metric))
    if baseline:
        return score_of(baseline, metric)
    past, _ = nearest_history(study, outcomes, target, departure, metric, archive)
    return level_without_trip(past) if past else None


def _answers(
    study: Study, outcomes: Sequence[Outcome], target: str, departure: Departure, metric: Metric
) -> list[Outcome]:
    """The answers of the fullest comparison that give the metric."""
    comparison = fullest(study, outcomes, target, departure)
    return able(comparison[1] if comparison else [], metric)[0]


def nearest_history(
    study: Study,
    outcomes: Sequence[Outcome],
    target: str,
    departure: Departure,
    metric: Metric,
    archive: Archive,
) -> tuple[History | None, Departure | None]:
    """The backtests of the nearest departure that has any, and that departure.

    Parameters
    ----------
    study, outcomes, target, departure, metric, archive
        As for `trip_gain`.
    """
    starts = {outcome.plan.departure for outcome in outcomes}
    for start in sorted(starts, key=lambda start: km_between(departure, start)):
        try:
            past = history(study, outcomes, target, start, DEFAULT, metric, archive)
        except PlanError:  # its backtests don't give the metric; another departure's may
            continue
        if past.gains:
            return past, start
    return None, None


def km_between(departure: Departure, other: Departure) -> float:
    """How far two departures are apart, in a straight line.

    Parameters
    ----------
    departure, other
        The places.
    """
    place = np.array([other.lon]), np.array([other.lat])
    return float(geodesic_km(departure.lon, departure.lat, *place)[0])


def _drawn_by_design(request: TripRequest) -> bool:
    """Whether a design chose the parcels, so that backtests of designs speak of them."""
    return not request.listed or bool(request.answered)
