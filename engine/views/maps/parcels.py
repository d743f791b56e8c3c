"""The parcels with the circle around a departure, or with those of a trip."""

from __future__ import annotations

import pydeck as pdk
from pydeck.types import String

from engine.domain import Departure
from engine.geodesy import circle, place_and_scale
from engine.views import palette
from engine.views.maps.layers import (
    PIXELS,
    Map,
    deck,
    departure_layer,
    parcel_layer,
    parcel_style,
    ring_layer,
    view_with,
)
from engine.views.maps.publish import PublishedParcels, PublishedPlaces

RING_DIGITS = 5  # of a degree, 1 m: it is sent at every step
TOOLTIP = "{crop}\n{id}\n{ha} ha"


def circle_map(
    parcels: PublishedParcels,
    departure: Departure,
    km: float,
    dark: bool,
    places: PublishedPlaces | None = None,
) -> Map:
    """The parcels, the circle around the departure, and by outline the parcels within it.

    Parameters
    ----------
    parcels
        Those of a season, published.
    departure
        Centre of the circle.
    km
        Radius of the circle.
    dark
        Whether the theme is dark.
    places
        Marked by rings; None marks none.
    """
    ring = circle(departure.lon, departure.lat, km).round(RING_DIGITS).tolist()
    layers = [
        parcel_layer(parcels, dark, 0.4 if dark else 0.3, 3.5),
        _circle(ring, dark),
        _outlines_within(parcels, departure, km, dark),
        *([ring_layer(places, dark)] if places else []),
        departure_layer(departure, dark),
        _names(departure, ring, km, dark),
    ]
    return deck(layers, view_with(parcels.bounds, departure), TOOLTIP, dark)


def trip_map(parcels: PublishedParcels, departure: Departure, places: PublishedPlaces, dark: bool) -> Map:
    """The parcels, and by rings those to visit.

    Parameters
    ----------
    parcels
        Those of a season, published.
    departure
        Where the trip starts.
    places
        The parcels to visit, published.
    dark
        Whether the theme is dark.
    """
    layers = [
        parcel_layer(parcels, dark, 0.3, 3.0),
        ring_layer(places, dark),
        departure_layer(departure, dark),
    ]
    return deck(layers, view_with(parcels.bounds, departure), TOOLTIP, dark)


def _outlines_within(parcels: PublishedParcels, departure: Departure, km: float, dark: bool) -> pdk.Layer:
    """Outlines of the parcels within the circle.

    The graphics card compares projected squared distances, so that a new radius sends numbers only.
    Its verdict can differ from the geodesic one by a few metres in 100 km, and within a field group.
    """
    x, y, scale = place_and_scale(parcels.crs, departure.lon, departure.lat)
    x, y = round(x, 4), round(y, 4)  # km, to 0.1 m: they are sent at every step
    return pdk.Layer(
        "GeoJsonLayer",
        id=f"within-{parcels.key[:8]}-{departure.lon:g}-{departure.lat:g}-{dark}",
        stroked=True,
        get_line_color=[*palette.rgb(palette.scheme(dark).ink), 210],
        get_line_width=0.8,
        line_width_units=PIXELS,
        extensions=[{"@@type": "DataFilterExtension", "filterSize": 1}],
        get_filter_value=f"(properties.x-({x}))*(properties.x-({x}))+(properties.y-({y}))*(properties.y-({y}))",
        filter_range=[0, round((km * scale) ** 2, 6)],
        **parcel_style(parcels, dark, 3.5),
    )


def _circle(ring: list[list[float]], dark: bool) -> pdk.Layer:
    accent = palette.rgb(palette.scheme(dark).accent)
    return pdk.Layer(
        "PolygonLayer",
        id="circle",
        data=[{"ring": ring}],
        get_polygon="ring",
        get_fill_color=[*accent, 16],
        get_line_color=[*accent, 255],
        line_width_units=PIXELS,
        get_line_width=1.5,
    )


def _names(departure: Departure, ring: list[list[float]], km: float, dark: bool) -> pdk.Layer:
    """The name of the departure below it, and the radius above the circle."""
    colours = palette.scheme(dark)
    return pdk.Layer(
        "TextLayer",
        id="names",
        data=[
            {"place": [departure.lon, departure.lat], "text": departure.title, "shift": [0, 19]},
            {"place": max(ring, key=lambda point: point[1]), "text": f"{km:g} km", "shift": [0, -11]},
        ],
        get_position="place",
        get_text="text",
        get_pixel_offset="shift",
        get_size=12,
        get_color=palette.rgb(colours.ink),
        background=True,
        get_background_color=[*palette.rgb(colours.paper), 215],
        background_padding=[4, 1, 4, 1],
        background_border_radius=3,
        font_family=String("Source Sans, sans-serif"),
        font_weight=600,
        character_set=String("auto"),
    )
