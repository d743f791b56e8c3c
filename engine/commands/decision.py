"""Commands on the decision: what a trip costs, how to drive it, which to take."""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.commands.arguments import departure_of
from engine.domain import PlanError, Study
from engine.experiments.advice import Advice, Option, advise, priced
from engine.experiments.archive import Archive, archive_for
from engine.experiments.outcome import Outcome, interval
from engine.experiments.rivals import equal_cost, equal_count
from engine.experiments.table import comparisons
from engine.experiments.trip import Trip, TripRequest, trip
from engine.fieldwork import exports
from engine.fieldwork.costs import PRESETS, Cost, Tariff, read_tariff
from engine.fieldwork.designs import DESIGNS
from engine.fieldwork.estimate import estimate
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.limits import Limit
from engine.fieldwork.lists import read_ids
from engine.fieldwork.roads import Server
from engine.fieldwork.tour import Itinerary, clock
from engine.learning.recipes import RECIPES, recipe_by_name
from engine.studies.store import open_study
from engine.workspace import workspace

SLACK = 1.2  # an estimate errs: draw so much more than it says, and let the routing keep the limit


def _add_trip(parser: argparse.ArgumentParser) -> None:
    """What names a trip."""
    add = parser.add_argument
    add("folder", type=Path, help="a study folder")
    add("--target", required=True, metavar="YEAR", help="season to map")
    add("--departure", metavar="LON,LAT", help="where the trips start (default: the study's)")
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
    add("--tariff", default="default", help=f"a TOML file of rates, or one of {', '.join(PRESETS)}")
    add("--archive", type=Path, help="folder of outcomes and models (default: the workspace)")
    add("--json", action="store_true", help="print machine-readable output")


def _trip(options: argparse.Namespace, slack: float) -> tuple[Study, Trip]:
    study = open_study(options.folder)
    departure = departure_of(options.departure) if options.departure else study.departure
    archive = archive_for(options.folder, options.archive or workspace())
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
        return Limit("days", math.ceil(slack * options.days * getattr(options, "crews", 1)))
    return Limit("km", 20.0)


def _answered(archive: Archive, study: Study, key: str) -> Outcome:
    for outcome in archive.outcomes(study.fingerprint):
        if outcome.plan.key == key:
            return outcome
    raise PlanError(f"No answer has the key {key}. The command run prints the keys of its answers.")


