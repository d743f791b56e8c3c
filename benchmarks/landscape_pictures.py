"""The pictures of docs/landscape.md: series, class mix, soils, seasons and fields of a landscape."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import shapely
from matplotlib.collections import PolyCollection

from engine.simulation import crops
from engine.simulation.backdrop import backdrop
from engine.simulation.fields import cadastre
from engine.simulation.parameters import Landscape
from engine.simulation.parcels import BANDS, legend
from engine.simulation.province import ground, outline, to_km
from engine.simulation.series import DAY, pixel_series, surveys
from engine.simulation.weather import weather

MOST_PIXELS, MOST_PARCELS = 4, 2000  # enough for a mean series
RANGE_DB = {"VV": (-21, -6), "VH": (-25, -11)}
RINGS_KM = (0, 10, 20, 30, 45, 60, 80, 140)
MAP_CENTRE_KM, MAP_HALF_KM = (2, 16), (6, 4.5)  # east and north of Novi Sad
STYLE = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}


def draw_pictures(landscape: Landscape, folder: Path) -> None:
    """Write every picture as a PNG file named after its function."""
    folder.mkdir(parents=True, exist_ok=True)
    plt.rcParams.update(STYLE)
    for draw in (profiles, class_mix, soils, seasons, plain):
        figure = draw(landscape)
        figure.savefig(folder / f"{draw.__name__}.png", dpi=110, bbox_inches="tight")
        plt.close(figure)


def profiles(landscape: Landscape) -> plt.Figure:
    """Mean series of each crop in each season, with the spread of parcels in the last."""
    sample = dataclasses.replace(
        landscape,
        pixels=min(landscape.pixels, MOST_PIXELS),
        parcels=min(landscape.parcels, MOST_PARCELS),
    )
    figure, axes = plt.subplots(3, 6, figsize=(15, 7), sharex=True)
    for year, colour in zip(sample.years_with_series, _season_colours(sample), strict=True):
        _draw_season(axes, sample, year, colour)
    axes[0, 0].legend(frameon=False, fontsize=7)
    for axis in axes[-1]:
        axis.set_xlabel("days after 1 January")
    for axis in axes[:, 0]:
        axis.set_ylabel("backscatter, dB")
    figure.tight_layout()
    return figure


def _draw_season(axes: np.ndarray, landscape: Landscape, year: int, colour: np.ndarray) -> None:
    """A line for each crop and band, two axes a crop."""
    values = np.concatenate(list(pixel_series(landscape, year)))  # [pixel, band, time]
    parcel = values.reshape(-1, landscape.pixels, *values.shape[1:]).mean(axis=1)  # [parcel, band, time]
    code = surveys(landscape)[year].code
    for (number, name), (band, label) in itertools.product(enumerate(crops.NAMES), enumerate(BANDS)):
        axis = axes[number // 3, number % 3 * 2 + band]
        series = parcel[code == number, band]  # [parcel, time]
        axis.plot(DAY, series.mean(axis=0), color=colour, lw=1.2, label=str(year))
        if year == landscape.years_with_series[-1]:
            low, high = np.quantile(series, [0.1, 0.9], axis=0)
            axis.fill_between(DAY, low, high, color=colour, alpha=0.2, lw=0)
        axis.set_title(f"{name}, {label}", fontsize=9)
        axis.set_ylim(RANGE_DB[label])


def class_mix(landscape: Landscape) -> plt.Figure:
    """Shares of the classes by distance from Novi Sad, all seasons."""
    fields, surveyed = cadastre(landscape.seed), surveys(landscape).values()
    field = np.concatenate([survey.field for survey in surveyed])
    code = np.concatenate([survey.code for survey in surveyed])
    ring = np.digitize(np.hypot(*fields.centres(field)), RINGS_KM) - 1
    count = np.array(
        [np.bincount(code[ring == number], minlength=len(crops.NAMES)) for number in range(len(RINGS_KM) - 1)]
    )
    share = count / count.sum(axis=1, keepdims=True)  # [ring, class]
    figure, axis = plt.subplots(figsize=(8, 4))
    base = np.zeros(len(share))
    names = [f"{inner} to {outer}" for inner, outer in itertools.pairwise(RINGS_KM)]
    for crop in legend():
        axis.bar(names, share[:, crop.code], bottom=base, color=crop.colour, label=crop.name, width=0.9)
        base += share[:, crop.code]
    axis.set_xlabel("distance from Novi Sad, km")
    axis.set_ylabel("share of surveyed parcels")
    axis.legend(frameon=False, bbox_to_anchor=(1, 1), reverse=True)
    return figure


def soils(landscape: Landscape) -> plt.Figure:
    """Clay and salt over the province."""
    border = outline()
    west, south, east, north = border.bounds
    x, y = np.meshgrid(np.linspace(west, east, 220), np.linspace(south, north, 220))
    place = ground(landscape.seed, landscape.place_soil, x.ravel(), y.ravel())
    inside = shapely.contains_xy(border, x, y)
    figure, axes = plt.subplots(1, 2, figsize=(12, 5))
    for axis, title, values in (
        (axes[0], "clay, share of the topsoil", place.clay),
        (axes[1], "salt-affected soils, index", place.solonetz),
    ):
        mesh = axis.pcolormesh(
            x, y, np.where(inside, values.reshape(x.shape), np.nan), cmap="cividis", rasterized=True
        )
        axis.plot(*border.exterior.xy, color="#333", lw=0.8)
        _draw_backdrop(axis)
        axis.set(title=title, aspect="equal", xlabel="km east of Novi Sad", ylabel="km north")
        figure.colorbar(mesh, ax=axis, shrink=0.8)
    return figure


def _draw_backdrop(axis: plt.Axes) -> None:
    """Rivers, main roads and the larger towns."""
    layers = backdrop((19.0, 44.8, 21.3, 46.0))
    for kind, colour, width in (("river", "#6ec6ff", 1.6), ("road", "#ffffff", 0.5)):
        for line in layers.loc[layers["kind"] == kind, "geometry"]:
            axis.plot(*to_km(*line.xy), color=colour, lw=width)
    for town in layers[(layers["kind"] == "town") & (layers["rank"] <= 2)].itertuples():
        x, y = to_km(town.geometry.x, town.geometry.y)
        axis.plot(x, y, "o", color="white", mec="#333", ms=4)
        axis.annotate(town.name, (float(x) + 2, float(y) + 2), color="white", fontsize=7)


def seasons(landscape: Landscape) -> plt.Figure:
    """Temperature and rain of the seasons at Novi Sad."""
    place = ground(landscape.seed, landscape.place_soil, np.zeros(1), np.full(1, 5.0))
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4))
    for year, colour in zip(landscape.years_with_series, _season_colours(landscape), strict=True):
        temperature, rain = weather(landscape, year).at(place)
        smooth = np.convolve(temperature[0], np.ones(15) / 15, mode="valid")
        left.plot(np.arange(len(smooth)) + 7, smooth, color=colour, label=str(year))
        right.plot(np.cumsum(rain[0]), color=colour)
    left.set(title="Mean of 15 days, °C", xlabel="days after 1 January")
    left.legend(frameon=False)
    right.set(title="Rain since 1 January, mm", xlabel="days after 1 January")
    return figure


def plain(landscape: Landscape) -> plt.Figure:
    """A few kilometres of the map: every field, and which are surveyed in the last season."""
    fields = cadastre(landscape.seed)
    x, y = fields.centres(np.arange(len(fields)))
    (east, north), (across, along) = MAP_CENTRE_KM, MAP_HALF_KM
    shown = np.flatnonzero((np.abs(x - east) < across) & (np.abs(y - north) < along))
    place = ground(landscape.seed, landscape.place_soil, x[shown], y[shown])
    code = crops.rotate(landscape, place, shown, len(fields))[landscape.years_with_series[-1]]
    colour = np.array([crop.colour for crop in legend()])[code]
    rings = [shapely.get_coordinates(polygon)[:-1] for polygon in fields.polygons(shown)]
    surveyed = np.isin(shown, surveys(landscape)[landscape.years_with_series[-1]].field)
    figure, axis = plt.subplots(figsize=(11, 8))
    axis.add_collection(
        PolyCollection(rings, facecolors=colour, edgecolors="white", linewidths=0.2, alpha=0.35)
    )
    outlined = list(itertools.compress(rings, surveyed))
    axis.add_collection(
        PolyCollection(outlined, facecolors=colour[surveyed], edgecolors="black", linewidths=0.7)
    )
    axis.set(
        xlim=(east - across, east + across),
        ylim=(north - along, north + along),
        aspect="equal",
        xlabel="km east of Novi Sad",
        ylabel="km north",
    )
    return figure


def _season_colours(landscape: Landscape) -> np.ndarray:
    """From the first season to the last, ``[season, rgba]``."""
    return plt.colormaps["viridis"](np.linspace(0, 0.85, len(landscape.years_with_series)))
