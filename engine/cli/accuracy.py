"""The command on accuracy: draw a probability sample, and estimate accuracies and areas from it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from engine.cli import shared
from engine.cli.accuracy_facts import lines_of, sample_facts, truth_lines
from engine.cli.accuracy_options import say_without_map
from engine.cli.shared import print_json, print_lines
from engine.cli.values import seed_of
from engine.files import study_folder, workspace, write_atomic
from engine.mapping.accuracy.acceptance import acceptance
from engine.mapping.accuracy.assessment import assess
from engine.mapping.accuracy.drawing import EVERYTHING, NO_MAP, DrawnSample, draw, frame_of, strata_of
from engine.mapping.accuracy.nouns import Accuracy, AccuracyError, Frame, Weight
from engine.mapping.accuracy.sample_file import keep_sample, latest_path, read_sample, write_sample
from engine.mapping.accuracy.sample_size import ALLOCATIONS, USUAL_ACCURACY, planned, sample_size
from engine.mapping.accuracy.statement import statement
from engine.mapping.accuracy.tables import (
    map_table,
    of_drawn,
    of_list,
    read_first_phase,
    read_map,
    read_references,
    with_probabilities,
)
from engine.mapping.accuracy.two_phases import draw_second, drawable
from engine.mapping.assessed import assessed
from engine.mapping.crop_map import CropMap
from engine.mapping.facts import estimate_facts, truth_facts
from engine.mapping.kept_maps import KEY, map_by_key, needed_map, stratified, trained_ids
from engine.mapping.truth import BesideTruth
from engine.spreadsheets import csv_of
from engine.studies.store import open_study

MAP = "key of a kept map, or a map as CSV, Parquet or GeoPackage with parcel_id, crop, area_ha, lon and lat"


def add_accuracy(parser: argparse.ArgumentParser) -> None:
    """Options of ``accuracy``.

    Parameters
    ----------
    parser
        Of the command.
    """
    parts = parser.add_subparsers(required=True, metavar="PART")
    drawing = parts.add_parser("draw", help="draw the parcels to visit for the accuracy of a map")
    shared.add_json(drawing, _draw)
    _add_source(drawing)
    add = drawing.add_argument
    wanted = drawing.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--size", type=int, metavar="PARCELS", help="parcels to draw")
    wanted.add_argument(
        "--half-width", type=float, metavar="SHARE", help="wanted of the overall accuracy: 0.03"
    )
    add("--expected", type=float, default=USUAL_ACCURACY, metavar="SHARE", help="accuracy that is expected")
    add(
        "--response", type=float, default=1.0, metavar="SHARE", help="of the parcels that will have an answer"
    )
    add("--allocation", choices=ALLOCATIONS, default=ALLOCATIONS[0], help="of the parcels to the classes")
    add("--seed", type=seed_of, default=0, help="of the draw")
    phases = drawing.add_mutually_exclusive_group()
    phases.add_argument(
        "--unstratified", action="store_true", help="one stratum: a first sample, whose strata you find later"
    )
    _add_first(phases)
    add("--out", type=Path, metavar="FILE", help="write the list: .csv or .gpkg")
    shared.add_raw(drawing)
    estimating = parts.add_parser("estimate", help="accuracies and areas with their intervals")
    shared.add_json(estimating, _estimate)
    _add_source(estimating)
    add = estimating.add_argument
    add("--sample", type=Path, metavar="FILE", help="the drawn sample (.json), or a list with references")
    add("--references", type=Path, metavar="FILE", help="what was found: parcel_id, reference, status")
    _add_first(estimating)
    add("--by-parcels", action="store_true", help="count parcels; else hectares")
    add(
        "--assisted",
        action=argparse.BooleanOptionalAction,
        help="let the map's probabilities assist (default: where a kept map has them)",
    )
    add("--require", type=float, metavar="SHARE", help="overall accuracy that the map must have: 0.85")
    add("--confidence", type=float, default=0.95, metavar="SHARE", help="with --require (default: 0.95)")


def _add_first(parser: Any) -> None:
    parser.add_argument(
        "--first-phase",
        type=Path,
        metavar="FILE",
        help="first sample: parcel_id, stratum; the parcels to visit are drawn from it",
    )


def _add_source(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("folder", nargs="?", type=Path, metavar="STUDY", help=f"{shared.FOLDER}; it keeps the sample")
    add("--season", metavar="YEAR", help="season of the map")
    add("--map", type=Path, metavar="MAP", help=f"{MAP} (default: the study's latest)")


def _draw(options: argparse.Namespace) -> int:
    if options.folder is None and options.map is None:
        raise AccuracyError("Draw from what? Name a study with --season YEAR, or a map with --map FILE.")
    if options.folder is not None and options.season is None:
        raise AccuracyError("Which season? Give --season YEAR with a study.")
    if options.folder is None and options.out is None:
        raise AccuracyError("Where to? Give --out FILE, or a study that keeps the sample.")
    population, visited, key = _population(options)
    if options.unstratified:
        population, key = population.assign(stratum=EVERYTHING), NO_MAP
    first = None if options.first_phase is None else read_first_phase(options.first_phase)
    if first is None:
        strata = strata_of(frame_of(population, visited))
    else:
        strata = drawable(first, population, visited)
    plan: Any = (strata, options.expected, options.allocation, options.response)
    size = (
        planned(plan[0], options.size, *plan[1:])
        if options.size is not None
        else sample_size(plan[0], options.half_width, *plan[1:])
    )
    season = options.season or ""
    if first is None:
        sample = draw(population, size, season, key, visited, options.seed)
    else:
        sample = draw_second(population, first, size, (season, key), visited, options.seed)
    files = _written(options, sample, population)
    if options.json:
        return print_json(sample_facts(sample, size, files))
    print(f"{len(sample.parcels)} of {sum(each.parcels for each in sample.strata)} parcels drawn")
    for each in sample.strata:
        print(f"  {each.name}: {each.drawn} of {each.parcels} parcels, {each.area_ha:,.0f} ha")
    print(f"expected: overall accuracy plus or minus {100 * size.half_width:.1f} points")
    shared.print_files(files)
    return 0


def _map(options: argparse.Namespace) -> pd.DataFrame:
    """The map that is named, or the latest of the study's season."""
    if options.map is not None and not KEY.fullmatch(str(options.map)):
        return read_map(options.map)
    return map_table(_kept(options))


