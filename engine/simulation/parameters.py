"""The parameters of a simulated landscape."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.domain import GroundplanError, Season

FIRST_DAY = (1, 1)
STEP = 3  # days between slots: two orbits of six days each take turns
SLOTS = 105
DAYS = 320  # simulated days from 1 January, a week longer than the slots reach
TUNED = "tuned to the study's summary (docs/landscape.md)"
ASSUMED = "an assumption"


class LandscapeError(GroundplanError):
    """A landscape that cannot be simulated."""


def _parameter(default: Any, unit: str, low: float, high: float, source: str) -> Any:
    return field(default=default, metadata={"unit": unit, "low": low, "high": high, "source": source})


@dataclass(frozen=True)
class Landscape:
    """What is simulated. One landscape gives the same study, bit for bit, on any number of processes.

    The unit, the plausible range and the source of each parameter are in its field's metadata
    (`documented` lists them); a value outside its range is refused.

    Parameters
    ----------
    seed
        Of every random draw.
    first, last
        Harvest years of the first and the last season.
    parcels
        Surveyed parcels a season.
    pixels
        Pixels a parcel.
    density
        How much denser parcels are surveyed at the departure than far away: 1 + density times there.
    density_km
        Distance over which that falls by a factor e.
    run
        Mean number of neighbouring fields that a surveyor takes at one stop.
    panel
        Share of the stops that are visited again in other seasons.
    rotation
        Strength of crop rotation: 0 none, 1 as in the table of followers.
    mix
        Strength of the regional differences in class mix.
    year_mix
        Standard deviation of a class's share between seasons, in log odds.
    year_temperature
        Share of the seasons' temperature anomalies that is applied.
    year_management
        Strength of what all farmers do differently in a season: sowing dates, varieties, structure.
    place_phenology, place_structure, place_soil
        Strength of the regional differences in phenology, in canopy structure and in soil texture.
    sowing_sd, variety_sd
        Differences between parcels in sowing date and in required degree days.
    structure_sd, roughness_sd
        Differences between parcels in canopy and in soil backscatter.
    incidence
        Slope of the incidence angle along the swath.
    looks
        Equivalent number of looks of a pixel: speckle has mean 1 and variance 1 / looks.
    mixed
        Share of pixels on an edge, half of whose signal comes from the neighbour's field.
    calibration_sd
        Radiometric error of an acquisition.
    gaps
        Share of acquisitions that are lost; their slots are interpolated.
    satellite_lost
        Harvest year from whose start on one of the two satellites fails, so that every second pass of
        each orbit is lost; 0 for never.
    broken_past
        Harvest year from which models of earlier seasons mislead (`engine.simulation.breaks`); 0 for never.
    open_from
        Harvest year from which seasons are still to come: their parcels are known, their crops are not, and
        there are no series; 0 for never.
    """

    seed: int = _parameter(0, "", 0, 2**31 - 1, "a choice")
    first: int = _parameter(2017, "year", 2015, 2100, "the study's seasons (EGU24-3127)")
    last: int = _parameter(2021, "year", 2015, 2100, "the study's seasons (EGU24-3127)")
    parcels: int = _parameter(3000, "", 10, 400_000, "a choice")
    pixels: int = _parameter(50, "", 1, 500, "the study's protocol (EGU24-3127)")
    density: float = _parameter(1.6, "", 0.0, 20.0, TUNED)
    density_km: float = _parameter(28.0, "km", 5.0, 200.0, TUNED)
    run: float = _parameter(4.0, "parcels", 1.0, 30.0, ASSUMED)
    panel: float = _parameter(0.25, "share", 0.0, 0.9, ASSUMED)
    rotation: float = _parameter(1.0, "", 0.0, 1.0, ASSUMED)
    mix: float = _parameter(0.86, "", 0.0, 2.0, TUNED)
    year_mix: float = _parameter(0.15, "log odds", 0.0, 1.0, TUNED)
    year_temperature: float = _parameter(0.5, "", 0.0, 1.5, TUNED)
    year_management: float = _parameter(0.3, "", 0.0, 1.5, TUNED)
    place_phenology: float = _parameter(0.95, "", 0.0, 2.0, TUNED)
    place_structure: float = _parameter(1.05, "", 0.0, 3.0, TUNED)
    place_soil: float = _parameter(1.0, "", 0.0, 2.0, ASSUMED)
    sowing_sd: float = _parameter(6.0, "day", 0.0, 20.0, TUNED)
    variety_sd: float = _parameter(0.04, "share", 0.0, 0.2, TUNED)
    structure_sd: float = _parameter(0.3, "dB", 0.0, 2.0, TUNED)
    roughness_sd: float = _parameter(0.6, "dB", 0.0, 3.0, TUNED)
    incidence: float = _parameter(
        0.055, "degree/km", 0.0, 0.08, "Sentinel-1 IW: 29 to 46 degrees over 250 km"
    )
    looks: float = _parameter(20.0, "", 1.0, 200.0, TUNED)
    mixed: float = _parameter(0.04, "share", 0.0, 0.5, ASSUMED)
    calibration_sd: float = _parameter(0.25, "dB", 0.0, 1.0, ASSUMED)
    gaps: float = _parameter(0.02, "share", 0.0, 0.5, ASSUMED)
    satellite_lost: int = _parameter(0, "year", 0, 2100, "Sentinel-1B failed on 23 December 2021 (ESA)")
    broken_past: int = _parameter(0, "year", 0, 2100, "a stress test (docs/landscape.md)")
    open_from: int = _parameter(0, "year", 0, 2100, "a choice")

    def __post_init__(self) -> None:
        for parameter in dataclasses.fields(self):
            name, low, high = parameter.name, parameter.metadata["low"], parameter.metadata["high"]
            value = getattr(self, name)
            if not low <= value <= high:
                raise LandscapeError(
                    f"{name} = {value} lies outside its plausible range, {low:g} to {high:g} "
                    f"{parameter.metadata['unit']}".rstrip()
                    + ". Choose a value within it."
                )
        if self.last < self.first:
            raise LandscapeError(
                f"The last season, {self.last}, lies before the first, {self.first}. Give them in order."
            )
        if 0 < self.open_from <= self.first:
            raise LandscapeError(
                f"Every season is open from {self.open_from} on, so that none can teach. Give a year after "
                f"{self.first}, or 0 for never."
            )

    @property
    def years(self) -> tuple[int, ...]:
        """Harvest years, oldest first."""
        return tuple(range(self.first, self.last + 1))

    @property
    def years_with_series(self) -> tuple[int, ...]:
        """Harvest years of the seasons that are not open, oldest first."""
        return tuple(year for year in self.years if not 0 < self.open_from <= year)

    def season(self, year: int) -> Season:
        """The season of that harvest year."""
        start = dt.date(year, *FIRST_DAY)
        return Season(start, start + dt.timedelta(days=STEP * (SLOTS - 1)), str(year))


@dataclass(frozen=True)
class Documented:
    """One parameter as the documentation lists it."""

    name: str
    default: float
    unit: str
    low: float
    high: float
    source: str


def documented() -> tuple[Documented, ...]:
    """All parameters with unit, plausible range and source."""
    defaults = Landscape()
    return tuple(
        Documented(parameter.name, getattr(defaults, parameter.name), **parameter.metadata)
        for parameter in dataclasses.fields(Landscape)
    )


def landscape_of(settings: Mapping[str, Any]) -> Landscape:
    """A landscape from parameters by name, given as numbers or as text.

    Parameters
    ----------
    settings
        Values by name of the parameter; the others keep their defaults.

    Raises
    ------
    LandscapeError
        For a name that is no parameter, a value of another kind or outside its range, or a last season
        before the first.
    """
    kinds = {parameter.name: type(parameter.default) for parameter in documented()}
    values: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in kinds:
            raise LandscapeError(f"The landscape has no parameter {name}; it has {', '.join(kinds)}.")
        try:
            values[name] = kinds[name](value)
        except (TypeError, ValueError):
            kind = "a whole number" if kinds[name] is int else "a number"
            raise LandscapeError(f"{name} = {value!r} is not {kind}. Give one.") from None
    return Landscape(**values)
