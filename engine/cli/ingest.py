"""The command that makes a study of foreign files."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import Any

from engine.cli.checking import check
from engine.cli.first_answers import answer_first
from engine.cli.shared import add_json, print_json
from engine.cli.studies import print_study
from engine.cli.values import departure_of, numbers, pairs
from engine.files import workspace
from engine.learning.recipes import RECIPES
from engine.studies.ingest.assemble import ingest
from engine.studies.ingest.mapping import read_mapping, write_mapping
from engine.studies.ingest.request import EVERY_FILE, IngestRequest
from engine.studies.shelf import place_for
from engine.studies.store import open_study, save_study, summary

FILE_YEAR, KEY_NUMBER = "FILE=YEAR", "KEY=NUMBER"


def add_ingest(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``ingest``.

    Parameters
    ----------
    parser
        Of the command.
    """
    add = parser.add_argument
    add(
        "--parcels",
        type=Path,
        nargs="+",
        required=True,
        help="maps and tables of parcels, see docs/formats.md",
    )
    add("--series", type=Path, nargs="+", required=True, help="tables of series, see docs/formats.md")
    add("--name", required=True, help="name of the study")
    add("--out", type=Path, help="folder to make (default: one in the workspace, see the command studies)")
    add("--check", action="store_true", help="say what is understood, or all faults; write no study")
    add("--departure", metavar="LON,LAT", help="default departure (default: middle of the parcels)")
    add("--departure-name", default="", help="its name")
    add("--source", help="where the data come from, for captions and reports")
    add("--simulated", action="store_true", help="the data are simulated, not measured")
    add("--overwrite", action="store_true", help="replace a study that is already there")
    add(
        "--answer",
        choices=list(RECIPES),
        metavar="RECIPE",
        help=f"then test first trips, or forecast them where there are no labels, with the recipe "
        f"({', '.join(RECIPES)})",
    )
    add("--target", metavar="YEAR", help="season that --answer is about (default: the last)")
    add("--mapping", type=Path, metavar="FILE", help="TOML with options of former files like these")
    add("--save-mapping", type=Path, metavar="FILE", help="keep the options as TOML")
    add_json(parser, _ingest)
    _add_seasons(parser.add_argument_group("seasons, classes and bands"))
    _add_columns(parser.add_argument_group("how the files are written (found out where possible)"))
    _add_values(parser.add_argument_group("values and faults"))


def _add_seasons(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--seasons", nargs="+", metavar="YEAR", help="harvest years to use (default: all)")
    add(
        "--season",
        nargs="+",
        metavar=FILE_YEAR,
        help="harvest year of a file, or FILE:LAYER, of parcels; a year alone is that of all",
    )
    add("--shift-seasons", type=int, metavar="YEARS", help="add to every season: 1 for years of sowing")
    add("--season-from", choices=["column", "date"], help="what tells the season of series (default: column)")
    add("--window", nargs=2, metavar="MM-DD", help="first and last day (default: 03-01 10-31)")
    add("--step", type=int, metavar="DAYS", help="days between time steps (default: the data's own interval)")
    add("--keep", nargs="+", metavar="CLASS", help="classes to keep")
    add("--rest", metavar="CLASS", help="merge all other classes into this one")
    add("--merge", nargs="+", metavar="OLD=NEW", help="rename or merge classes")
    add("--bands", nargs="+", metavar="BAND", help="columns to use (default: those that are recognised)")
    add("--band", help="name of the band in wide tables whose columns are only dates (default: value)")


def _add_columns(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--rename", nargs="+", metavar="OLD=NEW", help="rename columns of the files")
    add("--layers", nargs="+", metavar="LAYER", help="layers to read (default: those that hold parcels)")
    add("--crs", help="coordinate reference system of files that do not say, as EPSG:4326")
    add("--swap-axes", action="store_true", default=None, help="turn round parcels written latitude first")
    add("--encoding", help="of text files and Shapefiles, as cp1250 or utf-16")
    add("--separator", help="between the columns of text files")
    add("--decimal", choices=[".", ","], help="sign of decimals in text files")
    add("--dates", choices=["day-first", "month-first"], help="how 03/04/2021 is meant")


def _add_values(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--no-data", nargs="+", type=float, metavar="NUMBER", help="numbers that stand for no data")
    add("--linear", nargs="+", metavar="SEASON", help="seasons, files or SEASON:BAND in linear power")
    add(
        "--offset", nargs="+", metavar=KEY_NUMBER, help="add to values of a season, file, band or SEASON:BAND"
    )
    add("--scale", nargs="+", metavar=KEY_NUMBER, help="then multiply them, as NDVI=0.0001")
    add("--trust-values", action="store_true", default=None, help="take implausible values as they are")
    add(
        "--drop-faulty",
        action="store_true",
        default=None,
        help="leave faulty parcels out instead of refusing the files",
    )


def request_of(options: argparse.Namespace) -> IngestRequest:
    """What the options ask for: those of the mapping, overridden by those that are given.

    Parameters
    ----------
    options
        Of the command.
    """
    fields: dict[str, Any] = read_mapping(options.mapping) if options.mapping else {}
    plain = (
        "step",
        "rest",
        "band",
        "crs",
        "shift_seasons",
        "season_from",
        "encoding",
        "separator",
        "decimal",
    )
    more = ("dates", "swap_axes", "trust_values", "drop_faulty", "source")
    lists = ("keep", "window", "bands", "seasons", "layers", "no_data", "linear")
    given = {name: getattr(options, name) for name in (*plain, *more, *lists)}
    fields |= {
        name: tuple(value) if name in lists else value for name, value in given.items() if value is not None
    }
    if options.departure:
        fields["departure"] = departure_of(options.departure, options.departure_name)
    if options.simulated:
        fields["provenance"] = "simulated"
    if options.season is not None:
        whole = [f"{EVERY_FILE}={text}" if "=" not in text else text for text in options.season]
        fields["season_of"] = pairs(whole, "--season", FILE_YEAR)
    for option, name in (("rename", "rename"), ("merge", "merge")):
        if getattr(options, option) is not None:
            fields[name] = pairs(getattr(options, option), f"--{option}", "OLD=NEW")
    for option, name in (("offset", "offsets"), ("scale", "scales")):
        if getattr(options, option) is not None:
            fields[name] = numbers(getattr(options, option), f"--{option}", KEY_NUMBER)
    return IngestRequest(tuple(options.parcels), tuple(options.series), options.name, **fields)


def _ingest(options: argparse.Namespace) -> int:
    request = request_of(options)
    if options.check:
        return check(request, options.json)
    made = ingest(request, progress=lambda step: print(f"{step} ...", file=sys.stderr))
    out = options.out or place_for(workspace(), request.name)
    folder = save_study(made.study, out, missing=made.missing, overwrite=options.overwrite)
    if options.save_mapping:
        write_mapping(request, options.save_mapping)
    if options.json:
        seasons = [dataclasses.asdict(row) for row in summary(open_study(folder))]
        facts = {"folder": str(folder), "fingerprint": made.study.fingerprint, "seasons": seasons}
        return print_json({**facts, "notes": list(made.notes)})
    for note in made.notes:
        print(f"note: {note}", file=sys.stderr)
    print(f"Study written to {folder}")
    print_study(folder, as_json=False)
    if options.answer is None:
        return 0
    return answer_first(open_study(folder), folder, options.target, options.answer)
