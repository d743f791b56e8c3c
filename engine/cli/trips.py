"""Commands on trips: what one costs, how to drive it."""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
from pathlib import Path
from typing import Any

from engine.cli.arguments import add_json, add_question, add_tariff, archive_of, opened
from engine.decisions.decision import fullest
from engine.decisions.interpolation import Interpolation, expected
from engine.decisions.trip import Trip, TripRequest, trip
from engine.domain import PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome, interval
from engine.fieldwork import exports
from engine.fieldwork.costs import Cost, read_tariff
from engine.fieldwork.estimate import estimate
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.roads import Server
from engine.fieldwork.tour import clock
from engine.learning.recipes import RECIPES, recipe_by_name
from engine.sampling.coverage import coverage_of
from engine.sampling.designs import DESIGNS
from engine.sampling.limits import Limit
from engine.sampling.lists import read_ids

SLACK = 1.2  # an estimate errs: draw so much more than it says, and let the routing keep the limit


def _add_trip(parser: argparse.ArgumentParser) -> None:
    """What names a trip."""
    add_question(parser)
    add_tariff(parser)
    add_json(parser)
    add = parser.add_argument
    add("--design", default="radius", choices=list(DESIGNS))
    add("--radius", type=float, metavar="KM", help="as many parcels as lie within it (default: 20)")
    add("--parcels", type=int, metavar="N", help="so many parcels")
    add("--days", type=int, metavar="N", help="days at most")
    add("--budget", type=float, metavar="MONEY", help="money at most")
    add("--given", type=Path, metavar="FILE", help="the parcels of a list instead of a design's")
    add("--key", help="the parcels of an answered plan (its first repeat) instead")
    add("--unreachable", type=Path, metavar="FILE", help="a list of parcels that cannot be visited")
    add("--seed", type=int, default=0, help="of designs that draw at random, and of the solver")
    add("--recipe", default="paper", choices=list(RECIPES), help="of models that a design asks")


def _trip(options: argparse.Namespace, slack: float) -> tuple[Study, Trip]:
    study, departure, archive = opened(options)
    given: tuple[str, ...] = ()
    if options.key:
        outcome = _answered(archive, study, options.key)
        departure, given = outcome.plan.departure, outcome.visited[0]
        if outcome.plan.target != options.target or not given:
            raise PlanError(
                f"Plan {options.key} visits {len(given)} parcels in {outcome.plan.target}. "
                "Give the key of a trip, and its season as --target."
            )
    if options.given:
        given = read_ids(options.given)
    request = TripRequest(
        options.target,
        departure,
        options.design,
        _limit(options, slack),
        read_tariff(options.tariff),
        options.seed,
        recipe_by_name(options.recipe),
        read_ids(options.unreachable) if options.unreachable else (),
        given,
    )
    return study, trip(study, request, archive)


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


def _answered(archive: Archive, study: Study, key: str) -> Outcome:
    for outcome in archive.outcomes(study.fingerprint):
        if outcome.plan.key == key:
            return outcome
    raise PlanError(f"No answer has the key {key}. The command run prints the keys of its answers.")


def add_cost(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cost``."""
    _add_trip(parser)
    parser.set_defaults(command=_cost, crews=1)


def _cost(options: argparse.Namespace) -> int:
    study, asked = _trip(options, 1.0)
    cost = estimate(asked.wanted, asked.request.departure, asked.request.tariff)
    season = study.parcels_in(options.target)
    table = coverage_of(season, season["parcel_id"].isin(asked.wanted["parcel_id"]).to_numpy())
    guess = _expected(study, asked, archive_of(options))
    if options.json:
        facts = {
            "study": study.name,
            "provenance": study.provenance,
            "parcels": len(asked.wanted),
            "visited": list(asked.wanted["parcel_id"]),
            "size_km": asked.design.equivalent_radius_km,
            "coverage": json.loads(table.to_json(orient="records")),
            "expected_macro_f1": {"estimate": guess.f1 and interval(guess.f1), "basis": guess.basis},
            "routed": False,
            "cost": billed(cost),
        }
        print(json.dumps(facts, indent=1))
        return 0
    print(f"{study.name}, {study.provenance} data: {len(asked.wanted)} parcels, estimated, not routed")
    print_bill(cost)
    missed = list(table.loc[table["within"] == 0, "crop"])
    print(f"Classes that it misses: {', '.join(missed) or 'none'}")
    print(f"Expected macro F1: {guess.f1 or 'not known'} ({guess.basis})")
    return 0


def _expected(study: Study, asked: Trip, archive: Archive) -> Interpolation:
    """What answers let expect of the trip."""
    request = asked.request
    answers = tuple(archive.outcomes(study.fingerprint))
    found = fullest(study, answers, request.target, request.departure)
    name = "given" if request.given else request.design
    return expected(found[1] if found else (), name, asked.design.equivalent_radius_km)


def billed(cost: Cost) -> dict[str, Any]:
    """A bill as JSON."""
    return {**dataclasses.asdict(cost), "money": dataclasses.asdict(cost.money)}


def print_bill(cost: Cost) -> None:
    """A bill to read."""
    days = _counted(cost.crew_days, "crew-day")
    print(f"{days}, {cost.km} km, {cost.hours} hours, {cost.money} {cost.currency}")
    for name, item in cost.items.items():
        print(f"  {name:<10} {item} {cost.currency}")


def add_itinerary(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``itinerary``."""
    _add_trip(parser)
    add = parser.add_argument
    add("--crews", type=int, default=1, help="cars that go out at the same time")
    add("--sleep-out", action="store_true", help="spend the nights near the last stop")
    add("--roads", metavar="URL", help="OSRM or Valhalla server (default: straight lines with a detour)")
    add("--roads-kind", default="osrm", choices=["osrm", "valhalla"])
    add("--out", type=Path, help="folder for day sheets, GPX, KML, GeoJSON, GeoPackage and QGIS project")
    parser.set_defaults(command=_itinerary)


def _itinerary(options: argparse.Namespace) -> int:
    study, asked = _trip(options, SLACK)
    planned = plan_days(
        asked.wanted,
        asked.request.departure,
        asked.request.tariff,
        crews=options.crews,
        sleep_out=options.sleep_out,
        most_days=options.days,
        budget=options.budget,
        roads=Server(options.roads.rstrip("/"), options.roads_kind) if options.roads else None,
        seed=options.seed,
    )
    files: tuple[Path, ...] = ()
    if options.out:
        crops = study.legend.names
        files = exports.write(planned, asked.wanted, options.out, crops=crops, replacements=asked.spare)
    if options.json:
        facts = {
            "study": study.name,
            "provenance": study.provenance,
            "visited": len(planned.parcels),
            "left_out": list(planned.left_out),
            "replacements": list(asked.spare["parcel_id"]),
            "routed": True,
            "cost": billed(planned.cost),
            "days": [dataclasses.asdict(day) for day in planned.days],
            "links": exports.map_links(planned),
            "files": [str(path) for path in files],
        }
        print(json.dumps(facts, indent=1))
        return 0
    print(f"{study.name}, {study.provenance} data: {len(planned.parcels)} of {len(asked.wanted)} parcels")
    print_bill(planned.cost)
    for day in planned.days:
        back = clock(day.end_h)
        print(f"day {day.number}, crew {day.crew}: {len(day.parcels)} parcels, {day.km:.0f} km, until {back}")
    for path in files:
        print(f"written: {path}")
    return 0


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
