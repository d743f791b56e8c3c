"""What may lie beneath a map where there is network: nothing by default, streets, or imagery."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True)
class BaseMap:
    """A provider of map tiles that asks for no key.

    Parameters
    ----------
    label
        As people read it.
    light, dark
        Addresses of its styles, for either theme.
    named
        Whether it names towns and rivers itself.
    credit
        Whose data it shows, as the provider asks to be named; empty where its style says so itself.
    """

    label: str
    light: str
    dark: str
    named: bool = False
    credit: str = ""


def style_of(tiles: str, credit: str, largest_zoom: int) -> str:
    """A style of one layer of pictures as a ``data:`` address.

    Parameters
    ----------
    tiles
        Address of a tile, with ``{z}``, ``{x}`` and ``{y}``; empty for no layer.
    credit
        Whose data they are.
    largest_zoom
        At which there are tiles.
    """
    source: dict[str, Any] = {
        "type": "raster", "tiles": [tiles], "tileSize": 256, "maxzoom": largest_zoom, "attribution": credit,
    }  # fmt: skip
    style = {
        "version": 8,
        "sources": {"tiles": source} if tiles else {},
        "layers": [{"id": "tiles", "type": "raster", "source": "tiles"}] if tiles else [],
    }
    return "data:application/json," + quote(json.dumps(style, separators=(",", ":")))


OPENSTREETMAP = "© OpenStreetMap contributors"
SENTINEL = (
    "Sentinel-2 cloudless (s2maps.eu) by EOX IT Services GmbH, contains modified Copernicus Sentinel data "
    "2016 and 2017, CC BY 4.0"
)
_NOTHING = style_of("", "", 0)
_STREETS = style_of("https://tile.openstreetmap.org/{z}/{x}/{y}.png", OPENSTREETMAP, 19)
_IMAGERY = style_of(
    "https://tiles.maps.eox.at/wmts/1.0.0/s2cloudless_3857/default/g/{z}/{y}/{x}.jpg",
    "s2maps.eu by EOX, CC BY 4.0",
    13,
)
_CARTO = "https://basemaps.cartocdn.com/gl/{}-gl-style/style.json"
NO_BASE_MAP = "none"
BASE_MAPS = {
    NO_BASE_MAP: BaseMap("No base map", _NOTHING, _NOTHING),
    "carto": BaseMap(
        "Streets, Carto", _CARTO.format("positron"), _CARTO.format("dark-matter"), True,
        f"© CARTO, {OPENSTREETMAP}",
    ),
    "openstreetmap": BaseMap("Streets, OpenStreetMap", _STREETS, _STREETS, True, OPENSTREETMAP),
    "sentinel-2": BaseMap("Imagery, Sentinel-2", _IMAGERY, _IMAGERY, False, SENTINEL),
}  # fmt: skip
