"""What backtests measured of trips, and of the map without one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.decisions.cheapest import standard_error
from engine.decisions.forecast import Gain
from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.expected_f1 import baseline_for, kept_expected_f1
from engine.experiments.outcome import Outcome, trips_of
from engine.experiments.plan import Plan
from engine.experiments.scores import (
    MACRO_F1,
    Metric,
    difference,
    difference_error,
    lacking,
    same_test,
    score_of,
)
from engine.experiments.source_models import trainings_of
from engine.learning.methods import BASELINE

ONE_REPEAT = 1.0  # standard error of the gain that a single repeat shows, points
BEYOND = 1.5  # a trip this many times smaller or larger than any that was backtested is beyond them

Pooled = Literal["", "design", "size"]


@dataclass(frozen=True)
class History:
    """What backtests of a season measured, and what is known of the season itself without a label.

    Parameters
    ----------
    gains
        Of trips in backtest seasons.
    expected_f1
        Macro F1 that the map without a trip expects of itself in the season, points; None where it is not
        known.
    """

    gains: tuple[Gain, ...] = ()
    expected_f1: float | None = None


@dataclass(frozen=True)
class Evidence:
    """Which backtests the forecast of a trip rests on.

    Parameters
    ----------
    seasons
        Labels of the backtest seasons, in order.
    sizes
        Designs, each with the number of its sizes.
    pooled
        What of the trip was not backtested itself, so that it is pooled from the others: its ``design``, its
        ``size``, or neither.
    expected_f1
        Whether it uses what the map without a trip expects of itself in the season.
    """

    seasons: tuple[str, ...] = ()
    sizes: tuple[tuple[str, int], ...] = ()
    pooled: Pooled = ""
    expected_f1: bool = False


def evidence(past: History, design: str, parcels: int) -> Evidence:
    """Which backtests the forecast of a trip rests on.

    Parameters
    ----------
    past
        What backtests measured.
    design
        Name of the trip's design.
    parcels
        How many it visits.
    """
    seasons = tuple(sorted({gain.season for gain in past.gains}))
    sizes = {
        name: max(
            len({gain.parcels for gain in past.gains if (gain.season, gain.design) == (season, name)})
            for season in seasons
        )
        for name in sorted({gain.design for gain in past.gains})
    }
    own = [gain.parcels for gain in past.gains if gain.design == design]
    pooled: Pooled = ""
    if not own:
        pooled = "design"
    elif not min(own) / BEYOND <= parcels <= BEYOND * max(own):
        pooled = "size"
    used = past.expected_f1 is not None and any(gain.expected_f1 is not None for gain in past.gains)
    return Evidence(seasons, tuple(sizes.items()), pooled, used)


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
        level = score_of(baseline, metric)
        rows.append(
            Gain(
                trip.plan.target,
                trip.plan.design.name,
                trip.parcels,
                *_gained(trip, baseline, metric),
                100 * level.value,
                100 * standard_error(level),
                baseline.expected_f1 and 100 * baseline.expected_f1,
            )
        )
    if reasons and not rows:
        raise PlanError(f"No backtest gives {metric.title}: {reasons[0]}")
    return rows


def _with_baselines(outcomes: Iterable[Outcome]) -> list[tuple[Outcome, Outcome]]:
    """Trips, each with the baseline under the same circumstances; those without one are left out."""
    outcomes = list(outcomes)
    free = [outcome for outcome in outcomes if outcome.plan.method.name == BASELINE]
    baselines = {_circumstances(outcome.plan): outcome for outcome in free}
    of_any_models = {_circumstances(outcome.plan)[:-1]: outcome for outcome in free}
    pairs = []
    for trip in trips_of(outcomes):
        asked = _circumstances(trip.plan)
        found = baselines.get(asked)
        if found is None and not trainings_of(trip.plan):  # it names no number of source models
            found = of_any_models.get(asked[:-1])
        if found is not None:
            pairs.append((trip, found))
    return pairs


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
    archive: Archive | None = None,
) -> History:
    """The gains of that method from there in the backtest seasons of a target, and what the map without
    a trip expects of itself in the target.

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
    archive
        Where it is kept what the map of a season without labels expects of itself; without one it is not
        looked up.

    Raises
    ------
    PlanError
        Where backtests were answered, and none gives the metric.
    """
    outcomes, earlier = tuple(outcomes), study.seasons_before(target)
    asked: dict[object, list[Outcome]] = {}
    for outcome in outcomes:
        plan = outcome.plan
        backtest = plan.target in earlier and set(plan.sources) == set(earlier) - {plan.target}
        if backtest and plan.departure == departure and plan.method.name in (BASELINE, method):
            circumstances = (plan.learner, plan.recipe, plan.test, plan.repeats, plan.seed)
            asked.setdefault(circumstances, []).append(outcome)
    fullest = max(asked.values(), key=lambda answers: len(_with_baselines(answers)), default=[])
    measured = tuple(gains(fullest, metric))
    if not measured:
        return History()
    return History(measured, _expected_f1(study, fullest[0].plan, target, outcomes, archive))


def _expected_f1(
    study: Study, backtest: Plan, target: str, outcomes: Sequence[Outcome], archive: Archive | None
) -> float | None:
    """What the map of the target without a trip expects of itself, points: by its answer, or as kept."""
    if not study.has_series(target):
        return None
    baseline = baseline_for(study, backtest, target)
    for outcome in outcomes:
        if outcome.plan == baseline and outcome.expected_f1 is not None:
            return 100 * outcome.expected_f1
    kept = kept_expected_f1(study, baseline, archive) if archive else None
    return kept and 100 * kept


def _circumstances(plan: Plan) -> tuple[object, ...]:
    """What a trip and its baseline must share to be compared."""
    return (
        plan.study, plan.target, plan.sources, plan.departure, plan.learner, plan.recipe, plan.test,
        plan.repeats, plan.seed, plan.source_models,
    )  # fmt: skip
