"""Crops that labels name and the legend lacks: added, merged with a class, or left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine.domain import Legend
from engine.studies.labels.nouns import Label, LabelError, Status
from engine.studies.labels.reading import LabelRows
from engine.studies.labels.statuses import key_of, like, spelling

NewClass = Literal["ask", "add", "refuse"]


@dataclass(frozen=True)
class UnknownClass:
    """A crop that the legend lacks, how many rows name it, and the class that is spelt most like it."""

    name: str
    rows: int
    like: str | None


def with_classes(
    labels: Sequence[Label], legend: Legend, new_class: NewClass
) -> tuple[list[Label], tuple[UnknownClass, ...]]:
    """The labels, new classes in one spelling and added where that is asked for; and what is new.

    Parameters
    ----------
    labels
        Of all files.
    legend
        Of the study, with classes that labels added.
    new_class
        What is to become of crops that it lacks.
    """
    names = [label.crop for label in labels if label.status == Status.NEW_CLASS and label.crop]
    spelt, sizes = spelling(names), Counter(map(key_of, names))
    unknown = tuple(
        UnknownClass(name, sizes[key], like(name, legend.names)) for key, name in sorted(spelt.items())
    )
    status = Status.LABELLED if new_class == "add" else Status.NEW_CLASS
    settled = [
        replace(label, status=status, crop=spelt[key_of(str(label.crop))])
        if label.status == Status.NEW_CLASS
        else label
        for label in labels
    ]
    return settled, unknown


def question(unknown: Sequence[UnknownClass]) -> str:
    """What to do about crops that the legend lacks.

    Parameters
    ----------
    unknown
        The crops, at least one.
    """
    said = ", ".join(f"{each.name} ({each.rows})" for each in unknown)
    pairs = " ".join(f'"{each.name}={each.like or "CLASS"}"' for each in unknown)
    return (
        f"The legend lacks crops that the labels name: {said}. Nothing was changed. Add them with "
        f"--new-class add, merge them with --merge {pairs}, or leave them out with --new-class refuse."
    )


def check_merge(merge: Mapping[str, str], read: Sequence[LabelRows]) -> None:
    """Refuse to merge crops that no row names.

    Parameters
    ----------
    merge
        Class by the name that somebody wrote.
    read
        Rows of all files.

    Raises
    ------
    LabelError
        Where one is not there.
    """
    written = {key_of(str(crop)) for rows in read for crop in rows.rows["crop"].dropna()}
    written |= {key_of(str(note)) for rows in read for note in rows.rows["note"].dropna()}
    strange = [name for name in merge if key_of(name) not in written]
    if strange:
        raise LabelError(f"No row names the crop {', '.join(strange)}. Correct --merge.")
