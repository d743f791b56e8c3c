"""A season's parcels grown into pixel series, a handful of parcels at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import joblib
import numpy as np
import numpy.typing as npt

from engine.simulation import breaks, crops, radar
from engine.simulation.fields import cadastre, survey
from engine.simulation.parameters import DAYS, SLOTS, STEP, Landscape
from engine.simulation.province import Floats, Ground, ground, random_field, stream
from engine.simulation.weather import Weather, surface_moisture, weather

Rows = npt.NDArray[np.int64]

HANDFUL = 250  # parcels grown at once; part of the landscape, since each handful has its own draws
PLACES = 2  # decimals of a dB kept: two processors that differ in the last bit still agree
DAY = np.arange(SLOTS) * STEP  # [time]
PIXEL_MOISTURE, PIXEL_SOIL, PIXEL_CANOPY, PIXEL_COVER = 0.02, 0.35, 0.25, 0.10  # m3/m3, dB, dB, share


@dataclass(frozen=True, eq=False)
class Survey:
    """Who is surveyed in a season, and what grows there, ``[parcel]`` each."""

    field: Rows
    code: Rows


@lru_cache(maxsize=1)
def surveys(landscape: Landscape) -> dict[int, Survey]:
    """The surveyed fields of every season with their classes."""
    land = cadastre(landscape.seed)
    by_year = {year: survey(landscape, year) for year in landscape.years}
    known = np.unique(np.concatenate(list(by_year.values())))
    place = ground(landscape.seed, landscape.place_soil, *land.centres(known))
    grown = crops.rotate(landscape, place, known, len(land))
    return {
        year: Survey(fields, grown[year][np.searchsorted(known, fields)]) for year, fields in by_year.items()
    }


def series(landscape: Landscape, year: int, workers: int = 1) -> Iterator[npt.NDArray[np.float32]]:
    """Series of a season, handful after handful in the order of its parcels.

    Yields
    ------
    ``[pixel, band, time]`` float32 in dB (VV, VH), rounded to 0.01 dB; ``landscape.pixels`` pixels in a
    row belong to one parcel.
    """
    mine = surveys(landscape)[year]
    sky = weather(landscape, year)
    starts = range(0, len(mine.field), HANDFUL)
    tasks = (
        (landscape, year, sky, number, Survey(mine.field[a : a + HANDFUL], mine.code[a : a + HANDFUL]))
        for number, a in enumerate(starts)
    )
    if workers <= 1:
        yield from (_handful(*task) for task in tasks)
        return
    pool = joblib.Parallel(n_jobs=workers, return_as="generator", pre_dispatch=2 * workers)
    yield from pool(joblib.delayed(_handful)(*task) for task in tasks)


def _handful(
    landscape: Landscape, year: int, sky: Weather, number: int, mine: Survey
) -> npt.NDArray[np.float32]:
    land = cadastre(landscape.seed)
    place = ground(landscape.seed, landscape.place_soil, *land.centres(mine.field))
    rng = stream(landscape.seed, "parcels", year, number)
    field = parcel_backscatter(landscape, year, sky, place, mine.code, rng)
    return _pixels(landscape, year, field, stream(landscape.seed, "pixels", year, number))


@dataclass(frozen=True, eq=False)
class Field:
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
    landscape: Landscape, year: int, sky: Weather, place: Ground, code: Rows, rng: np.random.Generator
) -> Field:
    """Grow parcels through a season and look at them from the satellite's orbits."""
    parcels = len(code)
    temperature, rain = sky.at(place)
    kind_of = crops.choose_kinds(code, rng)
    vigour = np.clip(rng.normal(0.92, 0.10, parcels), 0.4, 1.2)
    cover, roughness = np.zeros((parcels, DAYS)), np.zeros((parcels, DAYS))
    canopy = np.empty((len(radar.BANDS), parcels, SLOTS))
    attenuation = np.empty((len(radar.BANDS), parcels))
    for number in np.unique(kind_of):
        rows = np.flatnonzero(kind_of == number)
        owner, kind = crops.KINDS[number]
        here, above = place[rows], (temperature[rows], rain[rows])
        grown = crops.grow(landscape, year, owner, kind, here, above, sky.spring, rng)
        cover[rows] = grown.cover * vigour[rows, None] * (1 - 0.45 * grown.stress)
        roughness[rows] = _tilled(kind.habit, grown, rng)
        look = kind.canopy
        yearly = stream(landscape.seed, "structure", year, owner).normal(0, 0.35) * landscape.year_management
        patch = random_field(stream(landscape.seed, "structure", owner), 40).at(here.x, here.y)
        shared = yearly + 0.55 * landscape.place_structure * patch
        shared = shared + rng.normal(0, landscape.structure_sd, len(rows))
        own = rng.normal(0, 0.5 * landscape.structure_sd, (2, len(rows)))
        for band, (knots, b) in enumerate(((look.vv, look.b_vv), (look.vh, look.b_vh))):
            level = np.interp(grown.stage[:, DAY], look.knots, knots)
            canopy[band, rows] = level + (shared + own[band])[:, None]
            attenuation[band, rows] = b
    moisture = surface_moisture(place, temperature, rain)[:, DAY]
    incidence = radar.incidence_deg(place.x, landscape.incidence)[np.arange(SLOTS) % 2].T  # [parcel, time]
    rough = roughness[:, DAY] + rng.normal(0, landscape.roughness_sd, parcels)[:, None]
    wet_leaves = 0.35 * np.minimum(rain[:, DAY] / 5, 2) * (cover[:, DAY] > 0.3)
    canopy += wet_leaves + radar.CANOPY_SLOPE * (incidence - radar.REFERENCE_DEG)
    soil = np.stack(
        [radar.bare_soil(band, moisture, incidence, rough, temperature[:, DAY]) for band in radar.BANDS]
    )
    return Field(soil, canopy, attenuation, cover[:, DAY], incidence)


