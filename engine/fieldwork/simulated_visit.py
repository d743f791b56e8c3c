"""A field trip simulated: its field files filled in as crews would, where the truth is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
from pyogrio.errors import DataSourceError

from engine.domain import GroundplanError
from engine.field_form import CANNOT_REACH, CROP_FOUND, VISITED
from engine.fieldwork.exports import ExportError
from engine.files import write_whole
from engine.vectors import read_layers

VISITS, SPARES = "parcels", "replacements"  # layers of a field plan
YES, NO = "yes", "no"


class VisitError(GroundplanError):
    """A visit that cannot be simulated."""


@dataclass(frozen=True)
class Observers:
    """How far crews are from the truth.

    Parameters
    ----------
    wrong
        Share of visited parcels whose crop is written down wrongly, as any other class alike.
    refused
        Share of parcels that nobody may or can reach; where the plan has a replacement, that is visited.
    seed
        Of the draw.

    Raises
    ------
    VisitError
        Where a share is none.
    """

    wrong: float = 0.02
    refused: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("wrong", "refused"):
            share = getattr(self, name)
            if not 0 <= share <= 1:
                raise VisitError(f"The share {name} is {share}. Give a number from 0 to 1.")


@dataclass(frozen=True)
class Filled:
    """What crews wrote down.

    Parameters
    ----------
    path
        The GeoPackage that is filled in.
    visited, replaced, refused, wrong
        Parcels: with a crop, those of them instead of another, without access, and with a wrong crop.
    """

    path: Path
    visited: int
    replaced: int
    refused: int
    wrong: int


def fill_in(
    plan: Path,
    truth: Mapping[str, str],
    crops: Sequence[str],
    observers: Observers,
    out: Path,
    study: str = "",
) -> Filled:
    """Fill in the GeoPackage of a field plan.

    Parameters
    ----------
    plan
        As `engine.fieldwork.exports.write` wrote it.
    truth
        Crop by parcel id.
    crops
        Classes that a wrong label is drawn from.
    observers
        How they err.
    out
        The GeoPackage to write; one that is there is replaced.
    study
        Name of the study that the labels are for; by default the plan's.

    Raises
    ------
    VisitError
        Where the file is no field plan, or none of its parcels is of the study.
    """
    layers = _layers(plan)
    visits, spares = layers[VISITS], layers.get(SPARES)
    if not set(visits["parcel_id"].astype(str)) & set(truth):
        raise VisitError(
            f"The crop of no parcel in {plan} is known. Give the field plan of a trip in the same study and "
            "season."
        )
    for layer in layers.values():
        if study and "study" in layer.columns:
            layer["study"] = study
    random = np.random.default_rng(observers.seed)
    visited = replaced = refused = wrong = 0
    for row, name in enumerate(visits["parcel_id"].astype(str)):
        place: tuple[gpd.GeoDataFrame, int] | None = (visits, row)
        if random.random() < observers.refused or name not in truth:
            refused += 1
            _write(visits, row, CANNOT_REACH, NO)
            place = _spare(spares, name)
            name = str(spares["parcel_id"].iloc[place[1]]) if spares is not None and place else name
        if place is None or name not in truth:
            continue
        mistaken = random.random() < observers.wrong
        others = [crop for crop in crops if crop != truth[name]]
        crop = str(random.choice(others)) if mistaken and others else truth[name]
        wrong += crop != truth[name]
        visited += 1
        replaced += place[0] is spares
        _write(*place, crop, YES)
    _save(layers, out)
    return Filled(out, visited, replaced, refused, wrong)


def _layers(plan: Path) -> dict[str, gpd.GeoDataFrame]:
    try:
        layers: dict[str, gpd.GeoDataFrame] = read_layers(plan)
    except Exception as error:  # a library that reads what a stranger wrote may fail in any way
        raise VisitError(
            f"{plan} cannot be read as a GeoPackage. Give itinerary.gpkg of a field plan."
        ) from error
    if VISITS not in layers or not {"parcel_id", CROP_FOUND, VISITED} <= set(layers[VISITS].columns):
        raise VisitError(f"{plan} is no field plan: it lacks the layer {VISITS}. Give its itinerary.gpkg.")
    for name in (VISITS, SPARES):
        if name in layers and not isinstance(layers[name], gpd.GeoDataFrame):
            raise VisitError(
                f"The layer {name} of {plan} has no outlines. Give itinerary.gpkg of a field plan."
            )
    for layer in layers.values():
        for column in {CROP_FOUND, VISITED} & set(layer.columns):
            layer[column] = layer[column].astype(object)
    return layers


def _write(layer: gpd.GeoDataFrame, row: int, crop: str, visited: str) -> None:
    layer.iloc[row, layer.columns.get_loc(CROP_FOUND)] = crop
    layer.iloc[row, layer.columns.get_loc(VISITED)] = visited


def _spare(spares: gpd.GeoDataFrame | None, name: str) -> tuple[gpd.GeoDataFrame, int] | None:
    """The first parcel to visit instead that nobody has visited yet."""
    if spares is None or "replaces" not in spares.columns:
        return None
    free = (spares["replaces"].astype(str) == name) & (spares[VISITED] != YES)
    rows = np.flatnonzero(free.to_numpy())
    return (spares, int(rows[0])) if len(rows) else None


def _save(layers: Mapping[str, gpd.GeoDataFrame], out: Path) -> None:
    try:
        with write_whole(out) as partial:
            for name, layer in layers.items():
                gpd.GeoDataFrame(layer).to_file(partial, layer=name, driver="GPKG")
    except DataSourceError as error:
        raise ExportError(f"{out} cannot be written ({error}). Give another folder.") from error
