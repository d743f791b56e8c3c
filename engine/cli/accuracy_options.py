"""A trip that visits a probability sample too: its options, and what is printed."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from engine.cli import shared
from engine.decisions.accuracy_trip import (
    AccuracyTrip,
    accuracy_sentence,
    draw_sample,
    trade,
    with_accuracy,
    without_map_sentence,
)
from engine.decisions.history import history
from engine.decisions.routed import RoutedTrip
from engine.decisions.rows import bill_row, estimate_row
from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.provisional import current_outcomes
from engine.fieldwork.calendar import Calendar, working_days
from engine.fieldwork.roads import Roads
from engine.files import is_demo, study_folder
from engine.learning.methods import DEFAULT
from engine.mapping.accuracy.nouns import AccuracyError
from engine.mapping.accuracy.sample_file import keep_sample
from engine.views import field_files


def add_accuracy_of_trip(parser: argparse.ArgumentParser) -> None:
    """The options of a trip that concern accuracy.

    Parameters
    ----------
    parser
        Of the command.
    """
    parser.add_argument(
        "--accuracy",
        type=float,
        metavar="SIZE",
        help="visit a random sample too, which never trains: so many parcels, or below 1 the half-width "
        "wanted of overall accuracy, as 0.03",
    )


def print_with_accuracy(
    options: argparse.Namespace, study: Study, routed: RoutedTrip, archive: Archive, roads: Roads | None
) -> int:
    """Draw the sample, route it with the trip, keep and print both; returns the exit status.

    Parameters
    ----------
    options
        Of ``itinerary``.
    study, routed, archive, roads
        The study, the trip for training, where trips are kept, and the source of distances.
    """
    size = options.accuracy
    if size <= 0 or (size >= 1 and size != int(size)):
        raise AccuracyError(
            f"An accuracy sample of {size:g} parcels cannot be drawn. Give a whole number, or a half-width "
            "below 1 as 0.03."
        )
    wanted = {"parcels": int(size)} if size >= 1 else {"half_width": size}
    sample = draw_sample(study, routed, archive.folder, **wanted, seed=options.seed)
    say_without_map(study, options.folder, options.target, sample.map_key)
    found = with_accuracy(study, routed, sample, archive, roads)
    files = _files(options, study, found)
    past = history(
        study, current_outcomes(study, archive, archive.outcomes(study)), options.target,
        routed.request.departure, DEFAULT, shared.metric_of(options), archive,
    )  # fmt: skip
    rows = trade(study, routed, past, archive.folder)
    if options.json:
        facts = {
            "training": len(routed.parcels),
            "accuracy": len(sample.parcels),
            "half_width": sample.half_width,
            "days": found.both.days,
            "cost": bill_row(found.both.cost),
            "more_money": found.more_money,
            "trade": [{**asdict(row), "gain": estimate_row(row.gain)} for row in rows],
            "files": [str(path) for path in files],
        }
        return shared.print_json({**shared.of_study(study), **facts})
    print(accuracy_sentence(found))
    print(f"{'training':>9} {'accuracy':>9}  forecast gain, points       overall accuracy to, points")
    for row in rows:
        gain = f"{row.gain.value:+.1f} ({row.gain.low:+.1f} to {row.gain.high:+.1f})" if row.gain else "-"
        width = "-" if row.half_width is None else f"{100 * row.half_width:.1f} either way"
        print(f"{row.training:>9,} {row.accuracy:>9,}  {gain:<27} {width}")
    shared.print_files(files)
    return 0


def say_without_map(study: Study, named: Path, season: str, map_key: str) -> None:
    """Print what a sample lacks that no map divides, and the command that makes one.

    Parameters
    ----------
    study, named
        The study, and as the user named it.
    season, map_key
        As of `engine.decisions.accuracy_trip.without_map_sentence`.
    """
    said = without_map_sentence(study, season, map_key)
    if said:
        print(f"note: {said} groundplan map {named} --season {season}", file=sys.stderr)


def _files(options: argparse.Namespace, study: Study, found: AccuracyTrip) -> tuple[Path, ...]:
    """Keep the sample with the study, and write the field files."""
    files: list[Path] = []
    folder = study_folder(options.folder)
    if not is_demo(folder):
        files.append(keep_sample(folder, found.sample))
    if options.out:
        days = working_days(options.working_days)
        calendar = Calendar(options.start, days, options.language) if options.start else None
        files += field_files.write(study, found.both, options.out, calendar, found.sample)
    return tuple(files)
