"""The crop map of a season: class, probability and applicability of every parcel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.learning import metrics

if TYPE_CHECKING:
    import geopandas as gpd

Floats = npt.NDArray[np.floating]
Codes = npt.NDArray[np.int64]
NOT_RANDOM = "cross-validated accuracy from a non-random trip"


@dataclass(frozen=True, eq=False)
class Validation:
    """What models predict of visited parcels that they were not trained on, fold by fold.

    Fields that are one stand in one fold, and folds are blocks of ground. The parcels are those of a trip,
    which is no random sample: the scores say how well the map does near parcels like these, and they carry no
    design-based interval.

    Parameters
    ----------
    parcel_id
        Of each labelled parcel, ``[labelled]``.
    fold, truth
        Number of its fold, and code of its class as labelled, ``[labelled]``.
    decision, calibrated
        Probabilities that decide, and calibrated ones, of the model of the other folds,
        ``[labelled, class]``.
    """

    parcel_id: npt.NDArray[np.object_]
    fold: Codes
    truth: Codes
    decision: Floats
    calibrated: Floats

    @cached_property
    def confusion(self) -> Codes:
        """Parcels by fold, ``[fold, class, class]`` with truth in rows."""
        classes, folds = self.decision.shape[1], int(self.fold.max()) + 1
        predicted = self.decision.argmax(axis=1).astype(np.int64)
        return metrics.confusion_by_block(self.truth, predicted, self.fold, classes, folds)

    @property
    def macro_f1(self) -> float:
        """Macro F1 over the labelled parcels, 0 to 1."""
        return float(metrics.macro_f1(metrics.margins(self.confusion.sum(axis=0))))

    @property
    def overall_accuracy(self) -> float:
        """Share of the labelled parcels that got their class, 0 to 1."""
        return float(metrics.overall_accuracy(metrics.margins(self.confusion.sum(axis=0))))


@dataclass(frozen=True, eq=False)
class CropMap:
    """The classes of a season's parcels, and how sure they are.

    Parameters
    ----------
    study, season
        Name of the study and label of the season.
    key
        Sixteen hexadecimal digits that name what the map was made of, see `MapRequest.key`.
    legend
        Names of the classes in order of their codes.
    method
        Name of the method that was trained.
    parcels
        One row a parcel of the season that has series: ``parcel_id``, ``crop`` (the predicted class),
        ``probability`` (calibrated, of that class), ``second`` and ``second_probability`` (of the class that
        comes next), ``dissimilarity`` (see `engine.mapping.applicability`), ``applicable`` (whether it is
        within the threshold), ``area_ha``, ``lon``, ``lat``, ``labelled`` (whether its crop was known in
        training), ``surveyed`` (that crop, or missing) and ``geometry`` in EPSG:4326.
    calibrated
        Calibrated probabilities, ``[parcel, class]`` float32, in the order of ``parcels``.
    features
        Where each parcel lies in the space in which dissimilarity is measured, ``[parcel, feature]`` float32.
    card
        Facts as JSON values: ``training_parcels``, ``source_seasons``, ``fingerprints`` (of what it was made
        of), ``folds``, ``threshold``, ``reference_parcels`` (that dissimilarity is measured from),
        ``without_series``, ``recipe``, ``learner``, ``seed``, ``member_weights``, ``versions``, ``seconds``
        and ``notes``.
    validation
        Spatial cross-validation of the labelled parcels; None where they are too few.
    """

    study: str
    season: str
    key: str
    legend: tuple[str, ...]
    method: str
    parcels: gpd.GeoDataFrame
    calibrated: npt.NDArray[np.float32]
    features: npt.NDArray[np.float32]
    card: Mapping[str, Any]
    validation: Validation | None

    @property
    def areas_ha(self) -> dict[str, float]:
        """Hectares that the map gives each class, by name: counted, no estimate of the true areas."""
        found = self.parcels.groupby("crop")["area_ha"].sum()
        return {name: float(found.get(name, 0.0)) for name in self.legend}
