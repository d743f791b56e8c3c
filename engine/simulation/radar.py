"""Sentinel-1 backscatter of a field: the water cloud model over a rough, moist soil, with speckle.

References
----------
E. P. W. Attema and F. T. Ulaby (1978), "Vegetation modeled as a water cloud", Radio Science 13, 357-364.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d
from scipy.special import expit

from engine.simulation.province import Floats

REFERENCE_DEG = 38.0
FROST_C, FROST_SPREAD = -1.5, 0.5  # half of a soil's effect is there; degrees C around it
FROST_DB = 3.0  # of soil that is frozen through
CANOPY_SLOPE = -0.06  # dB per degree of incidence


@dataclass(frozen=True)
class Polarisation:
    """How bare soil scatters in one polarisation.

    Parameters
    ----------
    offset
        dB of dry, smooth soil at 38 degrees.
    moisture
        dB per percent of volumetric water.
    slope
        dB per degree of incidence.
    roughness
        dB per dB of roughness.
    """

    name: str
    offset: float
    moisture: float
    slope: float
    roughness: float


VV = Polarisation("VV", -17.0, 0.20, -0.15, 1.0)
VH = Polarisation("VH", -24.0, 0.15, -0.13, 0.8)
BANDS = (VV, VH)


def decibel(power: Floats) -> Floats:
    """Power ratio to dB.

    Parameters
    ----------
    power
        Linear power ratio, any shape.
    """
    db: Floats = 10 * np.log10(power)
    return db


def power(db: Floats) -> Floats:
    """DB to power ratio.

    Parameters
    ----------
    db
        Decibel, any shape.
    """
    ratio: Floats = 10 ** (db / 10)
    return ratio


def bare_soil(
    band: Polarisation, moisture: Floats, incidence: Floats, roughness: Floats, frozen: Floats
) -> Floats:
    """Backscatter of bare soil in dB.

    Parameters
    ----------
    band
        How soil scatters in the polarisation.
    moisture
        m3/m3.
    incidence
        Degrees.
    roughness
        dB above a smooth seed-bed.
    frozen
        How much of the effect of frost there is, 0 (none) to about 1; frozen soil scatters 3 dB less.
    """
    return (
        band.offset
        + band.moisture * 100 * moisture
        + band.slope * (incidence - REFERENCE_DEG)
        + band.roughness * roughness
        - FROST_DB * frozen
    )


def frost(temperature: Floats, threshold: Floats, depth: Floats) -> Floats:
    """How much of the effect of frost soils show, ``[place, day]``.

    The soil follows the air of three days; where snow, stubble or wetness shield it, it freezes later and
    less.

    Parameters
    ----------
    temperature
        Daily mean of the air in degrees C, ``[place, day]``.
    threshold
        By how many degrees a place's soil freezes at a warmer air than others, ``[place]``.
    depth
        How much of the effect a place shows when it is frozen through, ``[place]``.
    """
    of_soil = uniform_filter1d(temperature, 3, axis=1, mode="nearest", origin=1)
    frozen: Floats = depth[:, None] * expit((FROST_C + threshold[:, None] - of_soil) / FROST_SPREAD)
    return frozen


def water_cloud(
    soil: Floats, canopy: Floats, attenuation: Floats | float, cover: Floats, incidence: Floats
) -> Floats:
    """Backscatter of a canopy over soil, linear power, as are ``soil`` and ``canopy``.

    ``s = A (1 - t2) + t2 s_soil`` with ``t2 = exp(-2 B V / cos(i))``; the model's ``cos(i)`` before the first
    term is part of A here, so that a dense canopy scatters just that.

    Parameters
    ----------
    soil, canopy
        Backscatter of the bare soil and of a dense canopy, linear power.
    attenuation, cover
        B and V of the model.
    incidence
        Degrees.
    """
    cosine = np.cos(np.radians(incidence))
    passed = np.exp(-2 * attenuation * cover / cosine)
    backscatter: Floats = canopy * (1 - passed) + passed * soil
    return backscatter


def speckle(rng: np.random.Generator, looks: float, shape: tuple[int, ...]) -> Floats:
    """Multiplicative speckle of mean 1 and variance 1 / looks.

    Parameters
    ----------
    rng
        Of the pixels.
    looks
        Equivalent number of looks.
    shape
        Of the array.
    """
    factor: Floats = rng.standard_gamma(looks, shape) / looks
    return factor


def incidence_deg(x: Floats, slope: float) -> Floats:
    """Incidence angle of the two orbits at places ``x`` km east of Novi Sad, ``[orbit, place]``.

    Parameters
    ----------
    x
        Kilometres east of Novi Sad, ``[place]``.
    slope
        Degrees per km along the swath.
    """
    return np.stack([np.clip(38 + slope * x, 30, 46), np.clip(39.5 - slope * x, 30, 46)])
