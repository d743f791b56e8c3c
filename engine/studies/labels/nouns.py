"""A label, an import of labels, and a conflict between labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from engine.domain import StudyError
from engine.field_form import Purpose

Matched = Literal["id", "place"]
Rule = Literal["latest", "confidence", "majority"]
RULES: tuple[Rule, ...] = ("latest", "confidence", "majority")


class LabelError(StudyError):
    """Label files that cannot be taken; nothing was changed."""


class Status(StrEnum):
    """What a row says of its parcel."""

    LABELLED = "labelled"
    REFUSED = "refused"
    NO_CROP = "no crop"
    NOT_FOUND = "not found"
    UNVISITED = "unvisited"
    NEW_CLASS = "new class"
    CONFLICT = "conflict"


ANSWERS = (Status.LABELLED, Status.NO_CROP, Status.NEW_CLASS)  # that say what grows there


@dataclass(frozen=True)
class Label:
    """What an observer says of a parcel.

    Parameters
    ----------
    crop
        A class of the legend where the status is ``labelled``; the name as written where it is ``new class``.
    time
        ISO, UTC; empty where nobody says it.
    confidence
        0 to 1; None where nobody says it.
    matched, km
        Whether the parcel was found by its id or by its place, and how far the row lay from it.
    file
        Name of the file that it came in.
    stage, photo
        Growth stage and path of a photo, as written.
    """

    parcel_id: str
    status: Status
    crop: str | None = None
    observer: str = ""
    time: str = ""
    confidence: float | None = None
    purpose: Purpose = "training"
    note: str = ""
    matched: Matched = "id"
    km: float = 0.0
    file: str = ""
    stage: str = ""
    photo: str = ""


@dataclass(frozen=True)
class TakenFile:
    """A file that was read.

    Parameters
    ----------
    name, sha256
        Its name, and the hash of its content.
    rows, filled
        Its rows, and how many of them were filled in.
    trip, design
        The trip that our own field files name, and the design that drew it; empty where the file names none.
    """

    name: str
    sha256: str
    rows: int
    filled: int
    trip: str = ""
    design: str = ""


@dataclass(frozen=True)
class Import:
    """Labels that were taken at one time.

    Parameters
    ----------
    number
        From 1, over all seasons of the study.
    time
        When they were taken, ISO, UTC.
    labels
        What the filled-in rows say, in the order of the files; a parcel may have several.
    unvisited
        Rows with nothing filled in.
    unmatched
        Filled-in rows that fit no parcel, in words.
    rule
        Decides conflicts of the season from then on; None leaves the rule as it was.
    decisions
        Crop, or ``no crop``, by parcel, said by hand.
    undone
        When it was undone, ISO, UTC; empty while it counts.
    """

    number: int
    season: str
    time: str
    files: tuple[TakenFile, ...] = ()
    labels: tuple[Label, ...] = ()
    unvisited: int = 0
    unmatched: tuple[str, ...] = ()
    rule: Rule | None = None
    decisions: Mapping[str, str] = field(default_factory=dict)
    undone: str = ""


@dataclass(frozen=True)
class Conflict:
    """A parcel of which labels say different things.

    Parameters
    ----------
    labels
        What each says.
    decided
        The crop, or ``no crop``, that counts; empty where nothing decides.
    how
        What decided, in words.
    """

    parcel_id: str
    labels: tuple[Label, ...]
    decided: str = ""
    how: str = ""
