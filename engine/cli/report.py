"""The command that writes a report."""

from __future__ import annotations

import argparse
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from engine.cli import shared
from engine.cli.decisions import not_answered, open_outlook
from engine.cli.shared import of_study, opened, print_json
from engine.decisions import rows
from engine.decisions.advice_rows import choice_row
from engine.decisions.chosen import choice_named, option_named
from engine.decisions.class_mix import mix_to_visit
from engine.decisions.decision import Aims, decide
from engine.decisions.outlook import Outlook, is_to_forecast, outlook
from engine.decisions.routed import RoutedTrip, routed_trip
from engine.decisions.routed_decision import routed_decision
from engine.decisions.routed_outlook import gain_of_routed, routed_choice, routed_outlook
from engine.decisions.trip import UNLIMITED, TripRequest, next_trip_of
from engine.decisions.trip_gain import trip_gain
from engine.decisions.trip_rows import routed_row
from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.fingerprints import current_plan
from engine.experiments.outcome import Outcome
from engine.experiments.plan import Plan
from engine.experiments.scores import MACRO_F1, Metric
from engine.fieldwork.costs import Tariff, read_tariff
from engine.fieldwork.crews import CrewLimits
from engine.sampling.radius import Radius
from engine.views.report import Report, compose, files, open_record, record
from engine.views.report.open_season import OpenReport


@dataclass(frozen=True)
class _Request:
    """What the report is of, and which answers it rests on."""

    target: str
    departure: Departure
    tariff: Tariff
    value_of_point: float | None
    budget: float | None
    outcomes: tuple[Outcome, ...]
    visits: tuple[str, ...] = ()
    crews: int = 1
    sleep_out: bool = False
    metric: Metric = MACRO_F1
    trip: str | None = None


def add_report(parser: argparse.ArgumentParser) -> None:
    """Options of ``report``.

    Parameters
    ----------
    parser
        Of the command.
    """
    shared.add_study(parser, _report)
    shared.add_tariff(parser)
    shared.add_value(parser)
    shared.add_budget(parser)
    shared.add_metric(parser)
    add = parser.add_argument
    add("--target", metavar="YEAR", help="season to map")
    add("--from", dest="earlier", type=Path, metavar="FILE", help="make the report of a decision.json again")
    add(
        "--trip",
        metavar="NAME",
        help="another trip than the recommended one: design and size (random-25), or the key of its plan",
    )
    add("--out", type=Path, required=True, help="folder for the files")
    shared.add_raw(parser)


def _report(options: argparse.Namespace) -> int:
    study, departure, archive = opened(options)
    if options.earlier and open_record.is_open(options.earlier):
        found, chosen = _open_again(options, study, archive)
        return _open(options, study, found, chosen, archive)
    asked = not options.earlier and options.target
    if asked and is_to_forecast(study, tuple(archive.outcomes(study)), options.target, departure):
        found = open_outlook(options, study, departure, read_tariff(options.tariff), archive)
        return _open(options, study, found, options.trip, archive)
    request = (
        _again(options, study, archive) if options.earlier else _anew(options, study, departure, archive)
    )
    made = _composed(study, request, archive, options.folder)
    paths, best = files.write(made, options.out), made.advice.recommended
    if options.json:
        facts = {
            "metric": rows.metric_row(request.metric),
            "headline": made.headline,
            "recommended": rows.option_row(best),
            "gain_over_baseline": rows.estimate_row(made.advice.gain),
            "probability_worth_cost": made.advice.probability_worth_cost,
            "trip": routed_row(study, made.routed, made.gain) if made.routed and made.gain else None,
        }
        return print_json({**of_study(study), **facts, "files": [str(path) for path in paths]})
    print(f"{made.title}, {study.provenance} data\n{made.headline}")
    shared.print_files(paths)
    return 0


def _open(
    options: argparse.Namespace, study: Study, found: Outlook, named: str | None, archive: Archive
) -> int:
    """The report of a season without labels, from forecasts."""
    chosen = tours = None
    if named:
        found, chosen, tours = routed_choice(study, found, choice_named(found, named), archive)
    found, routed = routed_outlook(study, found, archive)
    best, routed = found.recommended, tours or routed
    if best and chosen and best.name == chosen.name:
        chosen = None  # nothing else than what is recommended
    gain = gain_of_routed(study, found, routed, archive) if routed else None
    made = OpenReport(
        study,
        found,
        routed,
        gain,
        mix_to_visit(study, found.target, archive),
        str(options.folder),
        dt.date.today(),
        chosen,
    )
    paths = files.write(made, options.out)
    if options.json:
        facts = {
            "headline": made.headline,
            "recommended": best and choice_row(best),
            "trip": routed_row(study, routed, gain) if routed and gain else None,
        }
        return print_json({**of_study(study), **facts, "files": [str(path) for path in paths]})
    print(f"{made.title}, {study.provenance} data\n{made.headline}")
    shared.print_files(paths)
    return 0


