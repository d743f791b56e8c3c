"""What a map of the province shows beneath its parcels: outline, rivers, towns and main roads.

They are drawn by hand for this package, from public knowledge; the landscape is simulated on the same lines.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import geopandas as gpd

FILE = "province.geojson"
COLUMNS = ("kind", "name", "rank", "geometry")
MARGIN_DEG = 0.1  # by which parcels may lie outside the province

Bounds = tuple[float, float, float, float]


@cache
def _features() -> tuple[dict[str, Any], ...]:
    text = files("engine.simulation").joinpath(FILE).read_text(encoding="utf-8")
    return tuple(json.loads(text)["features"])


def drawn(kind: str, name: str) -> npt.NDArray[np.float64]:
    """Longitude and latitude of one outline, river or road, ``[point, lon and lat]`` degrees.

    Parameters
    ----------
    kind
        ``outline``, ``river`` or ``road``.
    name
        Of the feature.
    """
    coordinates = next(
        feature["geometry"]["coordinates"]
        for feature in _features()
        if feature["properties"]["kind"] == kind and feature["properties"]["name"] == name
    )
    return np.array(coordinates[0] if kind == "outline" else coordinates, dtype=np.float64)


def backdrop(bounds: Bounds) -> gpd.GeoDataFrame:
    """The layers beneath parcels that lie in the province: ``kind`` (outline, river, road or town), ``name``,
    ``rank`` (of a town: 1 is shown first), ``geometry`` in EPSG:4326; no rows for parcels elsewhere.

    Parameters
    ----------
    bounds
        West, south, east and north of the parcels, degrees.
    """
    import geopandas as gpd

    west, south = drawn("outline", "Vojvodina").min(axis=0) - MARGIN_DEG
    east, north = drawn("outline", "Vojvodina").max(axis=0) + MARGIN_DEG
    inside = west <= bounds[0] and south <= bounds[1] and bounds[2] <= east and bounds[3] <= north
    layers = gpd.GeoDataFrame.from_features(_features(), crs="EPSG:4326")[list(COLUMNS)]
    return layers if inside else layers.iloc[:0]
