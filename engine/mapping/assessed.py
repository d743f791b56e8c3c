"""The accuracy of a study's map, from the probability sample that the study keeps and its labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from engine.field_form import ACCURACY
from engine.mapping.accuracy.assessment import assess
from engine.mapping.accuracy.drawing import DrawnSample
from engine.mapping.accuracy.nouns import Accuracy, Weight
from engine.mapping.accuracy.sample_file import FOLDER, latest_path, read_sample
from engine.mapping.accuracy.tables import map_table, of_drawn, references_of
from engine.mapping.crop_map import CropMap
from engine.mapping.truth import BesideTruth, areas_beside_truth, beside_truth
from engine.studies.hidden import truth_of
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
    truth
        The truth beside the estimates, where a simulated visit knows it.
    """

    sample: DrawnSample
    answers: int
    accuracy: Accuracy | None
    truth: tuple[BesideTruth, ...] = ()

    @property
    def frame(self) -> int:
        """Parcels that the sample speaks for."""
        return sum(stratum.parcels for stratum in self.sample.strata)


def assessed(
    study_folder: Path, crop_map: CropMap, weight: Weight = "area", assisted: bool = True
) -> Assessed | None:
    """Assess a map by the accuracy sample of its season that was drawn last; None where none was drawn.

    Parameters
    ----------
    study_folder
        Folder of the study: it keeps samples and labels.
    crop_map
        The map.
    weight
        Whether a hectare or a parcel counts.
    assisted
        Whether the map's calibrated probabilities help.

    Raises
    ------
    AccuracyError
        Where the sample cannot be read, or the map does not cover it.
    """
    if not any((study_folder / FOLDER).glob(f"{crop_map.season}-*.json")):
        return None
    sample = read_sample(latest_path(study_folder, crop_map.season))
    references = references_of(labels_of(study_folder, crop_map.season, ACCURACY))
    drawn = references[references["parcel_id"].isin(list(sample.parcels))]
    answers = int(drawn["reference"].notna().sum())
    if answers < LEAST_ANSWERS:
        return Assessed(sample, answers, None)
    frame, rows = of_drawn(sample, map_table(crop_map), drawn)
    found = Assessed(sample, answers, assess(frame, rows, weight, assisted))
    truth = truth_of(study_folder, crop_map.season)
    if not truth or found.accuracy is None:
        return found
    accuracies = beside_truth(crop_map, truth, found)
    return replace(found, truth=(*accuracies, *areas_beside_truth(crop_map, truth, found.accuracy)))


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
