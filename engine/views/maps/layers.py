"""What maps are made of: the deck, its layers, its view."""

from __future__ import annotations

import json
from typing import Any

import pydeck as pdk
from pydeck.types import String

from engine.domain import Departure
from engine.geodesy import circle
from engine.views import palette
from engine.views.maps.publish import PublishedParcels, PublishedPlaces
from engine.views.maps.scales import zoom_of

ONE_TILE = "{z}{x}{y}"  # all parcels are one tile, that of the world; deck.gl wants its place in the address
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


def parcel_layers(
    parcels: PublishedParcels, dark: bool, opacity: float, pixels: float, outlined: bool = False
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
    """
    style: dict[str, Any] = {
        "opacity": opacity,
        "pickable": True,
        "get_fill_color": f"properties.{'dark' if dark else 'light'}",
    }
    if not parcels.scales:
        layer = pdk.Layer(
            "GeoJsonLayer",
            id=f"parcels-{parcels.key[:8]}-{dark}",
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
            id=f"parcels-{part.key[:8]}-{dark}",
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
    return pdk.ViewState(
        longitude=round(float(west + east) / 2, 5),
        latitude=round(float(south + north) / 2, 5),
        zoom=zoom_of(bounds),
        bearing=0,
        pitch=0,
    )