def _kept(options: argparse.Namespace) -> CropMap:
    """The kept map that is named by its key, or the latest of the study's season."""
    if options.map is not None:
        return map_by_key(workspace(), str(options.map))
    if options.folder is None or options.season is None:
        raise AccuracyError("Which map? Give --map FILE, or a study with --season YEAR.")
    study = open_study(study_folder(options.folder))
    return needed_map(study, options.season, workspace(), options.folder)


def _population(options: argparse.Namespace) -> tuple[pd.DataFrame, tuple[str, ...], str]:
    """The parcels to draw from with their strata, those that trained the map, and the key of the map."""
    visited: set[str] = set()
    if options.folder is not None:
        study = open_study(study_folder(options.folder))
        visited = set(trained_ids(study, options.season))
        if options.map is None:
            population, key = stratified(study, options.season, workspace())
            say_without_map(study, options.folder, options.season, key or NO_MAP)
            return population, tuple(visited), key or NO_MAP
    crop_map = _map(options)
    if "labelled" in crop_map:
        visited |= set(crop_map.loc[crop_map["labelled"].fillna(False).astype(bool), "parcel_id"])
    return crop_map, tuple(visited), options.map.stem


def _written(options: argparse.Namespace, sample: DrawnSample, population: pd.DataFrame) -> list[Path]:
    files = []
    if options.folder is not None:
        files.append(keep_sample(study_folder(options.folder), sample))
    elif options.out.suffix.lower() != ".json":
        files.append(options.out.with_suffix(".json"))
    else:
        files.append(options.out)
    if options.folder is None:
        write_sample(files[0], sample)
    if options.out is not None and options.out not in files:
        _write_list(options.out, sample, population)
        files.append(options.out)
    return files


