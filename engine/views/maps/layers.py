"""The layers that maps share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pydeck as pdk
from pydeck.types import String

from engine.domain import Departure
from engine.geodesy import WGS84, Bounds
from engine.views import palette
from engine.views.maps.publish import PublishedGround, PublishedParcels, PublishedPlaces
from engine.views.maps.scales import TILE_PX, bar_km, zoom_of

ABOVE, BELOW = -11, 19  # pixels by which a label lies off its place
BAR_INSIDE = 12  # pixels from the corner of the map to the scale bar
DIGITS = 5  # of a degree
ONE_TILE = "{z}{x}{y}"  # all parcels are one tile, that of the world; deck.gl wants its place in the address
FONT = String("Source Sans, sans-serif")
PIXELS = String("pixels")  # pydeck takes a bare string for an expression


def parcel_layers(
    parcels: PublishedParcels,
    dark: bool,
    opacity: float,
    pixels: float,
    outlined: bool = False,
    colours: str = "",
) -> list[pdk.Layer]:
    """The parcels in the faint colours of their crops: a layer, or one for each range of zooms.

    Parameters
    ----------
    parcels
        Those of a season, published.
    dark
        Whether the theme is dark.
    opacity
        From 0 (unseen) to 1 (solid).
    pixels
        Radius of a point.
    outlined
        Whether few parcels have an outline.
    colours
        How the properties of other colours begin that were published with the parcels; empty for the crops'.
    """
    style: dict[str, Any] = {
        "opacity": opacity,
        "pickable": True,
        "get_fill_color": f"properties.{colours}{_theme(dark)}",
    }
    if not parcels.scales:
        layer = pdk.Layer(
            "GeoJsonLayer",
            id=f"parcels-{parcels.key[:8]}-{dark}{colours}",
            data=parcels.data,
            stroked=outlined,
            get_line_color=palette.rgb(palette.scheme(dark).ink),
            get_line_width=0.8,
            line_width_units=PIXELS,
            point_type=String("circle"),
            point_radius_units=PIXELS,
            get_point_radius=pixels,
            **style,
        )
        return [layer]
    return [
        pdk.Layer(
            "TileLayer",
            id=f"parcels-{part.key[:8]}-{dark}{colours}",
            data=f"{part.data}?{ONE_TILE}",
            min_zoom=0,
            max_zoom=0,
            stroked=False,
            **{"visible_min_zoom": part.scale.least} if part.scale.least is not None else {},
            **{"visible_max_zoom": part.scale.most} if part.scale.most is not None else {},
            **style,
        )
        for part in parcels.scales
    ]


def line_layers(ground: PublishedGround | None, dark: bool) -> list[pdk.Layer]:
    """Outline, rivers and main roads, which lie beneath the parcels.

    Parameters
    ----------
    ground
        What lies there; None is nothing.
    dark
        Whether the theme is dark.
    """
    if ground is None or ground.lines is None:
        return []
    layer = pdk.Layer(
        "GeoJsonLayer",
        id=f"ground-{ground.lines.key[:8]}-{dark}",
        data=ground.lines.data,
        filled=True,
        get_fill_color=palette.rgb(palette.scheme(dark).panel),
        stroked=True,
        get_line_color=f"properties.{_theme(dark)}",
        get_line_width="properties.px",
        line_width_units=PIXELS,
    )
    return [layer]


def name_layers(ground: PublishedGround | None, dark: bool) -> list[pdk.Layer]:
    """Towns and the names of rivers: a layer for each zoom at which names join.

    Parameters
    ----------
    ground
        What lies beneath the parcels; None is nothing.
    dark
        Whether the theme is dark.
    """
    paper = palette.rgb(palette.scheme(dark).paper)
    style: dict[str, Any] = {
        "point_type": String("circle+text"),
        "point_radius_units": PIXELS,
        "get_point_radius": "properties.dot",
        "stroked": False,
        "get_fill_color": f"properties.{_theme(dark)}",
        "get_text": "properties.text",
        "get_text_color": f"properties.{_theme(dark)}",
        "get_text_size": 12,
        "get_text_pixel_offset": [0, 12],
        "text_font_family": FONT,
        "text_font_weight": 600,
        "text_character_set": String("auto"),
        "text_background": True,
        "get_text_background_color": [*paper, 205],
        "text_background_padding": [3, 0, 3, 0],
    }
    layers = []
    for names in ground.names if ground else ():
        name = f"names-{names.key[:8]}-{dark}"
        if names.path is None:  # no tiles without a file: the names for every zoom, and no others
            return [pdk.Layer("GeoJsonLayer", id=name, data=names.data, **style)]
        tiles = {"data": f"{names.data}?{ONE_TILE}", "min_zoom": 0, "max_zoom": 0}
        least = {"visible_min_zoom": names.least} if names.least is not None else {}
        layers.append(pdk.Layer("TileLayer", id=name, **tiles, **least, **style))
    return layers


def _theme(dark: bool) -> str:
    """The property of published features that holds their colour."""
    return "dark" if dark else "light"


def ring_layer(places: PublishedPlaces, dark: bool) -> pdk.Layer:
    """A ring around each place.

    Parameters
    ----------
    places
        Those to mark, published.
    dark
        Whether the theme is dark.
    """
    return pdk.Layer(
        "ScatterplotLayer",
        id=f"places-{places.key[:8]}",
        data=places.data,
        get_position="place",
        filled=False,
        stroked=True,
        get_line_color=[*palette.rgb(palette.scheme(dark).accent), 200],
        radius_units=PIXELS,
        get_radius=5,
        line_width_units=PIXELS,
        get_line_width=1.2,
    )


def departure_layer(departure: Departure, dark: bool) -> pdk.Layer:
    """The departure as a dot.

    Parameters
    ----------
    departure
        Where trips start.
    dark
        Whether the theme is dark.
    """
    colours = palette.scheme(dark)
    return pdk.Layer(
        "ScatterplotLayer",
        id="departure",
        data=[{"place": [departure.lon, departure.lat]}],
        get_position="place",
        radius_units=PIXELS,
        get_radius=7,
        stroked=True,
        get_fill_color=palette.rgb(colours.accent),
        get_line_color=palette.rgb(colours.paper),
        line_width_units=PIXELS,
        get_line_width=2.5,
    )


def found_layer(found: Departure, dark: bool) -> pdk.Layer:
    """A wide ring around a parcel.

    Parameters
    ----------
    found
        Where it lies.
    dark
        Whether the theme is dark.
    """
    return pdk.Layer(
        "ScatterplotLayer",
        id="found",
        data=[{"place": [found.lon, found.lat]}],
        get_position="place",
        filled=False,
        stroked=True,
        get_line_color=palette.rgb(palette.scheme(dark).ink),
        radius_units=PIXELS,
        get_radius=16,
        line_width_units=PIXELS,
        get_line_width=3,
    )


def label_layer(labels: Sequence[tuple[str, Sequence[float], int]], dark: bool) -> pdk.Layer:
    """Names on a ground of their own, over all else.

    Parameters
    ----------
    labels
        Text, longitude and latitude in degrees, and the pixels by which it lies below its place.
    dark
        Whether the theme is dark.
    """
    colours = palette.scheme(dark)
    return pdk.Layer(
        "TextLayer",
        id="labels",
        data=[{"place": [*place], "text": text, "shift": [0, shift]} for text, place, shift in labels],
        get_position="place",
        get_text="text",
        get_pixel_offset="shift",
        get_size=12,
        get_color=palette.rgb(colours.ink),
        background=True,
        get_background_color=[*palette.rgb(colours.paper), 215],
        background_padding=[4, 1, 4, 1],
        background_border_radius=3,
        font_family=FONT,
        font_weight=600,
        character_set=String("auto"),
    )


def scale_bar(extent: Bounds, size: tuple[int, int], dark: bool) -> pdk.Layer:
    """A round number of km on the ground in the lower left of a map as it opens: true at every zoom.

    Parameters
    ----------
    extent
        West, south, east and north of what the map shows when it opens, in degrees.
    size
        Width and height of the map, pixels.
    dark
        Whether the theme is dark.
    """
    degrees = 360 / TILE_PX / 2 ** zoom_of(extent, size)  # of longitude that a pixel has
    west = (extent[0] + extent[2] - degrees * size[0]) / 2 + BAR_INSIDE * degrees
    middle_lat = (extent[1] + extent[3]) / 2
    high = degrees * max(float(np.cos(np.radians(middle_lat))), 0.05)
    lat = middle_lat - high * (size[1] / 2 - BAR_INSIDE)
    km = bar_km(extent, size)
    east = float(WGS84.fwd(west, lat, 90, 1000 * km)[0])
    middle = [round((west + east) / 2, DIGITS), round(lat, DIGITS)]
    bar = [[round(west, DIGITS), middle[1]], [round(west + (east - west) % 360, DIGITS), middle[1]]]
    colours = palette.scheme(dark)
    ink, paper = palette.rgb(colours.ink), palette.rgb(colours.paper)
    shapes = [{"type": "LineString", "coordinates": bar}, {"type": "Point", "coordinates": middle}]
    return pdk.Layer(
        "GeoJsonLayer",
        id="scale",
        data={
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": shape, "properties": {"text": f"{km:g} km"}}
                for shape in shapes
            ],
        },
        get_line_color=ink,
        get_line_width=3,
        line_width_units=PIXELS,
        point_type=String("text"),
        get_text="properties.text",
        get_text_color=ink,
        get_text_size=12,
        get_text_pixel_offset=[0, -9],
        text_font_family=FONT,
        text_background=True,
        get_text_background_color=[*paper, 190],
    )
