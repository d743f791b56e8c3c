import json
import os
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import Point, Polygon, box, shape

from engine.domain import Crop, Departure, Legend
from engine.geodesy import WGS84, bounds_of, circle
from engine.views import maps, palette
from engine.views.maps import publish, scales
from tests import made_up

STUDY = made_up.study(unseen_crop=True)
PARCELS = STUDY.parcels_in("2021")


def layers(deck: maps.Map) -> dict[str, dict]:
    return {layer["id"].split("-")[0]: layer for layer in json.loads(deck.to_json())["layers"]}


def test_parcels_are_published_once(tmp_path: Path) -> None:
    ground = maps.publish_parcels(PARCELS, STUDY.legend, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [f"parcels-{ground.key}.geojson"]
    assert ground.data == f"app/static/parcels-{ground.key}.geojson"
    assert ground.exists
    written = ground.path.stat().st_ino  # a file that is written anew is another
    assert maps.publish_parcels(PARCELS, STUDY.legend, tmp_path) == ground
    assert ground.path.stat().st_ino == written
    ground.path.unlink()
    assert not ground.exists


def test_other_parcels_get_another_name(tmp_path: Path) -> None:
    first = maps.publish_parcels(PARCELS, STUDY.legend, tmp_path)
    second = maps.publish_parcels(PARCELS.assign(crop="wheat"), STUDY.legend, tmp_path)
    assert first.key != second.key


def test_files_that_nobody_asked_for_in_a_day_are_removed(tmp_path: Path) -> None:
    first = maps.publish_parcels(PARCELS, STUDY.legend, tmp_path)
    other = maps.publish_parcels(PARCELS.assign(crop="wheat"), STUDY.legend, tmp_path)
    places = maps.publish_places(PARCELS, tmp_path)
    long_ago = time.time() - 2 * 24 * 3600
    for published in (first, other, places):
        os.utime(published.path, (long_ago, long_ago))
    assert maps.publish_parcels(PARCELS, STUDY.legend, tmp_path) == first
    assert first.exists
    assert not other.exists
    assert places.exists  # those are kept by their number


def test_the_file_holds_what_the_map_needs(tmp_path: Path) -> None:
    text = maps.publish_parcels(PARCELS, STUDY.legend, tmp_path).path.read_text()
    features = json.loads(text)["features"]
    assert len(features) == len(PARCELS)
    assert text == json.dumps(json.loads(text), separators=(",", ":"))
    first, parcel = features[0]["properties"], PARCELS.iloc[0]
    assert first["id"] == parcel["parcel_id"]
    assert first["light"] == palette.rgb(made_up.COLOURS[0])
    assert first["dark"] == palette.rgb(palette.CROPS_DARK[0])
    shape, spot = features[0]["geometry"]["geometries"]
    assert shape["type"] == "Polygon"
    assert spot["coordinates"] == [round(parcel["lon"], 6), round(parcel["lat"], 6)]
    assert len(str(shape["coordinates"][0][0][0]).split(".")[1]) <= 6


def test_points_stay_points(tmp_path: Path) -> None:
    points = PARCELS.set_geometry([Point(*row) for row in PARCELS[["lon", "lat"]].to_numpy()], crs=4326)
    ground = maps.publish_parcels(points, STUDY.legend, tmp_path)
    kinds = {f["geometry"]["type"] for f in json.loads(ground.path.read_text())["features"]}
    assert kinds == {"Point"}


@pytest.mark.parametrize("missing", [True, False])
def test_without_a_place_to_write_the_parcels_travel_inside(tmp_path: Path, missing: bool) -> None:
    folder = None if missing else tmp_path / "a file, not a folder"
    if folder:
        folder.write_text("")
    ground = maps.publish_parcels(PARCELS, STUDY.legend, folder)
    assert ground.path is None
    assert ground.exists
    data = layers(maps.circle_map(ground, STUDY.departure, 25, dark=False))["parcels"]["data"]
    assert len(data["features"]) == len(PARCELS)


def test_a_new_radius_sends_numbers_only(tmp_path: Path) -> None:
    ground = maps.publish_parcels(PARCELS, STUDY.legend, tmp_path)
    near, far = (maps.circle_map(ground, STUDY.departure, km, dark=False) for km in (10, 25))
    assert len(far.to_json()) < 7_000
    assert "\n" not in far.to_json()
    before, after = layers(near), layers(far)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"veil", "circle", "labels"}
    assert near.initial_view_state == far.initial_view_state or (
        near.initial_view_state.__dict__ == far.initial_view_state.__dict__
    )


