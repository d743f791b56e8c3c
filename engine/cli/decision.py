"""Commands on the decision: which of the answered trips to take, and why."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.cli.arguments import add_json, add_question, add_tariff, opened
from engine.cli.trips import billed, print_bill
from engine.decisions.advice import Advice, Option
from engine.decisions.alternatives import equal_cost, equal_count
from engine.decisions.backtest import forecast_trip, history
from engine.decisions.decision import decide
from engine.decisions.trip import TripRequest, trip, trip_of
from engine.domain import PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import interval
from engine.fieldwork import exports
from engine.fieldwork.costs import Tariff, read_tariff
from engine.fieldwork.itinerary import plan_days
from engine.fieldwork.tour import Itinerary
from engine.learning.methods import DEFAULT, METHODS
from engine.sampling.designs import DESIGNS
from engine.sampling.limits import Limit


def add_advise(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``advise``."""
    add_question(parser)
    add_tariff(parser)
    add_json(parser)
    add = parser.add_argument
    add("--value-of-point", type=float, metavar="MONEY", help="what a point (0.01) of macro F1 is worth")
    add("--budget", type=float, metavar="MONEY", help="money at most")
    add("--out", type=Path, help="folder for the field plan of the recommended trip")
    parser.set_defaults(command=_advise)


def add_forecast(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``forecast``."""
    add_question(parser)
    add_tariff(parser)
    add_json(parser)
    add = parser.add_argument
    add("--radius", type=float, nargs="+", default=[20.0, 25.0, 30.0], metavar="KM", help="sizes")
    add("--design", nargs="+", default=["radius"], choices=list(DESIGNS), metavar="DESIGN")
    add("--method", default=DEFAULT, choices=[name for name, one in METHODS.items() if one.visits])
    add("--value-of-point", type=float, metavar="MONEY", help="what a point (0.01) of macro F1 is worth")
    parser.set_defaults(command=_forecast)


def _forecast(options: argparse.Namespace) -> int:
    study, departure, archive = opened(options)
    study.season(options.target)
    tariff = read_tariff(options.tariff)
    answered = archive.outcomes(study.fingerprint)
    known = history(study, answered, options.target, departure, options.method)
    if not known:
        raise PlanError(
            f"No season before {options.target} has played the target from {departure.title} for the method "
            f"{options.method}. Give the command run the same options with --backtest first."
        )
    rows = []
    for design in options.design:
        for km in options.radius:
            request = TripRequest(options.target, departure, design, Limit("km", km), tariff)
            rows.append(forecast_trip(known, trip(study, request, archive), options.value_of_point))
    if options.json:
        facts = {
            "study": study.name,
            "provenance": study.provenance,
            "target": options.target,
            "method": options.method,
            "currency": tariff.currency,
            "gains": [vars(one) for one in known],
            "forecast": [one.row() for one in rows],
        }
        print(json.dumps(facts, indent=1))
        return 0
    print(
        f"{study.name}, {study.provenance} data; {options.target} from {departure.title}, {options.method}: "
        f"gain over staying at home, by {rows[0].seasons} past seasons"
    )
    for one in rows:
        worth = one.probability_worth_it
        print(
            f"{one.design:<12} {one.km:>5.3g} km {one.parcels:>5} parcels {one.money:>7,.0f} "
            f"{tariff.currency}  {one.gain.value:+5.1f} points "
            f"({one.gain.low:+.1f} to {one.gain.high:+.1f}, 90 %)  a gain: {one.probability_of_gain:.0%}"
            + (f", worth its cost: {worth:.0%}" if worth is not None else "")
        )
    return 0


def _advise(options: argparse.Namespace) -> int:
    study, departure, archive = opened(options)
    study.season(options.target)
    tariff = read_tariff(options.tariff)
    decision = decide(
        study,
        tuple(archive.outcomes(study.fingerprint)),
        options.target,
        departure,
        tariff,
        value_of_point=options.value_of_point,
        budget=options.budget,
    )
    if decision is None:
        raise PlanError(
            f"No plan of season {options.target} from {departure.title} is answered yet. Run some first, "
            "then ask for advice."
        )
    advice, choices, question = decision.advice, decision.options, decision.question
    field = _field_plan(study, advice.recommended, tariff, archive, options.out) if options.out else None
    if options.json:
        facts = {
            "study": study.name,
            "provenance": study.provenance,
            "question": question.title,
            "currency": tariff.currency,
            "recommended": {
                **_option(advice.recommended),
                "gain_over_home": interval(advice.gain) if advice.gain else None,
                "probability_worth_it": advice.probability_worth_it,
            },
            "pareto": [_option(one) for one in advice.pareto],
            "home": _option(advice.baseline) if advice.baseline else None,
            "reasons": list(advice.reasons),
            "equal_count": [_option(one) for one in equal_count(choices, advice.recommended)],
            "equal_cost": [_option(one) for one in equal_cost(choices, advice.recommended)],
            "field_plan": field and {"cost": billed(field[0].cost), "files": list(map(str, field[1]))},
        }
        print(json.dumps(facts, indent=1))
        return 0
    print(f"{study.name}, {study.provenance} data; {question.title}")
    _print_options("Not beaten in both cost and macro F1", advice.pareto, advice, tariff)
    for title, alternatives in (
        (
            "The recommended trip beside other designs at equal count",
            equal_count(choices, advice.recommended),
        ),
        ("and at equal cost", equal_cost(choices, advice.recommended)),
    ):
        if len(alternatives) > 1:
            _print_options(title, alternatives, advice, tariff)
    for reason in advice.reasons:
        print(reason)
    if field:
        print("The trip routed:")
        print_bill(field[0].cost)
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
        size = f"{plan.design.equivalent_radius_km:g}" if plan.design.equivalent_radius_km else ""
        trip = (one.outcome.parcels, f"{one.crew_days:.1f}", f"{one.km.likely:,.0f}", str(one.money))
        print(shape.format(mark, plan.method.name, plan.design.name, size, *trip, str(one.f1)))


def _field_plan(
    study: Study, option: Option, tariff: Tariff, archive: Archive, folder: Path
) -> tuple[Itinerary, tuple[Path, ...]] | None:
    """The recommended trip, routed and written; None where it is to stay at home."""
    if not option.visits:
        return None
    wanted = trip(study, trip_of(option, tariff), archive).wanted
    planned = plan_days(wanted, option.outcome.plan.departure, tariff)
    return planned, exports.write(planned, wanted, folder, crops=study.legend.names)


def _option(one: Option) -> dict[str, Any]:
    plan = one.outcome.plan
    return {
        "key": plan.key,
        "method": plan.method.name,
        "design": plan.design.name,
        "limit": {"km": plan.design.equivalent_radius_km} if one.visits else {},
        "parcels": one.outcome.parcels,
        "cost": {
            "days": one.crew_days,
            "km": dataclasses.asdict(one.km),
            "money": dataclasses.asdict(one.money),
        },
        "macro_f1": interval(one.f1),
    }
