"""A tiny made-up study whose right answer is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
from shapely.geometry import box

from engine.domain import Crop, Cube, Departure, Legend, Season, Study
from engine.experiments import plan as plans
from engine.experiments.plan import GridRequest, Plan
from engine.learning.recipes import Recipe, Schedule
from engine.sampling.protocol import Design

CENTRE = Departure(19.845, 45.255, "Novi Sad")
CROPS = ("maize", "wheat", "soybean", "sunflower")
COLOURS = ("#88CCBB", "#CC99FF", "#8855CC", "#886600")


def study(
    seasons: tuple[str, ...] = ("2018", "2019", "2020", "2021"),
    crops: int = 3,
    parcels: int = 80,
    pixels: int = 3,
    times: int = 12,
    bands: tuple[str, ...] = ("VV", "VH"),
    reach_km: float = 60.0,
    noise_db: float = 0.5,
    permuted: bool = False,
    unseen_crop: bool = False,
    seed: int = 0,
    recurring: int | None = None,
) -> Study:
    """Square parcels scattered around Novi Sad; each crop has its own curve in dB.

    ``permuted`` deals the labels out anew after the series are drawn, so that nothing can be learnt.
    ``unseen_crop`` gives the last season a crop that no season before it has. The first fifth of the
    parcels of a season, or as many as ``recurring``, stand on the same ground in every season and share
    their field group.
    """
    rng = np.random.default_rng(seed)
    legend = Legend(tuple(Crop(i, CROPS[i], COLOURS[i]) for i in range(crops + unseen_crop)))
    time = np.linspace(0, 1, times)  # [time]
    phase = np.arange(len(legend)) / len(legend)  # [class]
    curves = -15 + 4 * np.sin(2 * np.pi * (time + phase[:, None]))  # [class, time] dB
    km_lat, km_lon = 1 / 111.2, 1 / 78.4  # degrees per km at 45 N
    again = "" if recurring is None else f" {recurring}"
    recurring = parcels // 5 if recurring is None else recurring
    anchors = rng.uniform(-reach_km, reach_km, (recurring, 2))  # [parcel, xy] km

    rows, cubes, nouns = [], {}, []
    for label in seasons:
        season = Season(dt.date(int(label), 3, 1), dt.date(int(label), 9, 30), label)
        nouns.append(season)
        place = np.concatenate([anchors, rng.uniform(-reach_km, reach_km, (parcels - recurring, 2))])
        present = len(legend) if label == seasons[-1] else crops
        code = np.arange(parcels) % present  # [parcel]
        first = len(rows)
        for i, (x, y) in enumerate(place):
            lon, lat = CENTRE.lon + x * km_lon, CENTRE.lat + y * km_lat
            half = 0.05
            rows.append(
                {
                    "parcel_id": f"p{label}-{i:04d}",
                    "season": label,
                    "crop": legend.names[code[i]],
                    "field_group": f"g{i:04d}" if i < recurring else f"g{label}-{i:04d}",
                    "area_ha": 1.0,
                    "lon": lon,
                    "lat": lat,
                    "geometry": box(
                        lon - half * km_lon, lat - half * km_lat, lon + half * km_lon, lat + half * km_lat
                    ),
                }
            )
        drawn = rng.permutation(code) if permuted else code
        owner = np.repeat(np.arange(parcels), pixels)  # [pixel]
        offset = np.arange(len(bands))[None, :, None] * 6.0  # [1, band, 1] dB
        signal = curves[drawn[owner]][:, None, :] + offset  # [pixel, band, time]
        values = signal + rng.normal(0, noise_db, (len(owner), len(bands), times))
        cubes[label] = Cube(
            season, bands, np.arange(times) * 16, first + owner, np.ascontiguousarray(values, np.float32)
        )
    frame = gpd.GeoDataFrame(rows, crs="EPSG:4326")
    mark = f"made-up {seasons} {crops} {parcels} {pixels} {times} {bands} {reach_km} {noise_db} {permuted} "
    return Study(
        "Made up",
        legend,
        tuple(nouns),
        frame,
        cubes,
        CENTRE,
        "simulated",
        mark + f"{unseen_crop} {seed}{again}",
    )


def without_labels(study: Study, label: str, parcel_ids: Sequence[str] | None = None) -> Study:
    """The same study, of whose season these parcels, or all, have no label; its fingerprint says so."""
    parcels = study.parcels.copy()
    these = (parcels["season"] == label) & (
        True if parcel_ids is None else parcels["parcel_id"].isin(list(parcel_ids))
    )
    parcels.loc[these, "crop"] = None
    mark = f"{study.fingerprint}, {label} without {'any' if parcel_ids is None else sorted(parcel_ids)}"
    return replace(study, parcels=parcels, fingerprint=mark)


def without_series(study: Study, label: str) -> Study:
    """The same study before there are series and labels of that season; its fingerprint says so."""
    bare = without_labels(study, label)
    cubes = {name: cube for name, cube in study.cubes.items() if name != label}
    return replace(bare, cubes=cubes, fingerprint=f"{bare.fingerprint}, and without series")


# For tests of what a model has learnt.
SMALL = Recipe(
    "small",
    filters=4,
    kernel=4,
    dropout=0.25,
    pretrain=Schedule(8, 32, 1e-2),
    transfer=Schedule(4, 16, 3e-3),
    scratch=Schedule(15, 8, 1e-2),
    trees=20,
    pixels=6,
)
# For tests of what becomes of outcomes, whatever they are: hardly anything is learnt.
TINY = replace(
    SMALL,
    name="tiny",
    pretrain=Schedule(1, 32, 1e-2),
    transfer=Schedule(1, 16, 3e-3),
    scratch=Schedule(2, 16, 1e-2),
)


def grid(
    study: Study,
    target: str,
    departure: Departure,
    radii: Sequence[float],
    designs: Sequence[str | Design],
    methods: Sequence[str],
    learner: str,
    recipe: Recipe,
    **options: Any,
) -> tuple[Plan, ...]:
    """`engine.experiments.plan.grid` in one call."""
    return plans.grid(
        study, GridRequest(target, departure, radii, designs, methods, learner, recipe, **options)
    )
