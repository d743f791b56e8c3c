"""The command that makes a crop map."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.cli import shared
from engine.cli.shared import of_study, opened, print_files, print_json, print_lines
from engine.cli.values import seed_of
from engine.decisions.map_forecast import driven_trip, forecast_gain, gain_basis
from engine.decisions.map_wording import explained_sentences, truth_rows
from engine.domain import Departure, GroundplanError, Study
from engine.experiments.provisional import current_outcomes
from engine.files import readonly, study_folder
from engine.learning.learners import LEARNERS
from engine.learning.methods import DEFAULT, METHODS
from engine.learning.recipes import recipe_by_name
from engine.mapping.crop_map import NOT_RANDOM, CropMap
from engine.mapping.doubts import DoubtsError
from engine.mapping.explained import Explained, explain
from engine.mapping.exports import write_map
from engine.mapping.facts import explained_facts, truth_facts, validation_facts
from engine.mapping.findings import find_doubts, find_wrong_labels, records
from engine.mapping.jobs import without_visit, work_on_map
from engine.mapping.making import make_map, training_for
from engine.mapping.next_parcels import next_parcels
from engine.mapping.request import FOLDS, map_request
from engine.mapping.store import keep_map, kept_map, map_folder
from engine.mapping.training import Training
from engine.mapping.truth import beside_truth
from engine.studies.hidden import truth_of


def add_map(parser: argparse.ArgumentParser) -> None:
    """Options of ``map``.

    Parameters
    ----------
    parser
        Of the command.
    """
    shared.add_study(parser, _map)
    shared.add_recipe(parser)
    add = parser.add_argument
    add("--season", dest="target", metavar="YEAR", help="season to map (default: the last one with series)")
    add("--method", type=shared.method_name, default=DEFAULT, help=f"of {', '.join(METHODS)}")
    add("--learner", default="cnn1d", choices=list(LEARNERS), help="what is trained")
    add("--seed", type=seed_of, default=0, help="of training")
    add("--folds", type=int, default=FOLDS, help=f"of cross-validation; 0: none (default: {FOLDS})")
    add("--device", default="auto", choices=["auto", "cpu", "cuda"], help="where networks are trained")
    add("--models", type=Path, help="folder for models (default: in the archive)")
    add("--out", type=Path, metavar="FOLDER", help="write GeoPackage, GeoParquet and CSV")
    shared.add_raw(parser)
    add("--next", type=int, metavar="N", help="the N parcels to visit next")
    add("--within", type=float, metavar="KM", help="with --next: so far from the departure at most")
    add("--explain", metavar="PARCEL", help="why the parcel of this id has its class")
    add("--doubts", action="store_true", help="list labels that the models doubt")
    add("--wrong-labels", action="store_true", help="what 5, 10 and 20 %% wrong labels would cost")


def add_mapwork(parser: argparse.ArgumentParser) -> None:
    """Options of ``mapwork``.

    Parameters
    ----------
    parser
        Of the command.
    """
    parser.add_argument("folder", type=Path, help="of the job, which says which map of which study")
    parser.set_defaults(command=lambda options: work_on_map(options.folder))


def _map(options: argparse.Namespace) -> int:
    study, departure, archive = opened(options, options.models)
    season = options.target or _last_with_series(study)
    request, notes = map_request(
        study, season, options.method, recipe=recipe_by_name(options.recipe), learner=options.learner,
        seed=options.seed, folds=options.folds,
    )  # fmt: skip
    training = training_for(study, request, archive, options.device)
    made = kept_map(archive.folder, request.key)
    if made is None:
        if readonly():
            raise GroundplanError("This installation makes no maps (GROUNDPLAN_READONLY). Unset it.")
        made = make_map(training, notes, lambda step: print(f"{step} ...", file=sys.stderr))
        keep_map(made, archive.folder)
    folder = map_folder(archive.folder, made.key)
    explained = None if options.explain is None else explain(made, options.explain)
    answer = _more(options, training, made, departure)
    files = write_map(made, study, options.out) if options.out else ()
    beside = _beside_forecast(training, made, study_folder(options.folder))
    if options.json:
        facts = {**of_study(study), **_facts(made, folder), **answer, **beside.facts}
        about = None if explained is None else explained_facts(explained)
        return print_json({**facts, "explained": about, "files": [str(path) for path in files]})
    _print(made, answer)
    print_lines(*beside.lines)
    if explained is not None:
        _print_explained(explained)
    print_files(files)
    return 0


def _last_with_series(study: Study) -> str:
    labels = [season.label for season in sorted(study.seasons) if study.has_series(season.label)]
    if not labels:
        raise GroundplanError(f"No season of {study.name} has series. Ingest the study again with them.")
    return labels[-1]


def _more(
    options: argparse.Namespace, training: Training, made: CropMap, departure: Departure
) -> dict[str, Any]:
    """What was asked beside the map; null where it was not."""
    following = doubts = wrong = None
    if options.next is not None:
        following = records(next_parcels(made, departure, options.next, options.within))
    workspace = training.archive.folder
    if options.doubts:
        of_labels = find_doubts(training, made, workspace)
        if of_labels.why_none:
            raise DoubtsError(of_labels.why_none)
        doubts = [dict(row) for row in of_labels.rows]
    if options.wrong_labels:
        found = find_wrong_labels(training, made, workspace)
        wrong = [{"share": share, "macro_f1": score} for share, score in found.items()]
    return {"next": following, "doubts": doubts, "wrong_labels": wrong}


@dataclass(frozen=True)
class _Beside:
    """What the trip gained beside what was forecast of it, as lines and as JSON values."""

    lines: tuple[str, ...]
    facts: dict[str, Any]


def _beside_forecast(training: Training, made: CropMap, folder: Path) -> _Beside:
    """Design of the trip; where a visit was simulated and the map without the trip is kept, its gain."""
    study, archive, season = training.study, training.archive, made.season
    driven = driven_trip(folder, season)
    design = driven.design if driven.is_known else None
    crops, other = truth_of(folder, season), without_visit(study, training.request)
    other = other if training.request.method.visits else None
    without = kept_map(archive.folder, other.key) if crops and other else None
    if crops is None or without is None:
        return _Beside((), {"design": design, "gain": None})
    labelled = int(made.parcels["labelled"].sum())
    outcomes = current_outcomes(study, archive, archive.outcomes(study))
    trip = (driven.design, labelled)
    gain = forecast_gain(study, outcomes, season, study.departure, trip, archive)
    row = beside_truth(made, crops, None, without, gain)[-1]
    said = truth_rows([row])[0]
    inside = f", {said['inside']}" if gain else ""
    line = f"{said['figure']}: forecast {said['forecast']}, truth {said['truth']}{inside}"
    facts = truth_facts([row])
    return _Beside(
        (line, gain_basis(driven, labelled, gain)), {"design": design, "gain": facts[0] if facts else None}
    )


def _facts(made: CropMap, folder: Path) -> dict[str, Any]:
    table = made.parcels
    counts = table["crop"].value_counts()
    areas = made.areas_ha
    return {
        "season": made.season,
        "key": made.key,
        "method": made.method,
        "folder": str(folder),
        "parcels": len(table),
        "applicable": int(table["applicable"].sum()),
        "classes": [
            {"name": name, "parcels": int(counts.get(name, 0)), "hectares": round(areas[name], 2)}
            for name in made.legend
        ],
        "card": dict(made.card),
        "validation": None if made.validation is None else validation_facts(made.validation),
    }


def _print(made: CropMap, answer: dict[str, Any]) -> None:
    card, table = made.card, made.parcels
    for note in card["notes"]:
        print(f"note: {note}", file=sys.stderr)
    print(
        f"{made.study}, {made.season}: {len(table):,} parcels classed by {made.method}, "
        f"learnt from {card['training_parcels']:,} labelled parcels"
    )
    if made.validation is not None:
        print(
            f"{NOT_RANDOM}: macro F1 {made.validation.macro_f1:.3f}, overall accuracy "
            f"{made.validation.overall_accuracy:.1%} over {len(made.validation.truth):,} parcels"
        )
    print(f"the map applies to {table['applicable'].mean():.0%} of the parcels")
    counts = table["crop"].value_counts()
    print(f"{'class':<24} {'parcels':>8} {'area ha':>12}")
    for name, area in made.areas_ha.items():
        print(f"{name:<24} {counts.get(name, 0):>8,} {area:>12,.1f}")
    _print_more(answer)


def _print_more(answer: dict[str, Any]) -> None:
    if answer["next"] is not None:
        print(f"{'stop':>4} {'rank':>4} {'parcel':<24} {'km':>6} {'gain':>6}  mapped as")
        for row in answer["next"]:
            place = f"{row['stop']:>4} {row['rank']:>4} {row['parcel_id']:<24} {row['km']:>6.1f}"
            print(f"{place} {row['gain']:>6.1%}  {row['crop']} ({row['probability']:.0%})")
    if answer["doubts"] is not None:
        print(f"{len(answer['doubts'])} labels are doubted" + ":" * bool(answer["doubts"]))
        for row in answer["doubts"]:
            print(f"  {row['parcel_id']}: {row['label']}, rather {row['suggested']} ({row['quality']:.0%})")
    for row in answer["wrong_labels"] or ():
        print(f"with {row['share']:.0%} wrong labels: macro F1 {row['macro_f1']:.3f}")


def _print_explained(explained: Explained) -> None:
    crop, *sentences = explained_sentences(explained)
    print(f"parcel {explained.parcel_id}, {explained.area_ha:.2f} ha: {crop}")
    print("  " + ", ".join(f"{name} {share:.0%}" for name, share in explained.probabilities))
    for sentence in sentences:
        print(f"  {sentence}")