def test_a_new_departure_draws_the_same_parcels(tmp_path: Path) -> None:
    ground = maps.publish_parcels(PARCELS, STUDY.legend, tmp_path)
    here, there = (maps.circle_map(ground, Departure(lon, 45.2), 10, dark=False) for lon in (19.8, 19.9))
    assert layers(here)["veil"] != layers(there)["veil"]
    assert layers(here)["parcels"] == layers(there)["parcels"]


@pytest.mark.parametrize("dark", [True, False])
def test_the_veil_lies_over_all_but_the_circle(tmp_path: Path, dark: bool) -> None:
    deck = layers(
        maps.circle_map(maps.publish_parcels(PARCELS, STUDY.legend, tmp_path), made_up.CENTRE, 25, dark)
    )
    (ground,) = deck["veil"]["data"]
    world, hole = ground["ground"]
    assert Polygon(world).contains(Polygon(hole))
    assert hole == deck["circle"]["data"][0]["ring"]
    assert deck["veil"]["getFillColor"][:3] == palette.rgb(palette.scheme(dark).paper)
    assert list(deck).index("veil") > list(deck).index("parcels"), "It lies over the parcels."


def test_the_circle_is_a_circle_on_the_globe() -> None:
    start = Departure(19.8, 45.3)
    ring = circle(start.lon, start.lat, 25)
    away = WGS84.inv(np.full(len(ring), start.lon), np.full(len(ring), start.lat), ring[:, 0], ring[:, 1])[2]
    assert away == pytest.approx(25_000, abs=0.2)
    assert (ring[0] == ring[-1]).all()


def test_the_circle_is_one_piece_at_the_date_line() -> None:
    ring = circle(179.95, -17, 25)
    assert np.ptp(ring[:, 0]) < 1


def test_a_departure_across_the_globe_marks_nothing(tmp_path: Path) -> None:
    ground = maps.publish_parcels(PARCELS, STUDY.legend, tmp_path)
    deck = maps.circle_map(ground, Departure(-160, 0), 25, dark=True)
    assert "Infinity" not in deck.to_json()
    assert "NaN" not in deck.to_json()


def test_names_are_text_not_markup(tmp_path: Path) -> None:
    deck = maps.circle_map(
        maps.publish_parcels(PARCELS, STUDY.legend, tmp_path), STUDY.departure, 25, dark=False
    )
    assert "html" not in deck._tooltip


