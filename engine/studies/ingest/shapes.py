"""Outlines of foreign parcels: repaired where that is safe, found where they are empty, invalid or lines."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from geopandas.array import GeometryDtype
from shapely import GeometryType

from engine.studies.ingest.faults import Findings

KINDS = (GeometryType.POLYGON, GeometryType.MULTIPOLYGON, GeometryType.POINT)
POLYGONS = ("Polygon", "MultiPolygon")
SAFE_AREA_CHANGE = 0.01  # share of the area that a repair may change


def drawn(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with an active column of outlines, if it has any; those with NaN or infinite places are none.

    Parameters
    ----------
    frame
        As it was read.
    """
    if not isinstance(frame, gpd.GeoDataFrame):
        return frame
    placed = gpd.GeoDataFrame(frame)
    if placed.active_geometry_name is None:
        columns = [name for name, kind in placed.dtypes.items() if isinstance(kind, GeometryDtype)]
        if not columns:
            return pd.DataFrame(placed)
        placed = placed.set_geometry(columns[0])
    shapes = placed.geometry.to_numpy(dtype=object, copy=True)
    nowhere = ~finite(shapes)
    if nowhere.any():
        shapes[nowhere] = None
        placed = placed.set_geometry(gpd.GeoSeries(list(shapes), index=placed.index, crs=placed.crs))
    found: pd.DataFrame = placed
    return found


def finite(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Whether each shape has finite coordinates only, or none, ``[shape]``.

    Parameters
    ----------
    shapes
        Of any kind, missing ones too.
    """
    places, owner = shapely.get_coordinates(shapes, return_index=True)
    sound = np.ones(len(shapes), bool)
    sound[owner[~np.isfinite(places).all(axis=1)]] = False
    return sound


def check_shapes(parcels: gpd.GeoDataFrame, findings: Findings) -> None:
    """Repair geometries where that is safe; find those that are empty, invalid or lines.

    Parameters
    ----------
    parcels
        With ``parcel_id`` and ``sound``; geometry and ``sound`` are changed.
    findings
        Takes the faults and notes.
    """
    flat = shapely.force_2d(parcels.geometry.to_numpy())
    flat[~finite(flat)] = None  # which projecting can do to them
    shapes = _single(flat)
    names = parcels["parcel_id"].fillna("?").to_numpy(object)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    empty |= shapely.equals(shapes, shapely.Point(0, 0))  # what programs write where they know no place
    findings.reject("Parcels without geometry", "Draw their outlines.", tuple(names[empty]), len(names))

    broken = ~empty & ~shapely.is_valid(shapes)
    repaired = broken.copy()
    for row in np.flatnonzero(broken):
        shape = _repaired(shapes[row])
        repaired[row] = shape is not None
        shapes[row] = shape or shapes[row]
    if repaired.any():
        what = ", ".join(names[repaired][:3])
        findings.note(f"Repaired the geometry of {repaired.sum()} parcels ({what}); areas changed by < 1 %.")
    invalid = broken & ~repaired
    findings.reject(
        "Parcels with invalid geometry that cannot be repaired safely",
        "Correct their outlines (in QGIS: Check validity).",
        tuple(names[invalid]),
        len(names),
    )
    kind = np.isin(shapely.get_type_id(shapes), KINDS)
    odd = ~empty & ~broken & ~kind
    findings.reject(
        "Parcels that are neither polygons nor points",
        "Give outlines or points.",
        tuple(names[odd]),
        len(names),
    )
    parcels["geometry"] = shapes
    parcels["sound"] &= ~(empty | invalid | odd)


def _single(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """The shapes, a single point for one that is called many, and the polygons of a collection."""
    odd = np.isin(shapely.get_type_id(shapes), (GeometryType.MULTIPOINT, GeometryType.GEOMETRYCOLLECTION))
    for row in np.flatnonzero(odd):
        parts = shapely.get_parts(shapes[row])
        polygons = parts[shapely.area(parts) > 0]
        if len(polygons):
            shapes[row] = _union(polygons)
        elif len(parts) == 1:
            shapes[row] = parts[0]
    return shapes


def _repaired(shape: shapely.Geometry) -> shapely.Geometry | None:
    """The valid polygon an invalid one stands for, or None where its area would change."""
    try:
        parts: npt.NDArray[np.object_] = shapely.get_parts(shapely.make_valid(shape))
    except shapely.errors.GEOSException:
        return None
    polygons = [part for part in shapely.get_parts(parts) if part.geom_type == "Polygon"]
    if not polygons:
        return None
    valid = polygons[0] if len(polygons) == 1 else _union(polygons)
    if valid is None:
        return None
    before, after = abs(shapely.area(shape)), shapely.area(valid)
    safe = valid.geom_type in POLYGONS and abs(after - before) < SAFE_AREA_CHANGE * before
    return valid if safe else None


def _union(polygons: Sequence[shapely.Geometry]) -> shapely.Geometry | None:
    """One shape of several; None where they cross themselves so that there is none."""
    try:
        return shapely.union_all(polygons)
    except shapely.errors.GEOSException:
        return None
