"""What maps are made of: the deck, its layers, its view."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pydeck as pdk
from pydeck.types import String

from engine.domain import Departure
from engine.geodesy import circle
from engine.views import palette
from engine.views.maps.publish import PublishedParcels, PublishedPlaces

HEIGHT = 520  # pixels
PIXELS = String("pixels")  # pydeck takes a bare string for an expression


class Map(pdk.Deck):  # type: ignore[misc]
    """A deck whose JSON is compact: pydeck prints it pretty, and it travels at every step of a slider."""

    def to_json(self) -> str:
        """The deck as one line of JSON."""
        return json.dumps(json.loads(super().to_json()), separators=(",", ":"))


def deck(layers: list[pdk.Layer], view: pdk.ViewState, tooltip: str, dark: bool) -> Map:
    """A map without tiles, so that it draws without network.

    Parameters
    ----------
    layers
        What is drawn, the lowest first.
    view
        The centre and zoom at which the map opens.
    tooltip
        What hovering shows, with fields of the drawn object in braces.
    dark
        Whether the theme is dark.
    """
    colours = palette.scheme(dark)
    style = {
        "whiteSpace": "pre-line",
        "color": colours.ink,
        "backgroundColor": colours.paper,
        "border": f"1px solid {colours.line}",
        "borderRadius": "4px",
        "fontSize": "13px",
        "padding": "6px 8px",
    }
    return Map(
        layers=layers,
        initial_view_state=view,
        map_style=None,
        tooltip={"text": tooltip, "style": style},
    )


def parcel_layer(
    parcels: PublishedParcels, dark: bool, opacity: float, pixels: float, outlined: bool = False
) -> pdk.Layer:
    """The parcels in the faint colours of their crops.

    Parameters
    ----------
    parcels
        Those of a season, published.
    dark
        Whether the theme is dark.
    opacity
        From 0 (unseen) to 1 (solid).
    pixels
        Radius of a point; discs have at least half of it.
    outlined
        Whether parcels that are no discs have an outline.
    """
    style: dict[str, Any] = {
        "id": f"parcels-{parcels.key[:8]}-{dark}",
        "data": parcels.data,
        "opacity": opacity,
        "pickable": True,
    }
    colour = "dark" if dark else "light"
    if parcels.dense:
        return pdk.Layer(
            "ScatterplotLayer",
            get_position="place",
            get_fill_color=colour,
            get_radius="r",
            radius_min_pixels=pixels / 2,
            **style,
        )
    return pdk.Layer(
        "GeoJsonLayer",
        get_fill_color=f"properties.{colour}",
        stroked=outlined,
        get_line_color=palette.rgb(palette.scheme(dark).ink),
        get_line_width=0.8,
        line_width_units=PIXELS,
        point_type=String("circle"),
        point_radius_units=PIXELS,
        get_point_radius=pixels,
        **style,
    )


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


def view_with(bounds: tuple[float, float, float, float], departure: Departure) -> pdk.ViewState:
    """The view that shows the parcels and 25 km around the departure; the radius does not move it.

    Parameters
    ----------
    bounds
        West, south, east, north of the parcels, in degrees.
    departure
        Where trips start.
    """
    ring = circle(departure.lon, departure.lat, 25, points=4)  # [point, lon and lat]
    west, south, east, north = bounds
    west, east = min(west, ring[:, 0].min()), max(east, ring[:, 0].max())
    south, north = min(south, ring[:, 1].min()), max(north, ring[:, 1].max())
    return view_of((west, south, east, north))


def view_of(bounds: tuple[float, float, float, float]) -> pdk.ViewState:
    """The view that shows all between west, south, east and north, in degrees.

    Parameters
    ----------
    bounds
        West, south, east, north, in degrees.
    """
    west, south, east, north = bounds
    centre = (south + north) / 2
    width = max(east - west, 0.02)
    height = max(north - south, 0.02) / max(np.cos(np.radians(centre)), 0.05)
    # A tile of 512 px shows 360 degrees at zoom 0.
    zoom = np.log2(min(640 * 360 / 512 / width, 0.88 * HEIGHT * 360 / 512 / height))
    return pdk.ViewState(
        longitude=round(float(west + east) / 2, 5),
        latitude=round(float(centre), 5),
        zoom=round(float(np.clip(zoom, 1, 15)), 2),
        bearing=0,
        pitch=0,
    )
