"""Why a parcel of a map has its class: probabilities, applicability and the labels that resemble it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.domain import PlanError
from engine.geodesy import geodesic_km
from engine.mapping.crop_map import CropMap

ALIKE = 3  # labelled parcels that are named


@dataclass(frozen=True)
class Alike:
    """A labelled parcel whose series resembles another's: its id and crop, and how far away it lies in km."""

    parcel_id: str
    crop: str
    km: float


@dataclass(frozen=True)
class Explained:
    """A parcel of a map.

    Parameters
    ----------
    parcel_id, crop, area_ha
        Its id, class and size.
    probabilities
        Calibrated, by class, the largest first.
    dissimilarity, threshold, applicable
        How unlike the training parcels it is, up to where the map applies, and whether it applies here.
    surveyed
        The crop that its label names; None without one.
    alike
        The labelled parcels of the season that resemble it most, the most alike first.
    """

    parcel_id: str
    crop: str
    area_ha: float
    probabilities: tuple[tuple[str, float], ...]
    dissimilarity: float
    threshold: float
    applicable: bool
    surveyed: str | None
    alike: tuple[Alike, ...]


def explain(crop_map: CropMap, parcel_id: str) -> Explained:
    """Explain a parcel.

    Parameters
    ----------
    crop_map
        The map.
    parcel_id
        Id of the parcel.

    Raises
    ------
    PlanError
        Where the map has no such parcel.
    """
    table = crop_map.parcels
    rows = np.flatnonzero(table["parcel_id"].to_numpy(dtype=object) == parcel_id)
    if not len(rows):
        raise PlanError(f"The map of {crop_map.season} has no parcel {parcel_id}. Choose one of its table.")
    row = int(rows[0])
    facts = table.iloc[row]
    order = np.argsort(-crop_map.calibrated[row], kind="stable")
    return Explained(
        parcel_id,
        str(facts["crop"]),
        float(facts["area_ha"]),
        tuple((crop_map.legend[code], float(crop_map.calibrated[row, code])) for code in order),
        float(facts["dissimilarity"]),
        float(crop_map.card["threshold"]),
        bool(facts["applicable"]),
        str(facts["surveyed"]) if facts["labelled"] else None,
        _alike(crop_map, row),
    )


def least_sure(crop_map: CropMap, most: int) -> pd.DataFrame:
    """The parcels that a map is least sure of, the least sure first.

    Parameters
    ----------
    crop_map
        The map.
    most
        How many, at most.

    Returns
    -------
    ``parcel_id``, ``crop``, ``probability``, ``second``, ``second_probability``, ``applicable``, ``surveyed``
    and ``area_ha``.
    """
    columns = [
        "parcel_id", "crop", "probability", "second", "second_probability", "applicable", "surveyed",
        "area_ha",
    ]  # fmt: skip
    table = pd.DataFrame(crop_map.parcels[columns])
    return table.sort_values("probability", kind="stable").head(most).reset_index(drop=True)


def _alike(crop_map: CropMap, row: int) -> tuple[Alike, ...]:
    """The nearest labelled parcels in the space in which dissimilarity is measured, without itself."""
    table = crop_map.parcels
    labelled = np.flatnonzero(table["labelled"].to_numpy(dtype=bool))
    labelled = labelled[labelled != row]
    distance = np.linalg.norm(crop_map.features[labelled] - crop_map.features[row], axis=1)
    nearest = labelled[np.argsort(distance, kind="stable")[:ALIKE]]
    lon, lat = table["lon"].to_numpy(np.float64), table["lat"].to_numpy(np.float64)
    km = geodesic_km(float(lon[row]), float(lat[row]), lon[nearest], lat[nearest])
    names, crops = (table[name].to_numpy(dtype=object)[nearest] for name in ("parcel_id", "surveyed"))
    return tuple(
        Alike(str(name), str(crop), float(far)) for name, crop, far in zip(names, crops, km, strict=True)
    )
