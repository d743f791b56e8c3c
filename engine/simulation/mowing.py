"""Grass and alfalfa: green-up with warmth, then cuts that follow it too, from which they grow back."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from engine.simulation.crops import Kind
from engine.simulation.degree_days import degree_days, first_day, first_dry
from engine.simulation.parameters import DAYS, Landscape
from engine.simulation.province import Floats, Ground, random_field, stream

BASE_C, CAP_C = 3.0, 30.0
GREEN, GREEN_SD, GREEN_SPREAD = 330.0, 50.0, 60.0  # degree days at green-up
REGION_KM = 30.0  # over which farmers cut alike
TIMING_REGION, TIMING_YEAR, TIMING_SD = 0.06, 0.06, 0.04  # shares of the warmth that a cut waits for
LEFT, LEFT_REGION, LEFT_SD = 0.3, 0.08, 0.06  # shares of the cover that a cut leaves
LEAST_MOST_LEFT = (0.1, 0.6)


def mown_cover(
    landscape: Landscape,
    year: int,
    kind: Kind,
    place: Ground,
    weather: tuple[Floats, Floats],
    rng: np.random.Generator,
) -> Floats:
    """Cover of one kind of grass, ``[place, day]``, 0..1.

    A cut falls due when enough warmth has gathered since the last, and waits for a dry field; how much warmth
    and how short the stubble differ smoothly over the province, from season to season and between parcels.

    Parameters
    ----------
    landscape
        Seed, and strength of the differences between places and seasons.
    year
        Harvest year of the season.
    kind
        Habit, canopy and mowing.
    place
        Soils and relief, ``[place]``.
    weather
        Temperature in degrees C and rain in mm, ``[place, day]`` each.
    rng
        Of the parcels.
    """
    mowing = kind.mowing
    assert mowing, kind.habit
    temperature, rain = weather
    places = len(place.x)
    gathered = degree_days(BASE_C, CAP_C, temperature)
    least, most = kind.canopy.cover
    green = expit((gathered - rng.normal(GREEN, GREEN_SD, places)[:, None]) / GREEN_SPREAD)
    cover: Floats = least + (most - least) * green
    draws = stream(landscape.seed, f"mowing {kind.habit}", year)
    timing, height = (random_field(draws, REGION_KM).at(place.x, place.y) for _ in range(2))
    pace = (
        1.0
        + landscape.place_phenology * TIMING_REGION * timing
        + landscape.year_management * TIMING_YEAR * draws.normal()
        + rng.normal(0, TIMING_SD, places)
    )
    left = LEFT + landscape.place_phenology * LEFT_REGION * height + rng.normal(0, LEFT_SD, places)
    left = np.clip(left, *LEAST_MOST_LEFT)
    due = mowing.first * pace
    for _ in range(mowing.cuts):
        cut = first_dry(first_day(gathered >= due[:, None]), rain)
        cover = _cut(cover, cut, left, mowing.regrowth, least)
        at_cut = np.take_along_axis(gathered, np.minimum(cut, DAYS - 1).astype(np.int64)[:, None], axis=1)[
            :, 0
        ]
        due = at_cut + mowing.every * pace * (1 + rng.normal(0, TIMING_SD, places))
    return cover


def _cut(cover: Floats, cut: Floats, left: Floats, regrowth: float, least: float) -> Floats:
    """Cover after a cut, ``[place, day]``: a share is left, and it grows back in so many days."""
    since = np.arange(cover.shape[1]) - cut[:, None]
    back = left[:, None] + (1 - left[:, None]) * np.clip(since / regrowth, 0, 1)
    after: Floats = np.where(since >= 0, np.maximum(cover * back, least), cover)
    return after
