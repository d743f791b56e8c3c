"""The command on one more day in the field: go on, or stop."""

from __future__ import annotations

import argparse
import sys

from engine.cli import shared
from engine.decisions.history import history
from engine.decisions.kept_next_day import KeptNextDay, keep_next_day
from engine.decisions.map_forecast import driven_trip
from engine.decisions.next_day import NextDay, next_day, next_day_sentence
from engine.decisions.rows import estimate_row
from engine.experiments.provisional import current_outcomes
from engine.experiments.scores import MACRO_F1
from engine.fieldwork.costs import read_tariff
from engine.fieldwork.estimate import estimate
from engine.files import readonly, study_folder
from engine.learning.methods import DEFAULT
from engine.learning.recipes import recipe_by_name
from engine.mapping.kept_maps import needed_map
from engine.mapping.learning_curve import LearningCurve, learning_curve
from engine.mapping.making import training_for
from engine.mapping.next_parcels import next_parcels
from engine.mapping.request import map_request
from engine.sampling import DESIGNS

DAY = 25  # parcels that a crew visits in a day, about


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
    following = next_parcels(made, departure, options.parcels, options.within)
    tariff = read_tariff(options.tariff)
    parcels = study.parcels_in(season)
    bill = estimate(parcels[parcels["parcel_id"].isin(following["parcel_id"])], departure, tariff)
    recipe = recipe_by_name(made.card["recipe"])
    made_by = {"learner": made.card["learner"], "seed": made.card["seed"]}
    request, _ = map_request(study, season, made.method, recipe=recipe, **made_by)
    print("draw the learning curve of the labels ...", file=sys.stderr)
    curve = learning_curve(training_for(study, request, archive))
    outcomes = current_outcomes(study, archive, archive.outcomes(study))
    past = history(study, outcomes, season, departure, DEFAULT, MACRO_F1, archive)
    labelled = int(made.parcels["labelled"].sum())
    design = options.design or driven_trip(study_folder(options.folder), season).design
    found = next_day(labelled, len(following), bill.money.likely, curve, past, design, options.value_of_point)
    if not readonly():
        kept = KeptNextDay(found, bill.currency, tuple(following["parcel_id"]))
        keep_next_day(archive.folder, made.key, kept)
    if options.json:
        day = {"parcels": list(following["parcel_id"]), "km": bill.km.likely, "currency": bill.currency}
        return shared.print_json({**shared.of_study(study), "season": season, **_facts(found, curve), **day})
    if curve is not None:
        for size, score in zip(curve.parcels, curve.macro_f1, strict=True):
            print(f"with {size:,.0f} labels: cross-validated macro F1 {score:.1%}")
    for name, each in (("labels", found.by_labels), ("backtests", found.by_backtests)):
        if each is not None:
            print(f"by the {name}: {each.value:+.1f} points ({each.low:+.1f} to {each.high:+.1f})")
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
