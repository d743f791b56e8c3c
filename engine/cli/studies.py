"""Commands on studies: look at one, make one of files, simulate one."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from tqdm import tqdm

import engine
from engine.cli.checking import check
from engine.cli.shared import FOLDER, add_json, departure_of, of_study, print_files, print_json
from engine.domain import PlanError
from engine.files import study_folder, workspace
from engine.simulation.parameters import Landscape, documented, landscape_of
from engine.studies.ingest.assemble import ingest
from engine.studies.ingest.request import IngestRequest
from engine.studies.sample import READ_ME, write_sample
from engine.studies.shelf import place_for
from engine.studies.simulated import simulate
from engine.studies.store import open_study, save_study, summary
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
    study = open_study(study_folder(options.folder))
    rows = summary(study)
    if options.json:
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


def add_ingest(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``ingest``.

    Parameters
    ----------
    parser
        Of the command.
    """
    add = parser.add_argument
    add("--parcels", type=Path, nargs="+", required=True, help="GeoParquet, GeoPackage, Shapefile, GeoJSON")
    add("--series", type=Path, nargs="+", required=True, help="long or wide tables, CSV or Parquet")
    add("--name", required=True, help="name of the study")
    add("--out", type=Path, help="folder to make (default: one in the workspace, see the command studies)")
    add("--check", action="store_true", help="say what is understood, or all faults; write nothing")
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
    add_json(parser, _ingest)


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
        departure=departure_of(options.departure, options.departure_name) if options.departure else None,
        rename=_pairs(options.rename, "--rename", "OLD=NEW"),
        drop_faulty=options.drop_faulty,
        provenance="simulated" if options.simulated else "measured",
        source=options.source,
    )
    if options.check:
        return check(request, options.json)
    made = ingest(request, progress=lambda step: print(f"{step} ...", file=sys.stderr))
    out = options.out or place_for(workspace(), request.name)
    folder = save_study(made.study, out, missing=made.missing, overwrite=options.overwrite)
    if options.json:
        seasons = [dataclasses.asdict(row) for row in summary(open_study(folder))]
        facts = {"folder": str(folder), "fingerprint": made.study.fingerprint, "seasons": seasons}
        return print_json({**facts, "notes": list(made.notes)})
    for note in made.notes:
        print(f"note: {note}", file=sys.stderr)
    print(f"Study written to {folder}")
    return _info(argparse.Namespace(folder=folder, json=False))


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
    named = _pairs(options.set, "--set", "NAME=VALUE")
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
    return _info(argparse.Namespace(folder=folder, json=options.json))


def _pairs(texts: Sequence[str], option: str, form: str) -> dict[str, str]:
    """Values by name, from texts with an equals sign."""
    pairs = {}
    for text in texts:
        name, _, value = text.partition("=")
        if not (name and value):
            raise PlanError(f"{option} {text} is not of the form {form}.")
        pairs[name] = value
    return pairs
