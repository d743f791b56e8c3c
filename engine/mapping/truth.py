"""A map and its estimates beside the truth, where a simulated visit knows it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.domain import Estimate
from engine.mapping.accuracy.nouns import Accuracy


@dataclass(frozen=True)
class Beside:
    """An estimate and the truth.

    Parameters
    ----------
    name
        Of the figure.
    estimate
        With its interval.
    truth
        In the same unit.
    """

    name: str
    estimate: Estimate
    truth: float

    @property
    def inside(self) -> bool:
        """Whether the interval holds the truth."""
        return self.estimate.low <= self.truth <= self.estimate.high


def beside_truth(
    accuracy: Accuracy, crop_map: pd.DataFrame, truth: Mapping[str, str], outside: Collection[str]
) -> tuple[Beside, ...]:
    """Overall accuracy, macro F1 and the area of each class, estimated and true.

    Parameters
    ----------
    accuracy
        As a probability sample says.
    crop_map
        ``parcel_id``, ``mapped`` and ``area_ha`` of every parcel.
    truth
        Crop by parcel id.
    outside
        Parcels outside the frame of the sample: accuracies do not count them, areas do.
    """
    known = crop_map.assign(truth=crop_map["parcel_id"].map(truth))
    known = known[known["truth"].notna()]
    inside = known[~known["parcel_id"].isin(set(outside))]
    weight = inside["area_ha"] if accuracy.weight == "area" else pd.Series(1.0, index=inside.index)
    overall, macro = true_scores(inside["truth"], inside["mapped"], weight)
    rows = [
        Beside("overall accuracy", accuracy.overall.estimate, overall),
        Beside("macro F1", accuracy.macro_f1.estimate, macro),
    ]
    areas = known.groupby("truth")["area_ha"].sum()
    rows += [
        Beside(f"area of {each.name}, ha", each.area.estimate, float(areas.get(each.name, 0.0)))
        for each in accuracy.by_class
    ]
    return tuple(rows)


def true_scores(truth: pd.Series, mapped: pd.Series, weight: pd.Series) -> tuple[float, float]:
    """Overall accuracy and macro F1 over the classes that there are, 0 to 1.

    Parameters
    ----------
    truth, mapped
        Class of each parcel.
    weight
        How much each parcel counts.
    """
    right = truth == mapped
    total = float(weight.sum())
    scores = []
    for name in sorted(set(truth)):
        both = float(weight[right & (truth == name)].sum())
        either = float(weight[truth == name].sum() + weight[mapped == name].sum())
        scores.append(2 * both / either if either else 0.0)
    return float(weight[right].sum()) / total, float(np.mean(scores))
