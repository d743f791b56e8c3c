"""Parcels and places as the compact JSON that the browser draws."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from engine.decisions.wording import plain
from engine.domain import Legend
from engine.views import palette

if TYPE_CHECKING:
    import geopandas as gpd

Floats = npt.NDArray[np.float64]
UNKNOWN = "not known yet"  # the crop of a parcel without label
DIGITS = 6  # of a degree: 0.1 m
SPECK_DIGITS = 5  # 1 m
CORNERS, FINE_CORNERS = 4, 8  # of a speck, and of a parcel that is larger
METRES_PER_DEGREE = 111_195.0
GROUND_PX = {"outline": 1.4, "river": 2.0, "road": 1.0}  # width of a line
DOT_PX = 2.5  # radius of a town
POINT_TYPES = (0, 4)  # shapely's numbers of Point and MultiPoint


def places_json(parcels: pd.DataFrame) -> str:
    """The places of parcels with their names.

    Parameters
    ----------
    parcels
        With ``parcel_id``, ``lon`` and ``lat`` in degrees.
    """
    return compact(
        [
            {"place": [round(lon, DIGITS), round(lat, DIGITS)], "text": str(name)}
            for name, lon, lat in parcels[["parcel_id", "lon", "lat"]].to_numpy(object)
        ]
    )


def parcels_geojson(parcels: gpd.GeoDataFrame, legend: Legend, more: Sequence[str] = ()) -> str:
    """The parcels as GeoJSON, with what `_facts` tells as properties.

    Polygons come with their centroid, which stays visible where a field is smaller than a pixel.

    Parameters
    ----------
    parcels
        Of one season, with their outlines or points.
    legend
        Names and colours of the classes.
    more
        Members of a JSON object to tell besides, ``[parcel]``; empty tells no more.
    """
    lon, lat = _places(parcels)
    flat = _flat(parcels.geometry.to_numpy())
    texts, points = shapely.to_geojson(flat), shapely.to_geojson(shapely.points(lon, lat))
    shapes = [
        text if point else f'{{"type":"GeometryCollection","geometries":[{text},{centroid}]}}'
        for text, centroid, point in zip(texts, points, _is_point(flat), strict=True)
    ]
    return _collection(_facts(parcels, legend, more), shapes)


def specks_geojson(
    parcels: gpd.GeoDataFrame,
    legend: Legend,
    speck_m: float,
    corners: int,
    outlines: bool,
    more: Sequence[str] = (),
) -> str:
    """The parcels as GeoJSON of small polygons, with what `_facts` tells as properties.

    Parameters
    ----------
    parcels
        Of one season, with their outlines or points.
    legend
        Names and colours of the classes.
    speck_m
        Radius of the smallest parcel, metres.
    corners
        Of the polygons, which have the size of a disc of that radius.
    outlines
        Whether parcels have their outline instead, where they have one.
    more
        As for `parcels_geojson`.
    """
    lon, lat = _places(parcels)
    true_m = radius_m(parcels)
    turn = 2 * np.pi / corners
    reach = np.sqrt(turn / np.sin(turn))  # of a corner, for the size of a disc of radius 1
    north = reach * np.maximum(true_m, speck_m) / METRES_PER_DEGREE  # [parcel]
    east = north / np.maximum(np.cos(np.radians(lat)), 0.05)
    angle = turn * (np.arange(corners + 1) % corners + 0.5)  # [corner]
    ring = np.stack(
        [lon[:, None] + east[:, None] * np.cos(angle), lat[:, None] + north[:, None] * np.sin(angle)], axis=-1
    )  # [parcel, corner, lon and lat]
    shapes = shapely.polygons(ring.round(SPECK_DIGITS))
    if outlines:
        flat = _flat(parcels.geometry.to_numpy())
        has_outline = ~_is_point(flat)
        shapes[has_outline] = flat[has_outline]
    return _collection(_facts(parcels, legend, more), shapely.to_geojson(shapes))


def lines_geojson(lines: gpd.GeoDataFrame) -> str:
    """Outline, rivers and roads as GeoJSON, with their colour in either theme and their width in pixels.

    Parameters
    ----------
    lines
        ``kind`` and ``geometry`` in degrees.
    """
    looks = {
        kind: compact(
            {"light": palette.ground_colour(kind, False), "dark": palette.ground_colour(kind, True)}
        )
        for kind in GROUND_PX
    }
    facts = [f'{looks[kind][1:-1]},"px":{GROUND_PX[kind]}' for kind in lines["kind"]]
    return _collection(facts, shapely.to_geojson(lines.geometry.to_numpy()))


def names_geojson(names: pd.DataFrame) -> str:
    """Names of towns and rivers as GeoJSON points, with their colour in either theme.

    Parameters
    ----------
    names
        ``kind``, ``text``, ``lon`` and ``lat``.
    """
    facts = [
        compact(
            {
                "text": str(text),
                "light": palette.name_colour(kind, False),
                "dark": palette.name_colour(kind, True),
                "dot": DOT_PX if kind == "town" else 0,
            }
        )[1:-1]
        for kind, text in names[["kind", "text"]].to_numpy(object)
    ]
    return _collection(facts, shapely.to_geojson(shapely.points(*_places(names))))


def radius_m(parcels: gpd.GeoDataFrame) -> Floats:
    """Radius of a disc of the parcel's size, metres, ``[parcel]``.

    Parameters
    ----------
    parcels
        With ``area_ha``.
    """
    return np.asarray(np.sqrt(1e4 * parcels["area_ha"].to_numpy(np.float64) / np.pi), np.float64)


def _collection(facts: Sequence[str], shapes: Sequence[str]) -> str:
    features = [
        f'{{"type":"Feature","properties":{{{said}}},"geometry":{shape}}}'
        for said, shape in zip(facts, shapes, strict=True)
    ]
    return '{"type":"FeatureCollection","features":[' + ",".join(features) + "]}"


def _places(parcels: pd.DataFrame) -> tuple[Floats, Floats]:
    lon, lat = parcels["lon"].to_numpy(np.float64), parcels["lat"].to_numpy(np.float64)
    return lon.round(DIGITS), lat.round(DIGITS)


def _flat(geometry: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    return np.asarray(shapely.transform(shapely.force_2d(geometry), lambda xy: xy.round(DIGITS)))


def _is_point(geometry: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    return np.isin(shapely.get_type_id(geometry), POINT_TYPES)


def _facts(parcels: gpd.GeoDataFrame, legend: Legend, more: Sequence[str]) -> list[str]:
    """Members of a JSON object, ``[parcel]``: ``id``, ``ha``, ``crop`` its colour in either theme, and more.

    Colours are ``light`` and ``dark``, as ``[r, g, b]``.
    """
    looks = [
        compact(
            {
                "crop": plain(crop.name),
                "light": palette.rgb(crop.colour),
                "dark": palette.rgb(palette.crop_colour(crop.colour, dark=True)),
            }
        )[1:-1]
        for crop in legend
    ]
    muted = palette.scheme(dark=False).muted, palette.scheme(dark=True).muted
    unknown = {"crop": UNKNOWN, "light": palette.rgb(muted[0]), "dark": palette.rgb(muted[1])}
    looks.append(compact(unknown)[1:-1])
    names = parcels["parcel_id"].astype(str)
    hectares = parcels["area_ha"].round(2).tolist()
    known = parcels["crop"].notna().to_numpy(dtype=bool)
    codes = np.full(len(parcels), len(legend))
    codes[known] = legend.codes(parcels["crop"].to_numpy(object)[known])
    facts = [
        f'"id":{compact(name)},"ha":{ha},{looks[code]}'
        for name, ha, code in zip(names, hectares, codes.tolist(), strict=True)
    ]
    return [f"{said},{besides}" for said, besides in zip(facts, more, strict=True)] if more else facts


def compact(value: Any) -> str:
    """JSON without spaces.

    Parameters
    ----------
    value
        Anything that JSON can hold.
    """
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
