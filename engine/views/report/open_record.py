"""The outlook of an open season as JSON that makes its report again, and its reading."""

from __future__ import annotations

import dataclasses
import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import engine
from engine.decisions.advice_rows import choice_row
from engine.decisions.outlook_wording import outlook_rule
from engine.decisions.trip_rows import routed_row
from engine.domain import Departure, Study
from engine.experiments.codec import from_json, to_json
from engine.experiments.fingerprints import uses
from engine.experiments.plan import Plan, plan_from_json, plan_to_json
from engine.experiments.scores import Metric
from engine.fieldwork.costs import Tariff, tariff_of
from engine.views.report.open_season import OpenReport
from engine.views.report.record import NAME, RecordError, rates, reading

FORMAT = "open season, 2"  # of the file


@dataclass(frozen=True)
class OpenRequest:
    """What the report of an open season was asked, as its record states it.

    Parameters
    ----------
    value_of_point, budget
        Money in the currency of the tariff; None where not stated.
    metric
        The score whose gain is forecast.
    """

    target: str
    departure: Departure
    value_of_point: float | None
    budget: float | None
    metric: Metric


@dataclass(frozen=True)
class OpenRecord(OpenRequest):
    """What an earlier report of an open season was asked, and what it rests on.

    Parameters
    ----------
    plans
        Backtests of earlier seasons, on whose answers the forecasts rest.
    chosen
        Name of the trip that was chosen by hand; None for the recommended one.
    """

    tariff: Tariff
    plans: tuple[Plan, ...]
    chosen: str | None = None


def command(report: OpenReport) -> str:
    """The line that makes the report again.

    Parameters
    ----------
    report
        Of an open season.
    """
    return f"python -m engine report {shlex.quote(report.folder)} --from {NAME} --out report"


def written(report: OpenReport) -> bytes:
    """The record as JSON.

    Parameters
    ----------
    report
        Of an open season.
    """
    study, outlook, trip, best = report.study, report.outlook, report.trip, report.outlook.recommended
    asked = OpenRequest(
        report.target, report.departure, outlook.value_of_point, outlook.budget, outlook.metric
    )
    facts = {
        "format": FORMAT,
        "engine": engine.__version__,
        "made_on": report.made_on.isoformat(),
        "study": {"name": study.name, "fingerprint": study.fingerprint, "provenance": study.provenance},
        **{name: value for name, value in to_json(asked).items() if name != "is"},
        "tariff": rates(outlook.tariff),
        "currency": outlook.tariff.currency,
        "rule": outlook_rule(outlook),
        "recommended": best and choice_row(best),
        "headline": report.headline,
        "reasons": list(report.reasons),
        "gains": [dataclasses.asdict(gain) for gain in outlook.past.gains],
        "routed_trip": (
            routed_row(study, report.routed, report.gain) if report.routed and report.gain else None
        ),
        "chosen": report.chosen and choice_row(report.chosen),
        "visits": sorted(map(str, trip.wanted["parcel_id"])) if trip else [],
        "command": command(report),
        "plans": [{"key": plan.key, "plan": plan_to_json(plan)} for plan in outlook.plans],
    }
    return (json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def is_open(path: Path) -> bool:
    """Whether a record is of an open season.

    Parameters
    ----------
    path
        Of a record of any report.

    Raises
    ------
    RecordError
        Where the file is none.
    """
    with reading(path) as facts:
        return str(facts["format"]).startswith("open season")


def read(path: Path, study: Study) -> OpenRecord:
    """Read a record of this study; nothing in it is believed before it is checked.

    Parameters
    ----------
    path
        Of a file that `written` filled.
    study
        The study that it must ask.

    Raises
    ------
    RecordError
        Where the file is none, is of another version or study, or holds a value of the wrong type.
    PlanError
        Where a plan is not the one that its key names.
    """
    with reading(path, FORMAT) as facts:
        record = _record(facts)
    if not record.plans or not all(uses(study, plan) for plan in record.plans):
        raise RecordError(
            f"{path} rests on backtests of another study, or on labels that have changed since. Give the "
            f"study that it was made from, or leave --from out and name --target {record.target}."
        )
    return record


def _record(facts: dict[str, Any]) -> OpenRecord:
    stated = {field.name: facts[field.name] for field in dataclasses.fields(OpenRequest)}
    request = from_json(OpenRequest, stated)
    plans = tuple(plan_from_json(listed["plan"], listed["key"]) for listed in facts["plans"])
    chosen = facts.get("chosen")  # absent from records of earlier versions
    name = str(chosen["name"]) if chosen else None
    return OpenRecord(**vars(request), tariff=tariff_of(dict(facts["tariff"])), plans=plans, chosen=name)
