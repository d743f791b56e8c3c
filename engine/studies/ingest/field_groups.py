"""Field groups: the parcels that stand on the same ground, in one season or in several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    import geopandas as gpd

OVERLAP = 0.3  # share of the smaller polygon


def field_groups(parcels: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    """Name of the group of each parcel, in order.

    Parcels belong together when they bear the same id, have the same geometry, or overlap by more
    than 30 % of the smaller one's area.

    Parameters
    ----------
    parcels
        With ``parcel_id`` and geometry in a projected CRS.
    """
    shapes = parcels.geometry.to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    area = shapely.area(shapes)
    smaller = np.minimum(area[first], area[second])
    shared = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    together = (smaller > 0) & (shared > OVERLAP * smaller)

    rows = np.arange(len(shapes))
    same_id = _first_of_kind(parcels["parcel_id"].to_numpy(object))
    same_shape = _first_of_kind(shapely.to_wkb(shapely.normalize(shapes)))
    links = (
        np.concatenate([first[together], rows, rows]),
        np.concatenate([second[together], same_id, same_shape]),
    )
    graph = coo_array((np.ones(len(links[0]), np.int8), links), shape=(len(rows), len(rows)))
    _, component = connected_components(graph, directed=False)
    code, _ = pd.factorize(component)  # numbered in order of appearance
    return np.array([f"g{number:06d}" for number in code], dtype=object)


def _first_of_kind(values: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
    """Row of the first element that equals each element."""
    code, _ = pd.factorize(values)
    _, first = np.unique(code, return_index=True)
    return np.asarray(first[code], np.int64)
