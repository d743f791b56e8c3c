"""What lies beneath the parcels: outline, rivers, main roads and towns, and from which zoom names stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Departure
from engine.fieldwork.towns import towns
from engine.geodesy import Bounds, bounds_of, circle
from engine.simulation.backdrop import backdrop
from engine.views.maps.scales import TILE_PX, zoom_of

if TYPE_CHECKING:
    import geopandas as gpd

Floats = npt.NDArray[np.float64]
LINES = ("outline", "river", "road")
OF_RANK = (4, 12)  # largest towns of GeoNames that have rank 1, and rank 1 or 2
REACHES_KM = (
    25.0,
    60.0,
)  # around the departure that a map shows when it opens, the first that holds its circle
RIVER_RANK = 1.5  # a river's name goes before those of smaller towns
LETTER_PX, NAME_PX = 6.8, 27.0  # width of a letter, and height of a name with its dot
AROUND_PX = 16.0  # of room that a name wants on its sides
LEVELS = (-0.9, -0.01, 2.0)  # zooms at which names join, from the one at which a desktop opens the map
SPOTS = 15  # of a river, where its name may be


@dataclass(frozen=True)
class Ground:
    """What is drawn beneath parcels.

    Parameters
    ----------
    lines
        ``kind`` (outline, river or road), ``name`` and ``geometry`` in degrees.
    names
        ``kind`` (town or river), ``text``, ``lon``, ``lat`` and ``least``: the zoom from which it is drawn.
    """

    lines: gpd.GeoDataFrame
    names: pd.DataFrame

    @property
    def bounds(self) -> Bounds | None:
        """West, south, east and north of the outline, in degrees; None without one."""
        outline = self.lines[self.lines["kind"] == "outline"]
        return tuple(outline.total_bounds.tolist()) if len(outline) else None


def ground_layers(bounds: Bounds) -> gpd.GeoDataFrame:
    """The layers beneath parcels: ``kind``, ``name``, ``rank`` of a town and ``geometry`` in EPSG:4326.

    In the province they are its outline, rivers, main roads and towns; elsewhere the towns of GeoNames alone,
    for nothing else is known there without network.

    Parameters
    ----------
    bounds
        West, south, east and north of the parcels, degrees.
    """
    import geopandas as gpd

    layers = backdrop(bounds)
    if len(layers):
        return layers
    near = towns(bounds)
    places = gpd.points_from_xy([town.lon for town in near], [town.lat for town in near])
    rank = 1 + np.searchsorted(OF_RANK, np.arange(len(near)), side="right")
    return gpd.GeoDataFrame(
        {"kind": "town", "name": [town.name for town in near], "rank": rank}, geometry=places, crs=4326
    )


def ground_of(bounds: Bounds, departure: Departure) -> Ground:
    """What a map of parcels has beneath them, with names that join as one zooms in.

    Parameters
    ----------
    bounds
        West, south, east and north of the parcels, degrees.
    departure
        Where trips start: it is named on the map already, and other names leave it room.
    """
    ground = _ground(bounds, departure)
    opening = zoom_of(extent_of(bounds, departure, ground.bounds))
    least = drawn_from(ground.names["least"].to_numpy(), [opening + level for level in LEVELS])
    return _named(ground, least, np.isfinite(least))


def ground_at(bounds: Bounds, departure: Departure, zoom: float) -> Ground:
    """What a picture of parcels has beneath them, with the names that are clear at its scale.

    Parameters
    ----------
    bounds, departure
        As for `ground_of`.
    zoom
        At which a map would have the scale of the picture.
    """
    ground = _ground(bounds, departure)
    least = ground.names["least"].to_numpy()
    return _named(ground, least, least <= zoom)


def _ground(bounds: Bounds, departure: Departure) -> Ground:
    """All lines and names; those the most important first, with the zoom from which they are clear."""
    layers = ground_layers(bounds)
    names = pd.concat([_towns(layers), _rivers(layers, bounds)]).sort_values("rank", kind="stable")
    names = names.drop(columns="rank").assign(least=least_zooms(names, departure))
    return Ground(layers.loc[layers["kind"].isin(LINES), ["kind", "name", "geometry"]], names)


def _named(ground: Ground, least: Floats, kept: npt.NDArray[np.bool_]) -> Ground:
    return Ground(ground.lines, ground.names.assign(least=least)[kept].reset_index(drop=True))


def least_zooms(names: pd.DataFrame, departure: Departure) -> Floats:
    """The zoom from which each name is clear of all before it and of the departure's, ``[name]``.

    Names keep their size and draw apart with every zoom, so two that are clear of each other remain so.

    Parameters
    ----------
    names
        With ``text``, ``lon`` and ``lat``, the most important first.
    departure
        Whose name goes before all.
    """
    texts = [departure.title, *names["text"]]
    wide = np.array([LETTER_PX * len(text) for text in texts])  # [departure and names]
    lon = np.array([departure.lon, *names["lon"]])
    lat = np.array([departure.lat, *names["lat"]])
    px = TILE_PX / 360  # of a degree of longitude at zoom 0
    aside = px * np.abs(lon[:, None] - lon)
    above = px * np.abs(lat[:, None] - lat) / max(np.cos(np.radians(departure.lat)), 0.05)
    with np.errstate(divide="ignore"):
        apart = np.minimum(
            ((wide[:, None] + wide) / 2 + AROUND_PX) / aside, (NAME_PX + AROUND_PX) / above
        )  # [name, other name]: the magnification at which they are clear of each other
        before = np.tril(np.ones_like(apart, bool), -1)
        zooms: Floats = np.log2(np.where(before, apart, 0).max(axis=1))[1:]
    return zooms


def drawn_from(zooms: Floats, levels: list[float]) -> Floats:
    """The lowest level at which each name is clear, ``[name]``; infinite where that is none.

    Parameters
    ----------
    zooms
        From which names are clear, ``[name]``.
    levels
        Zooms at which names join, ascending.
    """
    return np.array([*levels, np.inf])[np.searchsorted(levels, zooms)]


def _towns(layers: gpd.GeoDataFrame) -> pd.DataFrame:
    found = layers[layers["kind"] == "town"]
    return pd.DataFrame(
        {
            "kind": "town",
            "text": found["name"].to_numpy(object),
            "lon": found.geometry.x.to_numpy(float),
            "lat": found.geometry.y.to_numpy(float),
            "rank": found["rank"].to_numpy(float),
        }
    )


def _rivers(layers: gpd.GeoDataFrame, bounds: Bounds) -> pd.DataFrame:
    """The names of rivers, each where its course is farthest from towns."""
    places = _towns(layers)[["lon", "lat"]].to_numpy(float)
    west, south, east, north = bounds
    rows = []
    for name, course in layers.loc[layers["kind"] == "river", ["name", "geometry"]].to_numpy(object):
        spots = np.array(
            [course.interpolate(at, normalized=True).coords[0] for at in np.linspace(0.1, 0.9, SPOTS)]
        )
        inside = (spots >= (west, south)).all(axis=1) & (spots <= (east, north)).all(axis=1)
        if inside.any():
            away = np.linalg.norm(spots[inside, None] - places, axis=-1).min(axis=1)
            lon, lat = spots[inside][away.argmax()]
            rows.append({"kind": "river", "text": name, "lon": lon, "lat": lat, "rank": RIVER_RANK})
    return pd.DataFrame(rows, columns=["kind", "text", "lon", "lat", "rank"])


def extent_of(bounds: Bounds, departure: Departure, outline: Bounds | None = None, km: float = 0.0) -> Bounds:
    """West, south, east and north of the parcels, the outline and the land around the departure.

    Few radii move it, so that the view rests while a user tries others.

    Parameters
    ----------
    bounds
        Of the parcels, in degrees.
    departure
        Where trips start.
    outline
        Of what lies beneath the parcels; None without one.
    km
        Radius of the circle that is drawn.
    """
    reach = next((reach for reach in REACHES_KM if km <= reach), km)
    ring = circle(departure.lon, departure.lat, reach, points=4)  # [point, lon and lat]
    return union(bounds, bounds_of(ring[:, 0], ring[:, 1]), outline)


def union(*all_bounds: Bounds | None) -> Bounds:
    """West, south, east and north of all bounds together.

    Parameters
    ----------
    all_bounds
        In degrees; None is passed over, but for one at least.
    """
    known = np.array([bounds for bounds in all_bounds if bounds is not None])
    return bounds_of(known[:, [0, 2]].ravel(), known[:, [1, 3]].ravel())
