"""Parcels and places as files that the browser fetches once, so that a slider sends numbers only."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from engine.domain import GroundplanError, Legend
from engine.files import write_atomic
from engine.geodesy import bounds_of
from engine.views.maps.features import discs_json, parcels_geojson, places_json

if TYPE_CHECKING:
    import geopandas as gpd

MOST_OUTLINES = 5000  # parcels that are drawn with their outline
MOST_LIVE = 500  # and that are redrawn with it within a blink, also without a graphics card
MOST_FILES = 500  # of places, kept for pages that are open
URL = "app/static"  # of the folder that the server gives to browsers, relative to the page


@dataclass(frozen=True)
class PublishedPlaces:
    """Places to mark on a map.

    Parameters
    ----------
    key
        Hash of what is drawn.
    data
        Address of the published file, or its content where no file could be written.
    path
        The published file, if there is one.
    """

    key: str
    data: str | dict[str, Any] | list[dict[str, Any]] = field(repr=False)
    path: Path | None

    @property
    def exists(self) -> bool:
        """Whether the file is still there."""
        return self.path is None or self.path.exists()


@dataclass(frozen=True)
class PublishedParcels(PublishedPlaces):
    """The parcels of a season, ready to be drawn.

    Parameters
    ----------
    bounds
        West, south, east, north of the parcels, in degrees.
    dense
        Whether parcels are drawn as discs of their size: outlines of so many cost the browser seconds a step.
    """

    bounds: tuple[float, float, float, float]
    dense: bool = False


def publish_places(parcels: pd.DataFrame, folder: Path | None, url: str = URL) -> PublishedPlaces:
    """Write the places of parcels as ``places-<hash>.json``, and remove those that were written long ago.

    Parameters
    ----------
    parcels
        With ``parcel_id``, ``lon`` and ``lat`` in degrees.
    folder, url
        As for `publish_parcels`.
    """
    key, data, path = _published(places_json(parcels), folder, url, "places-{}.json")
    if folder is not None and path is not None:
        _remove_oldest(folder, "places-*.json")
    return PublishedPlaces(key, data, path)


def publish_parcels(
    parcels: gpd.GeoDataFrame,
    legend: Legend,
    folder: Path | None,
    url: str = URL,
    live: bool = False,
) -> PublishedParcels:
    """Write the parcels as ``parcels-<hash>.geojson`` for the browser to fetch, once for all radii.

    Of more than `MOST_OUTLINES` parcels, `MOST_LIVE` where a slider redraws them, only discs are written, as
    ``parcels-<hash>.json``, see `engine.views.maps.features`.

    Parameters
    ----------
    parcels
        Parcels of one season.
    legend
        Names and colours of the classes.
    folder
        Where to write; with None, or where that fails, the parcels travel inside the map.
    url
        Address of that folder, relative to the page.
    live
        Whether they are redrawn at every step of a slider.
    """
    dense = len(parcels) > (MOST_LIVE if live else MOST_OUTLINES)
    text = discs_json(parcels, legend) if dense else parcels_geojson(parcels, legend)
    name = "parcels-{}.json" if dense else "parcels-{}.geojson"
    key, data, path = _published(text, folder, url, name)
    return PublishedParcels(key, data, path, bounds_of(parcels["lon"], parcels["lat"]), dense)


def _published(text: str, folder: Path | None, url: str, name: str) -> tuple[str, Any, Path | None]:
    """Hash of the text, and its address and file, or the content itself where it cannot be written."""
    key = hashlib.sha256(text.encode()).hexdigest()[:32]
    if folder is not None:
        path = folder / name.format(key)
        try:
            if not path.exists():
                write_atomic(path, text.encode())
            return key, f"{url}/{path.name}", path
        except GroundplanError:
            pass  # a read-only installation: slower, but it draws
    return key, json.loads(text), None


def _remove_oldest(folder: Path, pattern: str) -> None:
    """Keep the files that were written last."""
    files = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime)
    for old in files[:-MOST_FILES]:
        old.unlink(missing_ok=True)
