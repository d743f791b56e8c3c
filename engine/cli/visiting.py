"""The command that simulates a visit where the truth is known."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from engine.cli.shared import FOLDER, add_json, print_json
from engine.cli.values import seed_of
from engine.decisions.simulated_trip import FILLED, visit_sentence, visited_copy
from engine.fieldwork.simulated_visit import Observers
from engine.files import study_folder

STUDY = "study"


def add_visit(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``visit``.

    Parameters
    ----------
    parser
        Of the command.
    """
    usual = Observers()
    add = parser.add_argument
    add("folder", type=Path, help=FOLDER)
    add("--trip", type=Path, required=True, metavar="FILE", help="itinerary.gpkg of the trip's field files")
    add("--target", required=True, metavar="YEAR", help="season of the trip; its crops are hidden")
    add("--out", type=Path, required=True, help=f"folder for {STUDY}, whose crops are hidden, and {FILLED}")
    add("--wrong", type=float, default=usual.wrong, help="share of wrong labels (default: %(default)s)")
    add("--refused", type=float, default=usual.refused, help="share without access (default: %(default)s)")
    add("--seed", type=seed_of, default=usual.seed, help="of what the crews find")
    add("--overwrite", action="store_true", help="replace a study that is already there")
    add_json(parser, _visit)


def _visit(options: argparse.Namespace) -> int:
    observers = Observers(options.wrong, options.refused, options.seed)
    made = (options.out / STUDY).absolute()
    filled = visited_copy(
        study_folder(options.folder), options.target, options.trip, made, options.out / FILLED, observers,
        options.overwrite,
    )  # fmt: skip
    if options.json:
        return print_json(
            {**asdict(filled), "path": str(filled.path), "study": str(made), "target": options.target}
        )
    print(f"A simulated visit of {options.target}: {visit_sentence(filled)}")
    print(f"Study without the crops of {options.target}: {made}")
    print(f"Field file as crews filled it in: {filled.path}")
    print(f"Next: groundplan labels {made} {filled.path}", file=sys.stderr)
    return 0
