"""Commands on decisions: which of the answered trips to take and why, and what a trip will gain."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from engine.cli import shared
from engine.cli.shared import of_study, opened, print_json
from engine.cli.trips import print_bill
from engine.decisions import advice_rows, claim_wording, rows, wording
from engine.decisions.advice import Advice
from engine.decisions.alternatives import equal_cost, equal_count
from engine.decisions.backtest import TripForecast, ask_instead, forecast_trip, too_few
from engine.decisions.bill_wording import trip_bill
from engine.decisions.class_mix import ClassMix, mix_to_visit
from engine.decisions.decision import Aims, Decision, decide
from engine.decisions.history import history
from engine.decisions.metric_wording import left_out_sentence
from engine.decisions.options import Option
from engine.decisions.outlook import Outlook, is_to_forecast, outlook
from engine.decisions.outlook_wording import (
    bills_sentence,
    missed_sentence,
    outlook_headline,
    outlook_reasons,
    outlook_rule,
)
from engine.decisions.routed import RoutedTrip, routed_trip
from engine.decisions.routed_decision import routed_decision
from engine.decisions.routed_outlook import gain_of_routed, routed_outlook
from engine.decisions.trip import TripRequest
from engine.decisions.trip_gain import TripGain, trip_gain
from engine.decisions.trip_rows import routed_row
from engine.decisions.trip_wording import forecast_basis, forecast_text, known_sentence
from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.provisional import current_outcomes
from engine.fieldwork.costs import Tariff, read_tariff
from engine.fieldwork.tour import Itinerary
from engine.learning.methods import DEFAULT, METHODS
from engine.sampling.limits import Limit
from engine.views import field_files

SHAPE = "{:<2} {:<18} {:<12} {:>5} {:>8} {:>6} {:>6} {:>24}  {}"


def not_answered(target: str, departure: Departure, purpose: str = "ask for advice") -> PlanError:
    """That there is nothing to decide on yet.

    Parameters
    ----------
    target
        Label of the season.
    departure
        Where trips start and end.
    purpose
        What to do once plans are answered, as the sentence's last words.
    """
    return PlanError(
        f"No plan of season {target} from {departure.title} is answered yet. Run some first, then {purpose}."
    )


def add_advise(parser: argparse.ArgumentParser) -> None:
    """Options of ``advise``.

    Parameters
    ----------
    parser
        Of the command.
    """
    shared.add_question(parser, _advise)
    shared.add_tariff(parser)
    shared.add_value(parser)
    shared.add_budget(parser)
    shared.add_metric(parser)
    parser.add_argument("--out", type=Path, help="folder for the field plan of the recommended trip")
    shared.add_raw(parser)


def _advise(options: argparse.Namespace) -> int:
    study, departure, archive = opened(options)
    tariff = read_tariff(options.tariff)
    outcomes = current_outcomes(study, archive, archive.outcomes(study))
    if is_to_forecast(study, outcomes, options.target, departure):
        return _advise_open(options, study, departure, tariff, archive)
    decision = decide(
        study, outcomes, options.target, departure, tariff,
        value_of_point=options.value_of_point, budget=options.budget, metric=shared.metric_of(options),
    )  # fmt: skip
    if decision is None:
        raise not_answered(options.target, departure)
    decision, routed = routed_decision(study, decision, archive, options.budget)
    advice, best = decision.advice, decision.advice.recommended
    field_plan = _field_plan(study, routed, options.out) if options.out else None
    asked = options.value_of_point, decision.metric
    gain = routed and trip_gain(study, outcomes, routed.trip, routed.cost, *asked, archive=archive)
    alternatives = {
        "equal_count": equal_count(decision.options, best),
        "equal_cost": equal_cost(decision.options, best),
    }
    mix = mix_to_visit(study, options.target, archive)
    visits = routed.parcels if routed else ()
    if options.json:
        facts = {
            **_advice_row(decision, mix, visits),
            "alternatives": {
                name: [rows.option_row(option) for option in others] for name, others in alternatives.items()
            },
            "trip": routed_row(study, routed, gain) if routed and gain else None,
            "field_plan": _field_plan_row(field_plan),
        }
        return print_json({**of_study(study), **facts})
    print(f"{study.name}, {study.provenance} data; {wording.question_title(decision.question)}")
    best_of = f"By estimated cost, not beaten in both cost and {decision.metric.title}"
    _print_options(best_of, advice.pareto, advice, tariff)
    for name, designs in alternatives.items():
        if len(designs) > 1:
            beside = f"The recommended trip beside other designs at {name.replace('_', ' ')}, by estimate"
            _print_options(beside, designs, advice, tariff)
    missed = missed_sentence(mix, visits) if routed else ""
    left_out = left_out_sentence(len(decision.left_out), decision.metric)
    known = known_sentence(study, options.target)
    shared.print_lines(*claim_wording.reasons(advice, tariff.currency), missed, left_out, known)
    if routed and gain:
        _print_trip(routed, gain)
    if field_plan:
        shared.print_files(field_plan[1])
    return 0


def _advice_row(decision: Decision, mix: ClassMix, visits: Sequence[str]) -> dict[str, object]:
    """The advice and why, as JSON."""
    advice, currency = decision.advice, decision.tariff.currency
    best = advice.recommended
    return {
        "question": wording.question_title(decision.question),
        "currency": currency,
        "metric": rows.metric_row(decision.metric),
        "left_out": len(decision.left_out),
        "provisional": decision.provisional,
        "recommended": rows.option_row(best),
        "baseline": advice.baseline and rows.option_row(advice.baseline),
        "pareto": [rows.option_row(option) for option in advice.pareto],
        "rule": claim_wording.rule(advice, currency),
        "best": rows.option_row(advice.best),
        "reasons": claim_wording.reasons(advice, currency),
        "claims": advice_rows.claim_rows(advice, currency),
        "prices": advice_rows.price_rows(advice),
        "missed": advice_rows.missed_rows(mix, visits) if best.visits else None,
        "gain_over_baseline": rows.estimate_row(advice.gain),
        "probability_worth_cost": advice.probability_worth_cost,
    }


def _field_plan_row(field_plan: tuple[Itinerary, tuple[Path, ...]] | None) -> dict[str, object] | None:
    return field_plan and {
        "cost": rows.bill_row(field_plan[0].cost),
        "files": list(map(str, field_plan[1])),
    }


def _print_trip(routed: RoutedTrip, gain: TripGain) -> None:
    print(f"The trip, routed: {wording.counted(len(routed.parcels), 'parcel')}, {trip_bill(routed)}")
    print_bill(routed.cost)
    if gain.forecast:
        print(forecast_text(gain, routed.request.departure))


def open_outlook(
    options: argparse.Namespace, study: Study, departure: Departure, tariff: Tariff, archive: Archive
) -> Outlook:
    """What to do in a season without labels.

    Parameters
    ----------
    options
        With ``target``, ``value_of_point`` and ``budget``.
    study, departure, tariff, archive
        What the options named.

    Raises
    ------
    PlanError
        Where no backtest is answered yet; with what can be asked.
    """
    if len(study.seasons_before(options.target)) < 2:
        raise PlanError(f"{too_few(study, options.target)} {ask_instead(study, options.target)}")
    found = outlook(
        study,
        archive.outcomes(study),
        options.target,
        departure,
        tariff,
        archive,
        Aims(options.value_of_point, options.budget, shared.metric_of(options)),
    )
    if found is None:
        raise PlanError(
            f"Season {options.target} has no labels yet, and no backtest of {DEFAULT} from {departure.title} "
            f"is answered. Run one first: {shared.backtest_command(options)}"
        )
    return found


def _advise_open(
    options: argparse.Namespace, study: Study, departure: Departure, tariff: Tariff, archive: Archive
) -> int:
    """Advice for a season without labels, from forecasts."""
    found, routed = routed_outlook(study, open_outlook(options, study, departure, tariff, archive), archive)
    best, reasons = found.recommended, outlook_reasons(study, found)
    mix = mix_to_visit(study, options.target, archive)
    field_plan = _field_plan(study, routed, options.out) if options.out else None
    gain = routed and gain_of_routed(study, found, routed, archive)
    if options.json:
        facts = {
            "target": options.target,
            "open": study.is_open(options.target),
            "method": found.method,
            "currency": tariff.currency,
            "rule": outlook_rule(found),
            "recommended": best and advice_rows.choice_row(best),
            "best": found.best and advice_rows.choice_row(found.best),
            "forecast": [advice_rows.choice_row(each) for each in found.choices],
            "missed": advice_rows.missed_rows(mix, routed.parcels) if routed else None,
            "reasons": [outlook_headline(found), *reasons],
            "trip": routed_row(study, routed, gain) if routed and gain else None,
            "field_plan": _field_plan_row(field_plan),
        }
        return print_json({**of_study(study), **facts})
    state = "no labels yet" if study.is_open(options.target) else "the first labels are home"
    print(f"{study.name}, {study.provenance} data; {options.target} from {departure.title}: {state}")
    missed = missed_sentence(mix, routed.parcels) if routed else ""
    shared.print_lines(f"{outlook_headline(found)}.", *reasons, missed)
    _print_forecasts([(each.forecast, each.routed) for each in found.choices], tariff)
    print(bills_sentence(found))
    if routed and gain:
        _print_trip(routed, gain)
    if field_plan:
        shared.print_files(field_plan[1])
    return 0


def _print_forecasts(forecasts: Sequence[tuple[TripForecast, bool]], tariff: Tariff) -> None:
    """A line each trip, and whether its bill is that of the routed trip."""
    for row, routed in forecasts:
        worth, bill = row.probability_worth_cost, "routed" if routed else "estimated"
        print(
            f"{row.design:<12} {row.equivalent_radius_km:>5.3g} km {row.parcels:>5} parcels "
            f"{row.money:>7,.0f} {tariff.currency}, {bill:<9}  "
            f"{wording.points(row.gain, 1)}, {row.gain.level:.0%}; a gain: {row.probability_of_gain:.0%}"
            + (f", worth its cost: {worth:.0%}" if worth is not None else "")
        )


def _print_options(title: str, options: Sequence[Option], advice: Advice, tariff: Tariff) -> None:
    heads = ("method", "design", "size", "parcels", "days", "km", f"cost, {tariff.currency}", "score")
    print(f"{title}:\n{SHAPE.format('', *heads)}")
    for option in options:
        design = option.plan.design
        mark = "->" if option == advice.recommended else ""
        size = f"{design.equivalent_radius_km:g}" if design.equivalent_radius_km else ""
        bill = (f"{option.crew_days:.1f}", f"{option.km.likely:,.0f}", str(option.money), str(option.f1))
        names = (option.plan.method.name, design.name, size, option.outcome.parcels)
        print(SHAPE.format(mark, *names, *bill))


def _field_plan(
    study: Study, routed: RoutedTrip | None, folder: Path
) -> tuple[Itinerary, tuple[Path, ...]] | None:
    """The files of the recommended trip; None where there is no trip."""
    if routed is None:
        return None
    return routed.itinerary, field_files.write(study, routed, folder)


def add_forecast(parser: argparse.ArgumentParser) -> None:
    """Options of ``forecast``.

    Parameters
    ----------
    parser
        Of the command.
    """
    shared.add_question(parser, _forecast)
    shared.add_tariff(parser)
    shared.add_value(parser)
    shared.add_metric(parser)
    shared.add_designs(parser, shared.USUAL_RADII)
    names = ", ".join(name for name, method in METHODS.items() if method.visits)
    parser.add_argument("--method", type=shared.method_name, default=DEFAULT, help=f"one of {names}")


def _forecast(options: argparse.Namespace) -> int:
    study, departure, archive = opened(options)
    tariff, method, metric = read_tariff(options.tariff), options.method, shared.metric_of(options)
    past = history(study, archive.outcomes(study), options.target, departure, method, metric, archive)
    if not past.gains and len(study.seasons_before(options.target)) < 2:
        raise PlanError(f"{too_few(study, options.target)} {ask_instead(study, options.target)}")
    if not past.gains:
        raise PlanError(
            f"No backtest yet of {method} for {options.target} from {departure.title}. Run it first: "
            f"{shared.backtest_command(options)}"
        )
    requests = [
        TripRequest(options.target, departure, design, Limit("km", km), tariff)
        for design in options.design
        for km in options.radius
    ]
    trips = [routed_trip(study, request, archive) for request in requests]
    forecasts = [
        forecast_trip(past, made.trip, options.value_of_point, made.cost.money.likely) for made in trips
    ]
    if options.json:
        facts = {
            "target": options.target,
            "method": method,
            "metric": rows.metric_row(metric),
            "currency": tariff.currency,
            "gains": [asdict(gain) for gain in past.gains],
            "expected_f1": past.expected_f1,
            "known_already": study.known_already(options.target),
            "forecast": [rows.forecast_row(forecast) for forecast in forecasts],
        }
        return print_json({**of_study(study), **facts})
    print(
        f"{study.name}, {study.provenance} data; {options.target} from {departure.title}, {method}: gain "
        f"in {metric.title} over the map without a trip"
    )
    shared.print_lines(*forecast_basis(forecasts, metric), known_sentence(study, options.target))
    _print_forecasts([(each, True) for each in forecasts], tariff)
    return 0
