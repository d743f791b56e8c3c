"""The accuracy of a study's map, from the probability sample that the study keeps and its labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from engine.field_form import ACCURACY
from engine.mapping.accuracy.assessment import assess
from engine.mapping.accuracy.drawing import DrawnSample
from engine.mapping.accuracy.nouns import Accuracy, Frame, Weight
from engine.mapping.accuracy.sample_file import FOLDER, latest_path, read_sample
from engine.mapping.accuracy.tables import map_table, of_drawn, references_of, with_probabilities
from engine.mapping.crop_map import CropMap
from engine.mapping.truth import Beside, beside_truth
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
    truth: tuple[Beside, ...] = ()

    @property
    def frame(self) -> int:
        """Parcels that the sample speaks for."""
        return sum(stratum.parcels for stratum in self.sample.strata)


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
    references = references_of(labels_of(study_folder, crop_map.season, ACCURACY))
    drawn = references[references["parcel_id"].isin(list(sample.parcels))]
    answers = int(drawn["reference"].notna().sum())
    if answers < LEAST_ANSWERS:
        return Assessed(sample, answers, None)
    table = map_table(crop_map)
    found = assess_map(*of_drawn(sample, table, drawn), weight)
    truth = truth_of(study_folder, crop_map.season)
    beside = beside_truth(found, table, truth, sample.left_out) if truth else ()
    return Assessed(sample, answers, found, beside)


def assess_map(
    frame: Frame, rows: pd.DataFrame, weight: Weight = "area", assisted: bool | None = None
) -> Accuracy:
    """Assess a map; its probabilities assist where it has them.

    Parameters
    ----------
    frame, rows
        As of `engine.mapping.accuracy.tables.of_drawn`.
    weight
        Whether a hectare or a parcel counts.
    assisted
        Whether the probabilities of the map assist; None: where there is a column for each of its classes.
    """
    if assisted is None:
        assisted = frame.parcels is not None and set(frame.parcels["mapped"]) <= set(frame.parcels.columns)
    if assisted:
        assert frame.parcels is not None
        classes = sorted({*frame.parcels["mapped"], *rows["reference"].dropna()})
        frame = replace(frame, parcels=with_probabilities(frame.parcels, classes))
    return assess(frame, rows, weight, assisted)
