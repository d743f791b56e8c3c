"""What files of labels say, and what became of them, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from engine.decisions.wording import counted
from engine.studies.labels.importing import Understood
from engine.studies.labels.new_classes import UnknownClass
from engine.studies.labels.nouns import Conflict, Import, Label, Status

M_IN_KM = 1000


def counts_sentence(understood: Understood) -> str:
    """How many rows of which files there are, by status.

    Parameters
    ----------
    understood
        What the files say.
    """
    new = understood.new
    if not new.files:
        return f"Season {new.season}: decisions, without a file."
    rows = sum(file.rows for file in new.files)
    counts = ", ".join(f"{number:,} {name}" for name, number in understood.counts.items() if number)
    return f"Season {new.season}, {counted(rows, 'row')} of {files_text(new)}: {counts or 'nothing new'}."


def crops_sentence(labels: Iterable[Label]) -> str:
    """How many parcels each crop has; empty without labels.

    Parameters
    ----------
    labels
        Of an import.
    """
    counts = crop_counts(labels)
    said = ", ".join(f"{name} {number:,}" for name, number in counts.items())
    return f"Crops: {said}." if counts else ""


def crop_counts(labels: Iterable[Label]) -> dict[str, int]:
    """How many parcels each crop has, the most frequent first.

    Parameters
    ----------
    labels
        Of an import.
    """
    pairs = {(str(label.crop), label.parcel_id) for label in labels if label.status == Status.LABELLED}
    return dict(Counter(crop for crop, _ in sorted(pairs)).most_common())


def place_sentence(labels: Iterable[Label]) -> str:
    """How many rows were matched by place, and how far they lay at most; empty where none was.

    Parameters
    ----------
    labels
        Of an import.
    """
    km = [label.km for label in labels if label.matched == "place"]
    if not km:
        return ""
    return f"Matched by place: {counted(len(km), 'row')}, at most {M_IN_KM * max(km):.0f} m from the parcel."


def class_sentence(new: UnknownClass) -> str:
    """A crop that the legend lacks.

    Parameters
    ----------
    new
        The crop.
    """
    return f"New class: {new.name} ({counted(new.rows, 'row')})" + (
        f", spelt like {new.like}." if new.like else "."
    )


def conflict_sentence(conflict: Conflict) -> str:
    """What labels say of a parcel, and which of it counts.

    Parameters
    ----------
    conflict
        The parcel, its labels, and what decided.
    """
    said = "; ".join(_said(label) for label in conflict.labels)
    end = f"{conflict.decided} counts, {conflict.how}" if conflict.decided else "no label counts yet"
    return f"Parcel {conflict.parcel_id}: {said}. So {end}."


def import_sentence(each: Import) -> str:
    """An import with its files, and when it was undone.

    Parameters
    ----------
    each
        The import.
    """
    decided = [f"rule {each.rule}"] if each.rule else []
    decided += [f"{len(each.decisions)} decided by hand"] if each.decisions else []
    filled = sum(file.filled for file in each.files)
    parts = [
        f"season {each.season}",
        _minute(each.time),
        files_text(each),
        f"{counted(filled, 'row')} filled in",
    ]
    end = f"; undone {_minute(each.undone)}" if each.undone else ""
    return ", ".join([*parts, *decided]) + end


def files_text(each: Import) -> str:
    """Names of an import's files.

    Parameters
    ----------
    each
        The import.
    """
    return ", ".join(file.name for file in each.files) or "no file"


def _said(label: Label) -> str:
    who = ", ".join(filter(None, [label.observer, label.time, label.file]))
    return f"{label.crop or label.status} ({who})"


def _minute(time: str) -> str:
    return time[:16].replace("T", " ")
