"""The decision as JSON that makes it again, and its reading."""

from __future__ import annotations

import dataclasses
import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import engine
from engine.decisions.claim_wording import rule
from engine.decisions.rows import estimate_row, option_row
from engine.decisions.trip_rows import routed_row
from engine.decisions.wording import question_title
from engine.domain import Departure, GroundplanError, Study
from engine.experiments.codec import CodecError, from_json, to_json
from engine.experiments.fingerprints import current_plan, uses
from engine.experiments.plan import Plan, plan_from_json, plan_to_json
from engine.experiments.scores import MACRO_F1, Metric
from engine.fieldwork.costs import Range, Tariff, tariff_of
from engine.parsing import json_of
from engine.views.report.content import Report

NAME = "decision.json"
FORMAT = 2  # of the file
STATED = ("target", "departure", "value_of_point", "budget")
TRIP = ("visits", "crews", "sleep_out")
MOST_BYTES = 50_000_000


class RecordError(GroundplanError):
    """A decision on file that cannot be read, or is of something else."""


@dataclass(frozen=True)
class Request:
    """What a report was asked, as its record states it.

    Parameters
    ----------
    value_of_point, budget
        Money in the currency of the tariff; None where not stated.
    visits
        Parcels of its trip; none where nobody goes.
    crews, sleep_out
        Of its itinerary.
    metric
        The score that decides.
    """

    fingerprint: str
    target: str
    departure: Departure
    value_of_point: float | None
    budget: float | None
    visits: tuple[str, ...]
    crews: int
    sleep_out: bool
    metric: Metric


@dataclass(frozen=True)
class Record(Request):
    """What an earlier report was asked, and what it rests on.

    Parameters
    ----------
    plans
        Whose answers it compares.
    """

    tariff: Tariff
    plans: tuple[Plan, ...]


def commands(report: Report) -> tuple[str, ...]:
    """The lines that make the report again: answer its plans, then report.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    """
    folder = shlex.quote(report.folder)
    return (
        f"python -m engine run {folder} --target {shlex.quote(report.target)} --plans {NAME}",
        f"python -m engine report {folder} --from {NAME} --out report",
    )


