"""Field groups: the parcels that stand on the same ground, in one season or in several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from engine.studies.ingest.faults import Findings

if TYPE_CHECKING:
    import geopandas as gpd

Rows = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]

OVERLAP = 0.3  # share of the smaller polygon
SAME_ID_M = 50.0  # outlines of one id so near are one field, drawn anew or as a point
POINTS_M = 30.0  # points so near are on one field: a hectare is 100 m wide
METRES_A_DEGREE = 111_320.0


def field_groups(parcels: gpd.GeoDataFrame, findings: Findings) -> npt.NDArray[np.object_]:
    """Name of the group of each parcel, in order.

    Parcels belong together when they have the same geometry, overlap by more than 30 % of the smaller one's
    area, bear the same id and lie within 50 m, or are points within 30 m. An id alone makes no field:
    registers number their parcels anew every year.

    Parameters
    ----------
    parcels
        With ``parcel_id`` and geometry in a projected CRS, m.
    findings
        Takes the notes.
    """
    shapes = parcels.geometry.to_numpy()
    rows = np.arange(len(shapes))
    links = [_overlapping(shapes), _near_points(shapes)]
    same_id = _first_of_kind(parcels["parcel_id"].to_numpy(object))
    metres = shapely.distance(shapes, shapes[same_id])
    links.append(_same_id(parcels["parcel_id"].to_numpy(object), shapes))
    links.append((rows, _first_of_kind(shapely.to_wkb(shapely.normalize(shapes)))))
    _say(parcels, metres, links[1], findings)
    first, second = (np.concatenate([each[side] for each in links]) for side in (0, 1))
    graph = coo_array((np.ones(len(first), np.int8), (first, second)), shape=(len(rows), len(rows)))
    _, component = connected_components(graph, directed=False)
    code, _ = pd.factorize(component)  # numbered in order of appearance
    return np.array([f"g{number:06d}" for number in code], dtype=object)


def near(first: Shapes, second: Shapes, metres: float) -> npt.NDArray[np.bool_]:
    """Whether shapes in degrees lie within a distance of each other, roughly, ``[pair]``; True where one is
    missing.

    Parameters
    ----------
    first, second
        Shapes in EPSG:4326, ``[pair]``.
    metres
        The distance.
    """
    degrees = shapely.distance(first, second)
    latitude = shapely.get_y(shapely.centroid(first))
    with np.errstate(invalid="ignore"):
        width = np.cos(np.radians(np.clip(np.nan_to_num(latitude), -89, 89)))
        return np.asarray(~(degrees * METRES_A_DEGREE * width > metres))


def _overlapping(shapes: Shapes) -> tuple[Rows, Rows]:
    """Pairs that overlap by more than a share of the smaller one."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    area = shapely.area(shapes)
    smaller = np.minimum(area[first], area[second])
    shared = np.zeros(len(first))
    polygons = smaller > 0
    shared[polygons] = shapely.area(shapely.intersection(shapes[first[polygons]], shapes[second[polygons]]))
    together = polygons & (shared > OVERLAP * smaller)
    return first[together], second[together]


def _near_points(shapes: Shapes) -> tuple[Rows, Rows]:
    """Pairs of points that are metres apart, and of points with the polygons that they lie in."""
    points = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.POINT)
    if not len(points):
        return points, points
    tree = shapely.STRtree(shapes[points])
    first, second = tree.query(shapes[points], predicate="dwithin", distance=POINTS_M)
    once = first < second
    polygons = np.flatnonzero(shapely.area(shapes) > 0)
    inside, point = tree.query(shapes[polygons], predicate="contains")
    return (
        np.concatenate([points[first[once]], polygons[inside]]),
        np.concatenate([points[second[once]], points[point]]),
    )


def _same_id(ids: npt.NDArray[np.object_], shapes: Shapes) -> tuple[Rows, Rows]:
    """Pairs of parcels of one id that lie near each other."""
    order = np.argsort(pd.factorize(ids)[0], kind="stable")
    code = pd.factorize(ids)[0][order]
    pairs = []
    for apart in range(1, int(np.bincount(code).max()) if len(code) else 0):
        same = code[apart:] == code[:-apart]
        pairs.append((order[:-apart][same], order[apart:][same]))
    if not pairs:
        return order[:0], order[:0]
    first, second = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    close = shapely.distance(shapes[first], shapes[second]) <= SAME_ID_M
    return first[close], second[close]


def _say(
    parcels: gpd.GeoDataFrame,
    metres: npt.NDArray[np.float64],
    points: tuple[Rows, Rows],
    findings: Findings,
) -> None:
    """What was decided by distance."""
    apart = metres > SAME_ID_M
    if apart.any():
        ids = parcels["parcel_id"][apart].nunique()
        findings.note(
            f"{ids:,} ids stand for parcels that lie apart in different seasons, up to "
            f"{metres.max() / 1000:,.1f} km: each is a field of its own. If they are one field, give both a "
            "field_group."
        )
    if len(points[0]):
        findings.note(
            f"{len(np.unique(np.concatenate(points))):,} points lie within {POINTS_M:.0f} m of another or in "
            "an outline: they are one field, and stay on one side of every split."
        )


def _first_of_kind(values: npt.NDArray[np.object_]) -> Rows:
    """Row of the first element that equals each element."""
    code, _ = pd.factorize(values)
    _, first = np.unique(code, return_index=True)
    return np.asarray(first[code], np.int64)
