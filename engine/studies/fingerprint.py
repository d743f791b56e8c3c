"""Hashes of what a score depends on: the same study has the same fingerprint wherever it lies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from engine.domain import Cube, Legend, Season

if TYPE_CHECKING:
    import geopandas as gpd


def parcels_digest(parcels: gpd.GeoDataFrame) -> str:
    """SHA-256 of a parcel table's content, whatever the file it was stored in.

    Parameters
    ----------
    parcels
        Parcel table of a study.
    """
    digest = hashlib.sha256()
    for column in ("parcel_id", "season", "crop", "field_group"):
        digest.update(
            json.dumps(
                ["" if text is None or text != text else str(text) for text in parcels[column]]
            ).encode()
        )
    for column in ("area_ha", "lon", "lat"):
        digest.update(parcels[column].to_numpy("<f8").tobytes())
    for wkb in shapely.to_wkb(parcels.geometry.to_numpy(), byte_order=1):
        digest.update(wkb)
    return digest.hexdigest()


class SeriesDigest:
    """SHA-256 of a season's series: its axes, the parcel of each pixel, then the values, part by part."""

    def __init__(
        self, label: str, bands: Sequence[str], days: npt.NDArray[np.int64], parcel: npt.NDArray[np.int64]
    ) -> None:
        self._digest = hashlib.sha256(json.dumps([label, bands, days.tolist()]).encode())
        self._digest.update(np.ascontiguousarray(parcel, "<i8").data)

    def update(self, values: npt.NDArray[np.float32]) -> None:
        """Take in the next pixels, ``[pixel, band, time]``."""
        self._digest.update(np.ascontiguousarray(values, "<f4").data)

    def hexdigest(self) -> str:
        """The digest of what was taken in so far."""
        return self._digest.hexdigest()


def series_digest(cube: Cube, rows: npt.NDArray[np.int64] | None = None) -> str:
    """SHA-256 of a season's series.

    Parameters
    ----------
    cube
        Series of the season.
    rows
        Of the season's parcels in the study, ascending; with them, parcels are counted within the season, and
        those of other seasons do not matter.
    """
    parcel = cube.parcel if rows is None else np.searchsorted(rows, cube.parcel)
    digest = SeriesDigest(cube.season.label, cube.bands, cube.days, parcel)
    digest.update(cube.values)
    return digest.hexdigest()


def fields_digest(parcels: gpd.GeoDataFrame) -> str:
    """SHA-256 of the parcels of one season without their crops.

    Names of field groups count by their order only, so fields of other seasons may be named anew.

    Parameters
    ----------
    parcels
        Parcels of the season, in the study's order.
    """
    digest = hashlib.sha256(json.dumps([str(name) for name in parcels["parcel_id"]]).encode())
    digest.update(group_order(parcels["field_group"]).tobytes())
    for column in ("area_ha", "lon", "lat"):
        digest.update(parcels[column].to_numpy("<f8").tobytes())
    for wkb in shapely.to_wkb(parcels.geometry.to_numpy(), byte_order=1):
        digest.update(wkb)
    return digest.hexdigest()


def labels_digest(parcels: gpd.GeoDataFrame) -> str:
    """SHA-256 of the crops of one season; a parcel without a label counts as such.

    Parameters
    ----------
    parcels
        Parcels of the season, in the study's order.
    """
    missing = parcels["crop"].isna()
    crops = [None if none else str(crop) for crop, none in zip(parcels["crop"], missing, strict=True)]
    return hashlib.sha256(json.dumps(crops).encode()).hexdigest()


def group_order(names: Iterable[str]) -> npt.NDArray[np.int64]:
    """Which parcels are one field, and in which order their names stand, ``[parcel]``.

    Parameters
    ----------
    names
        Field group of each parcel.
    """
    order = np.unique(np.array([str(name) for name in names], dtype=object), return_inverse=True)[1]
    return np.ascontiguousarray(order, "<i8")


def fingerprint(
    legend: Legend, seasons: Sequence[Season], provenance: str, parcels: str, series: Mapping[str, str]
) -> str:
    """Sixteen hexadecimal digits that change when a score may change.

    Class names, seasons with their windows, provenance, parcels and series count; the series' digests
    cover bands, window and step. Colours, the study's name and its default departure do not count.

    Parameters
    ----------
    legend
        Classes of the study; only their names count.
    seasons
        Seasons of the study, in any order.
    provenance
        ``measured`` or ``simulated``.
    parcels
        Digest of the parcel table.
    series
        Digest of the series by season label.
    """
    facts = {
        "classes": legend.names,
        "seasons": [[season.label, f"{season.start}", f"{season.end}"] for season in sorted(seasons)],
        "provenance": provenance,
        "parcels": parcels,
        "series": dict(series),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
