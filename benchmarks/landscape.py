"""Pictures and figures of the simulated landscape, for docs/landscape.md.

    python benchmarks/landscape.py pictures [--out docs/landscape] [--seed 0]
    python benchmarks/landscape.py speed [--parcels 3000]
    python benchmarks/landscape.py network [--workers 2]
    python benchmarks/landscape.py protocol [--seeds 0 1 2] [--recipe quick] [--repeats 5]
        [--source-models 1] [--set NAME=VALUE ...] [--workers 2]

A landscape other than the shipped one (another seed, or another value) is simulated anew.

Outcomes that the workspace already holds are not computed again.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.landscape_pictures import draw_pictures
from benchmarks.tables import markdown_row
from engine.domain import Study
from engine.experiments.archive import Archive, archive_for
from engine.experiments.outcome import Outcome
from engine.experiments.plan import GridRequest, Plan, grid
from engine.experiments.run import run_plans
from engine.experiments.source_models import source_key, trainings_of
from engine.files import workspace
from engine.learning.methods import OF_THE_STUDY
from engine.learning.recipes import QUICK, RECIPES, Recipe
from engine.simulation import crops
from engine.simulation.growth import develop
from engine.simulation.parameters import Landscape, landscape_of
from engine.simulation.parcels import parcel_table
from engine.simulation.province import Ground, ground, outline
from engine.simulation.series import pixel_series, surveys
from engine.simulation.weather import weather
from engine.studies.simulated import simulate
from engine.studies.store import open_study

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "vojvodina-demo"
TARGET = "2021"
RADII = (20, 25, 30)
STUDY = {  # macro F1 in points, mean of five retrainings, EGU24-3127
    ("zero-shot", 0): 78, ("transfer", 20): 74, ("transfer", 25): 79, ("transfer", 30): 83,
    ("scratch", 20): 69, ("scratch", 25): 73, ("scratch", 30): 78,
}  # fmt: skip


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, dest="what")
    pictures = commands.add_parser("pictures", help="draw the pictures, print the figures")
    pictures.add_argument("--out", type=Path, default=ROOT / "docs" / "landscape")
    pictures.add_argument("--seed", type=int, default=0)
    speed = commands.add_parser("speed", help="time the simulation on one core")
    speed.add_argument("--parcels", type=int, default=3000)
    network = commands.add_parser("network", help="compare networks on the source seasons of the demo")
    network.add_argument("--workers", type=int, default=2)
    protocol = commands.add_parser("protocol", help="the study's protocol on some landscapes")
    protocol.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    protocol.add_argument("--recipe", choices=list(RECIPES), default="quick")
    protocol.add_argument("--repeats", type=int, default=5)
    protocol.add_argument("--source-models", type=int, help="repeats take them in turns (default: one each)")
    protocol.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="of the landscape")
    protocol.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


def main() -> None:
    """Run one of the four commands."""
    options = arguments()
    if options.what == "pictures":
        landscape = dataclasses.replace(landscape_of_demo(), seed=options.seed)
        draw_pictures(landscape, options.out)
        print_figures(landscape)
    elif options.what == "speed":
        measure_speed(Landscape(parcels=options.parcels))
    elif options.what == "network":
        compare_networks(options.workers)
    else:
        named = dict(text.split("=") for text in options.set)
        for seed in options.seeds:
            landscape = landscape_of({**dataclasses.asdict(landscape_of_demo()), **named, "seed": seed})
            run_protocol(landscape, options)


def landscape_of_demo() -> Landscape:
    """The parameters that the shipped study was simulated with."""
    landscape = open_study(DEMO).cubes.manifest.landscape
    assert landscape is not None
    return landscape


def print_figures(landscape: Landscape) -> None:
    """What docs/landscape.md states in numbers."""
    parcels = parcel_table(landscape)
    area = np.sort(parcels["area_ha"].to_numpy())
    share = np.cumsum(area) / area.sum()
    print("area, ha, at 5, 50, 95 %:", np.round(np.quantile(area, [0.05, 0.5, 0.95]), 1))
    print(f"Gini of areas: {1 - 2 * np.trapezoid(share, dx=1 / len(area)):.2f}")
    print(f"outline: {outline().area:,.0f} km2")
    print("shares:", parcels["crop"].value_counts(normalize=True).round(3).to_dict())
    recurring = (parcels.groupby("field_group")["season"].nunique() > 1).mean()
    print(f"fields surveyed in more than one season: {recurring:.1%}")
    place = ground(landscape.seed, landscape.place_soil, *np.random.default_rng(0).uniform(-40, 40, (2, 200)))
    for year in landscape.years:
        print_season(landscape, year, place)


def print_season(landscape: Landscape, year: int, place: Ground) -> None:
    """Weather and development of the crops in some places."""
    season = weather(landscape, year)
    temperature, rain = season.at(place)
    days = []
    for code, kind in crops.KINDS:
        if kind.thermal:
            rng = np.random.default_rng(0)
            local_weather = temperature, rain
            growth = develop(landscape, year, code, kind, place, local_weather, season.spring, rng)
            flower, cut = np.median(growth.anthesis) + 1, np.median(growth.harvest) + 1
            days.append(f"{crops.NAMES[code]} {flower:.0f}/{cut:.0f}")
    print(
        f"{year}: {temperature.mean():.1f} °C, {rain.sum(axis=1).mean():.0f} mm in 320 days; "
        f"anthesis/harvest day: {', '.join(days)}"
    )


def measure_speed(landscape: Landscape) -> None:
    """Seconds a season on one core, and the most memory the process ever had."""
    surveys(landscape)
    for year in landscape.years[:3]:
        start = time.perf_counter()
        pixels = sum(len(values) for values in pixel_series(landscape, year))
        print(f"{year}: {pixels:,} pixels in {time.perf_counter() - start:.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        simulate(dataclasses.replace(landscape, last=landscape.first), Path(folder) / "study")
        print(f"one season into a study folder: {time.perf_counter() - start:.1f} s")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def compare_networks(workers: int) -> None:
    """Leave one season out on the source seasons of the demo; no test parcel is looked at."""
    study, archive = open_study(DEMO), Archive(workspace())
    recipes = [
        dataclasses.replace(QUICK, name=f"quick {filters}/{kernel}", filters=filters, kernel=kernel, pixels=5)
        for filters, kernel in itertools.product((8, 16), (4, 8))
    ]
    plans = [plan for recipe in recipes for plan in zero_shot_plans(study, recipe)]
    run_plans(study, plans, archive, workers=workers)
    for plan in plans:
        (training,) = trainings_of(plan)
        stored = archive.weights(source_key(plan, 0, training).name)
        assert stored is not None
        _, card = stored
        scores: dict[str, float] = card["validation_macro_f1"]
        by_season = ", ".join(f"{season} {100 * score:.1f}" for season, score in scores.items())
        print(f"{plan.recipe.name}: {100 * np.mean(list(scores.values())):.1f} ({by_season})")


def zero_shot_plans(study: Study, recipe: Recipe) -> tuple[Plan, ...]:
    """The one plan whose source model tells how a recipe validates."""
    request = GridRequest(TARGET, study.departure, [], [], ["zero-shot"], "cnn1d", recipe, repeats=1)
    return grid(study, request)


def run_protocol(landscape: Landscape, options: argparse.Namespace) -> None:
    """The protocol's table for one landscape, beside the study's own numbers."""
    with tempfile.TemporaryDirectory() as folder:
        if landscape == landscape_of_demo():
            study, archive = open_study(DEMO), archive_for(DEMO, workspace(), ROOT / "models")
        else:
            study = open_study(simulate(landscape, Path(folder) / "study", workers=options.workers))
            archive = Archive(workspace())
        request = GridRequest(
            TARGET, study.departure, RADII, ["radius", "random"], OF_THE_STUDY, "cnn1d",
            RECIPES[options.recipe], repeats=options.repeats, source_models=options.source_models,
        )  # fmt: skip
        outcomes = run_plans(study, grid(study, request), archive, workers=options.workers)
        parcels = outcomes[0].test_parcels
        print(f"\nseed {landscape.seed}, recipe {options.recipe}, {parcels} test parcels\n")
        print_table(outcomes)


def print_table(outcomes: Sequence[Outcome]) -> None:
    """Methods and radii down; circle, study and random sample across."""
    print("| method | km | parcels | radius | study | random | random - radius |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    by_trip = {
        (
            outcome.plan.method.name,
            outcome.plan.design.name,
            outcome.plan.design.equivalent_radius_km,
        ): outcome
        for outcome in outcomes
    }
    zero_shot = 100 * by_trip["zero-shot", "no-visit", 0.0].macro_f1.value
    print(markdown_row(["zero-shot", "", "", f"{zero_shot:.1f}", STUDY["zero-shot", 0], "", ""]))
    for method, km in itertools.product(("transfer", "scratch"), RADII):
        circle = by_trip[method, "radius", km]
        near, spread = (100 * by_trip[method, design, km].macro_f1.value for design in ("radius", "random"))
        scores = (f"{near:.1f}", STUDY[method, km], f"{spread:.1f}", f"{spread - near:+.1f}")
        print(markdown_row([method, km, circle.parcels, *scores]))


if __name__ == "__main__":
    main()
