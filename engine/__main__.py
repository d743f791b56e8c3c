"""The command line: everything a page can do. ``groundplan --help`` lists it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import engine
from engine.domain import GroundplanError
from engine.files import not_writable
from engine.spreadsheets import as_written

COMMANDS = {  # the module of each, which is imported where it is called, and what it does
    "info": ("studies", "what a study holds, or what this machine has"),
    "ingest": ("ingest", "make a study from parcels and series"),
    "extract": ("extract", "parcels and satellite images made into series to ingest"),
    "studies": ("shelf", "the studies of the workspace: list, rename, export, delete"),
    "labels": ("labels", "what crews bring back: take it into a study, list, undo"),
    "sample": ("studies", "sample files to ingest"),
    "simulate": ("studies", "make a study of a simulated Vojvodina"),
    "run": ("running", "answer plans: macro F1 with intervals"),
    "cost": ("trips", "what a trip costs, without routing it"),
    "itinerary": ("trips", "day tours and files for the field"),
    "visit": ("visiting", "a trip's field files filled in by simulated crews, where the truth is known"),
    "advise": ("decisions", "which of the answered trips to take, and why"),
    "forecast": ("decisions", "what a trip will gain, from backtests"),
    "report": ("report", "the decision as PDF, HTML, tables and GeoPackage"),
    "scenarios": ("scenarios", "named trips: save, list, compare, remove, undo"),
    "map": ("mapping", "the crop map: train on the visit, class every parcel"),
    "map-report": ("map_report", "a map with its accuracy and areas as PDF, HTML and data files"),
    "next-day": ("next_day", "what one more day in the field would add: go on, or stop"),
    "accuracy": ("accuracy", "a sample for the accuracy of a map, and accuracies and areas from it"),
    "compare": ("comparing", "answers side by side"),
    "diagnose": ("comparing", "what the area has that a trip lacks"),
    "jobs": ("jobs", "runs in the background: list, cancel, resume"),
    "bench": ("jobs", "training speed beside a plain loop, and parity"),
    "calibrate": ("jobs", "measure the speed of this machine (started by the app)"),
    "dispatch": ("dispatching", "start background jobs, each in its turn (started by the app)"),
    "mapwork": ("mapping", "make a map in the background (started by the app)"),
    "work": ("jobs", "do a background job (started by the app)"),
}


class UsageError(GroundplanError):
    """Options that a command does not understand."""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints read like all others."""

    def error(self, message: str) -> NoReturn:
        """Raise the complaint."""
        raise UsageError(f"{message}. See {self.prog} --help.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments
        By default those of the process.

    Returns
    -------
    The exit status: 0; 1 where a background job failed; 2 for a fault that the user can cure, named on
    standard error; 130 where it was interrupted; 141 where nobody reads the output any more.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        options = _parser(words).parse_args(_glued(words))
        with as_written(getattr(options, "raw", False)):
            status: int = options.command(options)
    except GroundplanError as error:
        print(f"groundplan: {error}", file=sys.stderr)
        return 2
    except SystemExit as done:  # after --help and --version
        return int(done.code or 0)
    except KeyboardInterrupt:
        print("\ngroundplan: stopped. What is finished is kept; the same command goes on.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 141
    except OSError as error:
        known = not_writable(error)
        if known is None:
            raise
        print(f"groundplan: {known}", file=sys.stderr)
        return 2
    return status


def _parser(words: Sequence[str]) -> Parser:
    """The parser; only the command that is called gets its options, so that help and errors come at once."""
    parser = Parser(
        prog="groundplan",
        description="How much ground truth do we collect, where, and what accuracy will that buy?",
    )
    parser.add_argument("--version", action="version", version=f"groundplan {engine.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (module, sentence) in COMMANDS.items():
        command = commands.add_parser(name, help=sentence, description=f"{sentence.capitalize()}.")
        if name in words[:1]:
            getattr(import_module(f"engine.cli.{module}"), f"add_{name.replace('-', '_')}")(command)
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
