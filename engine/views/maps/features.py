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
from engine.geodesy import bounds_of, project_km, utm_crs
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


def parcels_geojson(parcels: gpd.GeoDataFrame, legend: Legend, dense: bool) -> tuple[str, str]:
    """The parcels as GeoJSON, and the projection of their ``x`` and ``y``.

    Every feature carries ``id``, ``crop``, ``ha``, its colour in either theme (``light`` and ``dark``,
    as ``[r, g, b]``) and ``x``, ``y``: its place in km in the UTM zone of the parcels' centre, which
    the members of a field group share. Polygons come with their centroid, which stays visible where a
    field is smaller than a pixel.

    Parameters
    ----------
    parcels
        Of one season, with their outlines or points.
    legend
        Names and colours of the classes.
    dense
        Only the centroids, with ``r``, the radius in metres of a disc of the parcel's size.
    """
    lon, lat = parcels["lon"].to_numpy(np.float64), parcels["lat"].to_numpy(np.float64)  # [parcel]
    crs = utm_crs(bounds_of(lon, lat))
    x, y = project_km(crs, lon, lat)
    place = pd.DataFrame({"x": x, "y": y}).groupby(parcels["field_group"].to_numpy()).transform("mean")
    place = place.round(4)  # km, to 0.1 m
    looks = [
        {
            "crop": plain(crop.name),
            "light": palette.rgb(crop.colour),
            "dark": palette.rgb(palette.crop_colour(crop.colour, dark=True)),
        }
        for crop in legend
    ]
    columns = zip(
        parcels["parcel_id"].astype(str),
        parcels["area_ha"].round(2).tolist(),
        place["x"].tolist(),
        place["y"].tolist(),
        legend.codes(parcels["crop"]).tolist(),
        _points(lon, lat) if dense else _shapes(parcels.geometry.to_numpy(), lon, lat),
        strict=True,
    )
    features = [
        '{"type":"Feature","properties":'
        + compact({"id": name, "ha": ha, "x": x_km, "y": y_km, **looks[code], **_disc(ha, dense)})
        + f',"geometry":{shape}}}'
        for name, ha, x_km, y_km, code, shape in columns
    ]
    return '{"type":"FeatureCollection","features":[' + ",".join(features) + "]}", crs


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


def _disc(hectares: float, dense: bool) -> dict[str, int]:
    return {"r": round((1e4 * hectares / np.pi) ** 0.5)} if dense else {}


def compact(value: Any) -> str:
    """JSON without spaces.

    Parameters
    ----------
    value
        Anything that JSON can hold.
    """
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
