"""Pictures and figures of the simulated landscape, for docs/landscape.md.

    python benchmarks/landscape.py pictures [--out docs/landscape] [--seed 0]
    python benchmarks/landscape.py speed [--parcels 3000]
    python benchmarks/landscape.py network [--workers 2]
    python benchmarks/landscape.py protocol [--seeds 0 1 2] [--recipe quick] [--repeats 5] [--workers 2]

Answers that the workspace already holds are not computed again.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import resource
import sys
import tempfile
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import shapely
from matplotlib.collections import PolyCollection

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.experiments.source import source_of

from engine.domain import Study
from engine.experiments.archive import Archive, archive_for
from engine.experiments.outcome import Outcome
from engine.experiments.plan import GridRequest, grid
from engine.experiments.run import run_plans
from engine.files import workspace
from engine.learning.recipes import QUICK, RECIPES
from engine.simulation import crops
from engine.simulation import parcels as table
from engine.simulation import series as growing
from engine.simulation.fields import cadastre
from engine.simulation.growth import develop
from engine.simulation.parameters import Landscape
from engine.simulation.province import ground, outline
from engine.simulation.weather import weather
from engine.studies.simulated import simulate
from engine.studies.store import open_study

HOME = Path(__file__).resolve().parents[1]
DEMO = HOME / "data" / "vojvodina-demo"
STUDY = {  # macro F1 in points, mean of five retrainings, EGU24-3127
    ("zero-shot", 0): 78, ("transfer", 20): 74, ("transfer", 25): 79, ("transfer", 30): 83,
    ("scratch", 20): 69, ("scratch", 25): 73, ("scratch", 30): 78,
}  # fmt: skip
RADII = (20, 25, 30)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, dest="what")
    pictures = commands.add_parser("pictures")
    pictures.add_argument("--out", type=Path, default=HOME / "docs" / "landscape")
    pictures.add_argument("--seed", type=int, default=0)
    speed = commands.add_parser("speed")
    speed.add_argument("--parcels", type=int, default=3000)
    network = commands.add_parser("network")
    network.add_argument("--workers", type=int, default=2)
    protocol = commands.add_parser("protocol")
    protocol.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    protocol.add_argument("--recipe", choices=list(RECIPES), default="quick")
    protocol.add_argument("--repeats", type=int, default=5)
    protocol.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if options.what == "pictures":
        options.out.mkdir(parents=True, exist_ok=True)
        demo = dataclasses.replace(landscape_of_demo(), seed=options.seed)
        plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
        for draw in (profiles, class_mix, soils, seasons, plain):
            figure = draw(demo)
            figure.savefig(options.out / f"{draw.__name__}.png", dpi=110, bbox_inches="tight")
            plt.close(figure)
        figures(demo)
    elif options.what == "speed":
        measure(Landscape(parcels=options.parcels))
    elif options.what == "network":
        choose(options.workers)
    else:
        compare(options.seeds, options.recipe, options.repeats, options.workers)


def landscape_of_demo() -> Landscape:
    """The parameters that the shipped study was grown with."""
    landscape = open_study(DEMO).cubes.manifest.landscape
    assert landscape is not None
    return landscape


def profiles(landscape: Landscape) -> plt.Figure:
    """Mean series of each crop in each season, with the spread of parcels in the last."""
    colours = plt.colormaps["viridis"](np.linspace(0, 0.85, len(landscape.years)))
    figure, axes = plt.subplots(3, 6, figsize=(15, 7), sharex=True)
    few = dataclasses.replace(
        landscape, pixels=min(landscape.pixels, 4), parcels=min(landscape.parcels, 2000)
    )
    for year, colour in zip(few.years, colours, strict=True):
        values = np.concatenate(list(growing.pixel_series(few, year)))  # [pixel, band, time]
        parcel = values.reshape(-1, few.pixels, *values.shape[1:]).mean(axis=1)  # [parcel, band, time]
        code = growing.surveys(few)[year].code
        for number, name in enumerate(crops.NAMES):
            for band, label in enumerate(table.BANDS):
                axis = axes[number // 3, number % 3 * 2 + band]
                mine = parcel[code == number, band]
                axis.plot(growing.DAY, mine.mean(axis=0), color=colour, lw=1.2, label=str(year))
                if year == few.last:
                    low, high = np.quantile(mine, [0.1, 0.9], axis=0)
                    axis.fill_between(growing.DAY, low, high, color=colour, alpha=0.2, lw=0)
                axis.set_title(f"{name}, {label}", fontsize=9)
                axis.set_ylim((-21, -6) if label == "VV" else (-25, -11))
    axes[0, 0].legend(frameon=False, fontsize=7)
    for axis in axes[-1]:
        axis.set_xlabel("days after 1 January")
    for axis in axes[:, 0]:
        axis.set_ylabel("backscatter, dB")
    figure.tight_layout()
    return figure


def class_mix(landscape: Landscape) -> plt.Figure:
    """Shares of the classes by distance from Novi Sad, all seasons."""
    land, surveys = cadastre(landscape.seed), growing.surveys(landscape)
    field = np.concatenate([one.field for one in surveys.values()])
    code = np.concatenate([one.code for one in surveys.values()])
    far = np.hypot(*land.centres(field))
    edges = np.array([0, 10, 20, 30, 45, 60, 80, 140])
    ring = np.digitize(far, edges) - 1
    share = np.array(
        [np.bincount(code[ring == r], minlength=len(crops.NAMES)) for r in range(len(edges) - 1)]
    )
    share = share / share.sum(axis=1, keepdims=True)
    figure, axis = plt.subplots(figsize=(8, 4))
    base = np.zeros(len(share))
    names = [f"{a} to {b}" for a, b in itertools.pairwise(edges)]
    for crop in table.legend():
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
        shown = axis.pcolormesh(
            x, y, np.where(inside, values.reshape(x.shape), np.nan), cmap="cividis", rasterized=True
        )
        axis.plot(*border.exterior.xy, color="#333", lw=0.8)
        axis.plot(0, 0, "o", color="white", mec="#333")
        axis.annotate("Novi Sad", (2, 2), color="white")
        axis.set(title=title, aspect="equal", xlabel="km east of Novi Sad", ylabel="km north")
        figure.colorbar(shown, ax=axis, shrink=0.8)
    return figure


def seasons(landscape: Landscape) -> plt.Figure:
    """Temperature and rain of the five seasons at Novi Sad."""
    here = ground(landscape.seed, landscape.place_soil, np.zeros(1), np.full(1, 5.0))
    colours = plt.colormaps["viridis"](np.linspace(0, 0.85, len(landscape.years)))
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4))
    for year, colour in zip(landscape.years, colours, strict=True):
        temperature, rain = weather(landscape, year).at(here)
        smooth = np.convolve(temperature[0], np.ones(15) / 15, mode="valid")
        left.plot(np.arange(len(smooth)) + 7, smooth, color=colour, label=str(year))
        right.plot(np.cumsum(rain[0]), color=colour)
    left.set(title="Mean of 15 days, °C", xlabel="days after 1 January")
    left.legend(frameon=False)
    right.set(title="Rain since 1 January, mm", xlabel="days after 1 January")
    return figure


def plain(landscape: Landscape) -> plt.Figure:
    """A few kilometres of the map: every field, and which are surveyed in the last season."""
    land = cadastre(landscape.seed)
    x, y = land.centres(np.arange(len(land)))
    here = np.flatnonzero((np.abs(x - 2) < 6) & (np.abs(y - 16) < 4.5))
    mine = growing.surveys(landscape)[landscape.last]
    place = ground(landscape.seed, landscape.place_soil, x[here], y[here])
    code = crops.rotate(landscape, place, here, len(land))[landscape.last]
    colour = np.array([crop.colour for crop in table.legend()])[code]
    rings = [shapely.get_coordinates(one)[:-1] for one in land.polygons(here)]
    surveyed = np.isin(here, mine.field)
    figure, axis = plt.subplots(figsize=(11, 8))
    axis.add_collection(
        PolyCollection(rings, facecolors=colour, edgecolors="white", linewidths=0.2, alpha=0.35)
    )
    chosen = [ring for ring, own in zip(rings, surveyed, strict=True) if own]
    axis.add_collection(
        PolyCollection(chosen, facecolors=colour[surveyed], edgecolors="black", linewidths=0.7)
    )
    axis.set(xlim=(-4, 8), ylim=(11.5, 20.5), aspect="equal", xlabel="km east of Novi Sad", ylabel="km north")
    return figure


def figures(landscape: Landscape) -> None:
    """What docs/landscape.md states in numbers."""
    parcels = table.parcel_table(landscape)
    area = np.sort(parcels["area_ha"].to_numpy())
    share = np.cumsum(area) / area.sum()
    print("area, ha, at 5, 50, 95 %:", np.round(np.quantile(area, [0.05, 0.5, 0.95]), 1))
    print(f"Gini of areas: {1 - 2 * np.trapezoid(share, dx=1 / len(area)):.2f}")
    print(f"outline: {outline().area:,.0f} km2")
    print("shares:", parcels["crop"].value_counts(normalize=True).round(3).to_dict())
    again = (parcels.groupby("field_group")["season"].nunique() > 1).mean()
    print(f"fields surveyed in more than one season: {again:.1%}")
    here = ground(landscape.seed, landscape.place_soil, *np.random.default_rng(0).uniform(-40, 40, (2, 200)))
    for year in landscape.years:
        sky = weather(landscape, year)
        temperature, rain = sky.at(here)
        days = []
        for code, kind in crops.KINDS:
            if kind.thermal:
                rng = np.random.default_rng(0)
                grown = develop(landscape, year, code, kind, here, (temperature, rain), sky.spring, rng)
                flower, cut = np.median(grown.anthesis) + 1, np.median(grown.harvest) + 1
                days.append(f"{crops.NAMES[code]} {flower:.0f}/{cut:.0f}")
        print(
            f"{year}: {temperature.mean():.1f} °C, {rain.sum(axis=1).mean():.0f} mm in 320 days; "
            f"anthesis/harvest day: {', '.join(days)}"
        )


def measure(landscape: Landscape) -> None:
    """Seconds a season on one core, and the most memory the process ever had."""
    growing.surveys(landscape)
    for year in landscape.years[:3]:
        start = time.perf_counter()
        pixels = sum(len(values) for values in growing.pixel_series(landscape, year))
        print(f"{year}: {pixels:,} pixels in {time.perf_counter() - start:.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        simulate(dataclasses.replace(landscape, last=landscape.first), Path(folder) / "study")
        print(f"one season into a study folder: {time.perf_counter() - start:.1f} s")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def choose(workers: int) -> None:
    """Networks by leave one season out on the past seasons of the demo; no test parcel is looked at."""
    study, archive = open_study(DEMO), Archive(workspace())
    recipes = [
        dataclasses.replace(QUICK, name=f"quick {filters}/{kernel}", filters=filters, kernel=kernel, pixels=5)
        for filters in (8, 16)
        for kernel in (4, 8)
    ]
    plans = [
        grid(study, GridRequest("2021", study.departure, [], [], ["zero-shot"], "cnn1d", recipe, repeats=1))[
            0
        ]
        for recipe in recipes
    ]
    run_plans(study, plans, archive, workers=workers)
    for plan in plans:
        kept = archive.weights(source_of(plan, 0).name)
        assert kept is not None
        found = kept[1]["validation_macro_f1"]
        each = ", ".join(f"{season} {100 * score:.1f}" for season, score in found.items())
        print(f"{plan.recipe.name}: {100 * np.mean(list(found.values())):.1f} ({each})")


def compare(seeds: list[int], recipe: str, repeats: int, workers: int) -> None:
    """The protocol's table for some landscapes, beside the study's own numbers."""
    for seed in seeds:
        landscape = dataclasses.replace(landscape_of_demo(), seed=seed)
        with tempfile.TemporaryDirectory() as folder:
            own = seed == landscape_of_demo().seed
            study = open_study(DEMO if own else simulate(landscape, Path(folder) / "study", workers=workers))
            archive = archive_for(DEMO, workspace(), HOME / "models") if own else Archive(workspace())
            print_table(study, asked(study, recipe, repeats, archive, workers), seed, recipe)


def asked(study: Study, recipe: str, repeats: int, archive: Archive, workers: int) -> list[Outcome]:
    plans = grid(
        study,
        GridRequest(
            "2021",
            study.departure,
            RADII,
            ["radius", "random"],
            ["zero-shot", "transfer", "scratch"],
            "cnn1d",
            RECIPES[recipe],
            repeats=repeats,
        ),
    )
    return run_plans(study, plans, archive, workers=workers)


def print_table(study: Study, outcomes: list[Outcome], seed: int, recipe: str) -> None:
    print(f"\nseed {seed}, recipe {recipe}, {outcomes[0].test_parcels} test parcels, {study.fingerprint}")
    print("| arm | km | parcels | radius | study | random | random - radius |")
    home = outcomes[0].macro_f1
    print(f"| zero-shot | | | {100 * home.value:.1f} | {STUDY['zero-shot', 0]} | | |")
    found = {
        (o.plan.method.name, o.plan.design.name, o.plan.design.equivalent_radius_km): o for o in outcomes
    }
    for method in ("transfer", "scratch"):
        for km in RADII:
            radius, random = found[method, "radius", km], found[method, "random", km]
            near, spread = 100 * radius.macro_f1.value, 100 * random.macro_f1.value
            cells = (method, km, f"{radius.parcels:.0f}", f"{near:.1f}", STUDY[method, km], f"{spread:.1f}")
            print("|", *(f"{cell} |" for cell in cells), f"{spread - near:+.1f} |")


if __name__ == "__main__":
    main()
