"""What going costs: rates, and the bill of an itinerary or of an estimate."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.domain import GroundplanError
from engine.fieldwork.currencies import sign_of
from engine.parsing import toml_of


class TariffError(GroundplanError):
    """A tariff that contradicts itself or cannot be read."""


@dataclass(frozen=True)
class Range:
    """A number that is not known exactly: a likely value between a low and a high one."""

    likely: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.likely <= self.high:
            raise TariffError(
                f"A range runs from {self.low:g} over {self.likely:g} to {self.high:g}; give the low, the "
                "likely and the high value in this order."
            )

    def __add__(self, other: Range) -> Range:
        return Range(self.likely + other.likely, self.low + other.low, self.high + other.high)

    def __mul__(self, other: Range | float) -> Range:
        """The product; both are at least 0 here, so ends multiply with ends."""
        factor = exactly(other)
        return Range(self.likely * factor.likely, self.low * factor.low, self.high * factor.high)

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.likely:,.0f}"
        return f"{self.likely:,.0f} ({self.low:,.0f} to {self.high:,.0f})"


def exactly(value: Range | float) -> Range:
    """A number as a range without width.

    Parameters
    ----------
    value
        A number, or a range, which is returned as it is.
    """
    return value if isinstance(value, Range) else Range(float(value), float(value), float(value))


@dataclass(frozen=True)
class Tariff:
    """Rates of a survey; every one is a number or a `Range`.

    Parameters
    ----------
    currency
        Of all money.
    per_km
        Money per km driven by a crew.
    per_hour
        Wage of a person, money per hour driven or worked.
    crew
        People in a car.
    allowance, lodging
        Money per person and day, and per person and night away.
    minutes_per_parcel
        Work at a parcel: find it, look, photograph, note.
    minutes_first_stop
        Getting ready each morning.
    road_km_h, field_km_h
        Speed between stops, and on the last ``field_km`` to and from each.
    detour
        Road distance over great circle distance.
    hours_per_day
        Longest working day, from leaving to being back.
    fixed
        Money that does not depend on the trip: training, insurance, equipment.
    """

    name: str = "default"
    currency: str = "EUR"
    per_km: Range | float = 0.37
    per_hour: Range | float = 12.5
    crew: int = 2
    allowance: Range | float = 21.0
    lodging: Range | float = 35.0
    minutes_per_parcel: Range | float = Range(12.0, 6.0, 24.0)
    minutes_first_stop: Range | float = 15.0
    road_km_h: float = 50.0
    field_km_h: float = 15.0
    field_km: float = 0.4
    detour: Range | float = Range(1.34, 1.2, 1.5)
    hours_per_day: float = 8.0
    fixed: Range | float = 0.0

    def __post_init__(self) -> None:
        for name in RATES:
            value = getattr(self, name)
            low = value.low if isinstance(value, Range) else value
            least = 1.0 if name in ("detour", "crew") else 0.0
            strictly = name in ("road_km_h", "field_km_h", "hours_per_day")
            if not math.isfinite(low) or low < least or (strictly and low <= 0):
                raise TariffError(
                    f"The tariff's {name} is {low:g}; it must be {'above' if strictly else 'at least'} "
                    f"{least:g}. Correct it."
                )
        if exactly(self.minutes_first_stop).likely + exactly(self.minutes_per_parcel).likely > (
            60 * self.hours_per_day
        ):
            raise TariffError(
                f"A day of {self.hours_per_day:g} h is too short for one parcel. Lengthen hours_per_day, or "
                "shorten minutes_per_parcel."
            )


@dataclass(frozen=True)
class Rate:
    """What a rate of a tariff is called, and its unit; ``{currency}`` stands for the tariff's."""

    label: str
    unit: str = ""

    def title(self, currency: str) -> str:
        """Label and unit, for example ``Driving, € per km``."""
        return f"{self.label}, {self.unit.format(currency=sign_of(currency))}" if self.unit else self.label


RATES = {
    "per_km": Rate("Driving", "{currency} per km"),
    "per_hour": Rate("Wage of a person", "{currency} per hour"),
    "crew": Rate("People in a car"),
    "allowance": Rate("Allowance", "{currency} per person and day"),
    "lodging": Rate("Lodging", "{currency} per person and night away"),
    "minutes_per_parcel": Rate("Work at a parcel", "minutes"),
    "minutes_first_stop": Rate("Getting ready each morning", "minutes"),
    "road_km_h": Rate("Speed on roads", "km/h"),
    "field_km_h": Rate("Speed on field tracks", "km/h"),
    "field_km": Rate("Field track to a stop", "km"),
    "detour": Rate("Road distance over straight line"),
    "hours_per_day": Rate("Longest working day", "hours"),
    "fixed": Rate("Fixed costs", "{currency}"),
}

MOST = 10**12  # of a rate in whole numbers, not all of which a float can hold

# Sources: minutes at a plot, FAO area-frame guidelines (6 to 24); road over straight line, mean of 300
# European cities (1.34); mileage 0.37 EUR/km and allowance 21 EUR/day as in European travel rules; wages such
# that a crew-day lies between 160 and 400 EUR. All are inputs, none is a finding.
PRESETS = {
    tariff.name: tariff
    for tariff in (
        Tariff(),
        Tariff(
            name="drive-by",  # crops read from the road, without leaving the car
            minutes_per_parcel=Range(1.0, 0.5, 2.0),
            field_km=0.0,
        ),
        Tariff(name="one person", crew=1),
        Tariff(name="western", per_km=0.5, per_hour=25.0, allowance=28.0, lodging=70.0),
    )
}


