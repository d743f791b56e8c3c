"""Numbers of images at pixels become values: masked, scaled, averaged over a day, backscatter in dB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.studies.extract.images import Catalogue, ExtractError, Image, Layer
from engine.studies.extract.pixels import Pixels
from engine.studies.extract.raster import Floats, Sampled, sample
from engine.studies.extract.sources import Source

AT_ONCE = 8  # images that are read at the same time
DECIBEL_FLOOR = -50.0  # what is lower is no backscatter from the ground
KEYS = ["parcel_id", "pixel_id", "season", "date"]
MOSTLY = 0.5
Sums = dict[
    tuple[str, str], tuple[Floats, Floats]
]  # by label and unit: sum and number of the values, [pixel] each


@dataclass(frozen=True)
class Observed:
    """What the images of some days say about some pixels.

    Parameters
    ----------
    table
        A row a pixel and day with a value: the keys and the bands.
    images
        Names of the images that hold any of the pixels.
    held, masked
        Pixels times images times bands that the images hold, and those of them without a value.
    """

    table: pd.DataFrame
    images: tuple[str, ...]
    held: int
    masked: int


@dataclass(frozen=True)
class _Seen:
    """One image at the pixels: values by band, ``[pixel]`` (backscatter as power), and where it lies."""

    values: dict[str, Floats]
    inside: npt.NDArray[np.bool_]


def observe(
    images: Sequence[Image],
    pixels: Pixels,
    season: str,
    source: Source,
    catalogue: Catalogue,
    *,
    per_orbit: bool,
) -> Observed:
    """The values of all images of all days.

    Images of one day are averaged, backscatter as power; where it is asked for, orbits stay apart.

    Parameters
    ----------
    images
        In order; images of a day may overlap.
    pixels
        Where to look.
    season
        Label for the table.
    source
        How numbers become values.
    catalogue
        Knows where layers are read from.
    per_orbit
        Whether the relative orbit becomes part of the band's name.
    """
    table = pixels.table
    places = pixels.crs, table["x"].to_numpy(float), table["y"].to_numpy(float)
    held = masked = 0
    used: list[str] = []
    days: dict[dt.date, Sums] = {}
    with ThreadPoolExecutor(AT_ONCE) as threads:
        looked = threads.map(lambda image: _see(image, places, source, catalogue), images)
        for image, seen in zip(images, looked, strict=True):
            if not seen.inside.any():
                continue
            used.append(image.name)
            sums = days.setdefault(image.day, {})
            for band, values in seen.values.items():
                held += int(seen.inside.sum())
                masked += int((seen.inside & np.isnan(values)).sum())
                key = f"{band}_{_orbit(image)}" if per_orbit else band, source.unit_of(band)
                total, number = sums.get(key, (np.zeros(len(table)), np.zeros(len(table))))
                sums[key] = total + np.nan_to_num(values), number + np.isfinite(values)
    tables = [_table(table, season, day, days[day]) for day in sorted(days)]
    empty = pd.DataFrame(columns=KEYS)
    return Observed(pd.concat(tables, ignore_index=True) if tables else empty, tuple(used), held, masked)


def _see(image: Image, places: tuple[str, Floats, Floats], source: Source, catalogue: Catalogue) -> _Seen:
    """One image at the pixels."""

    def read(layer: Layer, *, nodata: float | None, border: int = 0) -> Sampled:
        return sample(layer, catalogue.address(layer.href), places, nodata=nodata, border=border)

    ground = np.ones(len(places[1]), bool)
    if image.mask is not None:
        classes = read(image.mask, nodata=None).values
        ground = ~(np.isnan(classes) | np.isin(classes, source.excluded))
    values, inside = {}, np.zeros(len(ground), bool)
    for band, layer in image.layers.items():
        power = source.unit_of(band) == "power"
        sampled = read(layer, nodata=source.nodata, border=source.border if power else 0)
        scale, offset = source.rescale(image.properties, sampled.scale, sampled.offset)
        physical = sampled.values * scale + offset
        if source.unit_of(band) != "as-is":
            _check_unit(image, band, physical, power)
            physical = _power(physical, power)
        values[band] = np.where(ground, physical, np.nan)
        inside |= sampled.inside
    return _Seen(values, inside)


def _power(values: Floats, power: bool) -> Floats:
    """Backscatter as linear power; what is too low to come from the ground is missing."""
    with np.errstate(invalid="ignore"):
        linear = values if power else 10 ** (values / 10)
        return np.where(linear > 10 ** (DECIBEL_FLOOR / 10), linear, np.nan)


def _check_unit(image: Image, band: str, values: Floats, power: bool) -> None:
    """Power is never negative, and backscatter in dB mostly is."""
    known = values[~np.isnan(values)]
    negative = float((known < 0).mean()) if len(known) else float(power is False)
    if power and negative > MOSTLY:
        raise ExtractError(
            f"{band} of {image.name} is read as linear power, but {negative:.0%} of its values are negative: "
            "it is in decibels. Add --unit decibel."
        )
    if not power and negative == 0:
        raise ExtractError(
            f"{band} of {image.name} is read as decibels, but none of its values is negative: it is linear "
            "power. Add --unit power."
        )


def _orbit(image: Image) -> str:
    if image.orbit is None:
        raise ExtractError(
            f"{image.name} does not say its relative orbit. Leave out --per-orbit, or name {{orbit}} in the "
            "pattern, such as S1_{date}_{orbit}.tif."
        )
    return image.orbit


def _table(pixels: pd.DataFrame, season: str, day: dt.date, sums: Sums) -> pd.DataFrame:
    """The rows of one day: a pixel with a value in any band each."""
    bands = {}
    for (label, unit), (total, number) in sums.items():
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = total / number
            bands[label] = (mean if unit == "as-is" else 10 * np.log10(mean)).astype(np.float32)
    table = pixels[["parcel_id", "pixel_id"]].assign(season=season, date=pd.Timestamp(day), **bands)
    return table[table[list(bands)].notna().any(axis=1)]
