"""The parcels with the circle around a departure, or with those of a trip."""

from __future__ import annotations

import pydeck as pdk

from engine.domain import Departure
from engine.geodesy import circle
from engine.views import palette
from engine.views.maps.deck import Map
from engine.views.maps.ground import extent_of
from engine.views.maps.layers import (
    ABOVE,
    BELOW,
    PIXELS,
    departure_layer,
    label_layer,
    line_layers,
    name_layers,
    parcel_layers,
    ring_layer,
)
from engine.views.maps.legend import Label, crop_labels, departure_label
from engine.views.maps.marks import Marks, mark_labels, mark_layers
from engine.views.maps.publish import PublishedGround, PublishedParcels, PublishedPlaces

NO_MARKS = Marks()
RING_DIGITS = 5  # of a degree, 1 m: it is sent at every step
WORLD = [[-180, -85], [180, -85], [180, 85], [-180, 85]]
VEIL = 0.45  # what it takes of the parcels beyond the circle
TOOLTIP = "{crop}\n{id}\n{ha} ha"


def circle_map(
    parcels: PublishedParcels,
    departure: Departure,
    km: float,
    dark: bool,
    places: PublishedPlaces | None = None,
    ground: PublishedGround | None = None,
    marks: Marks = NO_MARKS,
) -> Map:
    """The parcels, strong within the circle around the departure and faint beyond.

    The parcels are drawn once, whatever the radius; a veil with a hole lies over them.

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
    ground
        What lies beneath the parcels; None is nothing.
    marks
        What is pinned and left out.
    """
    ring = circle(departure.lon, departure.lat, km).round(RING_DIGITS).tolist()
    top = max(ring, key=lambda point: point[1])
    layers = [
        *line_layers(ground, dark),
        *parcel_layers(parcels, dark, 0.85 if dark else 0.75, 3.5, outlined=True),
        _veil(ring, dark),
        _circle(ring, dark),
        *([ring_layer(places, dark)] if places else []),
        *mark_layers(marks, dark),
        *name_layers(ground, dark),
        departure_layer(departure, dark),
        label_layer(
            [(departure.title, (departure.lon, departure.lat), BELOW), (f"{km:g} km", top, ABOVE)], dark
        ),
    ]
    labels = [*crop_labels(parcels, dark), *_trip_labels(departure, places, dark)]
    labels += [Label(f"{km:g} km from there", palette.scheme(dark).accent, "line"), *mark_labels(marks, dark)]
    extent = extent_of(parcels.bounds, departure, ground.bounds if ground else None, km)
    return Map(layers, extent, TOOLTIP, labels, dark)


def parcels_map(
    parcels: PublishedParcels, middle: Departure, dark: bool, ground: PublishedGround | None
) -> Map:
    """The parcels by their crop, and nothing else.

    Parameters
    ----------
    parcels
        Those of a season, published.
    middle
        A place among them.
    dark
        Whether the theme is dark.
    ground
        What lies beneath the parcels; None is nothing.
    """
    layers = [
        *line_layers(ground, dark),
        *parcel_layers(parcels, dark, 0.85 if dark else 0.75, 3.5, outlined=True),
        *name_layers(ground, dark),
    ]
    extent = extent_of(parcels.bounds, middle, ground.bounds if ground else None)
    return Map(layers, extent, TOOLTIP, crop_labels(parcels, dark), dark)


def trip_map(
    parcels: PublishedParcels,
    departure: Departure,
    places: PublishedPlaces,
    dark: bool,
    ground: PublishedGround | None = None,
    marks: Marks = NO_MARKS,
) -> Map:
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
    ground
        What lies beneath the parcels; None is nothing.
    marks
        What is pinned and left out.
    """
    layers = [
        *line_layers(ground, dark),
        *parcel_layers(parcels, dark, 0.3, 3.0),
        ring_layer(places, dark),
        *mark_layers(marks, dark),
        *name_layers(ground, dark),
        departure_layer(departure, dark),
        label_layer([(departure.title, (departure.lon, departure.lat), BELOW)], dark),
    ]
    labels = [
        *crop_labels(parcels, dark),
        *_trip_labels(departure, places, dark),
        *mark_labels(marks, dark),
    ]
    extent = extent_of(parcels.bounds, departure, ground.bounds if ground else None)
    return Map(layers, extent, TOOLTIP, labels, dark)


def _trip_labels(departure: Departure, places: PublishedPlaces | None, dark: bool) -> list[Label]:
    ring = Label("to visit", palette.scheme(dark).accent, "ring")
    return [*([ring] if places else []), departure_label(departure, dark)]


def _veil(ring: list[list[float]], dark: bool) -> pdk.Layer:
    """A veil in the colour of the page over all beyond the circle."""
    return pdk.Layer(
        "PolygonLayer",
        id="veil",
        data=[{"ground": [WORLD, ring]}],
        get_polygon="ground",
        stroked=False,
        get_fill_color=[*palette.rgb(palette.scheme(dark).paper), round(255 * VEIL)],
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
