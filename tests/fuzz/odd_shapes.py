"""Maps that are well-formed, but whose outlines are odd."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

NAN, INF = float("nan"), float("inf")
SHAPES = (
    *(None, Point(), Polygon(), GeometryCollection(), MultiPolygon(), Point(19, 45), Point(NAN, NAN)),
    *(Point(0, 0), Point(0, 90), Point(0, -90), Point(180, 0), Point(-180, 89.9), Point(1e300, 1e300)),
    *(
        box(19, 45, 19, 45),
        box(-180, -90, 180, 90),
        box(179.9, 10, 180.1, 11),
        box(500_000, 5e6, 500_100, 5_000_100),
    ),
    Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),  # crosses itself
    Polygon([(19, 45), (19.1, 45), (19, 45), (19, 45)]),
    Polygon([(19, 45, 5), (19.1, 45, NAN), (19.1, 45.1, 7)]),
    Polygon([(19, 89.99), (20, 89.99), (20, 90)]),
    Polygon([(19, 45), (19.1, 45), (19.1, 45.1)], [[(10, 10), (11, 10), (11, 11)]]),  # a hole outside
    MultiPolygon([box(0, 0, 2, 2), box(1, 1, 3, 3)]),
    GeometryCollection([Point(19, 45), box(19, 45, 20, 46), LineString([(0, 0), (1, 1)])]),
    *(
        LineString([(19, 45), (20, 46)]),
        MultiPoint([(19, 45), (20, 46)]),
    ),
    *(shapely.from_wkt("POLYGON Z EMPTY"), shapely.from_wkt("POINT M (1 2 3)")),
    Polygon([(INF, 0), (1, 1), (1, 0)]),
)


def with_odd_shape(frame: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """A copy some or all of whose outlines are odd, or without outlines, or in another reference system."""
    shapes = frame.geometry.to_numpy(dtype=object, copy=True)
    share = (0.1, 0.5, 1.0)[int(rng.integers(3))]
    chosen = rng.random(len(shapes)) < share
    match int(rng.integers(8)):
        case 0:
            shapes = shapes[rng.permutation(len(shapes))]
        case 1:
            offset = ((0, 45), (0, -135), (170, 0), (1e6, 0), (-19, -45))[int(rng.integers(5))]
            shapes = np.array([shapely.affinity.translate(each, *offset) for each in shapes], dtype=object)
        case 2:
            shapes = np.array(
                [shapely.affinity.scale(each, *(rng.choice([0, 1e-9, 1e4], 2))) for each in shapes], object
            )
        case 3:
            odd = frame.set_crs([3857, 32634, 2154, 4979, 3035][int(rng.integers(5))], allow_override=True)
            return odd if rng.random() < 0.5 else frame.set_crs(None, allow_override=True)
        case 4:
            return frame.iloc[: int(rng.integers(0, 2))]
        case _:
            for row in np.flatnonzero(chosen):
                shapes[row] = SHAPES[int(rng.integers(len(SHAPES)))]
    return frame.set_geometry(gpd.GeoSeries(list(shapes), index=frame.index, crs=frame.crs))
