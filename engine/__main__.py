"""The command line: everything a page can do. ``python -m engine --help`` lists it."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tqdm import tqdm

import engine
from engine.domain import Departure, GroundplanError, PlanError, Study
from engine.experiments import jobs
from engine.experiments.advice import Option, advise, priced
from engine.experiments.archive import archive_for
from engine.experiments.outcome import interval
from engine.experiments.plan import grid
from engine.experiments.run import Progress, answer
from engine.experiments.table import comparisons
from engine.fieldwork import exports
from engine.fieldwork.costs import PRESETS, read_tariff
from engine.fieldwork.designs import DESIGNS, chosen, design_by_name
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.roads import Server
from engine.fieldwork.tour import clock
from engine.learning.learners import LEARNERS
from engine.learning.methods import METHODS
from engine.learning.recipes import RECIPES, recipe_by_name
from engine.studies.ingest import ingest
from engine.studies.landscape.parameters import Landscape, documented, landscape_of
from engine.studies.request import IngestRequest
from engine.studies.simulate import simulate
from engine.studies.store import open_study, save_study, summary
from engine.workspace import workspace


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(_glued(sys.argv[1:] if arguments is None else arguments))
    try:
        status: int = options.command(options)
    except GroundplanError as error:
        print(f"groundplan: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ngroundplan: stopped. What is finished is kept; the same command goes on.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 141
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m engine",
        description="How much ground truth do we collect, where, and what accuracy will that buy?",
    )
    parser.add_argument("--version", action="version", version=f"groundplan {engine.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_info(commands.add_parser("info", help="what a study holds, or what this machine has"))
    _add_ingest(commands.add_parser("ingest", help="make a study from parcels and series"))
    _add_simulate(commands.add_parser("simulate", help="grow a simulated Vojvodina as a study"))
    _add_run(commands.add_parser("run", help="answer plans: macro F1 with intervals"))
    _add_itinerary(commands.add_parser("itinerary", help="day tours, what they cost, files for the field"))
    _add_advise(commands.add_parser("advise", help="which of the answered trips to take, and why"))
    _add_bench(commands.add_parser("bench", help="training speed beside a plain loop, and parity"))
    work = commands.add_parser("work", help="do a background job (started by the app)")
    work.add_argument("folder", type=Path)
    work.set_defaults(command=_work)
    return parser


def _add_info(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, nargs="?", help="a study folder")
    parser.add_argument("--json", action="store_true", help="print machine-readable output")
    parser.set_defaults(command=_info)


def _info(options: argparse.Namespace) -> int:
    if options.folder is None:
        facts = {
            "engine": engine.__version__,
            "workspace": str(workspace()),
            **{name: version(name) for name in ("torch", "scikit-learn", "geopandas", "streamlit")},
        }
        print(json.dumps(facts) if options.json else "\n".join(f"{k}: {v}" for k, v in facts.items()))
        return 0
    study = open_study(options.folder)
    rows = summary(study)
    if options.json:
        print(
            json.dumps(
                {
                    "name": study.name,
                    "provenance": study.provenance,
                    "source": study.source,
                    "fingerprint": study.fingerprint,
                    "departure": dataclasses.asdict(study.departure),
                    "classes": study.legend.names,
                    "seasons": [dataclasses.asdict(row) for row in rows],
                }
            )
        )
        return 0
    print(f"{study.name} ({study.provenance}, fingerprint {study.fingerprint})")
    print(f"Departure: {study.departure.title}. Classes: {', '.join(study.legend.names)}.")
    print(f"{'season':>8} {'parcels':>8} {'pixels':>8} {'missing':>8}  classes")
    for row in rows:
        classes = ", ".join(f"{one.name} {one.parcels}" for one in row.classes)
        missing = "-" if row.missing_share is None else f"{row.missing_share:.0%}"
        print(f"{row.season:>8} {row.parcels:>8} {row.pixels:>8} {missing:>8}  {classes}")
    return 0


def _add_ingest(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--parcels", type=Path, nargs="+", required=True, help="GeoParquet, GeoPackage, Shapefile, GeoJSON")
    add("--series", type=Path, nargs="+", required=True, help="long or wide tables, CSV or Parquet")
    add("--name", required=True, help="name of the study")
    add("--out", type=Path, required=True, help="folder to make")
    add("--keep", nargs="+", default=[], metavar="CLASS", help="classes to keep")
    add("--rest", metavar="CLASS", help="merge all other classes into this one")
    add("--window", nargs=2, default=("03-01", "10-31"), metavar="MM-DD", help="first and last day")
    add("--step", type=int, metavar="DAYS", help="days between slots (default: the data's own interval)")
    add("--bands", nargs="+", metavar="BAND", help="columns to use (default: those that are recognised)")
    add("--band", default="value", help="name of the band in wide tables whose columns are only dates")
    add("--crs", help="coordinate reference system of files that do not say, as EPSG:4326")
    add("--seasons", nargs="+", metavar="YEAR", help="harvest years to use (default: all)")
    add("--rename", nargs="+", default=[], metavar="OLD=NEW", help="rename columns of the files")
    add("--departure", metavar="LON,LAT", help="default departure (default: middle of the parcels)")
    add("--departure-name", default="", help="its name")
    add("--drop-faulty", action="store_true", help="leave faulty parcels out instead of refusing the files")
    add("--simulated", action="store_true", help="the data are simulated, not measured")
    add("--source", default="", help="where the data come from, for captions and reports")
    add("--overwrite", action="store_true", help="replace a study that is already there")
    add("--json", action="store_true", help="print machine-readable output")
    parser.set_defaults(command=_ingest)


def _ingest(options: argparse.Namespace) -> int:
    request = IngestRequest(
        parcels=tuple(options.parcels),
        series=tuple(options.series),
        name=options.name,
        keep=tuple(options.keep),
        rest=options.rest,
        window=tuple(options.window),
        step=options.step,
        bands=tuple(options.bands) if options.bands else None,
        band=options.band,
        crs=options.crs,
        seasons=tuple(options.seasons) if options.seasons else None,
        departure=_departure(options.departure, options.departure_name) if options.departure else None,
        rename=dict(_pair(text, "--rename") for text in options.rename),
        drop_faulty=options.drop_faulty,
        provenance="simulated" if options.simulated else "measured",
        source=options.source,
    )
    made = ingest(request, progress=lambda step: print(f"{step} ...", file=sys.stderr))
    folder = save_study(made.study, options.out, missing=made.missing, overwrite=options.overwrite)
    if options.json:
        seasons = [dataclasses.asdict(row) for row in summary(folder)]
        facts = {"folder": str(folder), "fingerprint": made.study.fingerprint, "seasons": seasons}
        print(json.dumps({**facts, "notes": list(made.notes)}))
        return 0
    for note in made.notes:
        print(f"note: {note}", file=sys.stderr)
    print(f"Study written to {folder}")
    return _info(argparse.Namespace(folder=folder, json=False))


def _add_simulate(parser: argparse.ArgumentParser) -> None:
    own = Landscape()
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "parameters for --set, with default, plausible range and unit:\n" + "\n".join(
        f"  {one.name:<18} {one.default:<6g} {one.low:g} to {one.high:g} {one.unit}" for one in documented()
    )
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder to make")
    add("--seasons", default=f"{own.first}-{own.last}", metavar="FIRST-LAST", help="harvest years")
    add("--parcels", default=own.parcels, help="surveyed parcels a season")
    add("--pixels", default=own.pixels, help="pixels a parcel")
    add("--seed", default=own.seed)
    add("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE", help="any parameter by name")
    add("--name", default="Vojvodina, simulated", help="name of the study")
    add("--light", action="store_true", help="leave the series out: they are grown again when needed")
    add("--workers", type=int, default=1, help="processes")
    add("--overwrite", action="store_true", help="replace a study that is already there")
    add("--json", action="store_true", help="print machine-readable output")
    parser.set_defaults(command=_simulate)


def _simulate(options: argparse.Namespace) -> int:
    first, _, last = options.seasons.partition("-")
    named = dict(_pair(text, "--set") for text in options.set)
    own = {"parcels": options.parcels, "pixels": options.pixels, "seed": options.seed}
    landscape = landscape_of({"first": first, "last": last or first, **own, **named})
    with tqdm(unit="parcel", file=sys.stderr, dynamic_ncols=True) as bar:

        def observe(label: str, done: int, total: int) -> None:
            bar.total = total * len(landscape.years)
            bar.set_description(f"season {label}", refresh=False)
            bar.update(total * landscape.years.index(int(label)) + done - bar.n)

        folder = simulate(
            landscape,
            options.out,
            name=options.name,
            series=not options.light,
            overwrite=options.overwrite,
            workers=options.workers,
            observe=observe,
        )
    if not options.json:
        print(f"Study written to {folder}")
    return _info(argparse.Namespace(folder=folder, json=options.json))


def _pair(text: str, option: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if not (name and value):
        form = "OLD=NEW" if option == "--rename" else "NAME=VALUE"
        raise PlanError(f"{option} {text} is not of the form {form}.")
    return name, value


def _add_run(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("folder", type=Path, help="a study folder")
    add("--target", required=True, metavar="YEAR", help="season to map")
    add("--departure", metavar="LON,LAT", help="where the trips start (default: the study's)")
    add("--radius", type=float, nargs="+", default=[20, 25, 30], metavar="KM")
    add("--design", nargs="+", default=["radius"], choices=list(DESIGNS), metavar="DESIGN")
    add("--method", nargs="+", default=list(METHODS), choices=list(METHODS), metavar="METHOD")
    add("--learner", default="cnn1d", choices=list(LEARNERS))
    add("--repeats", type=int, default=5)
    add("--seed", type=int, default=0)
    add("--recipe", default="paper", choices=list(RECIPES))
    add("--source", default="past", metavar="past|others|YEAR,YEAR", help="seasons to pre-train on")
    add("--test", default="far-half", choices=["far-half", "far-all"], help="which far parcels test")
    add("--beyond", type=float, metavar="KM", help="where the test area begins (default: 30 or the radius)")
    add("--workers", type=int, default=1, help="processes")
    add("--device", default="auto", choices=["auto", "cpu", "cuda"])
    add("--archive", type=Path, help="folder for outcomes and models (default: the workspace)")
    add("--models", type=Path, help="folder for models (default: in the archive)")
    add("--json", action="store_true", help="print machine-readable rows")
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    study = open_study(options.folder)
    plans = grid(
        study,
        options.target,
        _departure(options.departure) if options.departure else study.departure,
        options.radius,
        options.design,
        options.method,
        options.learner,
        recipe_by_name(options.recipe),
        source=options.source,
        test=options.test,
        beyond_km=options.beyond,
        repeats=options.repeats,
        seed=options.seed,
    )
    with tqdm(unit="step", file=sys.stderr, dynamic_ncols=True) as bar:

        def observe(progress: Progress) -> None:
            bar.total = progress.steps
            bar.set_description(progress.what, refresh=False)
            bar.update(progress.done - bar.n)
            bar.refresh()

        outcomes = answer(
            study,
            plans,
            archive_for(options.folder, options.archive or workspace(), options.models),
            workers=options.workers,
            device=options.device,
            observe=observe,
        )
    if options.json:
        print(json.dumps([outcome.row() for outcome in outcomes], indent=1))
        return 0
    print(f"{study.name}, {study.provenance} data; target {options.target}, test {options.test}")
    heads = ("method", "design", "km", "parcels", "macro F1, pixels", "macro F1, parcels", "key")
    shape = "{:<10} {:<8} {:>5} {:>7}  {:<21} {:<21} {}"
    print(shape.format(*heads))
    for outcome in outcomes:
        plan = outcome.plan
        reach = f"{plan.design.reach_km:g}" if plan.method.visits else ""
        scores = (str(outcome.macro_f1), str(outcome.macro_f1_parcel))
        print(
            shape.format(
                plan.method.name, plan.design.name, reach, outcome.parcels, *scores, outcome.plan.key
            )
        )
    for note in dict.fromkeys(note for outcome in outcomes for note in outcome.notes):
        print(f"note: {note}")
    return 0


def _add_itinerary(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("folder", type=Path, help="a study folder")
    add("--target", required=True, metavar="YEAR", help="season to map")
    add("--departure", metavar="LON,LAT", help="where the trips start (default: the study's)")
    add("--design", default="radius", choices=list(DESIGNS))
    add("--radius", type=float, default=20, metavar="KM")
    add("--seed", type=int, default=0, help="of designs that draw at random, and of the solver")
    add("--tariff", default="default", help=f"a TOML file of rates, or one of {', '.join(PRESETS)}")
    add("--crews", type=int, default=1, help="cars that go out at the same time")
    add("--days", type=int, metavar="N", help="days at most; what does not fit is left out")
    add("--budget", type=float, metavar="MONEY", help="money at most")
    add("--sleep-out", action="store_true", help="spend the nights near the last stop")
    add("--roads", metavar="URL", help="OSRM or Valhalla server (default: straight lines with a detour)")
    add("--roads-kind", default="osrm", choices=["osrm", "valhalla"])
    add("--out", type=Path, help="folder for day sheets, GPX, KML, GeoJSON and GeoPackage")
    add("--json", action="store_true", help="print machine-readable output")
    parser.set_defaults(command=_itinerary)


def _itinerary(options: argparse.Namespace) -> int:
    study = open_study(options.folder)
    departure = _departure(options.departure) if options.departure else study.departure
    surveyed = study.surveyed(options.target)
    if surveyed.empty:
        raise PlanError(f"Season {options.target} of {study.name} has no surveyed parcel. Choose another.")
    design = design_by_name(options.design, options.radius)
    wanted = chosen(surveyed, departure, design, options.seed)
    planned = plan_days(
        wanted,
        departure,
        read_tariff(options.tariff),
        crews=options.crews,
        sleep_out=options.sleep_out,
        most_days=options.days,
        budget=options.budget,
        roads=Server(options.roads.rstrip("/"), options.roads_kind) if options.roads else None,
        seed=options.seed,
    )
    files = exports.write(planned, wanted, options.out) if options.out else ()
    cost = planned.cost
    if options.json:
        facts = {
            "study": study.name,
            "provenance": study.provenance,
            "visited": len(planned.parcels),
            "left_out": list(planned.left_out),
            "cost": {**dataclasses.asdict(cost), "money": dataclasses.asdict(cost.money)},
            "days": [dataclasses.asdict(day) for day in planned.days],
            "links": exports.map_links(planned),
            "files": [str(path) for path in files],
        }
        print(json.dumps(facts, indent=1))
        return 0
    print(f"{study.name}, {study.provenance} data: {len(planned.parcels)} of {len(wanted)} parcels")
    days = _counted(cost.crew_days, "crew-day")
    print(f"{days}, {cost.km} km, {cost.hours} hours, {cost.money} {cost.currency}")
    for name, item in cost.items.items():
        print(f"  {name:<10} {item} {cost.currency}")
    for day in planned.days:
        back = clock(day.end_h)
        print(f"day {day.number}, crew {day.crew}: {len(day.parcels)} parcels, {day.km:.0f} km, until {back}")
    for path in files:
        print(f"written: {path}")
    return 0


def _add_advise(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("folder", type=Path, help="a study folder")
    add("--target", required=True, metavar="YEAR", help="season to map")
    add("--departure", metavar="LON,LAT", help="where the trips start (default: the study's)")
    add("--value-of-point", type=float, metavar="MONEY", help="what a point (0.01) of macro F1 is worth")
    add("--budget", type=float, metavar="MONEY", help="money at most")
    add("--tariff", default="default", help=f"a TOML file of rates, or one of {', '.join(PRESETS)}")
    add("--archive", type=Path, help="folder of outcomes (default: the workspace)")
    add("--json", action="store_true", help="print machine-readable output")
    parser.set_defaults(command=_advise)


def _advise(options: argparse.Namespace) -> int:
    study = open_study(options.folder)
    study.season(options.target)
    departure = _departure(options.departure) if options.departure else study.departure
    archive = archive_for(options.folder, options.archive or workspace())
    asked = comparisons(study, tuple(archive.outcomes(study.fingerprint)))
    mine = [one for one in asked if one.target == options.target and one.departure == departure]
    tariff = read_tariff(options.tariff)
    choices = priced(study, asked[mine[0]], tariff) if mine else []
    advice = advise(choices, value_of_point=options.value_of_point, budget=options.budget)
    if options.json:
        facts = {
            "study": study.name,
            "provenance": study.provenance,
            "question": mine[0].title,
            "currency": tariff.currency,
            "recommended": {
                **_option(advice.recommended),
                "gain_over_zero_shot": interval(advice.gain) if advice.gain else None,
                "probability_worth_it": advice.probability_worth_it,
            },
            "pareto": [_option(one) for one in advice.pareto],
            "zero_shot": _option(advice.zero_shot) if advice.zero_shot else None,
            "reasons": list(advice.reasons),
        }
        print(json.dumps(facts, indent=1))
        return 0
    print(f"{study.name}, {study.provenance} data; {mine[0].title}")
    shape = "{:<2} {:<10} {:<8} {:>5} {:>8} {:>6} {:>24}  {}"
    print(
        shape.format("", "method", "design", "km", "parcels", "days", f"cost, {tariff.currency}", "macro F1")
    )
    for one in advice.pareto:
        plan = one.outcome.plan
        mark = "->" if one == advice.recommended else ""
        reach = f"{plan.design.reach_km:g}" if plan.method.visits else ""
        days = f"{one.crew_days:.0f}"
        names = (mark, plan.method.name, plan.design.name, reach, one.outcome.parcels, days)
        print(shape.format(*names, str(one.money), str(one.f1)))
    for reason in advice.reasons:
        print(reason)
    return 0


def _option(one: Option) -> dict[str, Any]:
    plan = one.outcome.plan
    return {
        "key": plan.key,
        "method": plan.method.name,
        "design": plan.design.name,
        "limit": {"km": plan.design.reach_km} if plan.method.visits else {},
        "parcels": one.outcome.parcels,
        "cost": {
            "days": one.crew_days,
            "km": dataclasses.asdict(one.km),
            "money": dataclasses.asdict(one.money),
        },
        "macro_f1": interval(one.f1),
    }


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _add_bench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, nargs="?", help="a study to take the macro F1 on")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print machine-readable rows")
    parser.set_defaults(command=_bench)


def _bench(options: argparse.Namespace) -> int:
    from engine.experiments.bench import bench

    study: Study | None = open_study(options.folder) if options.folder else None
    rows = []
    with tqdm(file=sys.stderr, bar_format="{elapsed} {desc}") as bar:
        for row in bench(study, options.seeds, bar.set_description_str):
            rows.append(row)
            if not options.json:
                bar.write(
                    f"{row.network:<7} {row.variant:<13} {row.samples_per_second:>9,.0f} samples/s "
                    f"{row.ratio_to_plain:>6.2f} x plain   macro F1 {row.macro_f1:.4f}",
                    file=sys.stdout,
                )
    if options.json:
        print(json.dumps([dataclasses.asdict(row) for row in rows], indent=1))
    return 0


def _work(options: argparse.Namespace) -> int:
    return 0 if jobs.work(options.folder).state == "done" else 1


def _departure(text: str, name: str = "") -> Departure:
    parts = text.split(",")
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        raise PlanError(
            f"The departure {text!r} is not LON,LAT. Give degrees, longitude first, as 19.845,45.255."
        ) from None
    return Departure(lon, lat, name)


def _glued(arguments: Sequence[str]) -> list[Any]:
    """A western departure looks like an option to argparse; glue it to its flag."""
    glued: list[str] = []
    for argument in arguments:
        if glued and glued[-1] == "--departure":
            glued[-1] = f"--departure={argument}"
        else:
            glued.append(argument)
    return glued


if __name__ == "__main__":
    sys.exit(main())
