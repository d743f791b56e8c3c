"""Projections and distances: the only place where degrees become kilometres.

Two systems are used and never mixed. ``x_km`` and ``y_km`` are UTM coordinates of the zone of a study's
centre; ``east_km`` and ``north_km`` lie around one place, for example a departure, in an azimuthal
equidistant projection, so that distances from that place are exact.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import Geod, Transformer

Floats = npt.NDArray[np.float64]
Bounds = tuple[float, float, float, float]  # west, south, east, north

WGS84 = Geod(ellps="WGS84")
DEGREES = "EPSG:4326"
UTM_ZONES, ZONE_DEG = 60, 6
MERIDIAN_KM = 20015.1  # from pole to pole, on the sphere

DIVISION = 2  # revision of the way in which the ground is divided; what was tested on another is outdated
LEAST_OF_SHARE = 0.5  # of its share of the parcels that a part of the ground must have
MOST_HALVINGS = 9  # of the blocks; 5 km become 10 m


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


def ground_parts(
    field: npt.ArrayLike,
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    counted: npt.NDArray[np.bool_],
    parts: int,
    size_km: float,
) -> npt.NDArray[np.int64]:
    """Number of the part of the ground that each parcel stands on, ``[parcel]``; a field stands on one part.

    Blocks lie on a grid that covers the globe, and a hash of its place says which part a block belongs to:
    no parcel moves another one. Of each row and each column of ``parts`` blocks that belong together, every
    part has one, so that the parts are interleaved and of a size. Only where one part would have less than
    half its share of the counted parcels, since they lie on few blocks, all blocks are halved until it has,
    or the blocks are metres wide.

    Parameters
    ----------
    field
        Of every parcel, ``[parcel]``. A field stands where the middle of its counted parcels lies, or of all
        its parcels if none is counted.
    lon, lat
        Of every parcel, degrees, ``[parcel]``.
    counted
        The parcels of which no part may have too few, ``[parcel]``.
    parts
        How many.
    size_km
        Side of a block.
    """
    import pandas as pd

    table = pd.DataFrame({"field": np.asarray(field), "lon": lon, "lat": lat})
    middle = table.groupby("field")[["lon", "lat"]].mean()
    middle.update(table[counted].groupby("field")[["lon", "lat"]].mean())
    place = middle.loc[table["field"]]
    best, most = np.zeros(len(table), dtype=np.int64), -1.0
    for halvings in range(MOST_HALVINGS + 1):
        part = _latin_part(place["lon"].to_numpy(), place["lat"].to_numpy(), parts, size_km / 2**halvings)
        least = np.bincount(part[counted], minlength=parts).min() / max(int(counted.sum()), 1)
        if least > most:
            best, most = part, float(least)
        if least >= LEAST_OF_SHARE / parts:
            break
    return best


def _latin_part(lon: Floats, lat: Floats, parts: int, size_km: float) -> npt.NDArray[np.int64]:
    """Part of each place: squares of ``parts`` x ``parts`` blocks, each a Latin square turned by a hash."""
    side = parts * size_km
    y = (lat + 90) / 180 * MERIDIAN_KM / side
    row = np.floor(y)
    around = np.cos(np.radians((row + 0.5) * side / MERIDIAN_KM * 180 - 90)) * 2 * MERIDIAN_KM / side
    x = (
        (lon + 180) % 360 / 360 * np.maximum(np.round(around), 1)
    )  # a whole number of squares around the globe
    column = np.floor(x)
    inside = np.floor(parts * (y - row)) + np.floor(parts * (x - column))
    square, of = np.unique(np.column_stack([row, column]).astype(np.int64), axis=0, return_inverse=True)
    digests = [hashlib.sha256(f"{parts} {size_km:g} {r} {c}".encode()).digest() for r, c in square]
    turn = np.array([int.from_bytes(digest[:4]) for digest in digests], dtype=np.int64)
    return (inside.astype(np.int64) + turn[of.ravel()]) % parts
