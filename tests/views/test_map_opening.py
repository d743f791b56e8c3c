"""How a map opens: where, how wide, on which base map, with which scale bar and legend."""

import json
from urllib.parse import unquote

import numpy as np
import pytest

from engine.domain import Departure
from engine.geodesy import WGS84
from engine.geodesy import circle as geodesic_circle
from engine.views import maps, palette
from engine.views.maps import base, legend, scales
from engine.views.maps.deck import FOUND_ZOOM, view_of
from engine.views.maps.ground import extent_of
from engine.views.maps.layers import scale_bar
from tests import made_up

STUDY = made_up.study(unseen_crop=True)
PARCELS = STUDY.parcels_in("2021")
PROVINCE = (18.83, 44.66, 21.54, 46.18)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    ground = maps.publish_ground(maps.ground_of(PROVINCE, STUDY.departure), folder)
    return maps.publish_parcels(PARCELS, STUDY.legend, folder), ground


def circle(published, dark=False):
    parcels, ground = published
    return maps.circle_map(parcels, STUDY.departure, 25, dark, None, ground)


def opened(drawn):
    return json.loads(drawn.to_json())


@pytest.mark.parametrize("bounds", [PROVINCE, (71.0, 40.0, 71.2, 41.0), (-60.0, -34.0, -55.0, -33.5)])
@pytest.mark.parametrize("size", [scales.DESKTOP, scales.PHONE])
def test_all_of_the_extent_is_on_the_map_with_a_margin(bounds, size):
    west, south, east, north = bounds
    px = scales.TILE_PX / 360 * 2 ** scales.zoom_of(bounds, size)
    high = px * (north - south) / np.cos(np.radians((south + north) / 2))
    wide, (width, height) = px * (east - west), size
    assert wide <= 0.9 * width
    assert high <= 0.9 * height
    assert max(wide / width, high / height) > 0.8, "It is not smaller than it must be."


def test_a_phone_opens_the_same_place_from_farther_away(published):
    on_phone = circle(published).open_on("none", narrow=True)
    assert on_phone.height < circle(published).height
    desktop, phone = opened(circle(published))["initialViewState"], opened(on_phone)["initialViewState"]
    assert phone["zoom"] < desktop["zoom"]
    assert {**phone, "zoom": 0} == {**desktop, "zoom": 0}


def test_each_reset_is_a_new_view_that_nobody_can_tell_from_the_first():
    first, *others = [vars(view_of(PROVINCE, resets=count)) for count in range(5)]
    for before, view in zip([first, *others], others, strict=False):
        for name in ("longitude", "latitude", "zoom", "bearing", "pitch"):
            assert view[name] != before[name]
            assert view[name] == pytest.approx(first[name], abs=1e-5)


def test_a_parcel_that_was_found_is_in_the_middle_with_a_ring(published):
    name = PARCELS["parcel_id"].iloc[4]
    found = maps.parcel_named(f" {name} ", PARCELS)
    drawn = opened(circle(published).open_on("none", found=found))
    view, (*_, ring) = drawn["initialViewState"], drawn["layers"]
    assert ring["id"] == "found"
    assert ring["data"] == [{"place": [found.lon, found.lat]}]
    assert (view["longitude"], view["latitude"]) == pytest.approx((found.lon, found.lat), abs=1e-5)
    assert view["zoom"] == FOUND_ZOOM
    assert found.lon == pytest.approx(PARCELS["lon"].iloc[4], abs=1e-3)
    assert maps.parcel_named("elsewhere", PARCELS) is None


def test_few_radii_move_the_view_and_it_holds_every_circle(published):
    parcels, ground = published
    edge = Departure(19.1, 45.78, "Sombor")

    def view(km):
        return opened(maps.circle_map(parcels, edge, km, False, None, ground))["initialViewState"]

    assert view(1) == view(10) == view(25)
    assert view(26) == view(60)
    for km in (1, 25, 26, 60, 150):
        west, south, east, north = extent_of(parcels.bounds, edge, ground.bounds, km)
        ring = geodesic_circle(edge.lon, edge.lat, km)
        assert west <= ring[:, 0].min() + 1e-3
        assert ring[:, 0].max() <= east + 1e-3
        assert south <= ring[:, 1].min() + 1e-3
        assert ring[:, 1].max() <= north + 1e-3


