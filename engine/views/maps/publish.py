"""Parcels and places as files that the browser fetches once, so that a slider sends numbers only."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from engine.domain import GroundplanError, Legend
from engine.files import write_atomic
from engine.geodesy import Bounds, bounds_of
from engine.views.maps.features import (
    CORNERS,
    FINE_CORNERS,
    UNKNOWN,
    lines_geojson,
    names_geojson,
    parcels_geojson,
    places_json,
    radius_m,
    specks_geojson,
)
from engine.views.maps.ground import Ground
from engine.views.maps.scales import Scale, scales_of

if TYPE_CHECKING:
    import geopandas as gpd

MOST_AT_ONCE = 500  # parcels that are redrawn in full within a blink, also without a graphics card
MOST_OUTLINES = 25_000  # of which one file holds the outlines
MOST_FILES = 500  # of places, kept for pages that are open
UNASKED_S = 24 * 3600  # after which a file of parcels is removed
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
class PublishedScale(PublishedPlaces):
    """The parcels as they are drawn in a range of zooms.

    Parameters
    ----------
    scale
        The range.
    """

    scale: Scale


@dataclass(frozen=True)
class PublishedParcels(PublishedPlaces):
    """The parcels of a season, ready to be drawn.

    Parameters
    ----------
    bounds
        West, south, east, north of the parcels, in degrees.
    crops
        Name, colour and number of parcels of each crop, the most frequent first; those without label last,
        without a colour.
    scales
        How they are drawn by zoom, see `engine.views.maps.scales`; empty where they are few.
    """

    bounds: Bounds
    crops: tuple[tuple[str, str, int], ...] = ()
    scales: tuple[PublishedScale, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether all files are still there."""
        return super().exists and all(scale.exists for scale in self.scales)


@dataclass(frozen=True)
class PublishedNames(PublishedPlaces):
    """Names that are drawn from a zoom on.

    Parameters
    ----------
    least
        That zoom; None is every zoom.
    """

    least: float | None


@dataclass(frozen=True)
class PublishedGround:
    """What lies beneath the parcels, ready to be drawn.

    Parameters
    ----------
    lines
        Outline, rivers and roads; None where there are none.
    names
        Those of towns and rivers, the first for every zoom.
    bounds
        West, south, east, north of the outline, in degrees; None without one.
    """

    lines: PublishedPlaces | None
    names: tuple[PublishedNames, ...]
    bounds: Bounds | None

    @property
    def exists(self) -> bool:
        """Whether all files are still there."""
        return all(part.exists for part in (*filter(None, [self.lines]), *self.names))


def publish_ground(ground: Ground, folder: Path | None, url: str = URL) -> PublishedGround:
    """Write what lies beneath the parcels as ``ground-<hash>.geojson``, names in a file for each zoom.

    Parameters
    ----------
    ground
        Lines and names.
    folder, url
        As for `publish_parcels`.
    """
    lines, names = None, list[PublishedNames]()
    if len(ground.lines):
        lines = PublishedPlaces(*_published(lines_geojson(ground.lines), folder, url, "ground-{}.geojson"))
    for least in np.unique(ground.names["least"].to_numpy(np.float64)):
        joining = ground.names[ground.names["least"] == least]
        made = _published(names_geojson(joining), folder, url, "ground-{}.geojson")
        names.append(PublishedNames(*made, float(least) if names else None))
    if folder is not None:
        _remove_unasked(folder, "ground-*.geojson")
    return PublishedGround(lines, tuple(names), ground.bounds)


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
    more: Sequence[str] = (),
) -> PublishedParcels:
    """Write the parcels as ``parcels-<hash>.geojson`` for the browser to fetch, once for all radii.

    Of more than `MOST_AT_ONCE` parcels a file a scale is written, see `engine.views.maps.scales`. Files that
    nobody has asked for in a day are removed.

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
    more
        Members of a JSON object to tell of each parcel besides, ``[parcel]``; empty tells no more.
    """
    made = _published_parcels(parcels, legend, folder, url, more)
    if folder is not None and made.path is not None:
        _remove_unasked(folder, "parcels-*.geojson")
    return made


def _published_parcels(
    parcels: gpd.GeoDataFrame, legend: Legend, folder: Path | None, url: str, more: Sequence[str]
) -> PublishedParcels:
    bounds, crops = bounds_of(parcels["lon"], parcels["lat"]), _crops(parcels, legend)
    if len(parcels) > MOST_AT_ONCE and folder is not None:
        scales = scales_of(bounds, float(np.median(radius_m(parcels))))
        made = []
        for scale in scales:
            large = scale is scales[-1]
            corners, outlines = FINE_CORNERS if large else CORNERS, large and len(parcels) <= MOST_OUTLINES
            text = specks_geojson(parcels, legend, scale.speck_m, corners, outlines, more)
            made.append(PublishedScale(*_published(text, folder, url, "parcels-{}.geojson"), scale))
        if all(scale.path for scale in made):
            return PublishedParcels(made[0].key, made[0].data, made[0].path, bounds, crops, tuple(made))
    published = _published(parcels_geojson(parcels, legend, more), folder, url, "parcels-{}.geojson")
    return PublishedParcels(*published, bounds, crops)


def _crops(parcels: gpd.GeoDataFrame, legend: Legend) -> tuple[tuple[str, str, int], ...]:
    """Name, colour and number of parcels of each crop; those without label last."""
    counts, colours = parcels["crop"].value_counts(), {crop.name: crop.colour for crop in legend}
    known = [(str(name), colours[name], int(count)) for name, count in counts.items() if count]
    unknown = int(parcels["crop"].isna().sum())
    return (*known, *([(f"crop {UNKNOWN}", "", unknown)] if unknown else []))


def _published(text: str, folder: Path | None, url: str, name: str) -> tuple[str, Any, Path | None]:
    """Hash of the text, and its address and file, or the content itself where it cannot be written."""
    key = hashlib.sha256(text.encode()).hexdigest()[:32]
    if folder is not None:
        path = folder / name.format(key)
        try:
            if not path.exists():
                write_atomic(path, text.encode())
            else:
                with contextlib.suppress(OSError):  # it may be another user's
                    path.touch()  # it is asked for
            return key, f"{url}/{path.name}", path
        except GroundplanError:
            pass  # a read-only installation: slower, but it draws
    return key, json.loads(text), None


def _remove_unasked(folder: Path, pattern: str) -> None:
    """Remove the files that were last written or asked for more than a day ago, also by another server.

    A page that is still open has fetched its file already, and publishes it anew with its next map.
    """
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):  # another server may have removed it, or nobody may
            if time.time() - path.stat().st_mtime > UNASKED_S:
                path.unlink()


def _remove_oldest(folder: Path, pattern: str) -> None:
    """Keep the files that were written last."""
    files = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime)
    for old in files[:-MOST_FILES]:
        old.unlink(missing_ok=True)
