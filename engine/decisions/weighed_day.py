"""One more day after a map: the parcels to visit, what they cost, and what they would add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.decisions.next_day import NextDay, next_day
from engine.decisions.trip_gain import nearest_history
from engine.domain import Departure, Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome
from engine.experiments.scores import Metric
from engine.fieldwork.costs import Cost, Tariff
from engine.fieldwork.estimate import estimate
from engine.mapping.crop_map import CropMap
from engine.mapping.learning_curve import LearningCurve
from engine.mapping.next_parcels import next_parcels

DAY = 25  # parcels that a crew visits in a day, about


@dataclass(frozen=True)
class DayAsked:
    """A day that could be driven.

    Parameters
    ----------
    departure, tariff
        Where it starts, and what it costs.
    parcels
        To visit.
    within_km
        So far from the departure at most; None for any distance.
    design
        Name of the design that drew the trip so far.
    value_of_point
        Money that one point (0.01) of macro F1 is worth; None where it is not stated.
    """

    departure: Departure
    tariff: Tariff
    design: str
    parcels: int = DAY
    within_km: float | None = None
    value_of_point: float | None = None


@dataclass(frozen=True)
class WeighedDay:
    """The worth of a day.

    Parameters
    ----------
    worth
        What it would add, and whether to go.
    bill
        What it costs, not routed.
    parcels
        Ids of those to visit, in the order of the drive.
    """

    worth: NextDay
    bill: Cost
    parcels: tuple[str, ...]


def weighed_day(
    study: Study,
    made: CropMap,
    curve: LearningCurve | None,
    asked: DayAsked,
    outcomes: Sequence[Outcome],
    archive: Archive,
) -> WeighedDay:
    """Weigh one more day, with the parcels that a map would learn most from.

    Parameters
    ----------
    study, made
        The study, and the map of the season.
    curve
        Of the labels of that map; None where they are too few.
    asked
        The day.
    outcomes
        Answers to the study.
    archive
        Where they are kept.

    Raises
    ------
    PlanError
        Where nothing speaks of a further day, see `engine.decisions.next_day.next_day`.
    """
    following = next_parcels(made, asked.departure, asked.parcels, asked.within_km)
    every = study.parcels_in(made.season)
    chosen = every[every["parcel_id"].isin(following["parcel_id"])]
    bill = estimate(chosen, asked.departure, asked.tariff)
    metric = Metric("parcel")  # the score of the learning curve
    past, _ = nearest_history(study, outcomes, made.season, asked.departure, metric, archive)
    labelled, money = int(made.parcels["labelled"].sum()), bill.money.likely
    worth = next_day(labelled, len(following), money, curve, past, asked.design, asked.value_of_point)
    return WeighedDay(worth, bill, tuple(following["parcel_id"].astype(str)))
