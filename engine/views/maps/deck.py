"""A map: its layers, its view, what lies beneath it, and its legend."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pydeck as pdk

from engine.domain import Departure
from engine.geodesy import Bounds
from engine.views import palette
from engine.views.maps.base import BASE_MAPS, NO_BASE_MAP
from engine.views.maps.layers import found_layer, scale_bar
from engine.views.maps.legend import Label, legend_html
from engine.views.maps.scales import DESKTOP, PHONE, zoom_of

OWN_GROUND = ("ground", "names")  # how the ids of layers begin that a base map with names replaces
FOUND_ZOOM = 12.0  # some 20 km across
UNSEEN = 1e-7  # degrees and zooms


class Map(pdk.Deck):  # type: ignore[misc]
    """A deck whose JSON is compact: pydeck prints it pretty, and it travels at every step of a slider.

    Parameters
    ----------
    layers
        What is drawn, the lowest first.
    extent
        West, south, east and north of what the map shows when it opens, in degrees.
    tooltip
        What hovering shows, with fields of the drawn object in braces.
    labels
        The legend.
    dark
        Whether the theme is dark.
    """

    def __init__(
        self, layers: list[pdk.Layer], extent: Bounds, tooltip: str, labels: Sequence[Label], dark: bool
    ) -> None:
        super().__init__(
            layers=layers,
            initial_view_state=view_of(extent),
            tooltip={"text": tooltip, "style": _tooltip_style(dark)},
        )
        self.layers: list[pdk.Layer]
        self.height = DESKTOP[1]  # pixels
        self._extent, self._labels, self._dark = extent, tuple(labels), dark
        self.open_on(NO_BASE_MAP)

    @property
    def legend(self) -> str:
        """What its colours and signs mean, as HTML."""
        return legend_html(self._labels, self._dark)

    def open_on(
        self, base: str, narrow: bool = False, resets: int = 0, found: Departure | None = None
    ) -> Map:
        """The same map, opened anew.

        Parameters
        ----------
        base
            Id of the base map, of `engine.views.maps.base.BASE_MAPS`.
        narrow
            Whether the page is a phone's.
        resets
            How often the user asked for the opening view again.
        found
            A parcel to open on, with a ring around it, instead of on the whole.
        """
        beneath = BASE_MAPS[base]
        size = PHONE if narrow else DESKTOP
        self.height = size[1]
        self.map_style = beneath.dark if self._dark else beneath.light
        self.initial_view_state = view_of(self._extent, size, resets)
        bar = scale_bar(self._extent, size, self._dark)
        self.layers = [*(layer for layer in self.layers if layer.id != bar.id), bar]
        if found is not None:
            self.initial_view_state = view_of((found.lon, found.lat) * 2, size, resets)
            self.initial_view_state.zoom = FOUND_ZOOM + UNSEEN * (resets % 100)
            self.layers = [*self.layers, found_layer(found, self._dark)]
        if beneath.named:
            self.layers = [layer for layer in self.layers if not layer.id.startswith(OWN_GROUND)]
        elif base != NO_BASE_MAP:
            for layer in self.layers:
                if layer.id.startswith(OWN_GROUND[0]):
                    layer.filled = False
        return self

    def to_json(self) -> str:
        """The deck as one line of JSON."""
        deck = json.loads(super().to_json())
        own = {name: deck[name] for name in deck if not name.startswith("_") and name != "height"}
        return json.dumps(own, separators=(",", ":"))


def _tooltip_style(dark: bool) -> dict[str, str]:
    colours = palette.scheme(dark)
    return {
        "whiteSpace": "pre-line",
        "color": colours.ink,
        "backgroundColor": colours.paper,
        "border": f"1px solid {colours.line}",
        "borderRadius": "4px",
        "fontSize": "13px",
        "padding": "6px 8px",
    }


def view_of(extent: Bounds, size: tuple[int, int] = DESKTOP, resets: int = 0) -> pdk.ViewState:
    """The view that shows all between west, south, east and north, in degrees.

    Parameters
    ----------
    extent
        West, south, east, north, in degrees.
    size
        Width and height of the map, pixels.
    resets
        How often the user asked for this view again. A browser returns to a view only where it is a new one,
        so each differs from the one before by less than can be seen.
    """
    west, south, east, north = extent
    other = UNSEEN * (resets % 100)
    return pdk.ViewState(
        longitude=round(float(west + east) / 2, 5) + other,
        latitude=round(float(south + north) / 2, 5) + other,
        zoom=zoom_of(extent, size) + other,
        bearing=other,
        pitch=other,
    )
