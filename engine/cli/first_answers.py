"""From files to a first answer in one command: trips tested or forecast as soon as the study is made."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

from engine.domain import Study

MODULES = {"run": "running", "forecast": "decisions", "advise": "decisions"}


def answer_first(study: Study, folder: Path, target: str | None, recipe: str) -> int:
    """Run the first plans of a season and print the recommendation, or the forecast of an open season.

    Parameters
    ----------
    study, folder
        The study and where it lies.
    target
        Label of the season; None for the last.
    recipe
        By which is trained.
    """
    season = target or study.seasons[-1].label
    common = [str(folder), "--target", season]
    status = _command("run", [*common, "--purpose", "first", "--recipe", recipe])
    if status:
        return status
    if study.is_open(season):
        return _command("forecast", common)
    return _command("advise", common)


def _command(name: str, words: list[str]) -> int:
    """Call another command as its own line would, and say which."""
    print(f"groundplan {name} {' '.join(words)}", file=sys.stderr)
    parser = argparse.ArgumentParser(prog=f"groundplan {name}")
    getattr(import_module(f"engine.cli.{MODULES[name]}"), f"add_{name}")(parser)
    options = parser.parse_args(words)
    status: int = options.command(options)
    return status