def written(report: Report) -> bytes:
    """The record as JSON.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    """
    study, decision, advice = report.study, report.decision, report.advice
    best, itinerary = advice.recommended, report.itinerary
    request = Request(
        study.fingerprint,
        report.target,
        report.departure,
        report.value_of_point,
        report.budget,
        tuple(sorted(map(str, report.trip.wanted["parcel_id"]))) if report.trip else (),
        max((day.crew for day in itinerary.days), default=1) if itinerary else 1,
        any(day.away for day in itinerary.days) if itinerary else False,
        decision.metric,
    )
    asked = to_json(request)
    facts = {
        "format": FORMAT,
        "engine": engine.__version__,
        "made_on": report.made_on.isoformat(),
        "study": {"name": study.name, "fingerprint": study.fingerprint, "provenance": study.provenance},
        "question": question_title(decision.question),
        **{name: asked[name] for name in ("target", "departure")},
        "tariff": rates(decision.tariff),
        **{name: asked[name] for name in ("value_of_point", "budget", "metric")},
        "rule": rule(advice, report.currency),
        "recommended": option_row(best),
        "gain_over_baseline": estimate_row(advice.gain),
        "probability_worth_cost": advice.probability_worth_cost,
        "headline": report.headline,
        "reasons": list(report.reasons),
        "routed_trip": (
            routed_row(report.study, report.routed, report.gain) if report.routed and report.gain else None
        ),
        "trip": {"recommended": not report.by_hand, **{name: asked[name] for name in TRIP}},
        "command": list(commands(report)),
        "plan": {"key": best.plan.key, "plan": plan_to_json(best.plan)},
        "plans": [
            {"key": outcome.plan.key, "plan": plan_to_json(outcome.plan)} for outcome in decision.outcomes
        ],
    }
    return (json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def rates(tariff: Tariff) -> dict[str, Any]:
    """Every rate, in the form that a TOML file gives it.

    Parameters
    ----------
    tariff
        The tariff.
    """

    def rate(value: Any) -> Any:
        return [value.low, value.likely, value.high] if isinstance(value, Range) else value

    return {field.name: rate(getattr(tariff, field.name)) for field in dataclasses.fields(tariff)}


def read(path: Path) -> Record:
    """Read a record; nothing in it is believed before it is checked.

    Parameters
    ----------
    path
        Of a file that `written` filled.

    Raises
    ------
    RecordError
        Where the file is none, is of another version, or holds a value of the wrong type.
    PlanError
        Where a plan is not the one that its key names.
    """
    with reading(path, FORMAT) as facts:
        stated = {name: facts[name] for name in STATED} | {name: facts["trip"][name] for name in TRIP}
        stated["metric"] = facts.get("metric", to_json(MACRO_F1))  # which older records do not state
        request = from_json(Request, {"fingerprint": facts["study"]["fingerprint"], **stated})
        plans = tuple(plan_from_json(listed["plan"], listed["key"]) for listed in facts["plans"])
        return Record(**vars(request), tariff=tariff_of(dict(facts["tariff"])), plans=plans)


@contextmanager
def reading(path: Path, form: int | str | None = None) -> Iterator[dict[str, Any]]:
    """The facts of a record; what goes wrong while they are read is said in words.

    Parameters
    ----------
    path
        Of the file.
    form
        The format that it must have; None where any will do.

    Raises
    ------
    RecordError
        Where the file is none, is of another version, or holds a value of the wrong type.
    """
    cure = f"Give the {NAME} of a report."
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RecordError(f"{path} is larger than any report's. {cure}")
        facts = json_of(path.read_text(encoding="utf-8"))
        version = (facts["engine"], facts["format"])
        if form is not None and version != (engine.__version__, form):
            raise RecordError(
                f"{path} was made by version {version[0]} of the engine in format {version[1]}, this is "
                f"{engine.__version__} with format {form}. Make the report anew without --from, or install "
                "that version."
            )
        yield facts
    except OSError as error:
        raise RecordError(f"{path} cannot be read ({error.strerror}). {cure}") from error
    except (CodecError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RecordError(f"{path} is no decision of a report ({error!r:.120}). {cure}") from error


def plans_in(path: Path, study: Study, target: str) -> tuple[Plan, ...]:
    """The plans that a record lists, for that study and season.

    Parameters
    ----------
    path
        Of a record.
    study
        The study that the plans must ask.
    target
        Label of the season that they must ask.

    Returns
    -------
    Each plan once, in their order.

    Raises
    ------
    RecordError
        Where they ask another study or season.
    """
    record = read(path)
    check(record, study, path)
    if record.target != target:
        raise RecordError(f"{path} asks season {record.target}, not {target}. Give --target {record.target}.")
    return tuple(dict.fromkeys(current_plan(study, plan) for plan in record.plans))


def check(record: Record, study: Study, path: Path) -> None:
    """That a record is of this study.

    Parameters
    ----------
    record
        What `read` gave.
    study
        The study that it must ask.
    path
        Where the record lies, for the message.

    Raises
    ------
    RecordError
        Where it is not.
    """
    whole = record.fingerprint == study.fingerprint
    if not all(uses(study, plan) for plan in record.plans) or not (record.plans or whole):
        raise RecordError(
            f"{path} was made from a study with the fingerprint {record.fingerprint:.16}, but {study.name} "
            f"has {study.fingerprint:.16}. Give the study that it was made from, or leave the file out and "
            "name season and departure."
        )
    if any((plan.target, plan.departure) != (record.target, record.departure) for plan in record.plans):
        raise RecordError(f"The plans of {path} ask another season or departure than it says. Make it anew.")