def read_tariff(name: str) -> Tariff:
    """A tariff by name or from a file.

    Parameters
    ----------
    name
        Of a preset, or the path of a TOML file: rates by name, a range as a list of low, likely and high.

    Raises
    ------
    TariffError
        Where there is no such preset or file, or a rate makes no sense.
    """
    if name in PRESETS:
        return PRESETS[name]
    path = Path(name)
    if not path.is_file():
        raise TariffError(
            f"There is no tariff {name}. Choose one of {', '.join(PRESETS)}, or give a TOML file of rates."
        )
    try:
        rates = toml_of(path)
    except (OSError, ValueError) as error:
        raise TariffError(f"{path} cannot be read as TOML ({error}). Correct it.") from error
    return tariff_of({"name": path.stem, **rates})


def tariff_of(rates: Mapping[str, Any]) -> Tariff:
    """A tariff from rates by name; those that are not given keep their default.

    Parameters
    ----------
    rates
        Values by the names of `Tariff`'s fields; a range as a list of low, likely and high.

    Raises
    ------
    TariffError
        Where a rate is unknown or makes no sense.
    """
    fields = {field.name: field for field in dataclasses.fields(Tariff)}
    values: dict[str, Any] = {}
    for name, rate in rates.items():
        if name not in fields:
            raise TariffError(f"A tariff has no rate {name}; it has {', '.join(fields)}.")
        values[name] = _rate(fields[name], rate)
    return Tariff(**values)


def altered(tariff: Tariff, rates: Mapping[str, float], currency: str | None = None) -> Tariff:
    """A tariff with other rates; one that is given at its likely value keeps its range.

    Parameters
    ----------
    tariff, rates
        The tariff, and new rates by the names of `RATES`.
    currency
        Of all money, by default the tariff's; amounts are not converted.
    """
    changes = {name: rate for name, rate in rates.items() if rate != exactly(getattr(tariff, name)).likely}
    in_currency = dataclasses.replace(tariff, currency=currency or tariff.currency)
    return dataclasses.replace(in_currency, **changes)  # type: ignore[arg-type]


def _rate(field: dataclasses.Field[Any], rate: Any) -> Any:
    name, ranged = field.name, "Range" in str(field.type)
    if name in ("name", "currency") and isinstance(rate, str):
        return rate
    numbers = rate if isinstance(rate, list) else [rate]
    numeric = all(type(each) is float or (type(each) is int and abs(each) < MOST) for each in numbers)
    if name == "crew" and type(rate) is int and numeric:
        return rate
    if name not in ("name", "currency", "crew") and numeric and len(numbers) == 1:
        return float(numbers[0])
    if ranged and numeric and len(numbers) == 3:
        low, likely, high = map(float, numbers)
        return Range(likely, low, high)
    wanted = "text" if name in ("name", "currency") else "a whole number" if name == "crew" else "a number"
    raise TariffError(
        f"The tariff's {name} is {rate!r:.40}; give {wanted}"
        + (" or a list of low, likely and high." if ranged else ".")
    )


@dataclass(frozen=True)
class Cost:
    """The bill of a trip.

    Parameters
    ----------
    km
        Driven on roads, all crews.
    hours
        Of a crew, driving and working, all crews.
    crew_days, nights
        Days on which a crew is out, and nights away.
    items
        Money by item: driving, wages, allowance, lodging, fixed.
    """

    currency: str
    km: Range
    hours: Range
    crew_days: int
    nights: int
    items: dict[str, Range]

    @property
    def money(self) -> Range:
        """All items together."""
        total = exactly(0.0)
        for item in self.items.values():
            total = total + item
        return total


FREE = Cost("", exactly(0.0), exactly(0.0), 0, 0, {})


def work_hours(tariff: Tariff, stops: int, parcels: int, crew_days: int) -> Range:
    """Hours of a crew apart from driving between stops: mornings, field tracks and parcels.

    Parameters
    ----------
    tariff
        Of working times and speed on field tracks.
    stops, parcels, crew_days
        How many of each.
    """
    tracks = 2 * tariff.field_km / tariff.field_km_h * stops
    work = exactly(tariff.minutes_per_parcel) * (parcels / 60)
    mornings = exactly(tariff.minutes_first_stop) * (crew_days / 60)
    return work + mornings + exactly(tracks)


def bill(
    tariff: Tariff,
    road_km: Range,
    driving_hours: Range,
    stops: int,
    parcels: int,
    crew_days: int,
    nights: int = 0,
) -> Cost:
    """The bill of a trip.

    Parameters
    ----------
    tariff
        Of rates and working times.
    road_km, driving_hours
        Between stops, all crews.
    stops, parcels, crew_days, nights
        How many of each; a stop is where the car halts, and neighbouring parcels share a stop.
    """
    if not crew_days:
        return FREE
    km = road_km + exactly(2 * tariff.field_km * stops)
    hours = driving_hours + work_hours(tariff, stops, parcels, crew_days)
    items = {
        "driving": exactly(tariff.per_km) * km,
        "wages": exactly(tariff.per_hour) * hours * tariff.crew,
        "allowance": exactly(tariff.allowance) * (tariff.crew * crew_days),
        "lodging": exactly(tariff.lodging) * (tariff.crew * nights),
        "fixed": exactly(tariff.fixed),
    }
    return Cost(tariff.currency, km, hours, crew_days, nights, items)
