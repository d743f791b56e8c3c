"""The pixel series of a season's parcels, computed in batches of parcels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import joblib
import numpy as np
import numpy.typing as npt

from engine.processes import end_with_parent
from engine.simulation import breaks, crops, radar
from engine.simulation.fields import cadastre, survey
from engine.simulation.growth import Growth, develop
from engine.simulation.parameters import DAYS, SLOTS, STEP, Landscape
from engine.simulation.province import Floats, Ground, ground, random_field, stream
from engine.simulation.weather import Weather, surface_moisture, weather

Rows = npt.NDArray[np.int64]

BATCH = 250  # parcels computed at once; part of the landscape, since each batch has its own draws
SNOW_KM = 35.0  # over which snow lies alike
DECIMALS = 2  # of a dB that are kept: two processors that differ in the last bit still agree
DAY = np.arange(SLOTS) * STEP  # [time]
PIXEL_MOISTURE, PIXEL_SOIL, PIXEL_CANOPY, PIXEL_COVER = 0.02, 0.35, 0.25, 0.10  # m3/m3, dB, dB, share


@dataclass(frozen=True, eq=False)
class Survey:
    """The surveyed parcels of a season.

    Parameters
    ----------
    field
        Number of each parcel's field, ``[parcel]``.
    code
        Of the class that grows there, ``[parcel]``.
    """

    field: Rows
    code: Rows


@lru_cache(maxsize=1)
def surveys(landscape: Landscape) -> dict[int, Survey]:
    """The surveyed fields of every season with their classes.

    Parameters
    ----------
    landscape
        What is simulated.

    Returns
    -------
    Surveyed parcels by harvest year.
    """
    fields = cadastre(landscape.seed)
    by_year = {year: survey(landscape, year) for year in landscape.years}
    surveyed = np.unique(np.concatenate(list(by_year.values())))  # in any season
    place = ground(landscape.seed, landscape.place_soil, *fields.centres(surveyed))
    code = crops.rotate(landscape, place, surveyed, len(fields))
    return {
        year: Survey(field, code[year][np.searchsorted(surveyed, field)]) for year, field in by_year.items()
    }


def pixel_series(landscape: Landscape, year: int, workers: int = 1) -> Iterator[npt.NDArray[np.float32]]:
    """Series of a season, batch after batch in the order of its parcels.

    Parameters
    ----------
    landscape
        What is simulated.
    year
        Harvest year of the season.
    workers
        Processes; their number does not change the series.

    Yields
    ------
    ``[pixel, band, time]`` float32 in dB (VV, VH), rounded to 0.01 dB; ``landscape.pixels`` pixels in a
    row belong to one parcel.
    """
    parcels = surveys(landscape)[year]
    season_weather = weather(landscape, year)
    tasks = (
        (
            landscape,
            year,
            season_weather,
            number,
            Survey(parcels.field[a : a + BATCH], parcels.code[a : a + BATCH]),
        )
        for number, a in enumerate(range(0, len(parcels.field), BATCH))
    )
    if workers <= 1:
        yield from (_batch(*task) for task in tasks)
        return
    pool = joblib.Parallel(
        n_jobs=workers, return_as="generator", pre_dispatch=2 * workers, initializer=end_with_parent
    )
    yield from pool(joblib.delayed(_batch)(*task) for task in tasks)


def _batch(
    landscape: Landscape, year: int, season_weather: Weather, number: int, parcels: Survey
) -> npt.NDArray[np.float32]:
    place = ground(landscape.seed, landscape.place_soil, *cadastre(landscape.seed).centres(parcels.field))
    rng = stream(landscape.seed, "parcels", year, number)
    backscatter = parcel_backscatter(landscape, year, season_weather, place, parcels.code, rng)
    return _pixels(landscape, year, backscatter, stream(landscape.seed, "pixels", year, number))


@dataclass(frozen=True, eq=False)
class ParcelBackscatter:
    """What a pixel of a parcel varies around, ``[parcel, time]`` each unless said otherwise.

    Parameters
    ----------
    soil, canopy
        Backscatter of the bare soil and of a dense canopy in dB, ``[band, parcel, time]``.
    attenuation
        B of the water cloud model, ``[band, parcel]``.
    cover
        V of the model.
    incidence
        Degrees.
    """

    soil: Floats
    canopy: Floats
    attenuation: Floats
    cover: Floats
    incidence: Floats


def parcel_backscatter(
    landscape: Landscape,
    year: int,
    season_weather: Weather,
    place: Ground,
    code: Rows,
    rng: np.random.Generator,
) -> ParcelBackscatter:
    """Let parcels develop through a season and observe them from the satellite's orbits.

    Parameters
    ----------
    landscape
        What is simulated.
    year
        Harvest year of the season.
    season_weather
        Weather of the season over the province.
    place, code
        Of each parcel, and of its class, ``[parcel]``.
    rng
        Of the parcels.
    """
    parcels = len(code)
    temperature, rain = season_weather.at(place)
    kind_of = crops.choose_kinds(code, rng)
    vigour = np.clip(rng.normal(0.92, 0.10, parcels), 0.4, 1.2)
    cover, roughness = np.zeros((parcels, DAYS)), np.zeros((parcels, DAYS))
    canopy = np.empty((len(radar.BANDS), parcels, SLOTS))
    attenuation = np.empty((len(radar.BANDS), parcels))
    for number in np.unique(kind_of):
        rows = np.flatnonzero(kind_of == number)
        owner, kind = crops.KINDS[number]
        local_weather = temperature[rows], rain[rows]
        growth = develop(landscape, year, owner, kind, place[rows], local_weather, season_weather.spring, rng)
        cover[rows] = growth.cover * vigour[rows, None] * (1 - 0.45 * growth.stress)
        roughness[rows] = _tilled(kind.habit, growth, rng)
        canopy[:, rows] = _canopy(landscape, year, owner, kind.canopy, growth.stage[:, DAY], place[rows], rng)
        attenuation[:, rows] = np.array([kind.canopy.b_vv, kind.canopy.b_vh])[:, None]
    moisture = surface_moisture(place, temperature, rain)[:, DAY]
    incidence = radar.incidence_deg(place.x, landscape.incidence)[np.arange(SLOTS) % 2].T  # [parcel, time]
    rough = roughness[:, DAY] + rng.normal(0, landscape.roughness_sd, parcels)[:, None]
    wet_leaves = 0.35 * np.minimum(rain[:, DAY] / 5, 2) * (cover[:, DAY] > 0.3)
    canopy += wet_leaves + radar.CANOPY_SLOPE * (incidence - radar.REFERENCE_DEG)
    frozen = _frozen(landscape, year, place, temperature, rng)[:, DAY]
    soil = np.stack([radar.bare_soil(band, moisture, incidence, rough, frozen) for band in radar.BANDS])
    return ParcelBackscatter(soil, canopy, attenuation, cover[:, DAY], incidence)


def _frozen(
    landscape: Landscape, year: int, place: Ground, temperature: Floats, rng: np.random.Generator
) -> Floats:
    """How much of the effect of frost parcels show, ``[parcel, day]``: snow and stubble shield the soil, here
    more than there.
    """
    draws = stream(landscape.seed, "snow", year)
    shield, cover = (random_field(draws, SNOW_KM).at(place.x, place.y) for _ in range(2))
    threshold = -0.6 * shield + rng.normal(0, 0.5, len(place.x))  # degrees C
    depth = np.clip(0.8 + 0.25 * cover + rng.normal(0, 0.15, len(place.x)), 0.0, 1.4)
    return radar.frost(temperature, threshold, depth)


def _canopy(
    landscape: Landscape,
    year: int,
    code: int,
    canopy: crops.Canopy,
    stage: Floats,  # [parcel, time]
    place: Ground,
    rng: np.random.Generator,
) -> Floats:
    """Backscatter of the dense canopies of one kind at 38 degrees, ``[band, parcel, time]`` dB."""
    parcels = len(stage)
    yearly = stream(landscape.seed, "structure", year, code).normal(0, 0.35) * landscape.year_management
    patch = random_field(stream(landscape.seed, "structure", code), 40).at(place.x, place.y)
    shared = yearly + 0.55 * landscape.place_structure * patch
    shared = shared + rng.normal(0, landscape.structure_sd, parcels)
    of_band = rng.normal(0, 0.5 * landscape.structure_sd, (2, parcels))
    levels = np.stack([np.interp(stage, canopy.knots, knots) for knots in (canopy.vv, canopy.vh)])
    return np.asarray(levels + (shared + of_band)[..., None])


def _tilled(habit: crops.Habit, growth: Growth, rng: np.random.Generator) -> Floats:
    """Roughness in dB above a seed-bed of 0, ``[parcel, day]``: ploughed in autumn, settled by rain."""
    day = np.arange(DAYS)[None]
    parcels = len(growth.sown)
    if habit in ("alfalfa", "meadow"):
        return np.zeros((parcels, DAYS))
    if habit == "fallow":
        return np.full((parcels, DAYS), 0.4)
    if habit == "winter":
        rough = np.full((parcels, DAYS), -0.6)
    else:
        rough = np.where(day < growth.sown[:, None] - 5, 1.6 * np.exp(-day / 220), -0.6)
    since = day - (growth.harvest + rng.gamma(2, 9, parcels))[:, None]
    stubble = 1.4 * np.exp(-np.maximum(since, 0) / 120)
    return np.where(since >= 0, stubble, rough)


def _pixels(
    landscape: Landscape, year: int, backscatter: ParcelBackscatter, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Pixels around their parcel's mean, ``[pixel, band, time]`` dB."""
    parcels, each = len(backscatter.cover), landscape.pixels
    bands = len(radar.BANDS)
    wetter, rougher, denser = rng.normal(0, 1, (3, parcels, each))
    greener = np.maximum(1 + PIXEL_COVER * rng.normal(0, 1, (parcels, each)), 0.2)
    edge = rng.random((parcels, each)) < landscape.mixed
    # Parcels follow each other along their row, so the one before is as a rule the neighbour.
    neighbour = np.roll(np.arange(parcels), 1)
    taken, lost = acquisitions(landscape, year)
    error = stream(landscape.seed, "calibration", year).normal(0, landscape.calibration_sd, (bands, SLOTS))
    shift = breaks.shift_db(landscape, year)  # [band]
    cosine = np.cos(np.radians(backscatter.incidence))
    values = np.empty((parcels, each, bands, SLOTS))
    for band, shape in enumerate(radar.BANDS):
        soil, canopy = (
            radar.power(backscatter.soil[band]),
            radar.power(backscatter.canopy[band]),
        )  # [parcel, time]
        soil_factor = radar.power(shape.moisture * 100 * PIXEL_MOISTURE * wetter + PIXEL_SOIL * rougher)
        canopy_factor = radar.power(PIXEL_CANOPY * denser)
        depth = -2 * backscatter.attenuation[band][:, None] * backscatter.cover / cosine  # [parcel, time]
        passed = np.exp(depth[:, None] * greener[..., None])  # [parcel, pixel, time]
        mean = canopy + np.exp(depth) * (soil - canopy)  # [parcel, time], the water cloud model
        bright = canopy[:, None] * canopy_factor[..., None]
        dark = soil[:, None] * soil_factor[..., None]
        signal = bright + passed * (dark - bright)
        signal[edge] = (
            0.5 * signal[edge] + 0.5 * np.broadcast_to(mean[neighbour][:, None], signal.shape)[edge]
        )
        signal *= radar.speckle(rng, landscape.looks, signal.shape)
        values[:, :, band] = radar.decibel(signal) + error[band] + shift[band]
    if lost.size:
        values[..., lost] = _filled(values, taken, lost)
    return np.round(values.reshape(parcels * each, bands, SLOTS), DECIMALS).astype(np.float32)


def acquisitions(landscape: Landscape, year: int) -> tuple[Rows, Rows]:
    """Slots with an image and slots without one, ascending.

    Two orbits take turns; the two satellites take turns on each orbit, so without one of them every
    second pass of each orbit is lost.

    Parameters
    ----------
    landscape
        Share of gaps, and the year from which a satellite is lost.
    year
        Harvest year of the season.
    """
    missing = stream(landscape.seed, "gaps", year).random(SLOTS) < landscape.gaps
    if landscape.satellite_lost and year >= landscape.satellite_lost:
        missing |= np.arange(SLOTS) // 2 % 2 == 1
    missing[[0, -1]] = False
    return np.flatnonzero(~missing), np.flatnonzero(missing)


def _filled(values: Floats, taken: Rows, lost: Rows) -> Floats:
    """Lost slots by linear interpolation in dB, as real series are filled."""
    after = np.searchsorted(taken, lost)
    left, right = taken[after - 1], taken[after]
    share = (lost - left) / (right - left)
    filled: Floats = values[..., left] * (1 - share) + values[..., right] * share
    return filled
