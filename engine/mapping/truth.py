"""A map beside the truth, where a visit was simulated and the truth is known."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Estimate
from engine.learning import metrics
from engine.mapping.accuracy.nouns import Accuracy
from engine.mapping.crop_map import CropMap

if TYPE_CHECKING:
    from engine.mapping.assessed import Assessed

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
OVERALL, MACRO, GAIN = "overall accuracy", "macro F1", "gain over the map without a trip"


@dataclass(frozen=True)
class BesideTruth:
    """A figure beside the truth.

    Parameters
    ----------
    name
        Of the figure.
    truth
        What it is, 0 to 1, or in ha.
    estimate
        Design-based, with its interval, or a forecast; None where there is none.
    cross_validated
        By cross-validation, without an interval; None where there is none.
    """

    name: str
    truth: float
    estimate: Estimate | None = None
    cross_validated: float | None = None

    @property
    def inside(self) -> bool | None:
        """Whether the interval holds the truth; None without one."""
        return None if self.estimate is None else self.estimate.low <= self.truth <= self.estimate.high


def beside_truth(
    crop_map: CropMap,
    truth: Mapping[str, str],
    found: Assessed | None = None,
    without: CropMap | None = None,
    gain: Estimate | None = None,
) -> tuple[BesideTruth, ...]:
    """Accuracies and gain of a map beside the truth.

    They speak of the parcels that trained no model. With a probability sample a hectare or a parcel counts,
    as in its estimates; else every parcel does, as in cross-validation.

    Parameters
    ----------
    crop_map
        The map.
    truth
        Crop by parcel id.
    found
        What a probability sample says; None without one.
    without
        The map that knows no label of the season; None where none was made.
    gain
        The forecast of the gain, 0 to 1; None where there is none.
    """
    accuracy, validation = (found.accuracy if found else None), crop_map.validation
    table = crop_map.parcels
    trained = set(table.loc[table["labelled"], "parcel_id"])
    left_out = found.sample.left_out if found and accuracy else trained
    counts = _confusion(crop_map, truth, left_out, by_area=accuracy is not None and accuracy.weight == "area")
    classes = None
    if accuracy:  # macro F1 speaks of the classes that the sample found
        known = [each.name for each in accuracy.by_class if each.f1 and each.name in crop_map.legend]
        classes = np.array([crop_map.legend.index(name) for name in known], dtype=np.int64)
    rows = [
        BesideTruth(
            OVERALL,
            float(metrics.overall_accuracy(metrics.margins(counts))),
            accuracy.overall.estimate if accuracy else None,
            validation.overall_accuracy if validation else None,
        ),
        BesideTruth(
            MACRO,
            _macro_f1(counts, classes),
            accuracy.macro_f1.estimate if accuracy else None,
            validation.macro_f1 if validation else None,
        ),
    ]
    if without is not None:
        with_trip, baseline = (
            _macro_f1(_confusion(each, truth, trained, by_area=False)) for each in (crop_map, without)
        )
        rows.append(BesideTruth(GAIN, with_trip - baseline, gain))
    return tuple(rows)


def areas_beside_truth(
    crop_map: CropMap, truth: Mapping[str, str], accuracy: Accuracy
) -> tuple[BesideTruth, ...]:
    """The area of each class beside the truth, ha, over all mapped parcels.

    Parameters
    ----------
    crop_map, truth
        As for `beside_truth`.
    accuracy
        What a probability sample says.
    """
    areas = true_areas_ha(crop_map, truth)
    return tuple(
        BesideTruth(f"area of {each.name}, ha", areas.get(each.name, 0.0), each.area.estimate)
        for each in accuracy.by_class
    )


def true_areas_ha(crop_map: CropMap, truth: Mapping[str, str]) -> dict[str, float]:
    """True hectares of each class over all mapped parcels.

    Parameters
    ----------
    crop_map, truth
        As for `beside_truth`.
    """
    table = crop_map.parcels
    crop = table["parcel_id"].map(dict(truth))
    found = table["area_ha"].groupby(crop).sum()
    return {name: float(found.get(name, 0.0)) for name in crop_map.legend}


def _confusion(
    crop_map: CropMap, truth: Mapping[str, str], left_out: Collection[str], by_area: bool
) -> Floats:
    """Hectares or parcels by true and mapped class, ``[class, class]``, of all parcels but some."""
    table, legend = crop_map.parcels, pd.Index(crop_map.legend)
    true = legend.get_indexer(table["parcel_id"].map(dict(truth)))
    inside = ~table["parcel_id"].isin(set(left_out)).to_numpy() & (true >= 0)
    weight = table["area_ha"].to_numpy(np.float64) if by_area else np.ones(len(table))
    counts = np.zeros((len(legend), len(legend)))
    np.add.at(counts, (true[inside], legend.get_indexer(table["crop"])[inside]), weight[inside])
    return counts


def _macro_f1(counts: Floats, classes: Codes | None = None) -> float:
    """Over those of some classes that occur."""
    f1 = metrics.f1_by_class(metrics.margins(counts))
    return float(np.nanmean(f1 if classes is None else f1[classes]))