@pytest.mark.parametrize("bounds", [PROVINCE, (71.0, 40.0, 71.2, 41.0), (19.0, 45.0, 19.05, 45.02)])
@pytest.mark.parametrize("size", [scales.DESKTOP, scales.PHONE])
def test_the_scale_bar_is_as_long_as_it_says_and_lies_below_what_the_map_shows(bounds, size):
    bar, label = scale_bar(bounds, size, dark=False).data["features"]
    (west, lat), (east, _) = bar["geometry"]["coordinates"]
    km = WGS84.inv(west, lat, east, lat)[2] / 1000
    assert km == pytest.approx(float(label["properties"]["text"].removesuffix(" km")), rel=0.01)
    assert lat < bounds[1]
    pixels = (east - west) * scales.TILE_PX / 360 * 2 ** scales.zoom_of(bounds, size)
    assert 50 < pixels < 160


def test_no_base_map_asks_for_anything_from_the_network(published):
    drawn = opened(circle(published))
    assert drawn["mapStyle"].startswith("data:")
    assert "http" not in json.dumps(drawn)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", sorted(set(base.BASE_MAPS) - {base.NO_BASE_MAP}))
def test_every_base_map_says_whose_it_is_and_shows_names_once(published, name, dark):
    drawn = opened(circle(published, dark).open_on(name))
    ids = {layer["id"].split("-")[0] for layer in drawn["layers"]}
    beneath = base.BASE_MAPS[name]
    assert drawn["mapStyle"] == (beneath.dark if dark else beneath.light)
    assert beneath.credit
    assert ("names" in ids) != beneath.named
    assert {"parcels", "circle", "scale"} <= ids


def test_imagery_is_not_hidden_by_the_ground(published):
    (ground,) = [
        layer
        for layer in opened(circle(published).open_on("sentinel-2"))["layers"]
        if layer["id"].startswith("ground")
    ]
    assert ground["filled"] is False


def test_a_style_of_tiles_is_read_back_from_its_address():
    text = base.style_of("https://tiles.example.org/{z}/{x}/{y}.png", "© Example", 13)
    style = json.loads(unquote(text.removeprefix("data:application/json,")))
    assert style["sources"]["tiles"]["attribution"] == "© Example"
    assert style["sources"]["tiles"]["tiles"] == ["https://tiles.example.org/{z}/{x}/{y}.png"]


def test_the_legend_counts_every_parcel_and_names_every_sign(published):
    parcels, _ = published
    assert sum(count for _, _, count in parcels.crops) == len(PARCELS)
    text = circle(published).legend
    for name, _, count in parcels.crops:
        assert f"{name} {count:,}" in text
    assert "25 km" in text
    assert STUDY.departure.title in text


def test_parcels_without_label_come_last_in_the_legend(tmp_path):
    some = PARCELS.copy()
    some.loc[some.index[:3], "crop"] = None
    *_, last = maps.publish_parcels(some, STUDY.legend, tmp_path).crops
    assert last == ("crop not known yet", "", 3)
    (label,) = [
        each
        for each in legend.crop_labels(maps.publish_parcels(some, STUDY.legend, tmp_path), dark=True)
        if each.text.startswith("crop not")
    ]
    assert label.colour == palette.scheme(dark=True).muted


def test_names_in_the_legend_are_text_not_markup():
    label = legend.departure_label(Departure(19, 45, "<b onclick=x>&"), dark=False)
    assert "<b" not in legend.legend_html([label], dark=False)
    assert "&lt;b onclick=x&gt;&amp;" in legend.legend_html([label], dark=False)


def test_a_round_length_is_the_next_in_a_series_of_one_two_five():
    assert [scales.round_km(wanted) for wanted in (0.01, 1.3, 8.0, 34.0, 9999.0)] == [0.1, 1, 10, 50, 1000]
