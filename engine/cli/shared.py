"""Options and outputs that commands share; each option is described once."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from engine.cli.values import departure_of, money_of
from engine.domain import Departure, Study
from engine.experiments.archive import Archive, archive_for
from engine.experiments.scores import MACRO_F1, METRICS, Metric
from engine.fieldwork.costs import PRESETS
from engine.fieldwork.towns import town_of
from engine.files import study_folder, workspace
from engine.learning.methods import ASKED_BY_DEFAULT, method_by_name
from engine.learning.recipes import PAPER, RECIPES
from engine.sampling import DESIGNS, design_by_name
from engine.sampling.lists import read_ids
from engine.studies.store import open_study

FORMAT = 1  # of everything printed as JSON, see docs/contracts.md
USUAL_RADII = [20.0, 25.0, 30.0]
FOLDER = "a study folder; demo for the study that ships"


def add_study(parser: argparse.ArgumentParser, command: Callable[[argparse.Namespace], int]) -> None:
    """The study, where trips start, where answers are, the form of the output, and what is called.

    Parameters
    ----------
    parser
        Of the command.
    command
        What is called with the options; it returns the exit status.
    """
    add = parser.add_argument
    add("folder", type=Path, help=FOLDER)
    add("--departure", metavar="PLACE", help="start: LON,LAT or a town (default: the study's)")
    add("--archive", type=Path, help="folder of outcomes and models (default: the workspace)")
    add_json(parser, command)


def add_question(parser: argparse.ArgumentParser, command: Callable[[argparse.Namespace], int]) -> None:
    """The same, and the season.

    Parameters
    ----------
    parser
        Of the command.
    command
        What is called with the options; it returns the exit status.
    """
    add_study(parser, command)
    parser.add_argument("--target", required=True, metavar="YEAR", help="season to map")


def add_json(parser: argparse.ArgumentParser, command: Callable[[argparse.Namespace], int]) -> None:
    """The form of the output, and what is called.

    Parameters
    ----------
    parser
        Of the command.
    command
        What is called with the options; it returns the exit status.
    """
    parser.add_argument("--json", action="store_true", help="print machine-readable output")
    parser.set_defaults(command=command)


def add_raw(parser: argparse.ArgumentParser) -> None:
    """How texts of the data stand in CSV files.

    Parameters
    ----------
    parser
        Of the command.
    """
    text = "CSV with texts as they are: a spreadsheet may take some for formulas"
    parser.add_argument("--raw", action="store_true", help=text)


def add_tariff(parser: argparse.ArgumentParser) -> None:
    """The rates.

    Parameters
    ----------
    parser
        Of the command.
    """
    names = ", ".join(PRESETS)
    parser.add_argument("--tariff", default="default", help=f"a TOML file of rates, or one of {names}")


def add_value(parser: argparse.ArgumentParser) -> None:
    """What a decision weighs.

    Parameters
    ----------
    parser
        Of the command.
    """
    add = parser.add_argument
    add("--value-of-point", type=money_of, metavar="MONEY", help="what a point (0.01) of macro F1 is worth")


def add_budget(parser: argparse.ArgumentParser) -> None:
    """What may be spent.

    Parameters
    ----------
    parser
        Of the command.
    """
    parser.add_argument("--budget", type=money_of, metavar="MONEY", help="money at most")


def add_metric(parser: argparse.ArgumentParser) -> None:
    """The score that decides.

    Parameters
    ----------
    parser
        Of the command.
    """
    names = ", ".join(f"{name} ({title.strip()})" for name, title in METRICS.items())
    add = parser.add_argument
    add("--metric", default=MACRO_F1.name, choices=list(METRICS), help=f"the score that decides: {names}")
    add("--crops", nargs="+", default=None, metavar="CLASS", help="with --metric crops: whose mean F1")


def metric_of(options: argparse.Namespace) -> Metric:
    """The metric that the options of `add_metric` name.

    Parameters
    ----------
    options
        As parsed.
    """
    return Metric(options.metric, tuple(options.crops or ()))


def add_designs(parser: argparse.ArgumentParser, radii: list[float] | None) -> None:
    """Sizes and designs.

    Parameters
    ----------
    parser
        Of the command.
    radii
        Equivalent radii where none are given, km; None where the command must know that.
    """
    add = parser.add_argument
    add("--radius", type=float, nargs="+", default=radii, metavar="KM", help="sizes (default: 20 25 30)")
    names = f"sampling designs (default: radius), of {', '.join(DESIGNS)}"
    add("--design", type=design_name, nargs="+", default=["radius"], metavar="DESIGN", help=names)


def add_recipe(parser: argparse.ArgumentParser) -> None:
    """How models are trained.

    Parameters
    ----------
    parser
        Of the command.
    """
    parser.add_argument("--recipe", default="paper", choices=list(RECIPES), help="how models are trained")


def add_unreachable(parser: argparse.ArgumentParser) -> None:
    """Parcels to leave out.

    Parameters
    ----------
    parser
        Of the command.
    """
    add = parser.add_argument
    add("--unreachable", type=Path, metavar="FILE", help="a list of parcels that cannot be visited")
    add("--exclude", nargs="+", default=(), metavar="ID", help="parcels that cannot be visited")


def unreachable_of(options: argparse.Namespace) -> tuple[str, ...]:
    """Ids of the parcels that the options of `add_unreachable` leave out, sorted.

    Parameters
    ----------
    options
        As parsed.
    """
    return tuple(sorted({*(read_ids(options.unreachable) if options.unreachable else ()), *options.exclude}))


def design_name(name: str) -> str:
    """The name of a design as it is called today.

    Parameters
    ----------
    name
        Of today or of an earlier version.
    """
    return design_by_name(name, 1.0).name


def method_name(name: str) -> str:
    """The name of a method as it is called today.

    Parameters
    ----------
    name
        Of today or of an earlier version.
    """
    return method_by_name(name).name


def backtest_command(options: argparse.Namespace) -> str:
    """The command that asks the seasons before a target what such trips gained in them.

    Parameters
    ----------
    options
        Of any command that names a study and a target; sizes, designs, methods and recipe go along.
    """
    words = ["python", "-m", "engine", "run", str(options.folder), "--target", options.target, "--backtest"]
    words += [f"--departure={options.departure}"] if options.departure else []
    given = vars(options)
    designs = given.get("design") or ["radius"]
    words += ["--design", *designs] if list(designs) != ["radius"] else []
    for name in ("radius", "parcels", "days"):
        sizes = given.get(name) or []
        words += [f"--{name}", *(f"{size:g}" for size in sizes)] if isinstance(sizes, list) and sizes else []
    if isinstance(given.get("budget"), list) and given["budget"]:
        words += ["--budget", *(f"{money:g}" for money in given["budget"])]
    asked = given.get("method") or []
    visiting = [
        name for name in ([asked] if isinstance(asked, str) else asked) if method_by_name(name).visits
    ]
    usual = [name for name in ASKED_BY_DEFAULT if method_by_name(name).visits]
    words += ["--method", *visiting] if visiting and visiting != usual else []
    words += ["--recipe", given["recipe"]] if given.get("recipe", PAPER.name) != PAPER.name else []
    words += ["--archive", str(options.archive)] if options.archive else []
    return shlex.join(words)


def opened(options: argparse.Namespace, models: Path | None = None) -> tuple[Study, Departure, Archive]:
    """The study, the departure and the archive that `add_study` named.

    Parameters
    ----------
    options
        Of the command line; without a ``target`` no season is looked up.
    models
        Where weights are kept; by default ``models`` in the archive's folder.

    Raises
    ------
    GroundplanError
        Where there is no such study or place, or the study lacks the season.
    """
    folder = study_folder(options.folder)
    study = open_study(folder)
    if options.target:
        study.season(options.target)
    departure = departure_in(options.departure, study) if options.departure else study.departure
    archive = archive_for(folder, options.archive or workspace(), models)
    return study, departure, archive


def departure_in(text: str, study: Study) -> Departure:
    """A place from ``LON,LAT`` or the name of a town near the study.

    Parameters
    ----------
    text
        ``LON,LAT`` in degrees, longitude first, or a name; case does not matter.
    study
        Whose departure and towns are known by name.

    Raises
    ------
    PlanError
        Where it is neither.
    """
    if text.strip().casefold() == study.departure.name.casefold():
        return study.departure
    if any(sign.isalpha() for sign in text):
        return town_of(text, study.bounds)
    return departure_of(text)


def of_study(study: Study) -> dict[str, Any]:
    """What every answer about a study begins with.

    Parameters
    ----------
    study
        What the answer is about.
    """
    return {"study": study.name, "provenance": study.provenance}


def print_json(facts: dict[str, Any]) -> int:
    """Print an answer as JSON, with the version of its format; the exit status.

    Parameters
    ----------
    facts
        The answer as JSON values.
    """
    print(json.dumps({"format": FORMAT, **facts}, indent=1))
    return 0


def print_lines(*lines: str) -> None:
    """Print lines, but for empty ones.

    Parameters
    ----------
    *lines
        Of any length.
    """
    for line in filter(None, lines):
        print(line)


def print_files(paths: Iterable[Path]) -> None:
    """Name the files that were written.

    Parameters
    ----------
    paths
        Of the files, a line each.
    """
    for path in paths:
        print(f"written: {path}")
