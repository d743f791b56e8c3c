"""An itinerary as files for the field: phones, navigation, QGIS and paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import gpxpy.gpx
import pandas as pd
import shapely
import simplekml

from engine.domain import GroundplanError
from engine.field_form import MORE_TO_FILL, TO_FILL, Origin
from engine.fieldwork import qgis
from engine.fieldwork.tour import Day, Itinerary, Stop, clock, ways_of
from engine.files import write_files, write_whole
from engine.spreadsheets import csv_of

WAYPOINTS = 9  # between start and end of one link, the limit of Google Maps


class ExportError(GroundplanError):
    """Files for the field that cannot be written."""


def day_sheets(
    itinerary: Itinerary,
    parcels: pd.DataFrame,
    replacements: pd.DataFrame | None = None,
    origin: Origin | None = None,
) -> pd.DataFrame:
    """What to fill in on the way: one row a parcel in the order of the visits.

    Parameters
    ----------
    itinerary
        The days to drive, with their stops.
    parcels
        With ``parcel_id``, ``lon`` and ``lat``; every visited parcel is among them.
    replacements
        Parcels to visit instead, likewise, with ``replaces`` (the parcel) and ``replaces_km``.
    origin
        Study, season and trip that the sheets name, with more to fill in; None names none.

    Returns
    -------
    ``day``, ``crew``, ``date`` (empty without a start), ``stop``, ``arrival`` (hh:mm), ``km`` from the stop
    before, ``parcel_id``, ``lon``, ``lat``, ``replacement`` (the parcel to visit instead), ``replacement_km``
    (how far away that is), and the empty columns ``crop_found``, ``visited`` and ``note``. With an origin
    also the columns `engine.field_form.ORIGIN`, and the empty ones `engine.field_form.MORE_TO_FILL`.
    """
    place = {
        str(name): (lon, lat) for name, lon, lat in parcels[["parcel_id", "lon", "lat"]].to_numpy(object)
    }
    instead = _instead(replacements)
    rows = [
        {
            "day": day.number,
            "crew": day.crew,
            "date": day.date,
            "stop": number,
            "arrival": clock(stop.arrival_h),
            "km": round(stop.km, 1),
            "parcel_id": parcel,
            "lon": place[parcel][0],
            "lat": place[parcel][1],
            "replacement": instead.get(parcel, ("", ""))[0],
            "replacement_km": instead.get(parcel, ("", ""))[1],
            **_form(parcel, origin),
        }
        for day in itinerary.days
        for number, stop in enumerate(day.stops, 1)
        for parcel in stop.parcels
    ]
    return pd.DataFrame(rows, columns=[*_SHEET, *_form("", origin)])


def _form(parcel: str, origin: Origin | None) -> dict[str, str]:
    """What is to be filled in of a parcel, empty, and where its row comes from."""
    if origin is None:
        return dict.fromkeys(TO_FILL, "")
    return {**dict.fromkeys((*TO_FILL, *MORE_TO_FILL), ""), **origin.of(parcel)}


def _instead(replacements: pd.DataFrame | None) -> dict[str, tuple[str, float]]:
    """Of each visit its replacement, and the km between them."""
    if replacements is None or replacements.empty:
        return {}
    rows = replacements[["replaces", "parcel_id", "replaces_km"]].to_numpy(object)
    return {str(visit): (str(spare), round(float(km), 1)) for visit, spare, km in rows}


def map_links(itinerary: Itinerary) -> list[dict[str, Any]]:
    """Links that open a leg of a day in Google Maps, at most nine waypoints between start and end.

    Parameters
    ----------
    itinerary
        The days to drive, with their stops.

    Returns
    -------
    ``day``, ``crew``, ``leg`` (counted from 1) and ``url`` of each link.
    """
    links = []
    for day, start, end in ways_of(itinerary):
        path = [start, *((stop.lon, stop.lat) for stop in day.stops), end]
        for leg, first in enumerate(range(0, len(path) - 1, WAYPOINTS + 1), 1):
            part = [f"{lat:.5f},{lon:.5f}" for lon, lat in path[first : first + WAYPOINTS + 2]]
            between = "&waypoints=" + "%7C".join(part[1:-1]) if len(part) > 2 else ""
            url = f"https://www.google.com/maps/dir/?api=1&origin={part[0]}&destination={part[-1]}{between}"
            links.append({"day": day.number, "crew": day.crew, "leg": leg, "url": url})
    return links


def directions(stop: Stop) -> str:
    """A link that navigates from where one is to a stop, in the map app of a phone or in a browser.

    Parameters
    ----------
    stop
        Where to go.
    """
    return f"https://www.google.com/maps/dir/?api=1&destination={stop.lat:.5f},{stop.lon:.5f}"


def geo(stop: Stop) -> str:
    """A stop as a ``geo:`` address, which map apps of a phone open without network.

    Parameters
    ----------
    stop
        Where to go.

    References
    ----------
    A. Mayrhofer, C. Spanring (2010), "A uniform resource identifier for geographic locations ('geo' URI)",
    RFC 5870.
    """
    return f"geo:{stop.lat:.5f},{stop.lon:.5f}"


def gpx(itinerary: Itinerary) -> str:
    """GPX 1.1 with a route a day and a waypoint a stop.

    Parameters
    ----------
    itinerary
        The days to drive, with their stops.

    Returns
    -------
    The text of the file.
    """
    document = gpxpy.gpx.GPX()
    document.creator = "Groundplan"
    for day, start, end in ways_of(itinerary):
        route = gpxpy.gpx.GPXRoute(name=_named(day))
        points = [(*start, "start")]
        points += [(stop.lon, stop.lat, _labelled(day, number)) for number, stop in enumerate(day.stops, 1)]
        points += [(*end, "end")]
        for lon, lat, name in points:
            route.points.append(gpxpy.gpx.GPXRoutePoint(lat, lon, name=name))
        document.routes.append(route)
        for number, stop in enumerate(day.stops, 1):
            document.waypoints.append(
                gpxpy.gpx.GPXWaypoint(
                    stop.lat, stop.lon, name=_labelled(day, number), description=_hours_and_parcels(stop)
                )
            )
    return str(document.to_xml("1.1"))


def kml(itinerary: Itinerary) -> str:
    """KML with a folder a day: its way and its stops.

    Parameters
    ----------
    itinerary
        The days to drive, with their stops.

    Returns
    -------
    The text of the file.
    """
    document = simplekml.Kml(name="Groundplan itinerary")
    for day, start, end in ways_of(itinerary):
        folder = document.newfolder(name=_named(day))
        stops = [(stop.lon, stop.lat) for stop in day.stops]
        folder.newlinestring(name="way", coords=[start, *stops, end])
        for number, stop in enumerate(day.stops, 1):
            folder.newpoint(
                name=_labelled(day, number),
                description=_hours_and_parcels(stop),
                coords=[(stop.lon, stop.lat)],
            )
    return str(document.kml())


def layers(
    itinerary: Itinerary,
    parcels: gpd.GeoDataFrame,
    replacements: gpd.GeoDataFrame | None = None,
    origin: Origin | None = None,
) -> dict[str, gpd.GeoDataFrame]:
    """Layers for a GIS: ``parcels`` to visit with the columns to fill in, ``stops`` and ``ways``, and the
    ``replacements`` where there are any.

    Parameters
    ----------
    itinerary
        The days to drive, with their stops.
    parcels
        With ``parcel_id``, ``lon``, ``lat`` and outlines, WGS 84; every visited parcel is among them.
    replacements
        Parcels to visit instead, likewise, with ``replaces`` (the parcel) and ``replaces_km``.
    origin
        Study, season and trip that the parcels name, with more to fill in.
    """
    sheet = day_sheets(itinerary, parcels, replacements, origin)
    outlines = parcels.set_index("parcel_id").geometry.reindex(sheet["parcel_id"]).to_numpy()
    stops = [
        {
            "day": day.number,
            "crew": day.crew,
            "date": day.date,
            "stop": number,
            "arrival": clock(stop.arrival_h),
            "leave": clock(stop.leave_h),
            "parcels": len(stop.parcels),
            "geometry": shapely.Point(stop.lon, stop.lat),
        }
        for day in itinerary.days
        for number, stop in enumerate(day.stops, 1)
    ]
    ways = [
        {
            "day": day.number,
            "crew": day.crew,
            "date": day.date,
            "km": round(day.km, 1),
            "back": clock(day.end_h),
            "geometry": shapely.LineString([start, *((stop.lon, stop.lat) for stop in day.stops), end]),
        }
        for day, start, end in ways_of(itinerary)
    ]
    crs = "EPSG:4326"
    spare = {}
    if replacements is not None and len(replacements):
        listed = replacements[["parcel_id", "replaces", "replaces_km"]].reset_index(drop=True)
        listed["replaces_km"] = listed["replaces_km"].round(1)
        filled = [_form(parcel, origin) for parcel in listed["parcel_id"]]
        listed = pd.concat([listed, pd.DataFrame(filled, index=listed.index)], axis=1)
        spare["replacements"] = gpd.GeoDataFrame(listed, geometry=replacements.geometry.to_numpy(), crs=crs)
    return {
        "parcels": gpd.GeoDataFrame(sheet, geometry=outlines, crs=crs),
        "stops": gpd.GeoDataFrame(stops, columns=[*_STOPS, "geometry"], geometry="geometry", crs=crs),
        "ways": gpd.GeoDataFrame(ways, columns=[*_WAYS, "geometry"], geometry="geometry", crs=crs),
        **spare,
    }


_SHEET = (
    "day", "crew", "date", "stop", "arrival", "km", "parcel_id", "lon", "lat", "replacement",
    "replacement_km",
)  # fmt: skip
_STOPS = ("day", "crew", "date", "stop", "arrival", "leave", "parcels")
_WAYS = ("day", "crew", "date", "km", "back")


def write(
    itinerary: Itinerary,
    parcels: gpd.GeoDataFrame,
    folder: Path,
    *,
    crops: Sequence[str] = (),
    replacements: gpd.GeoDataFrame | None = None,
    origin: Origin | None = None,
) -> tuple[Path, ...]:
    """Write everything into a folder: day sheets (CSV), GPX, KML, GeoJSON, GeoPackage and QGIS project.

    Parameters
    ----------
    itinerary
        The days to drive, with their stops.
    parcels
        With ``parcel_id``, ``lon``, ``lat`` and outlines, WGS 84; every visited parcel is among them.
    folder
        Made where it is missing; files of the same names are replaced.
    crops
        Class names that the form of the QGIS project offers.
    replacements
        Parcels to visit instead, likewise, with ``replaces`` (the parcel) and ``replaces_km``.
    origin
        Study, season and trip that the files name, so that they find their study again.

    Raises
    ------
    ExportError
        Where nothing is to be visited, or the folder cannot be written.
    """
    if not itinerary.days:
        raise ExportError(
            "The itinerary visits nothing, so there is nothing to take into the field. Allow more days or "
            "money, or choose another departure."
        )
    content = layers(itinerary, parcels, replacements, origin)
    package = folder / "itinerary.gpkg"
    west, south, east, north = content["ways"].total_bounds
    made = {
        "itinerary.gpx": gpx(itinerary).encode(),
        "itinerary.kml": kml(itinerary).encode(),
        "day-sheets.csv": csv_of(content["parcels"].drop(columns="geometry")),
        "itinerary.geojson": content["parcels"].to_json(drop_id=True).encode(),
        "itinerary.qgs": qgis.project(package.name, crops, (west, south, east, north), content).encode(),
    }
    with write_whole(package) as whole:
        for name, layer in content.items():
            layer.to_file(whole, layer=name, driver="GPKG")
    write_files(folder, made)
    return (folder / "day-sheets.csv", *sorted(folder.glob("itinerary.*")))


def _named(day: Day) -> str:
    return f"day {day.number}, crew {day.crew}" + (f", {day.date}" if day.date else "")


def _labelled(day: Day, number: int) -> str:
    return f"{day.number}.{day.crew}-{number:02d}"


def _hours_and_parcels(stop: Stop) -> str:
    return f"{clock(stop.arrival_h)} to {clock(stop.leave_h)}: {', '.join(stop.parcels)}"
