"""Commands on trips: what one costs, how to drive it."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd

from engine.cli import accuracy_options, shared
from engine.cli.shared import of_study, print_json
from engine.cli.values import seed_of
from engine.decisions.bill_wording import trip_bill
from engine.decisions.class_mix import ClassMix, mix_to_visit
from engine.decisions.options import Option, priced
from engine.decisions.outlook_wording import mix_sentence
from engine.decisions.routed import RoutedTrip, routed_trip
from engine.decisions.rows import bill_row, estimate_row, metric_row
from engine.decisions.trip import UNLIMITED, Trip, TripRequest, next_trip_of, of_list, trip
from engine.decisions.trip_gain import TripGain, trip_gain
from engine.decisions.trip_rows import routed_row
from engine.decisions.trip_wording import (
    forecast_text,
    gain_sentence,
    interpolation_basis,
    known_sentence,
    pins_sentence,
    unvisited_pins_sentence,
)
from engine.decisions.wording import counted
from engine.domain import PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.provisional import current_outcomes
from engine.experiments.scores import MACRO_F1
from engine.fieldwork import exports
from engine.fieldwork.calendar import ENGLISH, OFFICE, Calendar, dated, working_days, written_date
from engine.fieldwork.costs import Cost, Tariff, read_tariff
from engine.fieldwork.crews import CrewLimits
from engine.fieldwork.estimate import estimate
from engine.fieldwork.roads import Server
from engine.fieldwork.tour import clock
from engine.learning.recipes import recipe_by_name
from engine.sampling import DESIGNS
from engine.sampling.limits import Limit
from engine.sampling.lists import read_ids
from engine.views import field_files

AUTO = "auto"  # an open number of crews
NIGHTS = {"cheapest": None, "back": False, "out": True}


def add_trip(parser: argparse.ArgumentParser) -> None:
    """What names a trip.

    Parameters
    ----------
    parser
        Of the command.
    """
    shared.add_tariff(parser)
    shared.add_budget(parser)
    shared.add_recipe(parser)
    shared.add_unreachable(parser)
    add = parser.add_argument
    add("--design", type=shared.design_name, default="radius", help=f"one of {', '.join(DESIGNS)}")
    add("--radius", type=float, metavar="KM", help="as many parcels as lie within it (default: 20)")
    add("--parcels", type=int, metavar="N", help="so many parcels")
    add("--days", type=int, metavar="N", help="calendar days at most, once routed")
    add("--given", type=Path, metavar="FILE", help="the parcels of a list instead of a design's")
    add("--key", help="the parcels of an answered plan (its typical repeat) instead")
    add("--pin", nargs="+", default=(), metavar="ID", help="parcels that must be visited; they count")
    add("--seed", type=seed_of, default=0, help="of designs that draw at random, and of the solver")
    add(
        "--crews",
        type=_crews,
        default=1,
        metavar="N",
        help=f"cars that go out at the same time; {AUTO} takes as many as cost least and keep the days",
    )
    add(
        "--nights",
        choices=list(NIGHTS),
        default="cheapest",
        help="at the departure (back) or near the last stop (out)",
    )
    add("--sleep-out", dest="nights", action="store_const", const="out", help="the same as --nights out")


def _crews(text: str) -> int | None:
    """A number of crews; None where it is open."""
    if text != AUTO and not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of crews; give a whole number or {AUTO}")
    return None if text == AUTO else int(text)


def request_of(options: argparse.Namespace) -> tuple[Study, TripRequest, Archive]:
    """The trip that the options of `add_trip` name, with the study and its archive.

    Parameters
    ----------
    options
        As parsed, with a ``target``.
    """
    study, departure, archive = shared.opened(options)
    tariff = read_tariff(options.tariff)
    listed = bool(options.key or options.given)
    limit, driving = _limits(options, listed)
    left_out, pinned = shared.unreachable_of(options), tuple(sorted(set(options.pin)))
    request = TripRequest(
        options.target,
        departure,
        options.design,
        limit,
        tariff,
        options.seed,
        recipe_by_name(options.recipe),
        left_out,
        driving=driving,
        pinned=pinned,
    )
    if options.key:
        option = _answered(archive, study, options, tariff)
        answer = next_trip_of(study, option, tariff, left_out, pinned)
        request = replace(
            request,
            departure=answer.departure,
            design=answer.design,
            limit=answer.limit,
            recipe=answer.recipe if not answer.listed else request.recipe,
            listed=answer.listed,
            pinned=answer.pinned,
            answered=answer.answered,
        )
    if options.given:
        request = of_list(request, read_ids(options.given))
    return study, request, archive


def _limits(options: argparse.Namespace, listed: bool) -> tuple[Limit, CrewLimits]:
    """What sizes the design, and what else the trip keeps."""
    crews, nights = options.crews, NIGHTS[options.nights]
    sized = options.radius is not None or options.parcels is not None
    size = Limit("km", 20.0)
    if options.radius is not None:
        size = Limit("km", options.radius)
    elif options.parcels is not None:
        size = Limit("parcels", options.parcels)
    if listed or sized or (options.days is None and options.budget is None):
        return UNLIMITED if listed else size, CrewLimits(crews, nights, options.days, options.budget)
    if options.budget is None:
        return Limit("days", options.days), CrewLimits(crews, nights)
    return Limit("money", options.budget), CrewLimits(crews, nights, options.days)


def _answered(archive: Archive, study: Study, options: argparse.Namespace, tariff: Tariff) -> Option:
    """The answered plan of a key."""
    key = options.key
    for outcome in archive.outcomes(study):
        if outcome.plan.key == key:
            if outcome.plan.target != options.target or not outcome.visits:
                raise PlanError(
                    f"Plan {key} visits {counted(outcome.parcels, 'parcel')} in {outcome.plan.target}. Give "
                    "the key of a trip, and its season as --target."
                )
            return priced(study, [outcome], tariff)[0]
    raise PlanError(f"No answer has the key {key}. The command run prints the keys of its answers.")


def add_cost(parser: argparse.ArgumentParser) -> None:
    """Options of ``cost``.

    Parameters
    ----------
    parser
        Of the command.
    """
    shared.add_question(parser, _cost)
    shared.add_metric(parser)
    add_trip(parser)
    parser.add_argument("--estimate", action="store_true", help="estimate the bill at once, without routing")


def _cost(options: argparse.Namespace) -> int:
    study, request, archive = request_of(options)
    routed: RoutedTrip | None = None
    if options.estimate:
        planned = trip(study, request, archive)
        bill = estimate(planned.wanted, request.departure, request.tariff)
    else:
        routed = routed_trip(study, request, archive)
        planned, bill = routed.trip, routed.cost
    wanted = planned.wanted
    mix = mix_to_visit(study, options.target, archive, request.recipe)
    coverage = mix.counts(mix.parcels["parcel_id"].isin(wanted["parcel_id"]).to_numpy())
    gain = _gain(options, study, archive, planned, bill)
    guess = gain.score
    if options.json:
        facts = {
            "parcels": len(wanted),
            "visited": list(wanted["parcel_id"]),
            "equivalent_radius_km": planned.design.equivalent_radius_km or None,
            "coverage": json.loads(coverage.to_json(orient="records")),
            "coverage_basis": mix.basis,
            "coverage_season": mix.season or None,
            "without_label": len(wanted) if study.is_partly_labelled(options.target) else 0,
            "known_already": study.known_already(options.target),
            "interpolated": {
                "metric": metric_row(gain.metric),
                "score": estimate_row(guess.f1),
                "macro_f1_pixel": estimate_row(guess.f1) if gain.metric == MACRO_F1 else None,
                "basis": interpolation_basis(guess),
            },
            "routed": routed is not None,
            "cost": bill_row(bill),
            "trip": routed and routed_row(study, routed, gain),
        }
        return print_json({**of_study(study), **facts})
    how = trip_bill(routed) + ", routed" if routed else "estimated, not routed"
    print(f"{study.name}, {study.provenance} data: {counted(len(wanted), 'parcel')}, {how}")
    print_bill(bill)
    shared.print_lines(known_sentence(study, options.target), *_classes(mix, coverage))
    basis = interpolation_basis(guess)
    if study.is_open(options.target):
        basis = "no trip can be tested before the season has labels; forecast says what it gains"
    print(f"Expected {gain.metric.title}: {guess.f1 or 'not known'} ({basis})")
    _print_gain(gain, planned, routed)
    return 0


def _gain(options: argparse.Namespace, study: Study, archive: Archive, planned: Trip, bill: Cost) -> TripGain:
    """What a trip may be expected to give, in the metric asked for."""
    outcomes = current_outcomes(study, archive, archive.outcomes(study))
    return trip_gain(study, outcomes, planned, bill, metric=shared.metric_of(options), archive=archive)


def _classes(mix: ClassMix, coverage: pd.DataFrame) -> Iterator[str]:
    """What a trip holds of each class, and what that is known by."""
    missed = ", ".join(coverage.loc[coverage["within"] == 0, "crop"]) or "none"
    if mix.basis == "labels":
        yield f"Classes that it misses: {missed}"
        return
    if mix.basis in ("unknown", "last season"):
        missed = "not known"
    yield f"Classes that it misses: {missed}"
    yield mix_sentence(mix, coverage)


def _print_gain(gain: TripGain, planned: Trip, routed: RoutedTrip | None) -> None:
    forecast, unvisited = forecast_text(gain, planned.request.departure), ""
    if routed:
        unvisited = unvisited_pins_sentence(routed)
    shared.print_lines(gain_sentence(gain), forecast, pins_sentence(planned), unvisited)


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
    shared.add_metric(parser)
    add_trip(parser)
    add = parser.add_argument
    add("--roads", metavar="URL", help="road server (default: straight lines with a detour)")
    add("--roads-kind", default="osrm", choices=["osrm", "valhalla"], help="what the server runs")
    add(
        "--start",
        type=_date,
        metavar="DATE",
        help="of the first day, YYYY-MM-DD; sheets then have dates",
    )
    add(
        "--working-days",
        default=",".join(OFFICE),
        metavar="DAYS",
        help="with --start: days of the week on which crews are out (default: mon,tue,wed,thu,fri)",
    )
    add("--language", default=ENGLISH, metavar="CODE", help="with --start: of dates, as en, fr or sr_Latn")
    add("--out", type=Path, help="folder for day sheets, GPX, KML, GeoJSON, GeoPackage and QGIS project")
    shared.add_raw(parser)
    accuracy_options.add_accuracy_of_trip(parser)


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; give YYYY-MM-DD, as 2026-05-18") from None


def _itinerary(options: argparse.Namespace) -> int:
    study, request, archive = request_of(options)
    roads = Server(options.roads.rstrip("/"), options.roads_kind) if options.roads else None
    routed = routed_trip(study, request, archive, roads=roads)
    if options.accuracy is not None:
        return accuracy_options.print_with_accuracy(options, study, routed, archive, roads)
    days, language = working_days(options.working_days), options.language
    calendar = Calendar(options.start, days, language) if options.start else None
    planned, spare = dated(routed.itinerary, calendar), routed.trip.spare
    files = field_files.write(study, routed, options.out, calendar) if options.out else ()
    gain = _gain(options, study, archive, routed.trip, routed.cost)
    if options.json:
        facts = {
            "visited": len(planned.parcels),
            "left_out": list(planned.left_out),
            "replacements": [*dict.fromkeys(spare["parcel_id"])],
            "routed": True,
            "cost": bill_row(planned.cost),
            "trip": routed_row(study, routed, gain),
            "days": [asdict(day) for day in planned.days],
            "links": exports.map_links(planned),
            "files": [str(path) for path in files],
        }
        return print_json({**of_study(study), **facts})
    out = f", {counted(len(planned.left_out), 'parcel')} left out" if planned.left_out else ""
    print(
        f"{study.name}, {study.provenance} data: {counted(len(planned.parcels), 'parcel')}{out}, "
        f"{trip_bill(routed)}, routed"
    )
    print_bill(planned.cost)
    shared.print_lines(known_sentence(study, options.target))
    _print_gain(gain, routed.trip, routed)
    for day in planned.days:
        end, parcels = clock(day.end_h), counted(len(day.parcels), "parcel")
        date = f" ({written_date(day.date, language)})" if day.date else ""
        print(f"day {day.number}{date}, crew {day.crew}: {parcels}, {day.km:.0f} km, until {end}")
    shared.print_files(files)
    return 0
