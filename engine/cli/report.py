"""The command that writes a report."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from engine.cli.arguments import add_json, add_tariff, opened
from engine.decisions.decision import Decision, decide
from engine.decisions.trip import UNLIMITED, Trip, TripRequest, trip, trip_of
from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome, interval
from engine.fieldwork.costs import Tariff, read_tariff
from engine.fieldwork.itinerary import plan_days
from engine.sampling.designs import Radius


def add_report(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``report``."""
    add = parser.add_argument
    add("folder", type=Path, help="a study folder")
    add("--target", metavar="YEAR", help="season to map")
    add("--departure", metavar="PLACE", help="start: LON,LAT or a town (default: the study's)")
    add("--archive", type=Path, help="folder of outcomes and models (default: the workspace)")
    add_tariff(parser)
    add_json(parser)
    add("--value-of-point", type=float, metavar="MONEY", help="what a point (0.01) of macro F1 is worth")
    add("--budget", type=float, metavar="MONEY", help="money at most")
    add("--from", dest="earlier", type=Path, metavar="FILE", help="make the report of a decision.json again")
    add("--out", type=Path, required=True, help="folder for the files")
    parser.set_defaults(command=_report)


@dataclass(frozen=True)
class _Asked:
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


def _report(options: argparse.Namespace) -> int:
    from engine.views.report import compose, files

    study, departure, archive = opened(options)
    asked = _again(options, study, archive) if options.earlier else _anew(options, study, departure, archive)
    decided = decide(
        study, asked.outcomes, asked.target, asked.departure, asked.tariff,
        value_of_point=asked.value_of_point, budget=asked.budget,
    )  # fmt: skip
    if decided is None:
        raise PlanError(
            f"No plan of season {asked.target} from {asked.departure.title} is answered yet. Run some first, "
            "then ask for a report."
        )
    going = _trip(study, decided, asked, archive)
    planned = None
    if going is not None:
        planned = plan_days(
            going.wanted, asked.departure, asked.tariff, crews=asked.crews, sleep_out=asked.sleep_out
        )
    made = compose(
        study, decided, going, planned, value_of_point=asked.value_of_point, budget=asked.budget,
        folder=str(options.folder),
    )  # fmt: skip
    paths = files.write(made, options.out)
    best = made.advice.recommended
    if options.json:
        facts = {
            "study": study.name,
            "provenance": study.provenance,
            "headline": made.headline,
            "recommended": {"key": best.outcome.plan.key, "macro_f1": interval(best.f1)},
            "files": [str(path) for path in paths],
        }
        print(json.dumps(facts, indent=1))
        return 0
    print(f"{made.title}, {study.provenance} data")
    print(made.headline)
    for path in paths:
        print(f"written: {path}")
    return 0


def _anew(options: argparse.Namespace, study: Study, departure: Departure, archive: Archive) -> _Asked:
    if options.target is None:
        raise PlanError("Which season? Give --target YEAR, or --from with the decision.json of a report.")
    study.season(options.target)
    return _Asked(
        options.target,
        departure,
        read_tariff(options.tariff),
        options.value_of_point,
        options.budget,
        tuple(archive.outcomes(study.fingerprint)),
    )


def _again(options: argparse.Namespace, study: Study, archive: Archive) -> _Asked:
    """What an earlier report asked, on the very answers that it compared."""
    from engine.views.report import record

    given = [options.target, options.departure, options.value_of_point, options.budget]
    if options.tariff != "default" or any(one is not None for one in given):
        raise PlanError(
            f"{options.earlier} names season, departure, tariff, value and budget already. Leave those "
            "options out, or leave out --from."
        )
    earlier = record.read(options.earlier)
    record.check(earlier, study, options.earlier)
    found = [archive.outcome(plan) for plan in earlier.plans]
    answered = tuple(one for one in found if one is not None)
    if len(answered) < len(found):
        raise PlanError(
            f"{len(found) - len(answered)} of the {len(found)} plans of {options.earlier} are not answered "
            f"here. Answer them first: python -m engine run {options.folder} --target {earlier.target} "
            f"--plans {options.earlier}"
        )
    home = study.departure
    departure = home if earlier.departure == home else earlier.departure
    return _Asked(
        earlier.target, departure, earlier.tariff, earlier.value_of_point, earlier.budget, answered,
        earlier.visits, earlier.crews, earlier.sleep_out,
    )  # fmt: skip


def _trip(study: Study, decided: Decision, asked: _Asked, archive: Archive) -> Trip | None:
    """The trip that was printed before, else the recommended one; None where nobody goes."""
    best = decided.advice.recommended
    if asked.visits:
        request = TripRequest(
            asked.target, asked.departure, Radius.name, UNLIMITED, asked.tariff, given=asked.visits
        )
        return trip(study, request, archive)
    return trip(study, trip_of(best, asked.tariff), archive) if best.visits else None
