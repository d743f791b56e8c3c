"""The command on one more day in the field: go on, or stop."""

from __future__ import annotations

import argparse
import sys

from engine.cli import shared
from engine.cli.shared import print_lines
from engine.decisions.map_forecast import driven_trip
from engine.decisions.next_day import NextDay, basis_sentences, next_day_sentence
from engine.decisions.rows import estimate_row
from engine.decisions.weighed_day import DAY, DayAsked, weighed_day
from engine.experiments.provisional import current_outcomes
from engine.fieldwork.costs import read_tariff
from engine.files import study_folder
from engine.mapping.findings import find_learning_curve
from engine.mapping.kept_maps import needed_map, request_of
from engine.mapping.learning_curve import LearningCurve
from engine.mapping.making import training_for
from engine.sampling import DESIGNS


def add_next_day(parser: argparse.ArgumentParser) -> None:
    """Options of ``next-day``.

    Parameters
    ----------
    parser
        Of the command.
    """
    shared.add_question(parser, _next_day)
    shared.add_tariff(parser)
    shared.add_value(parser)
    add = parser.add_argument
    add("--parcels", type=int, default=DAY, metavar="N", help="of the day (default: %(default)s)")
    add("--within", type=float, metavar="KM", help="so far from the departure at most")
    add(
        "--design",
        type=shared.design_name,
        help=f"that drew the trip: {', '.join(DESIGNS)} (default: what the field files say, else radius)",
    )


def _next_day(options: argparse.Namespace) -> int:
    study, departure, archive = shared.opened(options)
    season = options.target
    made = needed_map(study, season, archive.folder, options.folder)
    training = training_for(study, request_of(study, made), archive)
    curve = find_learning_curve(
        training, made, archive.folder, lambda step: print(f"{step} ...", file=sys.stderr)
    )
    design = options.design or driven_trip(study_folder(options.folder), season).design
    day = DayAsked(
        departure, read_tariff(options.tariff), design, options.parcels, options.within,
        options.value_of_point,
    )  # fmt: skip
    outcomes = current_outcomes(study, archive, archive.outcomes(study))
    weighed = weighed_day(study, made, curve, day, outcomes, archive)
    found, bill = weighed.worth, weighed.bill
    if options.json:
        more = {"parcels": list(weighed.parcels), "km": bill.km.likely, "currency": bill.currency}
        facts = {"season": season, "design": design, **_facts(found, curve), **more}
        return shared.print_json({**shared.of_study(study), **facts})
    print_lines(*basis_sentences(found, curve))
    print(next_day_sentence(found, bill.currency))
    return 0


def _facts(found: NextDay, curve: LearningCurve | None) -> dict[str, object]:
    return {
        "labelled": found.labelled,
        "more": found.more,
        "money": found.money,
        "learning_curve": curve and {"parcels": list(curve.parcels), "macro_f1": list(curve.macro_f1)},
        "by_labels": estimate_row(found.by_labels),
        "by_backtests": estimate_row(found.by_backtests),
        "gain": estimate_row(found.gain),
        "probability": found.probability,
        "goes_on": found.goes_on,
    }
