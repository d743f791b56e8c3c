"""The command that simulates a visit where the truth is known."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from engine.cli.accuracy_options import SAMPLE, keep_sample
from engine.cli.shared import FOLDER, add_json, print_json
from engine.fieldwork.simulated_visit import Filled, Observers, fill_in
from engine.files import study_folder
from engine.mapping.accuracy.sample_file import read_sample
from engine.studies.hidden import hide_labels, truth_of
from engine.studies.store import open_study

FILLED, STUDY = "visited.gpkg", "study"


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
    add("--seed", type=int, default=usual.seed, help="of what the crews find")
    add("--overwrite", action="store_true", help="replace a study that is already there")
    add_json(parser, _visit)


def _visit(options: argparse.Namespace) -> int:
    observers = Observers(options.wrong, options.refused, options.seed)
    made = hide_labels(
        study_folder(options.folder), options.target, options.out / STUDY, overwrite=options.overwrite
    )
    truth = truth_of(made, options.target)
    assert truth is not None
    study = open_study(made)
    filled = fill_in(
        options.trip, truth, study.legend.names, observers, options.out / FILLED, study=study.name
    )
    drawn = options.trip.parent / SAMPLE
    if drawn.is_file():
        keep_sample(made, read_sample(drawn))
    if options.json:
        return print_json(
            {**asdict(filled), "path": str(filled.path), "study": str(made), "target": options.target}
        )
    print(f"A simulated visit of {options.target}: {visit_sentence(filled)}")
    print(f"Study without the crops of {options.target}: {made}")
    print(f"Field file as crews filled it in: {filled.path}")
    print(f"Next: groundplan labels {made} {filled.path}", file=sys.stderr)
    return 0


def visit_sentence(filled: Filled) -> str:
    """What crews found, in a sentence.

    Parameters
    ----------
    filled
        What they wrote down.
    """
    return (
        f"{filled.visited} parcels with a crop, {filled.replaced} of them instead of another; "
        f"{filled.refused} without access; {filled.wrong} labels are wrong."
    )
