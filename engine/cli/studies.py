"""Commands on studies: look at one, get sample files, simulate one."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from importlib.metadata import version
from pathlib import Path

from tqdm import tqdm

import engine
from engine.cli.shared import FOLDER, add_json, of_study, print_files, print_json
from engine.cli.values import pairs
from engine.files import study_folder, workspace
from engine.simulation.parameters import Landscape, documented, landscape_of
from engine.studies.sample import READ_ME, write_sample
from engine.studies.simulated import simulate
from engine.studies.store import open_study, summary
from engine.studies.templates import write_templates


def add_info(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``info``.

    Parameters
    ----------
    parser
        Of the command.
    """
    parser.add_argument("folder", type=Path, nargs="?", help=FOLDER)
    add_json(parser, _info)


def _info(options: argparse.Namespace) -> int:
    if options.folder is None:
        versions = {
            "engine": engine.__version__,
            "workspace": str(workspace()),
            **{name: version(name) for name in ("torch", "scikit-learn", "geopandas", "streamlit")},
        }
        if options.json:
            return print_json(versions)
        print("\n".join(f"{name}: {text}" for name, text in versions.items()))
        return 0
    return print_study(options.folder, options.json)


def print_study(folder: Path, as_json: bool) -> int:
    """Print what a study holds.

    Parameters
    ----------
    folder
        Of the study.
    as_json
        Whether for programs.
    """
    study = open_study(study_folder(folder))
    rows = summary(study)
    if as_json:
        facts = {
            "source": study.source,
            "fingerprint": study.fingerprint,
            "departure": dataclasses.asdict(study.departure),
            "classes": study.legend.names,
            "seasons": [dataclasses.asdict(row) for row in rows],
        }
        return print_json({**of_study(study), **facts})
    print(f"{study.name} ({study.provenance}, fingerprint {study.fingerprint})")
    print(f"Departure: {study.departure.title}. Classes: {', '.join(study.legend.names)}.")
    print(f"{'season':>8} {'parcels':>8} {'pixels':>8} {'missing':>8}  classes")
    for row in rows:
        classes = ", ".join(f"{crop.name} {crop.parcels}" for crop in row.classes) or "not known yet"
        if row.classes and row.unlabelled:
            classes += f", without label {row.unlabelled}"
        if not row.pixels:
            classes += ", no series yet"
        missing = "-" if row.missing_share is None else f"{row.missing_share:.0%}"
        print(f"{row.season:>8} {row.parcels:>8} {row.pixels:>8} {missing:>8}  {classes}")
    return 0


def add_sample(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``sample``.

    Parameters
    ----------
    parser
        Of the command.
    """
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--templates", action="store_true", help="a row of each file, to fill in your own")
    add_json(parser, _sample)


def _sample(options: argparse.Namespace) -> int:
    paths = write_templates(options.out) if options.templates else write_sample(options.out)
    if options.json:
        return print_json({"files": [str(path) for path in paths]})
    print_files(paths)
    if options.templates:
        return 0
    print(f"What to do with them: {options.out / READ_ME}")
    return 0


def add_simulate(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``simulate``.

    Parameters
    ----------
    parser
        Of the command.
    """
    usual = Landscape()
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "parameters for --set, with default, plausible range and unit:\n" + "\n".join(
        f"  {each.name:<18} {each.default:<6g} {each.low:g} to {each.high:g} {each.unit}"
        for each in documented()
    )
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder to make")
    add("--seasons", default=f"{usual.first}-{usual.last}", metavar="FIRST-LAST", help="harvest years")
    add("--parcels", default=usual.parcels, help="surveyed parcels a season")
    add("--pixels", default=usual.pixels, help="pixels a parcel")
    add("--seed", default=usual.seed)
    add("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE", help="any parameter by name")
    add("--name", default="Vojvodina, simulated", help="name of the study")
    add("--light", action="store_true", help="leave the series out; they are simulated when needed")
    add("--workers", type=int, default=1, help="processes")
    add("--overwrite", action="store_true", help="replace a study that is already there")
    add_json(parser, _simulate)


def _simulate(options: argparse.Namespace) -> int:
    first, _, last = options.seasons.partition("-")
    named = pairs(options.set, "--set", "NAME=VALUE")
    sizes = {"parcels": options.parcels, "pixels": options.pixels, "seed": options.seed}
    landscape = landscape_of({"first": first, "last": last or first, **sizes, **named})
    with tqdm(unit="parcel", file=sys.stderr, dynamic_ncols=True) as bar:

        def observe(label: str, done: int, total: int) -> None:
            bar.total = total * len(landscape.years_with_series)
            bar.set_description(f"season {label}", refresh=False)
            bar.update(total * landscape.years_with_series.index(int(label)) + done - bar.n)

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
    return print_study(folder, options.json)
