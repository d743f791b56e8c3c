"""Commands on trips: what one costs, how to drive it."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from engine.cli import shared
from engine.cli.shared import of_study, print_json
from engine.decisions.class_mix import ClassMix, class_mix
from engine.decisions.decision import fullest
from engine.decisions.interpolation import Interpolation, interpolated
from engine.decisions.outlook_wording import mix_sentence
from engine.decisions.rows import bill_row, estimate_row
from engine.decisions.trip import Trip, TripRequest, trip
from engine.decisions.trip_wording import interpolation_basis
from engine.decisions.wording import counted
from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.fieldwork import exports
from engine.fieldwork.costs import Cost, read_tariff
from engine.fieldwork.estimate import estimate
from engine.fieldwork.itinerary import CrewLimits, plan_days
from engine.fieldwork.roads import Server
from engine.fieldwork.solver import Effort
from engine.fieldwork.tour import clock
from engine.learning.recipes import recipe_by_name
from engine.sampling import DESIGNS
from engine.sampling.limits import Limit
from engine.sampling.listed import ListedParcels
from engine.sampling.lists import read_ids

SLACK = 1.2  # an estimate errs: draw so much more than it says, and let the routing keep the limit


def _add_trip(parser: argparse.ArgumentParser) -> None:
    """What names a trip."""
    shared.add_tariff(parser)
    shared.add_budget(parser)
    shared.add_recipe(parser)
    shared.add_unreachable(parser)
    add = parser.add_argument
    add("--design", type=shared.design_name, default="radius", help=f"one of {', '.join(DESIGNS)}")
    add("--radius", type=float, metavar="KM", help="as many parcels as lie within it (default: 20)")
    add("--parcels", type=int, metavar="N", help="so many parcels")
    add("--days", type=int, metavar="N", help="days at most")
    add("--given", type=Path, metavar="FILE", help="the parcels of a list instead of a design's")
    add("--key", help="the parcels of an answered plan (its first repeat) instead")
    add("--seed", type=int, default=0, help="of designs that draw at random, and of the solver")


def _trip(options: argparse.Namespace, slack: float) -> tuple[Study, Trip, Archive]:
    """The trip that the options name."""
    study, departure, archive = shared.opened(options)
    ids: tuple[str, ...] = ()
    if options.key:
        departure, ids = _answered(archive, study, options.key, options.target)
    if options.given:
        ids = read_ids(options.given)
    request = TripRequest(
        options.target,
        departure,
        options.design,
        _limit(options, slack),
        read_tariff(options.tariff),
        options.seed,
        recipe_by_name(options.recipe),
        read_ids(options.unreachable) if options.unreachable else (),
        ids,
    )
    return study, trip(study, request, archive), archive


def _limit(options: argparse.Namespace, slack: float) -> Limit:
    """What sizes the design; days and money only where neither radius nor count is given."""
    if options.radius is not None:
        return Limit("km", options.radius)
    if options.parcels is not None:
        return Limit("parcels", options.parcels)
    if options.budget is not None:
        return Limit("money", slack * options.budget)
    if options.days is not None:
        return Limit("days", math.ceil(slack * options.days * options.crews))
    return Limit("km", 20.0)


def _answered(archive: Archive, study: Study, key: str, target: str) -> tuple[Departure, tuple[str, ...]]:
    """Departure and parcels of an answered plan."""
    for outcome in archive.outcomes(study.fingerprint):
        if outcome.plan.key == key:
            visited = outcome.visited[0]
            if outcome.plan.target != target or not visited:
                raise PlanError(
                    f"Plan {key} visits {counted(len(visited), 'parcel')} in {outcome.plan.target}. Give the "
                    "key of a trip, and its season as --target."
                )
            return outcome.plan.departure, visited
    raise PlanError(f"No answer has the key {key}. The command run prints the keys of its answers.")


def add_cost(parser: argparse.ArgumentParser) -> None:
    """Options of ``cost``.

    Parameters
    ----------
    parser
        Of the command.
    """
    shared.add_question(parser, _cost)
    _add_trip(parser)
    parser.set_defaults(crews=1)


def _cost(options: argparse.Namespace) -> int:
    study, planned, archive = _trip(options, 1.0)
    wanted = planned.wanted
    bill = estimate(wanted, planned.request.departure, planned.request.tariff)
    season = study.parcels_in(options.target)
    mix = class_mix(study, options.target, archive, planned.request.recipe)
    chosen = season["parcel_id"].isin(wanted["parcel_id"]).to_numpy()
    coverage = mix.counts(chosen)
    guess = _interpolated(study, planned, archive)
    if options.json:
        facts = {
            "parcels": len(wanted),
            "visited": list(wanted["parcel_id"]),
            "equivalent_radius_km": planned.design.equivalent_radius_km or None,
            "coverage": json.loads(coverage.to_json(orient="records")),
            "coverage_basis": mix.basis,
            "coverage_season": mix.season or None,
            "without_label": mix.unlabelled(chosen),
            "interpolated": {"macro_f1_pixel": estimate_row(guess.f1), "basis": interpolation_basis(guess)},
            "routed": False,
            "cost": bill_row(bill),
        }
        return print_json({**of_study(study), **facts})
    print(f"{study.name}, {study.provenance} data: {counted(len(wanted), 'parcel')}, estimated, not routed")
    print_bill(bill)
    for line in _classes(mix, coverage, mix.unlabelled(chosen)):
        print(line)
    basis = interpolation_basis(guess)
    if study.is_open(options.target):
        basis = "no trip can be tested before the season has labels; forecast says what it gains"
    print(f"Expected macro F1: {guess.f1 or 'not known'} ({basis})")
    return 0


def _classes(mix: ClassMix, coverage: pd.DataFrame, unlabelled: int) -> Iterator[str]:
    """What a trip holds of each class, and what that is known by."""
    missed = ", ".join(coverage.loc[coverage["within"] == 0, "crop"]) or "none"
    if mix.basis == "labels":
        yield f"Classes that it misses: {missed}"
        if unlabelled:
            yield f"{counted(unlabelled, 'parcel')} of it without label: of unknown class"
        return
    if mix.basis in ("unknown", "last season"):
        missed = "not known"
    yield f"Classes that it misses: {missed}"
    yield mix_sentence(mix, coverage)


def _interpolated(study: Study, planned: Trip, archive: Archive) -> Interpolation:
    """What answers let expect of the trip."""
    request = planned.request
    outcomes = tuple(archive.outcomes(study.fingerprint))
    comparison = fullest(study, outcomes, request.target, request.departure)
    name = ListedParcels.name if request.listed else request.design
    return interpolated(comparison[1] if comparison else (), name, planned.design.equivalent_radius_km)


def print_bill(bill: Cost) -> None:
    """A bill to read.

    Parameters
    ----------
    bill
        Of a trip, with ranges.
    """
    days = counted(bill.crew_days, "crew-day")
    print(f"{days}, {bill.km} km, {bill.hours} hours, {bill.money} {bill.currency}")
    for name, item in bill.items.items():
        print(f"  {name:<10} {item} {bill.currency}")


def add_itinerary(parser: argparse.ArgumentParser) -> None:
    """Options of ``itinerary``.

    Parameters
    ----------
    parser
        Of the command.
    """
    shared.add_question(parser, _itinerary)
    _add_trip(parser)
    add = parser.add_argument
    add("--crews", type=int, default=1, help="cars that go out at the same time")
    add("--sleep-out", action="store_true", help="spend the nights near the last stop")
    add("--roads", metavar="URL", help="road server (default: straight lines with a detour)")
    add("--roads-kind", default="osrm", choices=["osrm", "valhalla"], help="what the server runs")
    add("--out", type=Path, help="folder for day sheets, GPX, KML, GeoJSON, GeoPackage and QGIS project")


def _itinerary(options: argparse.Namespace) -> int:
    study, asked, _ = _trip(options, SLACK)
    planned = plan_days(
        asked.wanted,
        asked.request.departure,
        asked.request.tariff,
        CrewLimits(options.crews, options.sleep_out, options.days, options.budget),
        roads=Server(options.roads.rstrip("/"), options.roads_kind) if options.roads else None,
        effort=Effort(seed=options.seed),
    )
    files: tuple[Path, ...] = ()
    if options.out:
        crops = study.legend.names
        files = exports.write(planned, asked.wanted, options.out, crops=crops, replacements=asked.spare)
    if options.json:
        facts = {
            "visited": len(planned.parcels),
            "left_out": list(planned.left_out),
            "replacements": list(asked.spare["parcel_id"]),
            "routed": True,
            "cost": bill_row(planned.cost),
            "days": [asdict(day) for day in planned.days],
            "links": exports.map_links(planned),
            "files": [str(path) for path in files],
        }
        return print_json({**of_study(study), **facts})
    print(f"{study.name}, {study.provenance} data: {len(planned.parcels)} of {len(asked.wanted)} parcels")
    print_bill(planned.cost)
    for day in planned.days:
        end, parcels = clock(day.end_h), counted(len(day.parcels), "parcel")
        print(f"day {day.number}, crew {day.crew}: {parcels}, {day.km:.0f} km, until {end}")
    shared.print_files(files)
    return 0
