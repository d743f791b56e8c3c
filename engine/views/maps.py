"""Maps: the parcels drawn from a file published once, the circle and the departure from a few numbers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pydeck as pdk
import shapely
from pydeck.types import String

from engine.domain import Departure, GroundplanError, Legend
from engine.fieldwork.tour import clock, ways_of
from engine.files import write_atomic
from engine.geodesy import bounds_of, circle, place_and_scale, project_km, utm_crs
from engine.views import palette

if TYPE_CHECKING:
    import geopandas as gpd

    from engine.fieldwork.tour import Day, Itinerary

DIGITS = 6  # of a degree: 0.1 m
RING_DIGITS = 5  # 1 m: it is sent at every step
MOST_OUTLINES = 5000  # parcels that are drawn with their outline
MOST_LIVE = 500  # and that are redrawn with it within a blink, also without a graphics card
POINT_TYPES = (0, 4)  # shapely's numbers of Point and MultiPoint
HEIGHT = 520  # pixels
MOST_FILES = 500  # of places, kept for pages that are open
DAYS_LIGHT = ("#1B5AA5", "#B26A00", "#2E7D5B", "#9C2F6F", "#5B4BA8", "#8A3B2A")  # colours of days, in turn
DAYS_DARK = ("#7FB2F0", "#E0A458", "#6FCBA0", "#E58BBF", "#B3A5F2", "#E09A86")
PIXELS = String("pixels")  # pydeck takes a bare string for an expression


class Map(pdk.Deck):  # type: ignore[misc]
    """A deck whose JSON is compact: pydeck prints it pretty, and it travels at every step of a slider."""

    def to_json(self) -> str:
        """The deck as one line of JSON."""
        return json.dumps(json.loads(super().to_json()), separators=(",", ":"))


@dataclass(frozen=True)
class Ground:
    """The parcels of a season, ready to be drawn.

    Parameters
    ----------
    key
        Hash of what is drawn.
    data
        Address of the published file, or the GeoJSON itself where no file could be written.
    path
        The published file, if there is one.
    bounds
        West, south, east, north of the parcels, in degrees.
    crs
        The projection of ``x`` and ``y`` in the features.
    dense
        Whether parcels are drawn as discs of their size: outlines of so many cost the browser seconds a step.
    """

    key: str
    data: str | dict[str, Any] = field(repr=False)
    path: Path | None
    bounds: tuple[float, float, float, float]
    crs: str
    dense: bool = False

    @property
    def stands(self) -> bool:
        """Whether what it points at is still there."""
        return self.path is None or self.path.exists()


@dataclass(frozen=True)
class Spots:
    """Places to mark on a map, published as a file so that a step of a slider sends its address only.

    Parameters
    ----------
    data
        Address of the file, or the places themselves where no file could be written.
    """

    key: str
    data: str | list[dict[str, Any]] = field(repr=False)
    path: Path | None

    @property
    def stands(self) -> bool:
        """Whether what it points at is still there."""
        return self.path is None or self.path.exists()


def publish_spots(parcels: pd.DataFrame, folder: Path | None, url: str = "app/static") -> Spots:
    """Write places as ``spots-<hash>.json``, and forget those that were written long ago.

    Parameters
    ----------
    parcels
        With ``parcel_id``, ``lon`` and ``lat``.
    folder, url
        As for `publish`.
    """
    places = [
        {"place": [round(lon, DIGITS), round(lat, DIGITS)], "text": str(name)}
        for name, lon, lat in parcels[["parcel_id", "lon", "lat"]].to_numpy(object)
    ]
    text = _compact(places)
    key = hashlib.sha256(text.encode()).hexdigest()[:32]
    if folder is not None:
        path = folder / f"spots-{key}.json"
        try:
            if not path.exists():
                write_atomic(path, text.encode())
                _forget(folder, "spots-*.json")
            return Spots(key, f"{url}/{path.name}", path)
        except GroundplanError:
            pass  # a read-only installation: slower, but it draws
    return Spots(key, places, None)


def _forget(folder: Path, pattern: str) -> None:
    """Keep the files that were written last."""
    files = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime)
    for old in files[:-MOST_FILES]:
        old.unlink(missing_ok=True)


def publish(
    parcels: gpd.GeoDataFrame,
    legend: Legend,
    folder: Path | None,
    url: str = "app/static",
    live: bool = False,
) -> Ground:
    """Write the parcels as ``parcels-<hash>.geojson`` for the browser to fetch, once for all radii.

    Every feature carries ``id``, ``crop``, ``ha``, its colour in either theme (``light`` and ``dark``,
    as ``[r, g, b]``) and ``x``, ``y``: its place in km in the UTM zone of the parcels' centre, which
    the members of a field group share. Polygons come with their centroid, which stays visible where a
    field is smaller than a pixel. Of more than `MOST_OUTLINES` parcels, `MOST_LIVE` where a slider redraws
    them, only centroids are written, with ``r``, the radius in metres of a disc of their size.

    Parameters
    ----------
    parcels
        Parcels of one season.
    folder
        Where to write; with None, or where that fails, the parcels travel inside the map.
    url
        Address of that folder, relative to the page.
    live
        Whether they are redrawn at every step of a slider.
    """
    dense = len(parcels) > (MOST_LIVE if live else MOST_OUTLINES)
    text, crs = _geojson(parcels, legend, dense)
    key = hashlib.sha256(text.encode()).hexdigest()[:32]
    bounds = bounds_of(parcels["lon"], parcels["lat"])
    if folder is not None:
        path = folder / f"parcels-{key}.geojson"
        try:
            if not path.exists():
                write_atomic(path, text.encode())
            return Ground(key, f"{url}/{path.name}", path, bounds, crs, dense)
        except GroundplanError:
            pass  # a read-only installation: slower, but it draws
    return Ground(key, json.loads(text), None, bounds, crs, dense)


def reach(ground: Ground, departure: Departure, km: float, dark: bool, spots: Spots | None = None) -> Map:
    """The parcels, the circle around the departure, and by outline the parcels within it; spots are ringed.

    The graphics card compares projected squared distances, so that a new radius sends numbers only.
    Its verdict can differ from the geodesic one by a few metres in 100 km, and within a field group.
    """
    colours = palette.scheme(dark)
    x, y, scale = place_and_scale(ground.crs, departure.lon, departure.lat)
    x, y = round(x, 4), round(y, 4)  # km, to 0.1 m: they are sent at every step
    look = _look(ground, dark, 3.5)
    spot = f"{ground.key[:8]}-{departure.lon:g}-{departure.lat:g}-{dark}"
    everywhere = pdk.Layer(
        "GeoJsonLayer",
        id=f"parcels-{ground.key[:8]}-{dark}",
        opacity=0.4 if dark else 0.3,
        stroked=False,
        pickable=True,
        **look,
    )
    within = pdk.Layer(
        "GeoJsonLayer",
        id=f"within-{spot}",
        stroked=True,
        get_line_color=[*palette.rgb(colours.ink), 210],
        get_line_width=0.8,
        line_width_units=PIXELS,
        extensions=[{"@@type": "DataFilterExtension", "filterSize": 1}],
        get_filter_value=f"(properties.x-({x}))*(properties.x-({x}))+(properties.y-({y}))*(properties.y-({y}))",
        filter_range=[0, round((km * scale) ** 2, 6)],
        **look,
    )
    ring = circle(departure.lon, departure.lat, km).round(RING_DIGITS).tolist()
    around = pdk.Layer(
        "PolygonLayer",
        id="circle",
        data=[{"ring": ring}],
        get_polygon="ring",
        get_fill_color=[*palette.rgb(colours.accent), 16],
        get_line_color=[*palette.rgb(colours.accent), 255],
        line_width_units=PIXELS,
        get_line_width=1.5,
    )
    start = _start(departure, colours)
    names = pdk.Layer(
        "TextLayer",
        id="names",
        data=[
            {"place": [departure.lon, departure.lat], "text": departure.title, "shift": [0, 19]},
            {"place": max(ring, key=lambda point: point[1]), "text": f"{km:g} km", "shift": [0, -11]},
        ],
        get_position="place",
        get_text="text",
        get_pixel_offset="shift",
        get_size=12,
        get_color=palette.rgb(colours.ink),
        background=True,
        get_background_color=[*palette.rgb(colours.paper), 215],
        background_padding=[4, 1, 4, 1],
        background_border_radius=3,
        font_family=String("Source Sans, sans-serif"),
        font_weight=600,
        character_set=String("auto"),
    )
    return Map(
        layers=[everywhere, around, within, *_rings(spots, colours), start, names],
        initial_view_state=_view(ground.bounds, departure),
        map_style=None,
        tooltip=_tooltip("{crop}\n{id}\n{ha} ha", colours),
    )


def visits(ground: Ground, departure: Departure, spots: Spots, dark: bool) -> Map:
    """The parcels, and by rings those to visit."""
    colours = palette.scheme(dark)
    return Map(
        layers=[_backdrop(ground, dark), *_rings(spots, colours), _start(departure, colours)],
        initial_view_state=_view(ground.bounds, departure),
        map_style=None,
        tooltip=_tooltip("{crop}\n{id}\n{ha} ha", colours),
    )


def _rings(spots: Spots | None, colours: palette.Scheme) -> list[pdk.Layer]:
    if spots is None:
        return []
    return [
        pdk.Layer(
            "ScatterplotLayer",
            id=f"spots-{spots.key[:8]}",
            data=spots.data,
            get_position="place",
            filled=False,
            stroked=True,
            get_line_color=[*palette.rgb(colours.accent), 200],
            radius_units=PIXELS,
            get_radius=5,
            line_width_units=PIXELS,
            get_line_width=1.2,
        )
    ]


def _backdrop(ground: Ground, dark: bool) -> pdk.Layer:
    """The parcels, faint."""
    return pdk.Layer(
        "GeoJsonLayer",
        id=f"parcels-{ground.key[:8]}-{dark}",
        opacity=0.3,
        stroked=False,
        pickable=True,
        **_look(ground, dark, 3.0),
    )


def tours(ground: Ground, itinerary: Itinerary, dark: bool, only: Day | None = None) -> Map:
    """The parcels, and over them the way of each day with its stops, or of one day only."""
    colours = palette.scheme(dark)
    parcels = _backdrop(ground, dark)
    ways, stops, reached = [], [], []
    for number, (day, start, end) in enumerate(ways_of(itinerary)):
        if only is not None and day != only:
            continue
        hue = DAYS_DARK[number % len(DAYS_DARK)] if dark else DAYS_LIGHT[number % len(DAYS_LIGHT)]
        name = f"day {day.number}" + (f", crew {day.crew}" if day.crew > 1 else "")
        places = [[stop.lon, stop.lat] for stop in day.stops]
        ways.append({"path": [[*start], *places, [*end]], "colour": palette.rgb(hue), "text": name})
        reached += [start, *((stop.lon, stop.lat) for stop in day.stops)]
        for place, stop in enumerate(day.stops, 1):
            count = len(stop.parcels)
            words = f"{name}, stop {place}\n{clock(stop.arrival_h)}, {count} parcel{'s' * (count > 1)}"
            stops.append({"place": [stop.lon, stop.lat], "colour": palette.rgb(hue), "text": words})
    lines = pdk.Layer(
        "PathLayer",
        id="ways",
        data=ways,
        get_path="path",
        get_color="colour",
        width_units=PIXELS,
        get_width=2.5,
        pickable=True,
    )
    halts = pdk.Layer(
        "ScatterplotLayer",
        id="stops",
        data=stops,
        get_position="place",
        get_fill_color="colour",
        get_line_color=palette.rgb(colours.paper),
        radius_units=PIXELS,
        get_radius=5,
        stroked=True,
        line_width_units=PIXELS,
        get_line_width=1,
        pickable=True,
    )
    home = itinerary.departure
    reached = reached or [(home.lon, home.lat)]
    lon, lat = [place[0] for place in reached], [place[1] for place in reached]
    return Map(
        layers=[parcels, lines, halts, _start(home, colours)],
        initial_view_state=_frame((min(lon), min(lat), max(lon), max(lat))),
        map_style=None,
        tooltip=_tooltip("{text}", colours),
    )


def clicked(selection: Mapping[str, Any], parcels: pd.DataFrame) -> Departure | None:
    """The place of the parcel that was clicked, under its name; None where none was.

    Parameters
    ----------
    selection
        What Streamlit reports: objects by layer.
    parcels
        With ``parcel_id``, ``lon`` and ``lat``: the browser is asked which, never where.
    """
    for objects in selection.get("objects", {}).values():
        for one in objects:
            name = one.get("properties", {}).get("id") or one.get("text")
            found = parcels[parcels["parcel_id"].astype(str) == str(name)]
            if len(found):
                lon, lat = float(found["lon"].iloc[0]), float(found["lat"].iloc[0])
                return Departure(round(lon, 3), round(lat, 3), str(name))
    return None


def _start(departure: Departure, colours: palette.Scheme) -> pdk.Layer:
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


def _tooltip(text: str, colours: palette.Scheme) -> dict[str, Any]:
    return {
        "text": text,
        "style": {
            "whiteSpace": "pre-line",
            "color": colours.ink,
            "backgroundColor": colours.paper,
            "border": f"1px solid {colours.line}",
            "borderRadius": "4px",
            "fontSize": "13px",
            "padding": "6px 8px",
        },
    }


def _geojson(parcels: gpd.GeoDataFrame, legend: Legend, dense: bool) -> tuple[str, str]:
    """The features as compact GeoJSON, and the projection of their ``x`` and ``y``."""
    lon, lat = parcels["lon"].to_numpy(np.float64), parcels["lat"].to_numpy(np.float64)  # [parcel]
    crs = utm_crs(bounds_of(lon, lat))
    x, y = project_km(crs, lon, lat)
    place = pd.DataFrame({"x": x, "y": y}).groupby(parcels["field_group"].to_numpy()).transform("mean")
    place = place.round(4)  # km, to 0.1 m
    looks = [
        {
            "crop": crop.name.replace("_", " "),
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
        + _compact({"id": name, "ha": ha, "x": east, "y": north, **looks[code], **_disc(ha, dense)})
        + f',"geometry":{shape}}}'
        for name, ha, east, north, code, shape in columns
    ]
    return '{"type":"FeatureCollection","features":[' + ",".join(features) + "]}", crs


def _shapes(
    geometry: npt.NDArray[np.object_], lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
) -> list[str]:
    """GeoJSON geometries, ``[parcel]``: points as they are, polygons together with their centroid."""
    flat = shapely.transform(shapely.force_2d(geometry), lambda xy: xy.round(DIGITS))
    texts = shapely.to_geojson(flat)
    spots = _points(lon, lat)
    is_point = np.isin(shapely.get_type_id(flat), POINT_TYPES)
    return [
        text if point else f'{{"type":"GeometryCollection","geometries":[{text},{spot}]}}'
        for text, spot, point in zip(texts, spots, is_point, strict=True)
    ]


def _points(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> list[str]:
    """GeoJSON points, ``[parcel]``."""
    return list(shapely.to_geojson(shapely.points(lon.round(DIGITS), lat.round(DIGITS))))


def _disc(hectares: float, dense: bool) -> dict[str, int]:
    return {"r": round((1e4 * hectares / np.pi) ** 0.5)} if dense else {}


def _look(ground: Ground, dark: bool, pixels: float) -> dict[str, Any]:
    """How a layer draws the parcels; points have that radius, discs at least half of it."""
    look = {
        "data": ground.data,
        "get_fill_color": "properties.dark" if dark else "properties.light",
        "point_type": String("circle"),
    }
    if ground.dense:
        return look | {
            "point_radius_units": String("meters"),
            "get_point_radius": "properties.r",
            "point_radius_min_pixels": pixels / 2,
        }
    return look | {"point_radius_units": PIXELS, "get_point_radius": pixels}


def _view(bounds: tuple[float, float, float, float], departure: Departure) -> pdk.ViewState:
    """The view that shows the parcels and 25 km around the departure; the radius does not move it."""
    ring = circle(departure.lon, departure.lat, 25, points=4)  # [point, lon and lat]
    west, south, east, north = bounds
    west, east = min(west, ring[:, 0].min()), max(east, ring[:, 0].max())
    south, north = min(south, ring[:, 1].min()), max(north, ring[:, 1].max())
    return _frame((west, south, east, north))


def _frame(bounds: tuple[float, float, float, float]) -> pdk.ViewState:
    """The view that shows all between west, south, east and north."""
    west, south, east, north = bounds
    centre = (south + north) / 2
    wide = max(east - west, 0.02)
    high = max(north - south, 0.02) / max(np.cos(np.radians(centre)), 0.05)
    # A tile of 512 px shows 360 degrees at zoom 0.
    zoom = np.log2(min(640 * 360 / 512 / wide, 0.88 * HEIGHT * 360 / 512 / high))
    return pdk.ViewState(
        longitude=round(float(west + east) / 2, 5),
        latitude=round(float(centre), 5),
        zoom=round(float(np.clip(zoom, 1, 15)), 2),
        bearing=0,
        pitch=0,
    )


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
