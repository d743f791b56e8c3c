"""The parcels with the day tours of an itinerary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pydeck as pdk

from engine.decisions.wording import counted
from engine.fieldwork.tour import clock, ways_of
from engine.geodesy import bounds_of
from engine.views import palette
from engine.views.maps.layers import PIXELS, Map, deck, departure_layer, parcel_layers, view_of
from engine.views.maps.publish import PublishedParcels

if TYPE_CHECKING:
    from engine.fieldwork.tour import Day, Itinerary


def tour_map(parcels: PublishedParcels, itinerary: Itinerary, dark: bool, only: Day | None = None) -> Map:
    """The parcels, and over them the way of each day with its stops, or of one day only.

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
        ways.append({"path": [[*start], *stop_places, [*end]], "colour": colour, "text": name})
        places += [start, *((stop.lon, stop.lat) for stop in day.stops)]
        for place, stop in enumerate(day.stops, 1):
            text = f"{name}, stop {place}\n{clock(stop.arrival_h)}, {counted(len(stop.parcels), 'parcel')}"
            stops.append({"place": [stop.lon, stop.lat], "colour": colour, "text": text})
    lon, lat = zip(*(places or [(departure.lon, departure.lat)]), strict=True)
    layers = [
        *parcel_layers(parcels, dark, 0.3, 3.0),
        _lines(ways),
        _stops(stops, dark),
        departure_layer(departure, dark),
    ]
    return deck(layers, view_of(bounds_of(lon, lat)), "{text}", dark)


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


def _stops(stops: list[dict[str, Any]], dark: bool) -> pdk.Layer:
    return pdk.Layer(
        "ScatterplotLayer",
        id="stops",
        data=stops,
        get_position="place",
        get_fill_color="colour",
        get_line_color=palette.rgb(palette.scheme(dark).paper),
        radius_units=PIXELS,
        get_radius=5,
        stroked=True,
        line_width_units=PIXELS,
        get_line_width=1,
        pickable=True,
    )
