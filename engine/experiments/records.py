"""One outcome, one file: JSON that names its format, the version of the engine and the plan's key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import engine
from engine.domain import GroundplanError
from engine.experiments import format_1, format_3
from engine.experiments.codec import CodecError, from_json, to_json
from engine.experiments.compaction import compacted, expanded, with_sums
from engine.experiments.outcome import Outcome
from engine.experiments.plan import plan_to_json
from engine.experiments.scores import at_todays_level
from engine.files import write_json
from engine.geodesy import DIVISION
from engine.parsing import json_of

FORMAT = 4
LONG_COUNTS = 3  # format whose counts took more room
READABLE = (2, LONG_COUNTS, FORMAT)  # format 2 kept scores without the counts that they follow from
HEAD = ("format", "engine", "key")  # what a record holds beside the outcome


class ArchiveError(GroundplanError):
    """The archive cannot be read or written."""


class OutdatedError(ArchiveError):
    """An outcome of another version of the engine: no fault, and no answer either."""


def outcome_path(folder: Path, key: str) -> Path:
    """Where the outcome of the plan with that key lies in an archive's folder.

    Parameters
    ----------
    folder
        Of the archive.
    key
        Of the plan, see `Plan.key`.
    """
    return folder / "outcomes" / f"{key}.json"


def write_outcome(folder: Path, outcome: Outcome) -> Path:
    """Store an outcome in an archive's folder; returns its file.

    Parameters
    ----------
    folder
        Of the archive.
    outcome
        What is stored, under its plan's key.
    """
    path = outcome_path(folder, outcome.plan.key)
    write_json(path, record_of(outcome))
    return path


def record_of(outcome: Outcome) -> dict[str, Any]:
    """What the file of an outcome holds.

    Parameters
    ----------
    outcome
        The answer of a plan.
    """
    head = {"format": FORMAT, "engine": engine.__version__, "key": outcome.plan.key}
    return {**head, **compacted(to_json(outcome)), "plan": plan_to_json(outcome.plan)}


def read_outcome(path: Path) -> Outcome:
    """Read an outcome, also of formats 2 and 3, and check that it answers the plan that its name claims.

    Parameters
    ----------
    path
        Of the file; its name without suffix is the plan's key.

    Raises
    ------
    OutdatedError
        Where another version of the engine made it, or an earlier revision of the method or of the protocol.
    ArchiveError
        Where it is damaged.
    """
    try:
        record = json_of(path.read_bytes())
        _check_version(path, record)
        facts = expanded({name: value for name, value in record.items() if name not in HEAD})
        if record.get("format") == LONG_COUNTS and facts["counts"]:
            facts["counts"] = format_3.translated_counts(facts["counts"])
        outcome = from_json(Outcome, facts, explain=False)
        _check_revision(path, record, outcome)
        _check_counts(outcome)
        if not record["key"] == path.stem == outcome.plan.key:
            raise ArchiveError(f"{path} does not hold the outcome that its name claims. Delete it.")
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, CodecError) as error:
        raise ArchiveError(
            f"{path} is damaged ({error!r:.200}). Delete it and run the plan again."
        ) from error
    return at_todays_level(with_sums(outcome))


def _check_revision(path: Path, record: dict[str, Any], outcome: Outcome) -> None:
    """What trains or tests otherwise than it did has a new revision; its old outcomes answer nothing."""
    if record["plan"]["test"].get("revision") != DIVISION:
        raise OutdatedError(
            f"{path} was tested on ground that was divided otherwise. Run the plan again; the old file may "
            "be deleted."
        )
    if record["plan"]["method"] != to_json(outcome.plan)["method"]:
        raise OutdatedError(
            f"{path} was made by an earlier revision of {outcome.plan.method.name}. Run the plan again; "
            "the old file may be deleted."
        )


def _check_counts(outcome: Outcome) -> None:
    counts = outcome.counts
    if counts and (counts.repeats, counts.classes) != (outcome.finished, len(outcome.classes)):
        raise ValueError(
            f"counts of {counts.repeats} repeats and {counts.classes} classes in an outcome of "
            f"{outcome.finished} and {len(outcome.classes)}"
        )


def _check_version(path: Path, record: dict[str, Any]) -> None:
    if record["engine"] != engine.__version__:
        raise OutdatedError(
            f"{path} was made by version {record['engine']} of the engine, this is {engine.__version__}. "
            "Run the plan again; the old file may be deleted."
        )
    written = 1 if format_1.is_format_1(record) else record.get("format", FORMAT)
    if written not in READABLE:
        raise OutdatedError(
            f"{path} is of format {written}, this version of the engine reads format {FORMAT}. Run "
            "the plan again, or use the version that made it."
        )
