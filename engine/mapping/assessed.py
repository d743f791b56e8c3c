"""The accuracy of a study's map, from the probability sample that the study keeps and its labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.mapping.accuracy.assessment import assess
from engine.mapping.accuracy.drawing import DrawnSample
from engine.mapping.accuracy.nouns import Accuracy, Weight
from engine.mapping.accuracy.sample_file import FOLDER, latest_path, read_sample
from engine.mapping.accuracy.tables import of_drawn
from engine.mapping.crop_map import CropMap
from engine.studies.labels.nouns import Label, Status
from engine.studies.labels.overlay import labels_of

LEAST_ANSWERS = 2  # from which an interval follows


@dataclass(frozen=True, eq=False)
class Assessed:
    """What the accuracy sample of a season says of a map.

    Parameters
    ----------
    sample
        As drawn.
    answers
        Its parcels of which it is known what grows there.
    accuracy
        Accuracies and areas; None where the answers are too few.
    """

    sample: DrawnSample
    answers: int
    accuracy: Accuracy | None


def assessed(study_folder: Path, crop_map: CropMap, weight: Weight = "area") -> Assessed | None:
    """Assess a map by the accuracy sample of its season that was drawn last; None where none was drawn.

    Parameters
    ----------
    study_folder
        Folder of the study: it keeps samples and labels.
    crop_map
        The map.
    weight
        Whether a hectare or a parcel counts.

    Raises
    ------
    AccuracyError
        Where the sample cannot be read, or the map does not cover it.
    """
    if not any((study_folder / FOLDER).glob(f"{crop_map.season}-*.json")):
        return None
    sample = read_sample(latest_path(study_folder, crop_map.season))
    references = references_of(labels_of(study_folder, crop_map.season))
    drawn = references[references["parcel_id"].isin(list(sample.parcels))]
    answers = int(drawn["reference"].notna().sum())
    if answers < LEAST_ANSWERS:
        return Assessed(sample, answers, None)
    frame, rows = of_drawn(sample, table_of(crop_map), drawn)
    return Assessed(sample, answers, assess(frame, rows, weight))


def references_of(labels: Sequence[Label]) -> pd.DataFrame:
    """Labels as the references of an accuracy assessment.

    A parcel without a crop is an answer: what the map shows there is wrong. One that crews could not reach,
    or disagree on, has none.

    Parameters
    ----------
    labels
        One a parcel.

    Returns
    -------
    ``parcel_id``, ``reference`` (missing where there is no answer) and ``status``.
    """
    rows = [(label.parcel_id, _reference(label), str(label.status)) for label in labels]
    return pd.DataFrame(rows, columns=["parcel_id", "reference", "status"], dtype=object)


def table_of(crop_map: CropMap) -> pd.DataFrame:
    """A map as the functions on accuracy take it.

    Parameters
    ----------
    crop_map
        The map.
    """
    table = pd.DataFrame(crop_map.parcels.drop(columns="geometry"))
    return table.assign(mapped=table["crop"], stratum=table["crop"])


def _reference(label: Label) -> str | None:
    if label.status in (Status.LABELLED, Status.NEW_CLASS):
        return label.crop
    return str(label.status) if label.status == Status.NO_CROP else None


def class_rows(accuracy: Accuracy) -> pd.DataFrame:
    """Accuracies by class, a row a class: ``class``, ``sampled``, and ``users``, ``producers`` and ``f1``.

    The ends of their intervals are in columns that end in ``_low`` and ``_high``.

    Parameters
    ----------
    accuracy
        As assessed.
    """
    rows = []
    for each in accuracy.by_class:
        row: dict[str, object] = {"class": each.name, "sampled": each.sampled}
        for name in ("users", "producers", "f1"):
            figure = getattr(each, name)
            ends = ("value", "low", "high")
            values = [getattr(figure.estimate, end) if figure else None for end in ends]
            row |= dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))
        rows.append(row)
    return pd.DataFrame(rows)
