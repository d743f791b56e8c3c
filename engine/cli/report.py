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
from engine.decisions.class_mix import class_mix
from engine.decisions.decision import Decision, decide
from engine.decisions.trip import UNLIMITED, Trip, TripRequest, trip, trip_of
from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome
from engine.fieldwork.costs import Tariff, read_tariff
from engine.fieldwork.itinerary import CrewLimits, plan_days
from engine.sampling.radius import Radius
from engine.views.report import Report, compose, files, open_files, record
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
    add = parser.add_argument
    add("--target", metavar="YEAR", help="season to map")
    add("--from", dest="earlier", type=Path, metavar="FILE", help="make the report of a decision.json again")
    add("--out", type=Path, required=True, help="folder for the files")


def _report(options: argparse.Namespace) -> int:
    study, departure, archive = opened(options)
    if not options.earlier and options.target and study.is_open(options.target):
        return _open(options, study, departure, archive)
    request = (
        _again(options, study, archive) if options.earlier else _anew(options, study, departure, archive)
    )
    made = _composed(study, request, archive, options.folder)
    paths, best = files.write(made, options.out), made.advice.recommended
    if options.json:
        facts = {"headline": made.headline, "recommended": rows.option_row(best)}
        return print_json({**of_study(study), **facts, "files": [str(path) for path in paths]})
    print(f"{made.title}, {study.provenance} data\n{made.headline}")
    shared.print_files(paths)
    return 0


def _open(options: argparse.Namespace, study: Study, departure: Departure, archive: Archive) -> int:
    """The report of a season without labels, from forecasts."""
    tariff = read_tariff(options.tariff)
    found = open_outlook(options, study, departure, tariff, archive)
    best = found.recommended
    made = OpenReport(
        study,
        found,
        plan_days(best.trip.wanted, departure, tariff) if best else None,
        class_mix(study, options.target, archive),
        str(options.folder),
        dt.date.today(),
    )
    paths = open_files.write(made, options.out)
    if options.json:
        facts = {"headline": made.headline, "recommended": best and rows.forecast_row(best.forecast)}
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
        tuple(archive.outcomes(study.fingerprint)),
    )


def _composed(study: Study, request: _Request, archive: Archive, folder: Path) -> Report:
    """The report with its trip, routed."""
    value, budget = request.value_of_point, request.budget
    decision = decide(
        study, request.outcomes, request.target, request.departure, request.tariff,
        value_of_point=value, budget=budget,
    )  # fmt: skip
    if decision is None:
        raise not_answered(request.target, request.departure, "ask for a report")
    printed, planned = _trip(study, decision, request, archive), None
    if printed is not None:
        limits = CrewLimits(request.crews, request.sleep_out)
        planned = plan_days(printed.wanted, request.departure, request.tariff, limits)
    return compose(study, decision, printed, planned, value_of_point=value, budget=budget, folder=str(folder))


def _again(options: argparse.Namespace, study: Study, archive: Archive) -> _Request:
    """What an earlier report asked, on the very answers that it compared."""
    path, folder = options.earlier, options.folder
    stated = (options.target, options.departure, options.value_of_point, options.budget)
    if options.tariff != "default" or any(part is not None for part in stated):
        raise PlanError(
            f"{path} names season, departure, tariff, value and budget already. Leave those options out, or "
            "leave out --from."
        )
    earlier = record.read(path)
    record.check(earlier, study, path)
    outcomes = [archive.outcome(plan) for plan in earlier.plans]
    answered = tuple(outcome for outcome in outcomes if outcome is not None)
    if len(answered) < len(outcomes):
        raise PlanError(
            f"{len(outcomes) - len(answered)} of the {len(outcomes)} plans of {path} are not answered here. "
            f"Answer them first: python -m engine run {folder} --target {earlier.target} --plans {path}"
        )
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
    )


def _trip(study: Study, decision: Decision, request: _Request, archive: Archive) -> Trip | None:
    """The trip that was printed before, else the recommended one; None where nobody goes."""
    best = decision.advice.recommended
    if not (request.visits or best.visits):
        return None
    wanted = trip_of(best, request.tariff)
    if request.visits:
        wanted = TripRequest(
            request.target, request.departure, Radius.name, UNLIMITED, request.tariff, listed=request.visits
        )
    return trip(study, wanted, archive)
