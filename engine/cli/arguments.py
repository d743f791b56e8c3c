"""What commands read from their arguments in the same way."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive, archive_for
from engine.fieldwork.costs import PRESETS
from engine.fieldwork.towns import town_of
from engine.files import workspace
from engine.studies.store import open_study


def add_question(parser: argparse.ArgumentParser) -> None:
    """What names a season and a departure of a study, and where its answers are."""
    add = parser.add_argument
    add("folder", type=Path, help="a study folder")
    add("--target", required=True, metavar="YEAR", help="season to map")
    add("--departure", metavar="PLACE", help="start: LON,LAT or a town (default: the study's)")
    add("--archive", type=Path, help="folder of outcomes and models (default: the workspace)")


def add_tariff(parser: argparse.ArgumentParser) -> None:
    """The rates."""
    names = ", ".join(PRESETS)
    parser.add_argument("--tariff", default="default", help=f"a TOML file of rates, or one of {names}")


def add_json(parser: argparse.ArgumentParser) -> None:
    """The form of the output."""
    parser.add_argument("--json", action="store_true", help="print machine-readable output")


def opened(options: argparse.Namespace) -> tuple[Study, Departure, Archive]:
    """The study, the departure and the archive that `add_question` named."""
    study = open_study(options.folder)
    departure = start_of(options.departure, study) if options.departure else study.departure
    return study, departure, archive_of(options)


def archive_of(options: argparse.Namespace, models: Path | None = None) -> Archive:
    """Where the answers to the study are."""
    return archive_for(options.folder, options.archive or workspace(), models)


def start_of(text: str, study: Study) -> Departure:
    """A place from ``LON,LAT`` or the name of a town."""
    if text.strip().casefold() == study.departure.name.casefold():
        return study.departure
    if any(sign.isalpha() for sign in text):
        return town_of(text, study.bounds)
    return departure_of(text)


def departure_of(text: str, name: str = "") -> Departure:
    """A place from ``LON,LAT``."""
    parts = text.split(",")
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        raise PlanError(
            f"The departure {text!r} is not LON,LAT. Give degrees, longitude first, as 19.845,45.255."
        ) from None
    return Departure(lon, lat, name)


def pair_of(text: str, option: str) -> tuple[str, str]:
    """Two names from ``OLD=NEW``."""
    name, _, value = text.partition("=")
    if not (name and value):
        form = "OLD=NEW" if option == "--rename" else "NAME=VALUE"
        raise PlanError(f"{option} {text} is not of the form {form}.")
    return name, value
