"""The stops of a day as a list to tick off on a phone."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from engine.fieldwork.exports import directions
from engine.fieldwork.tour import Day, clock


@dataclass(frozen=True)
class ListedStop:
    """A stop with its parcels.

    Parameters
    ----------
    number
        Of the day, from 1.
    arrival
        hh:mm.
    url
        Opens the way to it in the map app of the phone.
    parcels
        Of each parcel its id, the parcel to visit instead (empty where there is none), and the km between.
    """

    number: int
    arrival: str
    url: str
    parcels: tuple[tuple[str, str, float], ...]


def stop_list(day: Day, sheet: pd.DataFrame) -> tuple[ListedStop, ...]:
    """The stops of a day, in the order of the visits.

    Parameters
    ----------
    day
        The day tour.
    sheet
        Its rows of `engine.fieldwork.exports.day_sheets`.
    """
    rows = sheet[["parcel_id", "replacement", "replacement_km"]].to_numpy(object)
    instead = {parcel: (str(spare), float(km or 0)) for parcel, spare, km in rows}
    return tuple(
        ListedStop(
            number,
            clock(stop.arrival_h),
            directions(stop),
            tuple((parcel, *instead[parcel]) for parcel in stop.parcels),
        )
        for number, stop in enumerate(day.stops, 1)
    )
