"""A trip that also visits a probability sample: what accuracy costs beside training, on the same tour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from engine.decisions.forecast import forecast
from engine.decisions.history import History
from engine.decisions.routed import RoutedTrip, routed_trip
from engine.decisions.texts import counted
from engine.decisions.trip import UNLIMITED
from engine.domain import Estimate, PlanError, Study
from engine.experiments.archive import Archive
from engine.fieldwork.crews import CrewLimits
from engine.fieldwork.roads import Roads
from engine.mapping.accuracy.drawing import NO_MAP, DrawnSample, draw, frame_of, strata_of
from engine.mapping.accuracy.sample_size import planned, sample_size
from engine.mapping.kept_maps import stratified, trained_ids
from engine.mapping.request import map_request
from engine.sampling.replacements import REPLACES

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)  # of the visits that could be for accuracy
RESPONSE = 0.95  # share of the drawn parcels that will have an answer


@dataclass(frozen=True, eq=False)
class AccuracyTrip:
    """A trip for training and a sample for accuracy, driven together.

    Parameters
    ----------
    training
        The trip alone.
    sample
        The parcels that were drawn for accuracy.
    both
        All of them on one tour. No parcel replaces one of the sample: where nobody can go is said.
    """

    training: RoutedTrip
    sample: DrawnSample
    both: RoutedTrip

    @property
    def accuracy_ids(self) -> frozenset[str]:
        """Ids of the parcels whose labels never train."""
        return frozenset(self.sample.parcels)

    @property
    def more_money(self) -> float:
        """What the sample costs beside the trip, by the likely rates."""
        return float(self.both.cost.money.likely - self.training.cost.money.likely)


def draw_sample(
    study: Study,
    made: RoutedTrip,
    workspace: Path,
    *,
    parcels: int | None = None,
    half_width: float | None = None,
    seed: int = 0,
) -> DrawnSample:
    """Draw the parcels to visit for accuracy, beside those of a trip.

    The strata are the classes of the season's latest map; where there is none yet, all parcels are one
    stratum. Parcels of the trip, and those with a label, are outside the frame.

    Parameters
    ----------
    study, made
        The study; the trip for training.
    workspace
        Where maps are kept.
    parcels
        To draw; or give ``half_width``.
    half_width
        Wanted of the 95 % interval of overall accuracy: 0.03 for plus or minus three points.
    seed
        Of the draw.

    Raises
    ------
    AccuracyError
        Where nothing can be drawn, or the size makes no sense.
    """
    season = made.request.target
    population, key = stratified(study, season, workspace)
    outside = {*trained_ids(study, season), *made.parcels}
    strata = strata_of(frame_of(population, outside))
    size = (
        sample_size(strata, half_width, response=RESPONSE)
        if half_width is not None
        else planned(strata, parcels or 0, response=RESPONSE)
    )
    return draw(population, size, season, key or NO_MAP, outside, seed)


def with_accuracy(
    study: Study, made: RoutedTrip, sample: DrawnSample, archive: Archive, roads: Roads | None = None
) -> AccuracyTrip:
    """Route a trip and a sample as one. The limits of the trip are those of its training parcels.

    Parameters
    ----------
    study, made, sample
        The study; the trip for training; the sample.
    archive
        Where trips are kept.
    roads
        Source of distances; by default straight lines with the tariff's detour.

    Raises
    ------
    PlanError
        Where no parcel can be reached.
    """
    ids = tuple(sorted({*made.parcels, *sample.parcels}))
    asked = made.request.driving
    request = replace(
        made.request, listed=ids, limit=UNLIMITED, pinned=(), answered="",
        driving=CrewLimits(asked.crews, asked.sleep_out),
    )  # fmt: skip
    both = routed_trip(study, request, archive, roads=roads)
    spare = both.trip.spare
    if len(spare):
        spare = spare[~spare[REPLACES].astype(str).isin(set(sample.parcels))]
    return AccuracyTrip(made, sample, replace(both, trip=replace(both.trip, spare=spare)))


@dataclass(frozen=True)
class TradeRow:
    """One way to divide the visits of a trip.

    Parameters
    ----------
    training, accuracy
        Parcels for each.
    gain
        Forecast of the trip's gain, points; None where no backtest is answered.
    half_width
        Of the 95 % interval of overall accuracy, 0 to 1; None without a sample.
    """

    training: int
    accuracy: int
    gain: Estimate | None
    half_width: float | None


def trade(
    study: Study,
    made: RoutedTrip,
    past: History | None,
    workspace: Path,
    sizes: Sequence[int] | None = None,
) -> tuple[TradeRow, ...]:
    """What each division of as many visits between training and accuracy gives.

    Parameters
    ----------
    study, made
        The study; the trip, all of whose visits are for training.
    past
        What backtests measured; None where there are none.
    workspace
        Where maps are kept.
    sizes
        Numbers of parcels for accuracy; those that leave nothing for training are passed over. By default
        `SHARES` of the visits.
    """
    population, _ = stratified(study, made.request.target, workspace)
    strata = strata_of(frame_of(pd.DataFrame(population), trained_ids(study, made.request.target)))
    total, rows = len(made.parcels), []
    for size in [round(share * total) for share in SHARES] if sizes is None else sizes:
        training = total - size
        if training < 1 or (size and size > int(strata["parcels"].sum())):
            continue
        gain = None
        if past is not None and past.gains:
            gain = forecast(past.gains, made.request.design, training, past.expected_f1).interval()
        width = planned(strata, size, response=RESPONSE).half_width if size > len(strata) else None
        rows.append(TradeRow(training, size, gain, width))
    return tuple(rows)


def without_map_sentence(study: Study, season: str, map_key: str) -> str:
    """What a sample lacks that no map divides; empty where a map does, or none can be made yet.

    The half-width of overall accuracy is hardly another one: classes of a map give each class its parcels.

    Parameters
    ----------
    study, season
        The study; label of the season.
    map_key
        Of the sample: of the map whose classes are its strata.
    """
    if map_key != NO_MAP or len(study.labelled_in(season)) == len(study.parcels_in(season)):
        return ""
    try:
        map_request(study, season)
    except PlanError:  # without series, or without any label to learn from
        return ""
    return (
        f"No map of {season} is made yet, so the sample cannot give each class its parcels, and rare classes "
        "may be missed. Make the map first, which needs no trip, and draw the sample then."
    )


def accuracy_sentence(found: AccuracyTrip) -> str:
    """What is visited for what, and what that takes.

    Parameters
    ----------
    found
        The trip with its sample.
    """
    money, currency = found.both.cost.money.likely, found.both.cost.currency
    return (
        f"Training {counted(len(found.training.parcels), 'parcel')} + {len(found.sample.parcels)} for "
        f"accuracy: {counted(found.both.days, 'day')}, {money:,.0f} {currency}. The accuracy sample takes "
        f"{found.more_money:,.0f} {currency} of it, for overall accuracy to "
        f"{100 * found.sample.half_width:.1f} points either way."
    )