def _anew(options: argparse.Namespace, study: Study, departure: Departure, archive: Archive) -> _Request:
    if options.target is None:
        raise PlanError("Which season? Give --target YEAR, or --from with the decision.json of a report.")
    return _Request(
        options.target,
        departure,
        read_tariff(options.tariff),
        options.value_of_point,
        options.budget,
        tuple(archive.outcomes(study)),
        metric=shared.metric_of(options),
        trip=options.trip,
    )


def _composed(study: Study, request: _Request, archive: Archive, folder: Path) -> Report:
    """The report with its trip, routed."""
    value, budget = request.value_of_point, request.budget
    decision = decide(
        study, request.outcomes, request.target, request.departure, request.tariff,
        value_of_point=value, budget=budget, metric=request.metric,
    )  # fmt: skip
    if decision is None:
        raise not_answered(request.target, request.departure, "ask for a report")
    decision, routed = routed_decision(study, decision, archive, budget)
    if request.visits and set(request.visits) != set(routed.parcels if routed else ()):
        routed = _trip(study, request, archive)
    if request.trip:
        option = option_named(decision, request.trip)
        routed = routed_trip(study, next_trip_of(study, option, request.tariff), archive)
    answers = archive.outcomes(study)  # also the backtests, which a decision does not list
    gain = (
        trip_gain(study, answers, routed.trip, routed.cost, value, request.metric, archive=archive)
        if routed
        else None
    )
    return compose(study, decision, routed, gain, value_of_point=value, budget=budget, folder=str(folder))


def _again(options: argparse.Namespace, study: Study, archive: Archive) -> _Request:
    """What an earlier report asked, on the very answers that it compared."""
    path, folder = options.earlier, options.folder
    _refuse_options(options)
    earlier = record.read(path)
    record.check(earlier, study, path)
    cure = f"Answer them first: python -m engine run {folder} --target {earlier.target} --plans {path}"
    answered = _answers(study, earlier.plans, archive, path, cure)
    usual = study.departure  # the same place under its name
    return _Request(
        earlier.target,
        usual if earlier.departure == usual else earlier.departure,
        earlier.tariff,
        earlier.value_of_point,
        earlier.budget,
        answered,
        earlier.visits,
        earlier.crews,
        earlier.sleep_out,
        earlier.metric,
    )


def _refuse_options(options: argparse.Namespace) -> None:
    """What a record names is not named again."""
    place = options.target, options.departure, options.trip
    stated = (*place, options.value_of_point, options.budget, options.crops)
    named = options.tariff != "default" or options.metric != MACRO_F1.name
    if named or any(part is not None for part in stated):
        raise PlanError(
            f"{options.earlier} names season, departure, trip, tariff, value, budget and metric already. "
            "Leave those options out, or leave out --from."
        )


def _answers(
    study: Study, plans: tuple[Plan, ...], archive: Archive, path: Path, cure: str
) -> tuple[Outcome, ...]:
    """The answers of all these plans."""
    outcomes = [archive.outcome(current_plan(study, plan)) for plan in plans]
    answered = tuple(outcome for outcome in outcomes if outcome is not None)
    if len(answered) < len(outcomes):
        missing = f"{len(outcomes) - len(answered)} of the {len(outcomes)} plans of {path}"
        raise PlanError(f"{missing} are not answered here. {cure}")
    return answered


def _open_again(options: argparse.Namespace, study: Study, archive: Archive) -> tuple[Outlook, str | None]:
    """What an earlier report of a season without labels forecast, on the very backtests that it rests on."""
    path = options.earlier
    _refuse_options(options)
    earlier = open_record.read(path, study)
    if not (study.is_open(earlier.target) or study.is_partly_labelled(earlier.target)):
        raise PlanError(
            f"Season {earlier.target} has labels now, so {path} is no longer of an open season. Leave --from "
            f"out: report {options.folder} --target {earlier.target} tests its trips."
        )
    cure = (
        f"Run the backtests first: python -m engine run {options.folder} --target {earlier.target} --backtest"
    )
    answered = _answers(study, earlier.plans, archive, path, cure)
    aims = Aims(earlier.value_of_point, earlier.budget, earlier.metric)
    usual = study.departure  # the same place under its name
    departure = usual if earlier.departure == usual else earlier.departure
    found = outlook(study, answered, earlier.target, departure, earlier.tariff, archive, aims)
    if found is None:
        raise PlanError(f"The backtests of {path} give no forecast. {cure}")
    return found, earlier.chosen


def _trip(study: Study, request: _Request, archive: Archive) -> RoutedTrip:
    """A trip of one's own that was printed before."""
    driving = CrewLimits(request.crews, request.sleep_out)
    wanted = TripRequest(
        request.target, request.departure, Radius.name, UNLIMITED, request.tariff,
        listed=request.visits, driving=driving,
    )  # fmt: skip
    return routed_trip(study, wanted, archive)
