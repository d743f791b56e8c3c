"""What lies beneath the parcels of a map."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import Departure
from engine.views import maps, palette
from engine.views.maps.ground import (
    LETTER_PX,
    LEVELS,
    NAME_PX,
    drawn_from,
    ground_layers,
    ground_of,
    least_zooms,
    union,
)
from engine.views.maps.scales import TILE_PX, zoom_of
from tests import made_up
from tests.views.test_palette import contrast

PROVINCE = (18.85, 44.7, 21.45, 46.15)
FERGANA = (71.0, 40.2, 72.2, 40.7)
NOVI_SAD, ANDIJON = Departure(19.845, 45.255, "Novi Sad"), Departure(72.35, 40.78, "Andijon")
STUDY = made_up.study()


def overlap(names: pd.DataFrame, zoom: float) -> list[tuple[str, str]]:
    """Pairs of names that lie on each other at a zoom."""
    px = TILE_PX / 360 * 2**zoom
    x = names["lon"].to_numpy() * px
    y = names["lat"].to_numpy() * px / np.cos(np.radians(names["lat"].mean()))
    wide = names["text"].str.len().to_numpy() * LETTER_PX
    texts = list(names["text"])
    return [
        (texts[i], texts[j])
        for i in range(len(texts))
        for j in range(i)
        if abs(x[i] - x[j]) < (wide[i] + wide[j]) / 2 and abs(y[i] - y[j]) < NAME_PX * 0.98
    ]


def test_the_province_has_outline_rivers_roads_and_towns():
    assert set(ground_layers(PROVINCE)["kind"]) == {"outline", "river", "road", "town"}
    ground = ground_of(PROVINCE, NOVI_SAD)
    assert set(ground.lines["kind"]) == {"outline", "river", "road"}
    assert {"Danube", "Tisa", "Sava", "Subotica", "Sombor"} <= set(ground.names["text"])
    assert union(ground.bounds, PROVINCE) != PROVINCE


def test_elsewhere_there_are_towns_and_nothing_is_made_up():
    ground = ground_of(FERGANA, ANDIJON)
    assert len(ground.lines) == 0
    assert ground.bounds is None
    assert set(ground.names["kind"]) == {"town"}
    assert {"Fergana", "Namangan"} <= set(ground.names["text"])


def test_where_there_are_no_towns_there_is_nothing(tmp_path):
    published = maps.publish_ground(ground_of((-150, -40, -149.9, -39.9), Departure(-150, -40)), tmp_path)
    assert published == maps.PublishedGround(None, (), None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("bounds", "departure"), [(PROVINCE, NOVI_SAD), (FERGANA, ANDIJON)])
@pytest.mark.parametrize("level", LEVELS)
def test_names_do_not_lie_on_each_other_at_the_zooms_at_which_they_join(bounds, departure, level):
    names, zoom = ground_of(bounds, departure).names, zoom_of(bounds) + level
    drawn = names.loc[names["least"] <= zoom + 1e-9, ["text", "lon", "lat"]]
    own = pd.DataFrame([{"text": departure.title, "lon": departure.lon, "lat": departure.lat}])
    assert len(drawn) >= 5
    assert overlap(pd.concat([own, drawn], ignore_index=True), zoom) == []


def test_the_departure_is_not_named_twice():
    assert "Novi Sad" not in set(ground_of(PROVINCE, NOVI_SAD).names["text"])
    assert "Novi Sad" in set(ground_of(PROVINCE, Departure(20.39, 45.38, "Zrenjanin")).names["text"])


def test_more_names_join_with_every_zoom():
    counts = ground_of(PROVINCE, NOVI_SAD).names["least"].value_counts().sort_index().cumsum()
    assert len(counts) == len(LEVELS)
    assert counts.iloc[0] < counts.iloc[-1]


@given(st.lists(st.tuples(st.floats(19, 21), st.floats(45, 46)), min_size=2, max_size=12, unique=True))
def test_two_names_that_are_clear_of_each_other_remain_so_at_every_closer_zoom(places):
    names = pd.DataFrame(places, columns=["lon", "lat"])
    names["text"] = [f"town {number}" for number in range(len(names))]
    names["least"] = least_zooms(names, Departure(10, 40, "far away"))
    for zoom in (6.0, 8.0, 10.0, 13.0):
        assert overlap(names[names["least"] <= zoom].reset_index(drop=True), zoom) == []


def test_a_name_joins_at_the_first_level_at_which_it_is_clear():
    np.testing.assert_array_equal(
        drawn_from(np.array([-np.inf, 6.0, 6.1, 9.0, np.inf]), [6.0, 8.0]), [6.0, 6.0, 8.0, np.inf, np.inf]
    )


def test_ground_is_published_once_a_file_a_level_and_light(tmp_path):
    ground = ground_of(PROVINCE, NOVI_SAD)
    published = maps.publish_ground(ground, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1 + len(LEVELS)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 15_000
    assert maps.publish_ground(ground, tmp_path) == published
    assert [names.least is None for names in published.names] == [True, False, False]
    features = json.loads(published.lines.path.read_text())["features"]
    assert {feature["properties"]["px"] for feature in features} == {1.0, 1.4, 2.0}
    published.names[1].path.unlink()
    assert not published.exists


def test_lines_lie_beneath_the_parcels_and_names_above_them(tmp_path):
    ground = maps.publish_ground(ground_of(PROVINCE, NOVI_SAD), tmp_path)
    parcels = maps.publish_parcels(STUDY.parcels_in("2021"), STUDY.legend, tmp_path)
    places = maps.publish_places(STUDY.parcels_in("2021"), tmp_path)
    for drawn in (
        maps.circle_map(parcels, NOVI_SAD, 25, True, places, ground),
        maps.trip_map(parcels, NOVI_SAD, places, True, ground),
    ):
        order = [layer["id"].split("-")[0] for layer in json.loads(drawn.to_json())["layers"]]
        assert (
            order.index("ground") < order.index("parcels") < order.index("names") < order.index("departure")
        )
        assert order.count("names") == len(LEVELS)


def test_without_a_place_to_write_the_names_of_the_first_level_travel_inside():
    ground = maps.publish_ground(ground_of(PROVINCE, NOVI_SAD), None)
    parcels = maps.publish_parcels(STUDY.parcels_in("2021"), STUDY.legend, None)
    drawn = json.loads(maps.circle_map(parcels, NOVI_SAD, 25, False, None, ground).to_json())["layers"]
    (names,) = [layer for layer in drawn if layer["id"].startswith("names")]
    assert names["@@type"] == "GeoJsonLayer"
    assert (
        len(names["data"]["features"])
        == (
            ground_of(PROVINCE, NOVI_SAD).names["least"].min() == ground_of(PROVINCE, NOVI_SAD).names["least"]
        ).sum()
    )


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("kind", ["town", "river"])
def test_names_can_be_read_on_the_page(kind, dark):
    colour = "#" + "".join(f"{part:02X}" for part in palette.name_colour(kind, dark))
    assert contrast(colour, palette.scheme(dark).paper) > 4.5
    assert contrast(colour, palette.scheme(dark).panel) > 4.5
