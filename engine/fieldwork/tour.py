"""An itinerary as a thing: days, stops, and the ways between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.domain import Departure
from engine.fieldwork.costs import Cost, Tariff

DAY_START_H = 8.0  # o'clock


@dataclass(frozen=True)
class Stop:
    """A halt of the car.

    Parameters
    ----------
    parcels
        Ids of the parcels seen from here.
    lon, lat
        Degrees.
    arrival_h, leave_h
        Hours of the day.
    km, drive_h
        Driven from the stop before, likely.
    """

    parcels: tuple[str, ...]
    lon: float
    lat: float
    arrival_h: float
    leave_h: float
    km: float
    drive_h: float


@dataclass(frozen=True)
class Day:
    """One crew's day.

    Parameters
    ----------
    number, crew
        Counted from 1.
    stops
        In the order of the visits.
    end_h
        When the crew is back, or at its lodging.
    km, drive_h
        Likely road distance and time between stops, with the way back.
    away
        Whether the night after it is spent away.
    date
        YYYY-MM-DD; empty where no start was given.
    """

    number: int
    crew: int
    stops: tuple[Stop, ...]
    end_h: float
    km: float
    drive_h: float
    away: bool = False
    date: str = ""

    @property
    def parcels(self) -> tuple[str, ...]:
        """Ids of its parcels."""
        return tuple(parcel for stop in self.stops for parcel in stop.parcels)

    @property
    def hours(self) -> float:
        """Length of the day."""
        return self.end_h - DAY_START_H


@dataclass(frozen=True)
class Itinerary:
    """Who goes where on which day, and what it costs.

    Parameters
    ----------
    left_out
        Parcels for which there was no room, no money, or no day long enough.
    """

    departure: Departure
    tariff: Tariff
    days: tuple[Day, ...]
    left_out: tuple[str, ...]
    cost: Cost

    @property
    def parcels(self) -> tuple[str, ...]:
        """Ids of the parcels that are visited, in order."""
        return tuple(parcel for day in self.days for parcel in day.parcels)

    @property
    def calendar_days(self) -> int:
        """Days from the first to the last; several crews share them."""
        return calendar_days(self.days)


def calendar_days(days: Sequence[Day]) -> int:
    """Days from the first to the last; several crews share them.

    Parameters
    ----------
    days
        Of all crews.
    """
    return max((day.number for day in days), default=0)


def clock(hours: float) -> str:
    """Hours of the day as hh:mm.

    Parameters
    ----------
    hours
        Since midnight, rounded to the minute.
    """
    minutes = round(hours * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def ways_of(itinerary: Itinerary) -> Iterator[tuple[Day, tuple[float, float], tuple[float, float]]]:
    """Each day with the places where it starts and ends, longitude first in degrees.

    Parameters
    ----------
    itinerary
        The days to drive, with their stops.
    """
    departure = itinerary.departure.lon, itinerary.departure.lat
    night: dict[int, tuple[float, float]] = {}  # where each crew spent it
    for day in itinerary.days:
        start = night.get(day.crew, departure)
        last = (day.stops[-1].lon, day.stops[-1].lat) if day.stops else start
        end = last if day.away else departure
        night[day.crew] = end
        yield day, start, end
