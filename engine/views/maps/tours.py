"""The parcels with the day tours of an itinerary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pydeck as pdk

from engine.decisions.wording import counted
from engine.fieldwork.tour import clock, ways_of
from engine.geodesy import bounds_of, geodesic_km
from engine.views import palette
from engine.views.maps.deck import Map
from engine.views.maps.layers import (
    BELOW,
    FONT,
    PIXELS,
    departure_layer,
    label_layer,
    line_layers,
    name_layers,
    parcel_layers,
)
from engine.views.maps.legend import Label, crop_labels, departure_label
from engine.views.maps.publish import PublishedGround, PublishedParcels

if TYPE_CHECKING:
    from engine.domain import Departure
    from engine.fieldwork.tour import Day, Itinerary


DAY_COLOURS = len(palette.DAYS_LIGHT)
RADIUS, NUMBERED = 5, 9  # of a stop, pixels: where all days are drawn, and where stops have numbers


def tour_map(
    parcels: PublishedParcels,
    itinerary: Itinerary,
    dark: bool,
    only: Day | None = None,
    ground: PublishedGround | None = None,
) -> Map:
    """The parcels, and over them the way of each day with its number, or of one day with those of its stops.

    Parameters
    ----------
    parcels
        Those of a season, published.
    itinerary
        The day tours and the departure.
    dark
        Whether the theme is dark.
    only
        The day tour to show alone; None shows all.
    ground
        What lies beneath the parcels; None is nothing.
    """
    departure = itinerary.departure
    ways: list[dict[str, Any]] = []
    stops: list[dict[str, Any]] = []
    places: list[tuple[float, float]] = []
    for number, (day, start, end) in enumerate(ways_of(itinerary)):
        if only is not None and day != only:
            continue
        colour, name = palette.rgb(palette.day_colour(number, dark)), day_name(day)
        stop_places = [[stop.lon, stop.lat] for stop in day.stops]
        ways.append(
            {"path": [[*start], *stop_places, [*end]], "colour": colour, "text": name, "number": number}
        )
        places += [start, *((stop.lon, stop.lat) for stop in day.stops)]
        for place, stop in enumerate(day.stops, 1):
            text = f"{name}, stop {place}\n{clock(stop.arrival_h)}, {counted(len(stop.parcels), 'parcel')}"
            spot = {"place": [stop.lon, stop.lat], "colour": colour, "text": text}
            stops.append({**spot, "number": str(place)})
    lon, lat = zip(*(places or [(departure.lon, departure.lat)]), strict=True)
    layers = [
        *line_layers(ground, dark),
        *parcel_layers(parcels, dark, 0.3, 3.0),
        _lines(ways),
        *name_layers(ground, dark),
        _stops(stops, dark, RADIUS if only is None else NUMBERED),
        _numbers(_farthest(stops, departure) if only is None else stops, dark),
        departure_layer(departure, dark),
        label_layer([(departure.title, (departure.lon, departure.lat), BELOW)], dark),
    ]
    labels = [Label(way["text"], palette.day_colour(way["number"], dark), "line") for way in ways]
    if len(ways) > DAY_COLOURS:
        text = f"{len(ways)} day tours, their numbers at their farthest stops"
        labels = [Label(text, palette.day_colour(0, dark), "line")]
    labels += [departure_label(departure, dark), *crop_labels(parcels, dark)]
    return Map(layers, bounds_of(lon, lat), "{text}", labels, dark)


def day_name(day: Day) -> str:
    """``day 2``, or ``day 2, crew 3`` where it is not the first crew's.

    Parameters
    ----------
    day
        A day tour of an itinerary.
    """
    return f"day {day.number}" + (f", crew {day.crew}" if day.crew > 1 else "")


def _lines(ways: list[dict[str, Any]]) -> pdk.Layer:
    return pdk.Layer(
        "PathLayer",
        id="ways",
        data=ways,
        get_path="path",
        get_color="colour",
        width_units=PIXELS,
        get_width=2.5,
        pickable=True,
    )


def _farthest(stops: list[dict[str, Any]], departure: Departure) -> list[dict[str, Any]]:
    """The stop of each day that lies farthest from the departure, with the number of the day."""
    days: dict[str, list[dict[str, Any]]] = {}
    for stop in stops:
        days.setdefault(stop["text"].partition(",")[0], []).append(stop)
    found = []
    for day, of_day in days.items():
        lon, lat = np.array([stop["place"] for stop in of_day]).T
        away = geodesic_km(departure.lon, departure.lat, lon, lat)
        found.append({**of_day[int(away.argmax())], "number": day.removeprefix("day ")})
    return found


def _numbers(stops: list[dict[str, Any]], dark: bool) -> pdk.Layer:
    """Numbers on discs in the colours of the days."""
    return pdk.Layer(
        "TextLayer",
        id="numbers",
        data=[{key: stop[key] for key in ("place", "colour", "number")} for stop in stops],
        get_position="place",
        get_text="number",
        get_size=12,
        get_color=palette.rgb(palette.scheme(dark).paper),
        font_family=FONT,
        font_weight=700,
        background=True,
        get_background_color="colour",
        background_padding=[4, 1, 4, 1],
        background_border_radius=8,
    )


def _stops(stops: list[dict[str, Any]], dark: bool, radius: int) -> pdk.Layer:
    return pdk.Layer(
        "ScatterplotLayer",
        id="stops",
        data=[{key: stop[key] for key in ("place", "colour", "text")} for stop in stops],
        get_position="place",
        get_fill_color="colour",
        get_line_color=palette.rgb(palette.scheme(dark).paper),
        radius_units=PIXELS,
        get_radius=radius,
        stroked=True,
        line_width_units=PIXELS,
        get_line_width=1,
        pickable=True,
    )
