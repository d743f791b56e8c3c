"""The command that takes what crews bring back into a study."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from engine.cli.shared import FOLDER, add_json, print_json, print_lines
from engine.cli.values import pairs
from engine.decisions.label_wording import (
    class_sentence,
    conflict_sentence,
    counts_sentence,
    crop_counts,
    crops_sentence,
    files_text,
    import_sentence,
    place_sentence,
)
from engine.domain import PlanError
from engine.field_form import PURPOSES
from engine.files import study_folder
from engine.studies.ingest.foreign import FileOptions
from engine.studies.labels import journal
from engine.studies.labels.importing import LabelRequest, Understood, take, understand
from engine.studies.labels.matching import WITHIN_KM
from engine.studies.labels.nouns import RULES, Import, Status
from engine.studies.labels.reading import ReadOptions
from engine.studies.manifest import FILE, read_manifest

OLD_NEW, ID_CROP = "OLD=NEW", "ID=CROP"
DECIDE = "Decide conflicts with --rule latest, confidence or majority, or by hand: --decide ID=CROP."
MOST_LISTED = 10  # conflicts and imports that are printed


def add_labels(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``labels``.

    Parameters
    ----------
    parser
        Of the command.
    """
    add = parser.add_argument
    add("folder", type=Path, help=FOLDER)
    add("files", type=Path, nargs="*", metavar="FILE", help="field files, exports of forms, tables, maps")
    add("--season", metavar="YEAR", help="of the labels (default: what the files say, else the open season)")
    add("--purpose", choices=PURPOSES, help="of the labels (default: what the files say, else training)")
    add("--new-class", choices=["add", "refuse"], help="what becomes of crops that the legend lacks")
    add("--merge", nargs="+", default=(), metavar=OLD_NEW, help="take crops for others")
    add("--rule", choices=RULES, help="which label counts where several disagree")
    add("--decide", nargs="+", default=(), metavar=ID_CROP, help="say by hand which crop a parcel has")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="say what is understood; change nothing")
    what.add_argument("--list", action="store_true", help="the imports so far")
    what.add_argument(
        "--undo", type=int, nargs="?", const=0, metavar="N", help="take import N back (default: the last)"
    )
    group = parser.add_argument_group("how the files are read and matched (found out where possible)")
    add = group.add_argument
    add("--rename", nargs="+", default=(), metavar=OLD_NEW, help="rename columns: crop, parcel_id, note ...")
    add("--layers", nargs="+", metavar="LAYER", help="layers to read (default: those that hold labels)")
    add("--match", choices=["id", "place"], help="match rows by that alone (default: by id, else by place)")
    add("--within", type=float, default=WITHIN_KM, metavar="KM", help="of a parcel's edge, by place")
    add("--any-study", action="store_true", help="take field files that name another study")
    add("--crs", help="coordinate reference system of files that do not say, as EPSG:4326")
    add("--encoding", help="of text files and Shapefiles, as cp1250 or utf-16")
    add("--separator", help="between the columns of text files")
    add("--decimal", choices=[".", ","], help="sign of decimals in text files")
    add("--dates", choices=["day-first", "month-first"], help="how 03/04/2021 is meant")
    add_json(parser, _labels)


def request_of(options: argparse.Namespace) -> LabelRequest:
    """What the options ask for.

    Parameters
    ----------
    options
        Of the command.
    """
    file = FileOptions(
        pairs(options.rename, "--rename", OLD_NEW),
        tuple(options.layers) if options.layers else None,
        options.encoding,
        options.separator,
        options.decimal,
    )
    return LabelRequest(
        season=options.season,
        purpose=options.purpose,
        new_class=options.new_class or "ask",
        merge=pairs(options.merge, "--merge", OLD_NEW),
        rule=options.rule,
        decisions=pairs(options.decide, "--decide", ID_CROP),
        within_km=options.within,
        match=options.match,
        any_study=options.any_study,
        read=ReadOptions(file, options.crs, options.dates),
    )


def _labels(options: argparse.Namespace) -> int:
    folder = study_folder(options.folder)
    _check_words(options)
    changed, understood = "", None
    if options.undo is not None:
        undone = journal.undo(folder, options.undo or None)
        changed = f"Import {undone.number} of season {undone.season} is undone: {files_text(undone)}."
    elif options.check:
        understood = understand(folder, options.files, request_of(options))
    elif not options.list:
        taken, understood = take(folder, options.files, request_of(options))
        changed = (
            f"Import {taken.number}, season {taken.season}, is kept. --undo {taken.number} takes it back."
        )
    kept = journal.imports(folder)
    manifest = read_manifest(folder / FILE)
    if options.json:
        return print_json(
            {
                "study": manifest.name,
                "provenance": manifest.provenance,
                "changed": changed or None,
                "understood": _facts(understood) if understood else None,
                "imports": [_facts_of_import(each) for each in kept],
                "damaged": list(journal.damaged(folder)),
            }
        )
    if understood:
        print_lines(*_lines(understood))
    if options.list:
        lines = [f"{each.number:>3}  {import_sentence(each)}" for each in kept]
        print_lines(
            *journal.damaged(folder), *(lines if kept else [f"No labels came back to {manifest.name} yet."])
        )
    print_lines(changed)
    return 0


def _check_words(options: argparse.Namespace) -> None:
    decides = bool(options.decide or options.rule)
    if not (options.files or decides or options.list or options.undo is not None):
        raise PlanError("No file of labels is named. Give the files that came back, or say --list.")
    if options.files and (options.list or options.undo is not None):
        raise PlanError("--list and --undo take no files. Leave the files out.")


def _lines(understood: Understood) -> list[str]:
    """What was understood, for people."""
    labels, conflicts = understood.new.labels, understood.conflicts
    lines = [f"{understood.study}: {counts_sentence(understood)}"]
    lines += [crops_sentence(labels), place_sentence(labels)]
    lines += [class_sentence(each) for each in understood.unknown_classes]
    lines += [f"Conflict. {conflict_sentence(each)}" for each in conflicts[:MOST_LISTED]]
    if len(conflicts) > MOST_LISTED:
        lines += [f"... and {len(conflicts) - MOST_LISTED} more conflicts, see --json."]
    if any(not each.decided for each in conflicts):
        lines += [DECIDE]
    return [*lines, *(f"note: {note}" for note in understood.notes)]


def _facts(understood: Understood) -> dict[str, Any]:
    new = understood.new
    by_place = [label.km for label in new.labels if label.matched == "place"]
    return {
        "season": new.season,
        "files": [dataclasses.asdict(file) for file in new.files],
        "counts": dict(understood.counts),
        "crops": crop_counts(new.labels),
        "labelled_in_season": sum(label.status == Status.LABELLED for label in understood.settled),
        "matched_by_place": len(by_place),
        "farthest_km": max(by_place, default=None),
        "unmatched": list(new.unmatched),
        "new_classes": [dataclasses.asdict(each) for each in understood.unknown_classes],
        "conflicts": [
            {
                "parcel_id": each.parcel_id,
                "labels": [dataclasses.asdict(label) for label in each.labels],
                "decided": each.decided or None,
                "how": each.how or None,
            }
            for each in understood.conflicts
        ],
        "notes": list(understood.notes),
    }


def _facts_of_import(each: Import) -> dict[str, Any]:
    return {
        "number": each.number,
        "season": each.season,
        "time": each.time,
        "files": [dataclasses.asdict(file) for file in each.files],
        "labels": len(each.labels),
        "unvisited": each.unvisited,
        "unmatched": list(each.unmatched),
        "rule": each.rule,
        "decisions": dict(each.decisions),
        "undone": each.undone or None,
    }
