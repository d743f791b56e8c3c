"""The command line: everything a page can do. ``python -m engine --help`` lists it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import engine
from engine.cli import answers, decision, experiments, report, studies, trips
from engine.domain import GroundplanError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(_glued(sys.argv[1:] if arguments is None else arguments))
    try:
        status: int = options.command(options)
    except GroundplanError as error:
        print(f"groundplan: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ngroundplan: stopped. What is finished is kept; the same command goes on.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 141
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m engine",
        description="How much ground truth do we collect, where, and what accuracy will that buy?",
    )
    parser.add_argument("--version", action="version", version=f"groundplan {engine.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    studies.add_info(commands.add_parser("info", help="what a study holds, or what this machine has"))
    studies.add_ingest(commands.add_parser("ingest", help="make a study from parcels and series"))
    studies.add_simulate(commands.add_parser("simulate", help="grow a simulated Vojvodina as a study"))
    experiments.add_run(commands.add_parser("run", help="answer plans: macro F1 with intervals"))
    trips.add_cost(commands.add_parser("cost", help="what a trip costs, without routing it"))
    trips.add_itinerary(commands.add_parser("itinerary", help="day tours and files for the field"))
    decision.add_advise(commands.add_parser("advise", help="which of the answered trips to take, and why"))
    decision.add_forecast(commands.add_parser("forecast", help="what a trip will gain, by past seasons"))
    report.add_report(commands.add_parser("report", help="the decision as PDF, HTML, tables and GeoPackage"))
    answers.add_compare(commands.add_parser("compare", help="answers side by side"))
    answers.add_diagnose(commands.add_parser("diagnose", help="what the area has that a trip lacks"))
    answers.add_jobs(commands.add_parser("jobs", help="runs in the background: list, cancel, resume"))
    experiments.add_bench(commands.add_parser("bench", help="training speed beside a plain loop, and parity"))
    experiments.add_work(commands.add_parser("work", help="do a background job (started by the app)"))
    return parser


def _glued(arguments: Sequence[str]) -> list[Any]:
    """A western departure looks like an option to argparse; glue it to its flag."""
    glued: list[str] = []
    for argument in arguments:
        if glued and glued[-1] == "--departure":
            glued[-1] = f"--departure={argument}"
        else:
            glued.append(argument)
    return glued


if __name__ == "__main__":
    sys.exit(main())