def _write_list(path: Path, sample: DrawnSample, population: pd.DataFrame) -> None:
    places = population[["parcel_id", "lon", "lat", "area_ha"]]
    table = sample.table.merge(places.assign(parcel_id=places["parcel_id"].astype(str)), on="parcel_id")
    table = table.assign(reference=None, status=None)
    if path.suffix.lower() == ".gpkg":
        import geopandas as gpd

        from engine.files import write_whole

        points = gpd.GeoDataFrame(
            table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs="EPSG:4326"
        )
        with write_whole(path) as partial:
            points.to_file(partial, driver="GPKG", layer="accuracy")
    else:
        write_atomic(path, csv_of(table))


def _estimate(options: argparse.Namespace) -> int:
    of_study = options.folder is not None and not (options.sample or options.references)
    if of_study and (options.map is None or KEY.fullmatch(str(options.map))):
        found, parcels, sample, true = _of_study(options)
    else:
        (found, parcels, sample), true = _of_files(options), ()
    accepted = None
    if options.require is not None:
        accepted = acceptance(found, options.require, options.confidence, parcels)
    text = statement(found, sample, accepted)
    if options.json:
        return print_json({**estimate_facts(found, accepted, text), "truth": truth_facts(true)})
    print_lines(*lines_of(found), *(f"{heading}. {paragraph}" for heading, paragraph in _said(text)))
    print_lines(*truth_lines(true))
    return 0


def _of_study(
    options: argparse.Namespace,
) -> tuple[Accuracy, int, DrawnSample | None, tuple[BesideTruth, ...]]:
    """A kept map by the study's own sample and labels, and the truth where a simulated visit knows it."""
    folder, crop_map = study_folder(options.folder), _kept(options)
    found = assessed(folder, crop_map, _weight(options), options.assisted is not False)
    if found is None:
        raise AccuracyError(
            f"No accuracy sample was drawn for {crop_map.season} in {folder}. Draw one with: groundplan "
            "accuracy draw, or with the trip: groundplan itinerary --accuracy 120."
        )
    if found.accuracy is None:
        raise AccuracyError(
            f"{found.answers} of the {len(found.sample.parcels)} sampled parcels have a label. Bring those "
            "of the others in with: groundplan labels"
        )
    return found.accuracy, found.frame, found.sample, found.truth


def _of_files(options: argparse.Namespace) -> tuple[Accuracy, int, DrawnSample | None]:
    """A map by a list of references, or by references of a drawn sample."""
    crop_map = _map(options)
    frame, rows, sample = _source(options, crop_map)
    if options.assisted:
        assert frame.parcels is not None
        classes = sorted({*frame.parcels["mapped"], *rows["reference"].dropna()})
        frame = replace(frame, parcels=with_probabilities(frame.parcels, classes))
    found = assess(frame, rows, _weight(options), bool(options.assisted))
    return found, round(frame.strata["parcels"].sum()), sample


def _weight(options: argparse.Namespace) -> Weight:
    return "parcels" if options.by_parcels else "area"


def _source(
    options: argparse.Namespace, crop_map: pd.DataFrame
) -> tuple[Frame, pd.DataFrame, DrawnSample | None]:
    path = options.sample
    if path is None:
        if options.folder is None or options.season is None:
            raise AccuracyError("Which sample? Give --sample FILE, or a study with --season YEAR.")
        path = latest_path(study_folder(options.folder), options.season)
    if path.suffix.lower() != ".json":
        first = None if options.first_phase is None else read_first_phase(options.first_phase)
        return *of_list(crop_map, read_references(options.references or path), first), None
    if options.first_phase is not None:
        raise AccuracyError(f"{path} holds its first sample itself, if it has one. Leave --first-phase out.")
    if options.references is None:
        raise AccuracyError(
            f"What was found? Give --references FILE with the crops of the parcels of {path}."
        )
    sample = read_sample(path)
    return *of_drawn(sample, crop_map, read_references(options.references)), sample


def _said(text: dict[str, str]) -> Sequence[tuple[str, str]]:
    """The paragraphs that the table above them does not say already."""
    return [(heading, each) for heading, each in text.items() if heading not in ("Estimates", "Areas")]
