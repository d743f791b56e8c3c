"""The weather of a season: daily temperature and rain at every place, and what the soil makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.simulation.parameters import DAYS, Landscape
from engine.simulation.province import Floats, Ground, RandomField, random_field, stream

KNOTS = (15, 75, 135, 205)  # day of the year: winter, early spring, late spring, summer
# Temperature anomalies at the knots (degrees C) and rain factors (spring, summer), stylised after the
# seasons' reputation: 2017 hot dry summer; 2018 record-warm April and May, wet summer; 2019 wet cool May;
# 2020 dry spring; 2021 cold spring, hot dry summer. An assumption, no station record.
SEASONS = {
    2017: ((-1.2, 1.0, 0.4, 1.3), (0.95, 0.6)),
    2018: ((0.8, 0.3, 2.6, 0.4), (0.95, 1.35)),
    2019: ((0.3, 1.2, -1.3, 0.9), (1.5, 1.0)),
    2020: ((1.4, 0.5, -0.4, 0.3), (0.65, 1.3)),
    2021: ((0.9, -1.6, -1.2, 1.4), (0.95, 0.7)),
}
RAIN_SCALE = 8.2  # mm; gives some 600 mm a year
DAILY_WAVES = 24  # of each day's local showers and of its cold and warm air
SHOWER_KM, AIR_KM = 60.0, 45.0  # over which they are alike
AIR_SD = (0.5, 1.6)  # degrees C between places on a day of July and of January
SURFACE_MM, ROOT_MM = 90.0, 170.0  # water that lifts the content of a layer by 1 m3/m3, or fills it


@dataclass(frozen=True, eq=False)
class DailyFields:
    """A random surface for each day, see `engine.simulation.province.RandomField`.

    Parameters
    ----------
    waves, phases
        ``[day, wave, xy]`` radians per km, and ``[day, wave]`` radians.
    """

    waves: Floats
    phases: Floats

    def at(self, place: Ground) -> Floats:
        """The surfaces at places, ``[place, day]``."""
        angle = (
            place.x[:, None, None] * self.waves[..., 0]
            + place.y[:, None, None] * self.waves[..., 1]
            + self.phases
        )  # [place, day, wave]
        height: Floats = np.sqrt(2 / DAILY_WAVES) * np.cos(angle).sum(axis=2)
        return height


@dataclass(frozen=True, eq=False)
class Weather:
    """One season's weather over the province.

    Parameters
    ----------
    temperature
        Mean over the province, ``[day]`` degrees C, from 1 January.
    warmth
        Where a season is warmer than the mean.
    synoptic
        Weather systems that cover the province, ``[day]``, standard normal.
    showers, air
        Each day's local showers, and where its air is colder or warmer than the mean.
    air_sd
        How much that air differs within the province, ``[day]`` degrees C; most in winter.
    factor
        Seasonal rain factor, ``[day]``.
    spring
        Anomaly of the spring, degrees C; farmers sow earlier in a warm one.
    """

    temperature: Floats
    warmth: RandomField
    synoptic: Floats
    showers: DailyFields
    air: DailyFields
    air_sd: Floats
    factor: Floats
    spring: float

    def at(self, place: Ground) -> tuple[Floats, Floats]:
        """Daily mean temperature in degrees C and rain in mm at places, ``[place, day]`` each."""
        local = (
            -0.006 * place.y
            + 0.004 * place.x
            - 0.006 * (place.elevation - 80)
            + 0.45 * self.warmth.at(place.x, place.y)
        )  # [place]
        temperature = self.temperature + local[:, None] + self.air_sd * self.air.at(place)
        wet = np.maximum(0.75 * self.synoptic + 0.66 * self.showers.at(place) - 0.55, 0)
        return temperature, RAIN_SCALE * self.factor * wet**1.3


def weather(landscape: Landscape, year: int) -> Weather:
    """Draw the weather of a season; years without a record of their own get random anomalies.

    Parameters
    ----------
    landscape
        Seed, and share of the temperature anomalies that is applied.
    year
        Harvest year of the season.
    """
    rng = stream(landscape.seed, "weather", year)
    day = np.arange(DAYS)
    random = (tuple(rng.normal(0, (1.0, 1.0, 1.2, 0.8))), tuple(rng.lognormal(0, 0.3, 2)))
    anomaly, rain = SEASONS.get(year, random)
    seasonal = np.interp(day, (*KNOTS, 300), (*anomaly, 0.0))
    noise = _autoregressive(rng.normal(0, 2.0, DAYS), 0.75)
    monthly = rng.normal(0, 0.5, DAYS // 30 + 2)[day // 30]
    temperature = (
        11.9 - 11.3 * np.cos(2 * np.pi * (day - 18) / 365)
        + landscape.year_temperature * seasonal + noise + monthly
    )  # fmt: skip
    synoptic = _autoregressive(rng.normal(0, np.sqrt(1 - 0.55**2), DAYS), 0.55)
    return Weather(
        temperature,
        random_field(rng, 60),
        synoptic,
        _daily(rng, SHOWER_KM),
        _daily(rng, AIR_KM),
        AIR_SD[0] + (AIR_SD[1] - AIR_SD[0]) * (0.5 + 0.5 * np.cos(2 * np.pi * (day - 15) / 365)),
        np.interp(day, (50, 75, 150, 165, 235, 260), (1, rain[0], rain[0], rain[1], rain[1], 1)),
        landscape.year_temperature * float(anomaly[1]),
    )


def surface_moisture(place: Ground, temperature: Floats, rain: Floats) -> Floats:
    """Water content of the top 5 cm, ``[place, day]`` m3/m3: a bucket that dries faster when warm.

    Parameters
    ----------
    place
        Soils, ``[place]``.
    temperature
        Daily mean in degrees C, ``[place, day]``.
    rain
        In mm, ``[place, day]``.
    """
    capacity, wilting = 0.18 + 0.42 * place.clay, 0.04 + 0.25 * place.clay  # [place]
    drying = np.clip(0.02 + 0.0085 * temperature, 0.02, 0.26)
    moisture = np.empty_like(rain)
    now = 0.9 * capacity
    for day in range(rain.shape[1]):
        now = wilting + (now - wilting) * (1 - drying[:, day]) + rain[:, day] / SURFACE_MM
        now = np.minimum(now, 1.15 * capacity)
        moisture[:, day] = now
    return moisture


def drought(temperature: Floats, rain: Floats, canopy: Floats) -> Floats:
    """Stress of the root zone, ``[place, day]``, 0 (none) to 1: what a canopy of that cover, 0..1, uses.

    Parameters
    ----------
    temperature
        Daily mean in degrees C, ``[place, day]``.
    rain
        In mm, ``[place, day]``.
    canopy
        Share of the ground covered, 0..1, ``[place, day]``.
    """
    use = 0.00062 * np.maximum(temperature, 0) * (0.35 + 0.75 * canopy)
    stress = np.empty_like(rain)
    now = np.full(len(rain), 0.85)
    for day in range(rain.shape[1]):
        now = np.clip(now + rain[:, day] / ROOT_MM - use[:, day], 0.02, 1)
        stress[:, day] = np.maximum(0, 0.45 - now) / 0.45
    return stress


def _daily(rng: np.random.Generator, length_km: float) -> DailyFields:
    waves = rng.normal(0, 1 / length_km, (DAYS, DAILY_WAVES, 2))
    return DailyFields(waves, rng.uniform(0, 2 * np.pi, (DAYS, DAILY_WAVES)))


def _autoregressive(shocks: Floats, memory: float) -> Floats:
    series = np.empty_like(shocks)
    now = shocks[0] / np.sqrt(1 - memory**2)  # stationary from the first day
    for day, shock in enumerate(shocks):
        now = memory * now + shock if day else now
        series[day] = now
    return series
