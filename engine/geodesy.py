"""Projections and distances: the only place where degrees become kilometres.

Two systems are used and never mixed. ``x_km`` and ``y_km`` are UTM coordinates of the zone of a study's
centre; ``east_km`` and ``north_km`` lie around one place, for example a departure, in an azimuthal
equidistant projection, so that distances from that place are exact.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import Geod, Transformer

Floats = npt.NDArray[np.float64]
Bounds = tuple[float, float, float, float]  # west, south, east, north

WGS84 = Geod(ellps="WGS84")
DEGREES = "EPSG:4326"
UTM_ZONES, ZONE_DEG = 60, 6


def bounds_of(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Bounds:
    """West, south, east and north of places in degrees, ``[place]`` each.

    Parameters
    ----------
    lon, lat
        Degrees, ``[place]``.
    """
    east, north = np.asarray(lon, float), np.asarray(lat, float)
    return float(east.min()), float(north.min()), float(east.max()), float(north.max())


def geodesic_km(lon: float, lat: float, lons: Floats, lats: Floats) -> Floats:
    """Geodesic distances from one place to others on the WGS 84 ellipsoid.

    Parameters
    ----------
    lon, lat
        Degrees.
    lons, lats
        Degrees, ``[place]``.

    Returns
    -------
    Kilometres, ``[place]``.

    References
    ----------
    C. F. F. Karney (2013), "Algorithms for geodesics", Journal of Geodesy 87, 43-55.
    """
    return around_km(lon, lat, lons, lats)[0]


def east_north_km(lon: float, lat: float, lons: Floats, lats: Floats) -> tuple[Floats, Floats]:
    """Kilometres east and north of one place, azimuthal equidistant.

    Parameters
    ----------
    lon, lat
        Degrees.
    lons, lats
        Degrees, ``[place]``.

    Returns
    -------
    Kilometres east and north, ``[place]`` each.

    References
    ----------
    J. P. Snyder (1987), "Map projections: a working manual", USGS Professional Paper 1395, 191-202.
    """
    _, east, north = around_km(lon, lat, lons, lats)
    return east, north


def around_km(lon: float, lat: float, lons: Floats, lats: Floats) -> tuple[Floats, Floats, Floats]:
    """What `geodesic_km` and `east_north_km` give, from one computation.

    Parameters
    ----------
    lon, lat
        Degrees.
    lons, lats
        Degrees, ``[place]``.

    Returns
    -------
    Distance, kilometres east and kilometres north, ``[place]`` each.
    """
    # By the geodesics themselves: setting up the projection of a new centre costs milliseconds.
    azimuth, _, metres = WGS84.inv(np.full_like(lons, lon), np.full_like(lats, lat), lons, lats)
    angle, km = np.radians(azimuth), np.asarray(metres, np.float64) / 1000
    return km, km * np.sin(angle), km * np.cos(angle)


def utm_crs(bounds: Bounds) -> str:
    """The UTM zone of the centre of a box in degrees, as ``EPSG:<code>``.

    Parameters
    ----------
    bounds
        West, south, east and north, degrees.

    Examples
    --------
    >>> utm_crs((19.0, 45.0, 21.0, 46.0))
    'EPSG:32634'
    """
    west, south, east, north = bounds
    zone = min(int(((west + east) / 2 + 180) // ZONE_DEG) + 1, UTM_ZONES)
    return f"EPSG:{(32600 if south + north >= 0 else 32700) + zone}"


def project_m(crs: str, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Places in degrees as metres in a projected system, ``[place]`` each.

    Parameters
    ----------
    crs
        The projected system, for example ``EPSG:32634``.
    lon, lat
        Degrees, ``[place]``.
    """
    x, y = _into(crs).transform(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
    return x, y


def project_km(crs: str, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Places in degrees as km in a projected system, ``[place]`` each.

    Parameters
    ----------
    crs
        The projected system, for example ``EPSG:32634``.
    lon, lat
        Degrees, ``[place]``.
    """
    x, y = project_m(crs, lon, lat)
    return np.asarray(x) / 1000, np.asarray(y) / 1000


def unproject_m(crs: str, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Longitude and latitude in degrees of metres in a projected system; the inverse of `project_m`.

    Parameters
    ----------
    crs
        The projected system, for example ``EPSG:32634``.
    x, y
        Metres in that system, ``[place]``.
    """
    lon, lat = _into(crs).transform(np.asarray(x, np.float64), np.asarray(y, np.float64), direction="INVERSE")
    return lon, lat


@lru_cache(maxsize=64)
def _into(crs: str) -> Transformer:
    return Transformer.from_crs(DEGREES, crs, always_xy=True)


def circle(lon: float, lat: float, km: float, points: int = 60) -> Floats:
    """The geodesic circle around a place as a closed ring, ``[point, lon and lat]`` in degrees.

    Longitudes run on across the date line, so that the ring is one piece.

    Parameters
    ----------
    lon, lat
        Of the centre, degrees.
    km
        Radius.
    points
        Number of sides; the ring ends where it starts, so it has a point more.
    """
    azimuth = np.linspace(0, 360, points + 1)  # [point]
    start = np.full_like(azimuth, lon), np.full_like(azimuth, lat)
    lons, lats, _ = WGS84.fwd(*start, azimuth, np.full_like(azimuth, km * 1000))
    return np.column_stack([unrolled(np.asarray(lons), lon), lats])


def unrolled(lons: Floats, lon: float) -> Floats:
    """Longitudes within half a turn of ``lon``, so that places around the date line stay together.

    Parameters
    ----------
    lons
        Degrees, ``[place]``.
    lon
        The longitude that they are turned towards, degrees.
    """
    turned: Floats = lon + (lons - lon + 180) % 360 - 180
    return turned


def blocks(x_km: Floats, y_km: Floats, size_km: float) -> npt.NDArray[np.int64]:
    """Number of the square block that each place lies in, ``[place]``; numbers are 0, 1, 2, ...

    Parameters
    ----------
    x_km, y_km
        UTM, ``[place]``.
    size_km
        Side of a block.
    """
    cells = np.column_stack([np.floor(x_km / size_km), np.floor(y_km / size_km)])  # [place, xy]
    return np.unique(cells, axis=0, return_inverse=True)[1].ravel().astype(np.int64)


def dealt_ground(
    field: npt.ArrayLike,
    x_km: Floats,
    y_km: Floats,
    counted: npt.NDArray[np.bool_],
    parts: int,
    size_km: float,
) -> npt.NDArray[np.int64]:
    """Number of the part of the ground that each parcel stands on, ``[parcel]``; a field stands on one part.

    Whole blocks are dealt out along a Hilbert curve, each to the part that has the fewest parcels so far, so
    that the parts are of a size and interleaved everywhere. A field goes where the middle of its parcels
    lies. The same parcels always give the same parts.

    Parameters
    ----------
    field, x_km, y_km
        Field and projected place of every parcel, ``[parcel]``.
    counted
        The parcels whose number is to be balanced, ``[parcel]``.
    parts
        How many.
    size_km
        Side of a block.
    """
    import geopandas as gpd
    import pandas as pd

    table = pd.DataFrame({"field": np.asarray(field), "x": x_km, "y": y_km})
    middle = table.groupby("field")[["x", "y"]].transform("mean")
    block = blocks(middle["x"].to_numpy(), middle["y"].to_numpy(), size_km)  # [parcel]
    weight = np.bincount(block, weights=counted)  # [block] parcels to balance
    centre = table.assign(block=block).groupby("block")[["x", "y"]].mean()
    points = gpd.GeoSeries(gpd.points_from_xy(centre["x"], centre["y"]))
    part = np.zeros(len(weight), dtype=np.int64)  # [block]
    load = np.zeros(parts)  # parcels of each part
    for number in np.argsort(points.hilbert_distance().to_numpy(), kind="stable"):
        part[number] = parts - 1 - load[::-1].argmin()  # the last of equals
        load[part[number]] += weight[number]
    return part[block]