def test_twenty_thousand_parcels(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    count = 20_000
    lon, lat = rng.uniform(19, 20.5, count), rng.uniform(44.8, 45.8, count)
    legend = Legend(tuple(Crop(i, f"crop {i}", colour) for i, colour in enumerate(palette.CROPS_LIGHT)))
    parcels = gpd.GeoDataFrame(
        {
            "parcel_id": [f"p{i}" for i in range(count)],
            "crop": rng.choice(legend.names, count),
            "field_group": [f"g{i}" for i in range(count)],
            "area_ha": 1.0,
            "lon": lon,
            "lat": lat,
        },
        geometry=[box(x, y, x + 1e-3, y + 1e-3) for x, y in zip(lon, lat, strict=True)],
        crs=4326,
    )
    ground = maps.publish_parcels(parcels, legend, tmp_path)
    assert max(part.path.stat().st_size for part in ground.scales) < 10e6
    assert len(maps.circle_map(ground, made_up.CENTRE, 25, dark=False).to_json()) < 7_000
    kinds = {
        layer["@@type"]
        for layer in json.loads(maps.circle_map(ground, made_up.CENTRE, 25, False).to_json())["layers"]
        if layer["id"].startswith("parcels")
    }
    assert kinds == {"TileLayer"}, "A disc each is what a processor draws slowest."


def many(monkeypatch: pytest.MonkeyPatch, folder: Path, outlines: int = 25_000) -> maps.PublishedParcels:
    monkeypatch.setattr(publish, "MOST_AT_ONCE", 10)
    monkeypatch.setattr(publish, "MOST_OUTLINES", outlines)
    return maps.publish_parcels(PARCELS, STUDY.legend, folder)


def shapes_of(part: publish.PublishedScale) -> list[Polygon]:
    return [shape(feature["geometry"]) for feature in json.loads(part.path.read_text())["features"]]


def test_many_parcels_are_specks_of_their_size_and_of_a_pixel_at_least(tmp_path, monkeypatch):
    ground = many(monkeypatch, tmp_path, outlines=10)
    true_m2 = 1e4 * PARCELS["area_ha"].to_numpy()
    for part in ground.scales:
        least_m2 = np.pi * part.scale.speck_m**2
        drawn_m2 = [abs(WGS84.geometry_area_perimeter(polygon)[0]) for polygon in shapes_of(part)]
        np.testing.assert_allclose(drawn_m2, np.maximum(true_m2, least_m2), rtol=0.05)


def test_zooming_in_leads_from_specks_to_outlines(tmp_path, monkeypatch):
    ground = many(monkeypatch, tmp_path)
    assert len(ground.scales) > 1
    for drawn, true in zip(shapes_of(ground.scales[-1]), PARCELS.geometry, strict=True):
        assert drawn.equals_exact(true, 1e-5)
    assert not shapes_of(ground.scales[0])[0].equals_exact(PARCELS.geometry.iloc[0], 1e-5)


def test_every_zoom_has_one_scale(tmp_path, monkeypatch):
    deck = json.loads(maps.circle_map(many(monkeypatch, tmp_path), made_up.CENTRE, 25, dark=False).to_json())
    parts = [layer for layer in deck["layers"] if layer["@@type"] == "TileLayer"]
    assert len({part["data"] for part in parts}) == len(parts) > 1
    for zoom in (0.1, deck["initialViewState"]["zoom"], 10.03, 19.9):
        visible = [
            part for part in parts if part.get("visibleMinZoom", -1) <= zoom <= part.get("visibleMaxZoom", 99)
        ]
        assert len(visible) == 1, f"At zoom {zoom}."


def test_the_first_scale_is_that_of_the_opening_view():
    bounds = bounds_of(PARCELS["lon"], PARCELS["lat"])
    opening, *closer = scales.scales_of(bounds, radius_m=5)
    assert opening.least is None
    assert opening.most > scales.zoom_of(bounds)
    assert closer[-1].most is None
    specks = [opening.speck_m, *(scale.speck_m for scale in closer)]
    assert specks == sorted(specks, reverse=True)
    assert scales.scales_of(bounds, radius_m=1e6) == (scales.Scale(None, None, opening.speck_m),)


def test_parcels_are_published_anew_where_a_scale_is_gone(tmp_path, monkeypatch):
    ground = many(monkeypatch, tmp_path)
    assert ground.exists
    ground.scales[-1].path.unlink()
    assert not ground.exists


def test_many_parcels_without_a_place_to_write_travel_inside(monkeypatch):
    monkeypatch.setattr(publish, "MOST_AT_ONCE", 10)
    ground = maps.publish_parcels(PARCELS, STUDY.legend, None)
    assert not ground.scales
    assert len(layers(maps.circle_map(ground, STUDY.departure, 25, False))["parcels"]["data"]["features"])


def test_the_parcels_of_a_trip_are_published_once_and_old_ones_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "MOST_FILES", 2)
    season = STUDY.parcels_in("2021")
    made = [maps.publish_places(season.head(count), tmp_path) for count in (1, 2, 3, 3)]
    assert made[2] == made[3]
    assert len(json.loads(made[3].path.read_text())) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        places.path.name for places in made[1:3]
    )


def test_a_click_names_a_parcel_of_the_study_and_nothing_else():
    season = STUDY.parcels_in("2021")
    name = season["parcel_id"].iloc[3]
    picked = {"objects": {"parcels-x": [{"properties": {"id": name, "lon": 99.0}}]}}
    assert maps.clicked(picked, season).name == name
    assert maps.clicked(picked, season).lon == pytest.approx(season["lon"].iloc[3], abs=1e-3)
    assert maps.clicked({"objects": {"x": [{"properties": {"id": "elsewhere"}}]}}, season) is None
    assert maps.clicked({"objects": {"stops": [{"text": name}]}}, season).name == name
    assert maps.clicked({}, season) is None
