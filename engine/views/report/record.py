"""The decision as JSON that makes it again, and its reading."""

from __future__ import annotations

import dataclasses
import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import engine
from engine.decisions.rows import estimate_row, option_row
from engine.decisions.wording import question_title
from engine.domain import Departure, GroundplanError, Study
from engine.experiments.plan import Plan, to_json
from engine.fieldwork.costs import Range, Tariff, tariff_of
from engine.views.report.asked import plan_of
from engine.views.report.content import Report

NAME = "decision.json"
FORMAT = 1
MOST_BYTES = 50_000_000


class RecordError(GroundplanError):
    """A decision on file that cannot be read, or is of something else."""


@dataclass(frozen=True)
class Record:
    """What an earlier report was asked, and what it rests on.

    Parameters
    ----------
    plans
        Whose answers it compares.
    visits
        Parcels of its trip; none where nobody goes.
    crews, sleep_out
        Of its itinerary.
    """

    fingerprint: str
    target: str
    departure: Departure
    tariff: Tariff
    value_of_point: float | None
    budget: float | None
    plans: tuple[Plan, ...]
    visits: tuple[str, ...]
    crews: int
    sleep_out: bool


def commands(report: Report) -> tuple[str, ...]:
    """The lines that make the report again: answer its plans, then report."""
    folder = shlex.quote(report.folder)
    return (
        f"python -m engine run {folder} --target {shlex.quote(report.target)} --plans {NAME}",
        f"python -m engine report {folder} --from {NAME} --out report",
    )


def written(report: Report) -> bytes:
    """The record as JSON."""
    study, decision = report.study, report.decision
    best, advice, home = report.advice.recommended, report.advice, report.departure
    planned = report.itinerary
    facts = {
        "format": FORMAT,
        "engine": engine.__version__,
        "made_on": report.made_on.isoformat(),
        "study": {"name": study.name, "fingerprint": study.fingerprint, "provenance": study.provenance},
        "question": question_title(decision.question),
        "target": report.target,
        "departure": {"lon": home.lon, "lat": home.lat, "name": home.name},
        "tariff": _rates(decision.tariff),
        "value_of_point": report.value_of_point,
        "budget": report.budget,
        "recommended": option_row(best),
        "gain_over_baseline": estimate_row(advice.gain),
        "probability_worth_cost": advice.probability_worth_cost,
        "headline": report.headline,
        "reasons": list(report.reasons),
        "trip": {
            "recommended": not report.own,
            "visits": sorted(map(str, report.trip.wanted["parcel_id"])) if report.trip else [],
            "crews": max((day.crew for day in planned.days), default=1) if planned else 1,
            "sleep_out": any(day.away for day in planned.days) if planned else False,
        },
        "command": list(commands(report)),
        "plan": {"key": best.outcome.plan.key, "plan": to_json(best.outcome.plan)},
        "plans": [{"key": one.plan.key, "plan": to_json(one.plan)} for one in decision.outcomes],
    }
    return (json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _rates(tariff: Tariff) -> dict[str, Any]:
    """Every rate, in the form that a TOML file gives it."""

    def rate(value: Any) -> Any:
        return [value.low, value.likely, value.high] if isinstance(value, Range) else value

    return {one.name: rate(getattr(tariff, one.name)) for one in dataclasses.fields(tariff)}


def read(path: Path) -> Record:
    """Read a record; nothing in it is believed before it is checked.

    Raises
    ------
    RecordError
        Where the file is none, or a plan is not the one that its key names.
    """
    cure = f"Give the {NAME} of a report."
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RecordError(f"{path} is larger than any report's. {cure}")
        facts = json.loads(path.read_text(encoding="utf-8"))
        if facts["engine"] != engine.__version__:
            raise RecordError(
                f"{path} was made by version {facts['engine']} of the engine, this is {engine.__version__}. "
                "Make the report anew without --from, or install that version."
            )
        place, trip = facts["departure"], facts["trip"]
        return Record(
            _text(facts["study"]["fingerprint"]),
            _text(facts["target"]),
            Departure(_number(place["lon"]), _number(place["lat"]), _text(place["name"])),
            tariff_of(dict(facts["tariff"])),
            None if facts["value_of_point"] is None else _number(facts["value_of_point"]),
            None if facts["budget"] is None else _number(facts["budget"]),
            tuple(plan_of(one["plan"], one["key"]) for one in facts["plans"]),
            tuple(_text(one) for one in trip["visits"]),
            int(_number(trip["crews"])),
            bool(trip["sleep_out"]),
        )
    except OSError as error:
        raise RecordError(f"{path} cannot be read ({error.strerror}). {cure}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RecordError(f"{path} is no decision of a report ({error!r:.120}). {cure}") from error


def plans_in(path: Path, study: Study, target: str) -> tuple[Plan, ...]:
    """The plans that a record lists, for that study and season.

    Raises
    ------
    RecordError
        Where they ask another study or season.
    """
    found = read(path)
    check(found, study, path)
    if found.target != target:
        raise RecordError(f"{path} asks season {found.target}, not {target}. Give --target {found.target}.")
    return tuple(dict.fromkeys(found.plans))


def check(found: Record, study: Study, path: Path) -> None:
    """That a record is of this study.

    Raises
    ------
    RecordError
        Where it is not.
    """
    others = {one.study for one in found.plans} | {found.fingerprint}
    if others != {study.fingerprint}:
        raise RecordError(
            f"{path} was made from a study with the fingerprint {found.fingerprint:.16}, but {study.name} "
            f"has {study.fingerprint:.16}. Give the study that it was made from, or leave the file out and "
            "name season and departure."
        )
    if any(one.target != found.target or one.departure != found.departure for one in found.plans):
        raise RecordError(f"The plans of {path} ask another season or departure than it says. Make it anew.")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r:.40} is no number")
    return float(value)