def add_cost(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cost``."""
    _add_trip(parser)
    parser.set_defaults(command=_cost)


def _cost(options: argparse.Namespace) -> int:
    study, asked = _trip(options, 1.0)
    cost = estimate(asked.wanted, asked.request.departure, asked.request.tariff)
    if options.json:
        facts = {
            "study": study.name,
            "provenance": study.provenance,
            "parcels": len(asked.wanted),
            "routed": False,
            "cost": _billed(cost),
        }
        print(json.dumps(facts, indent=1))
        return 0
    print(f"{study.name}, {study.provenance} data: {len(asked.wanted)} parcels, estimated, not routed")
    _print_bill(cost)
    return 0


def _billed(cost: Cost) -> dict[str, Any]:
    return {**dataclasses.asdict(cost), "money": dataclasses.asdict(cost.money)}


def _print_bill(cost: Cost) -> None:
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
            "cost": _billed(planned.cost),
            "days": [dataclasses.asdict(day) for day in planned.days],
            "links": exports.map_links(planned),
            "files": [str(path) for path in files],
        }
        print(json.dumps(facts, indent=1))
        return 0
    print(f"{study.name}, {study.provenance} data: {len(planned.parcels)} of {len(asked.wanted)} parcels")
    _print_bill(planned.cost)
    for day in planned.days:
        back = clock(day.end_h)
        print(f"day {day.number}, crew {day.crew}: {len(day.parcels)} parcels, {day.km:.0f} km, until {back}")
    for path in files:
        print(f"written: {path}")
    return 0


def add_advise(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``advise``."""
    add = parser.add_argument
    add("folder", type=Path, help="a study folder")
    add("--target", required=True, metavar="YEAR", help="season to map")
    add("--departure", metavar="LON,LAT", help="where the trips start (default: the study's)")
    add("--value-of-point", type=float, metavar="MONEY", help="what a point (0.01) of macro F1 is worth")
    add("--budget", type=float, metavar="MONEY", help="money at most")
    add("--tariff", default="default", help=f"a TOML file of rates, or one of {', '.join(PRESETS)}")
    add("--archive", type=Path, help="folder of outcomes (default: the workspace)")
    add("--out", type=Path, help="folder for the field plan of the recommended trip")
    add("--json", action="store_true", help="print machine-readable output")
    parser.set_defaults(command=_advise)


def _advise(options: argparse.Namespace) -> int:
    study = open_study(options.folder)
    study.season(options.target)
    departure = departure_of(options.departure) if options.departure else study.departure
    archive = archive_for(options.folder, options.archive or workspace())
    asked = comparisons(study, tuple(archive.outcomes(study.fingerprint)))
    mine = [one for one in asked if one.target == options.target and one.departure == departure]
    tariff = read_tariff(options.tariff)
    choices = priced(study, asked[mine[0]], tariff) if mine else []
    advice = advise(choices, value_of_point=options.value_of_point, budget=options.budget)
    field = _field_plan(study, advice.recommended, tariff, options.out) if options.out else None
    if options.json:
        facts = {
            "study": study.name,
            "provenance": study.provenance,
            "question": mine[0].title,
            "currency": tariff.currency,
            "recommended": {
                **_option(advice.recommended),
                "gain_over_zero_shot": interval(advice.gain) if advice.gain else None,
                "probability_worth_it": advice.probability_worth_it,
            },
            "pareto": [_option(one) for one in advice.pareto],
            "zero_shot": _option(advice.zero_shot) if advice.zero_shot else None,
            "reasons": list(advice.reasons),
            "equal_count": [_option(one) for one in equal_count(choices, advice.recommended)],
            "equal_cost": [_option(one) for one in equal_cost(choices, advice.recommended)],
            "field_plan": field and {"cost": _billed(field[0].cost), "files": list(map(str, field[1]))},
        }
        print(json.dumps(facts, indent=1))
        return 0
    print(f"{study.name}, {study.provenance} data; {mine[0].title}")
    _print_options("Not beaten in both cost and macro F1", advice.pareto, advice, tariff)
    for title, rivals in (
        (
            "The recommended trip beside other designs at equal count",
            equal_count(choices, advice.recommended),
        ),
        ("and at equal cost", equal_cost(choices, advice.recommended)),
    ):
        if len(rivals) > 1:
            _print_options(title, rivals, advice, tariff)
    for reason in advice.reasons:
        print(reason)
    if field:
        print("The trip routed:")
        _print_bill(field[0].cost)
        for path in field[1]:
            print(f"written: {path}")
    return 0


def _print_options(title: str, rows: Sequence[Option], advice: Advice, tariff: Tariff) -> None:
    shape = "{:<2} {:<10} {:<12} {:>5} {:>8} {:>6} {:>6} {:>24}  {}"
    print(f"{title}:")
    heads = ("method", "design", "size", "parcels", "days", "km", f"cost, {tariff.currency}", "macro F1")
    print(shape.format("", *heads))
    for one in rows:
        plan = one.outcome.plan
        mark = "->" if one == advice.recommended else ""
        size = f"{plan.design.reach_km:g}" if plan.design.reach_km else ""
        trip = (one.outcome.parcels, f"{one.crew_days:.1f}", f"{one.km.likely:,.0f}", str(one.money))
        print(shape.format(mark, plan.method.name, plan.design.name, size, *trip, str(one.f1)))


def _field_plan(
    study: Study, option: Option, tariff: Tariff, folder: Path
) -> tuple[Itinerary, tuple[Path, ...]] | None:
    """The recommended trip, routed and written; None where it is to stay at home."""
    plan = option.outcome.plan
    if not plan.method.visits:
        return None
    parcels = study.surveyed(plan.target)
    wanted = parcels[parcels["parcel_id"].isin(option.visited)]
    planned = plan_days(wanted, plan.departure, tariff, seed=plan.seed)
    return planned, exports.write(planned, wanted, folder, crops=study.legend.names)


def _option(one: Option) -> dict[str, Any]:
    plan = one.outcome.plan
    return {
        "key": plan.key,
        "method": plan.method.name,
        "design": plan.design.name,
        "limit": {"km": plan.design.reach_km} if plan.method.visits else {},
        "parcels": one.outcome.parcels,
        "cost": {
            "days": one.crew_days,
            "km": dataclasses.asdict(one.km),
            "money": dataclasses.asdict(one.money),
        },
        "macro_f1": interval(one.f1),
    }


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
