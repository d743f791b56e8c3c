"""The layers beneath the maps of the province."""

import numpy as np
import pytest
import shapely

from engine.fieldwork.towns import towns
from engine.simulation.backdrop import backdrop, drawn
from engine.simulation.province import ground, outline, to_km

PROVINCE = (19.0, 44.8, 21.3, 46.0)
BANKS = {
    "Danube": ("Apatin", "Bačka Palanka", "Novi Sad", "Vukovar", "Zemun", "Smederevo"),
    "Tisa": ("Senta", "Bečej"),
    "Sava": ("Sremska Mitrovica", "Šabac"),
}


@pytest.fixture(scope="module")
def layers():
    return backdrop(PROVINCE)


@pytest.fixture(scope="module")
def geonames():
    return {town.name: (town.lon, town.lat) for town in towns((18.6, 44.5, 21.6, 46.3))}


def in_km(geometry):
    return shapely.transform(geometry, lambda lonlat: np.column_stack(to_km(*lonlat.T)))


def test_there_are_an_outline_three_rivers_roads_and_towns_in_degrees(layers):
    assert layers.crs == "EPSG:4326"
    assert layers.geometry.is_valid.all()
    assert set(layers["kind"]) == {"outline", "river", "road", "town"}
    assert set(layers.loc[layers["kind"] == "river", "name"]) == {"Danube", "Tisa", "Sava"}
    assert not layers.duplicated(["kind", "name"]).any()
    assert set(layers.loc[layers["kind"] == "town", "rank"]) == {1, 2, 3}
    assert (layers["kind"] == "road").sum() >= 5


def test_the_outline_is_the_one_that_the_landscape_is_simulated_in(layers):
    (border,) = layers.loc[layers["kind"] == "outline", "geometry"]
    assert in_km(border).symmetric_difference(outline()).area == pytest.approx(0, abs=1e-6)


def test_towns_lie_where_geonames_has_them(layers, geonames):
    known = layers[(layers["kind"] == "town") & layers["name"].isin(list(geonames))]
    assert len(known) >= 15
    for name, place in zip(known["name"], known.geometry, strict=True):
        apart = np.subtract(to_km(place.x, place.y), to_km(*geonames[name]))
        assert np.hypot(*apart) < 2, name


@pytest.mark.parametrize("river", BANKS)
def test_rivers_pass_the_towns_on_their_banks(layers, geonames, river):
    (course,) = layers.loc[layers["name"] == river, "geometry"]
    for name in BANKS[river]:
        town = shapely.Point(*map(float, to_km(*geonames[name])))
        assert in_km(course).distance(town) < 3.5, name


def test_tisa_and_sava_flow_into_the_danube_and_rivers_stay_near_the_province():
    danube = in_km(shapely.LineString(drawn("river", "Danube")))
    for river in ("Tisa", "Sava"):
        mouth = drawn("river", river)[-1]
        assert danube.distance(shapely.Point(*map(float, to_km(*mouth)))) < 2, river
        assert outline().buffer(30).contains(in_km(shapely.LineString(drawn("river", river))))


def test_the_regions_of_the_simulation_lie_between_its_rivers():
    lon_lat = {
        "Zrenjanin": (20.39, 45.38),
        "Ruma": (19.82, 45.01),
        "Kula": (19.53, 45.61),
        "Vršac": (21.3, 45.12),
    }
    place = ground(0, 1.0, *to_km(*np.array(list(lon_lat.values())).T))
    banat, srem = (dict(zip(lon_lat, share.round(1), strict=True)) for share in (place.banat, place.srem))
    assert banat["Zrenjanin"] > 0.8
    assert banat["Vršac"] == 1
    assert srem["Ruma"] > 0.9
    assert max(banat["Kula"], srem["Kula"], srem["Zrenjanin"], banat["Ruma"]) < 0.2


def test_a_study_elsewhere_has_no_layers_of_the_province():
    elsewhere = backdrop((71.0, 40.0, 72.0, 40.7))
    assert len(elsewhere) == 0
    assert list(elsewhere.columns) == ["kind", "name", "rank", "geometry"]


def test_the_layers_are_light():
    assert len(backdrop(PROVINCE).to_json()) < 60_000
