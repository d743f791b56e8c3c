"""How a crop develops on a field with the degree days and the rain of a season."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from engine.simulation import breaks
from engine.simulation.crops import NAMES, Kind, Thermal
from engine.simulation.degree_days import degree_days, first_day, first_dry
from engine.simulation.mowing import mown_cover
from engine.simulation.parameters import DAYS, Landscape
from engine.simulation.province import Floats, Ground, random_field, stream
from engine.simulation.weather import drought

SOWING = (40, 170)  # first and last day of the year


@dataclass(frozen=True, eq=False)
class Growth:
    """How fields of one kind develop over a season, ``[place, day]`` each unless said otherwise.

    Parameters
    ----------
    stage
        Development: 0 emergence, 1 anthesis, 2 maturity; constant for grass.
    cover
        Relative amount of canopy V, 0..1.
    stress
        Drought in the root zone, 0..1.
    sown, anthesis, maturity, harvest
        Day of the year, ``[place]``; ``DAYS`` where it never comes.
    """

    stage: Floats
    cover: Floats
    stress: Floats
    sown: Floats
    anthesis: Floats
    maturity: Floats
    harvest: Floats


def development(since: Floats, to_anthesis: Floats, to_maturity: Floats) -> Floats:
    """Development stage, 0 to 2, from degree days since emergence ``[place, day]`` and those required
    ``[place]``.

    Parameters
    ----------
    since
        Degree days since emergence, ``[place, day]``.
    to_anthesis, to_maturity
        Degree days required from emergence to anthesis, and from there to maturity, ``[place]``.
    """
    ripening = (since - to_anthesis[:, None]) / to_maturity[:, None]
    stage: Floats = np.clip(since / to_anthesis[:, None], 0, 1) + np.clip(ripening, 0, 1)
    return stage


def develop(
    landscape: Landscape,
    year: int,
    code: int,
    kind: Kind,
    place: Ground,
    weather: tuple[Floats, Floats],
    spring: float,
    rng: np.random.Generator,
) -> Growth:
    """How one kind develops on places in a season.

    Parameters
    ----------
    landscape
        Seed, and strength of the differences between places and seasons.
    year
        Harvest year of the season.
    code
        Of the kind's class.
    kind
        Habit, canopy and degree days.
    place
        Soils and relief, ``[place]``.
    weather
        Temperature in degrees C and rain in mm, ``[place, day]`` each.
    spring
        Anomaly of the spring in degrees C.
    rng
        Of the parcels.
    """
    temperature, rain = weather
    places = len(place.x)
    thermal = kind.thermal
    if thermal is None:
        if kind.mowing:
            cover = mown_cover(landscape, year, kind, place, weather, rng)
        else:
            cover = _fallow_cover(kind, temperature, rng)
        never = np.full(places, float(DAYS))
        stress = drought(temperature, rain, cover)
        return Growth(np.ones((places, DAYS)), cover, stress, np.zeros(places), never, never, never)
    yearly = stream(landscape.seed, "management", year, code).normal(size=2) * landscape.year_management
    regional = random_field(stream(landscape.seed, "phenology", code), 30).at(place.x, place.y)
    pace = (
        1.0
        + rng.normal(0, landscape.variety_sd, places)
        + landscape.place_phenology * 0.035 * regional
        + 0.03 * yearly[1]
    ) * breaks.degree_day_factor(landscape, year, NAMES[code])
    gathered = degree_days(thermal.base, thermal.cap, temperature)
    if thermal.sowing is None:
        sown = np.zeros(places)
        head_start = rng.normal(0, 35, places) + landscape.place_phenology * 25 * regional
        since = gathered + np.minimum(head_start[:, None], gathered)  # no development backwards
    else:
        delayed = np.where(rng.random(places) < 0.06, rng.gamma(3, 9, places), 0.0)
        wished = (
            thermal.sowing
            + breaks.sowing_delay(landscape, year, NAMES[code])
            - 3.2 * spring
            + 4 * yearly[0]
            + landscape.place_phenology * (4 * place.banat + 3.5 * regional)
            + rng.normal(0, landscape.sowing_sd, places)
            + delayed
        )
        sown = first_dry(np.clip(wished, *SOWING), rain)
        at_sowing = np.take_along_axis(gathered, sown.astype(np.int64)[:, None], axis=1)
        since = gathered - at_sowing - thermal.emergence * pace[:, None]
    return _ripened(kind, thermal, pace, since, sown, weather, rng)


def _ripened(
    kind: Kind,
    thermal: Thermal,
    pace: Floats,
    since: Floats,
    sown: Floats,
    weather: tuple[Floats, Floats],
    rng: np.random.Generator,
) -> Growth:
    """Growth from degree days since emergence, ``[place, day]``: drought hastens ripening, weeds follow.

    Parameters
    ----------
    pace
        Factor on the degree days required, ``[place]``.
    """
    temperature, rain = weather
    places = len(sown)
    wait = rng.gamma(2.5, thermal.lag / 2.5, places)
    weeds = np.abs(rng.normal(0.04, 0.05, places))[:, None]  # also volunteers on the stubble

    first, second = thermal.to_anthesis * pace, thermal.to_maturity * pace
    cover = np.interp(development(since, first, second), kind.canopy.stages, kind.canopy.cover)
    stress = drought(temperature, rain, cover)
    stage = development(since, first, second * (1 - 0.12 * stress[:, 90:270].mean(axis=1)))
    cover = np.interp(stage, kind.canopy.stages, kind.canopy.cover)
    if thermal.sowing is not None:
        cover = np.where(since > 0, cover, 0.0)
    maturity = first_day(stage >= 2)
    harvest = np.minimum(np.maximum(np.ceil(maturity + wait), thermal.earliest), DAYS)
    day = np.arange(DAYS)
    cover = np.where(
        day >= harvest[:, None], np.minimum(weeds * day / 200, 0.3), np.maximum(cover, weeds / 4)
    )
    return Growth(stage, cover, stress, sown, first_day(stage >= 1), maturity, harvest)


def _fallow_cover(kind: Kind, temperature: Floats, rng: np.random.Generator) -> Floats:
    """Cover of fallow: weeds come with warmth and dry up in late summer."""
    places, days = len(temperature), DAYS
    green = expit((degree_days(5, 30, temperature) - rng.normal(600, 150, places)[:, None]) / 120)
    dry = expit((np.arange(days) - rng.normal(230, 15, places)[:, None]) / 10)
    least, most = kind.canopy.cover
    cover: Floats = least + (most - least) * green * (1 - 0.6 * dry)
    return cover
