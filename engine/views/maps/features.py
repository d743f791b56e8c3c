"""Parcels and places as the compact JSON that the browser draws."""

from __future__ import annotations

import json
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
DIGITS = 6  # of a degree: 0.1 m
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


def discs_json(parcels: gpd.GeoDataFrame, legend: Legend) -> str:
    """The parcels as discs of their size: ``place``, ``r`` (radius in metres) and what `_facts` tells.

    Parameters
    ----------
    parcels
        Of one season.
    legend
        Names and colours of the classes.
    """
    lon, lat = parcels["lon"].to_numpy(np.float64).round(DIGITS), parcels["lat"].to_numpy(np.float64)
    radius = np.sqrt(1e4 * parcels["area_ha"].to_numpy(np.float64) / np.pi).round().astype(int)
    rows = zip(lon.tolist(), lat.round(DIGITS).tolist(), radius.tolist(), _facts(parcels, legend), strict=True)
    return "[" + ",".join(f'{{"place":[{x},{y}],"r":{r},{facts}}}' for x, y, r, facts in rows) + "]"


def parcels_geojson(parcels: gpd.GeoDataFrame, legend: Legend) -> str:
    """The parcels as GeoJSON, with what `_facts` tells as properties.

    Polygons come with their centroid, which stays visible where a field is smaller than a pixel.

    Parameters
    ----------
    parcels
        Of one season, with their outlines or points.
    legend
        Names and colours of the classes.
    """
    lon, lat = parcels["lon"].to_numpy(np.float64), parcels["lat"].to_numpy(np.float64)
    shapes = _shapes(parcels.geometry.to_numpy(), lon, lat)
    features = [
        f'{{"type":"Feature","properties":{{{facts}}},"geometry":{shape}}}'
        for facts, shape in zip(_facts(parcels, legend), shapes, strict=True)
    ]
    return '{"type":"FeatureCollection","features":[' + ",".join(features) + "]}"


def _facts(parcels: gpd.GeoDataFrame, legend: Legend) -> list[str]:
    """Members of a JSON object, ``[parcel]``: ``id``, ``ha``, ``crop`` and its colour in either theme.

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
    names = parcels["parcel_id"].astype(str)
    hectares = parcels["area_ha"].round(2).tolist()
    codes = legend.codes(parcels["crop"]).tolist()
    return [
        f'"id":{compact(name)},"ha":{ha},{looks[code]}'
        for name, ha, code in zip(names, hectares, codes, strict=True)
    ]


def _shapes(geometry: npt.NDArray[np.object_], lon: Floats, lat: Floats) -> list[str]:
    """GeoJSON geometries, ``[parcel]``: points as they are, polygons together with their centroid."""
    flat = shapely.transform(shapely.force_2d(geometry), lambda xy: xy.round(DIGITS))
    texts = shapely.to_geojson(flat)
    is_point = np.isin(shapely.get_type_id(flat), POINT_TYPES)
    return [
        text if point else f'{{"type":"GeometryCollection","geometries":[{text},{centroid}]}}'
        for text, centroid, point in zip(texts, _points(lon, lat), is_point, strict=True)
    ]


def _points(lon: Floats, lat: Floats) -> list[str]:
    """GeoJSON points, ``[parcel]``."""
    return list(shapely.to_geojson(shapely.points(lon.round(DIGITS), lat.round(DIGITS))))


def compact(value: Any) -> str:
    """JSON without spaces.

    Parameters
    ----------
    value
        Anything that JSON can hold.
    """
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