def _tilled(habit: crops.Habit, grown: crops.Growth, rng: np.random.Generator) -> Floats:
    """Roughness in dB above a seed-bed of 0, ``[parcel, day]``: ploughed in autumn, settled by rain."""
    day = np.arange(DAYS)[None]
    parcels = len(grown.sown)
    if habit in ("alfalfa", "meadow"):
        return np.zeros((parcels, DAYS))
    if habit == "fallow":
        return np.full((parcels, DAYS), 0.4)
    if habit == "winter":
        rough = np.full((parcels, DAYS), -0.6)
    else:
        rough = np.where(day < grown.sown[:, None] - 5, 1.6 * np.exp(-day / 220), -0.6)
    since = day - (grown.harvest + rng.gamma(2, 9, parcels))[:, None]
    stubble = 1.4 * np.exp(-np.maximum(since, 0) / 120)
    return np.where(since >= 0, stubble, rough)


def _pixels(
    landscape: Landscape, year: int, field: Field, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Pixels around their parcel's mean, ``[pixel, band, time]`` dB."""
    parcels, each = len(field.cover), landscape.pixels
    bands = len(radar.BANDS)
    wetter, rougher, denser = rng.normal(0, 1, (3, parcels, each))
    greener = np.maximum(1 + PIXEL_COVER * rng.normal(0, 1, (parcels, each)), 0.2)
    edge = rng.random((parcels, each)) < landscape.mixed
    # Parcels follow each other along their row, so the one before is as a rule the neighbour.
    neighbour = np.roll(np.arange(parcels), 1)
    known, lost = acquisitions(landscape, year)
    error = stream(landscape.seed, "calibration", year).normal(0, landscape.calibration_sd, (bands, SLOTS))
    shift = breaks.shift_db(landscape, year)  # [band]
    cosine = np.cos(np.radians(field.incidence))
    values = np.empty((parcels, each, bands, SLOTS))
    for band, shape in enumerate(radar.BANDS):
        soil, canopy = radar.power(field.soil[band]), radar.power(field.canopy[band])  # [parcel, time]
        soil_factor = radar.power(shape.moisture * 100 * PIXEL_MOISTURE * wetter + PIXEL_SOIL * rougher)
        canopy_factor = radar.power(PIXEL_CANOPY * denser)
        depth = -2 * field.attenuation[band][:, None] * field.cover / cosine  # [parcel, time]
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
        values[..., lost] = _filled(values, known, lost)
    return np.round(values.reshape(parcels * each, bands, SLOTS), PLACES).astype(np.float32)


def acquisitions(landscape: Landscape, year: int) -> tuple[Rows, Rows]:
    """Slots with an image and slots without one, ascending.

    Two orbits take turns; the two satellites take turns on each orbit, so without one of them every
    second pass of each orbit is lost.
    """
    gone = stream(landscape.seed, "gaps", year).random(SLOTS) < landscape.gaps
    if landscape.satellite_lost and year >= landscape.satellite_lost:
        gone |= np.arange(SLOTS) // 2 % 2 == 1
    gone[[0, -1]] = False
    return np.flatnonzero(~gone), np.flatnonzero(gone)


def _filled(values: Floats, known: Rows, lost: Rows) -> Floats:
    """Lost slots by linear interpolation in dB, as real series are filled."""
    after = np.searchsorted(known, lost)
    left, right = known[after - 1], known[after]
    share = (lost - left) / (right - left)
    filled: Floats = values[..., left] * (1 - share) + values[..., right] * share
    return filled
