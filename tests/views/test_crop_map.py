"""Charts and layers of a crop map."""

import dataclasses
import json

import geopandas as gpd
import numpy as np
import pytest
import shapely

from engine.domain import Crop, Legend
from engine.mapping.crop_map import CropMap
from engine.views.map_areas import map_areas, map_areas_frame
from engine.views.maps.crop_map import APPLIES, BEYOND, STEP_NAMES, layer_of
from engine.views.maps.publish import publish_parcels
from tests.made_up import COLOURS, CROPS

LEGEND = Legend(tuple(Crop(i, CROPS[i], COLOURS[i]) for i in range(3)))


@pytest.fixture
def crop_map():
    lon, lat = np.linspace(19, 20, 4), np.full(4, 45.0)
    table = {
        "parcel_id": list("abcd"),
        "crop": ["maize", "wheat", "wheat", "wheat"],
        "probability": [0.4, 0.5, 0.89, 1.0],
        "applicable": [True, False, True, True],
        "area_ha": [10.0, 2.0, 3.0, 1.0],
        "lon": lon,
        "lat": lat,
    }
    parcels = gpd.GeoDataFrame(table, geometry=shapely.box(lon, lat, lon + 0.01, lat + 0.01), crs=4326)
    nothing = np.zeros((4, 3), dtype=np.float32)
    return CropMap("S", "2021", "0" * 16, LEGEND.names, "ensemble", parcels, nothing, nothing, {}, None)


def test_bars_are_the_mapped_hectares_with_those_beyond_the_area_of_applicability(crop_map):
    frame = map_areas_frame(crop_map).set_index("class")
    assert frame.to_dict("index") == {
        "maize": {"parcels": 1, "area_ha": 10.0, "beyond_ha": 0.0},
        "wheat": {"parcels": 3, "area_ha": 6.0, "beyond_ha": 2.0},
    }
    assert crop_map.areas_ha == {"maize": 10.0, "wheat": 6.0, "soybean": 0.0}
    chart = map_areas(crop_map, LEGEND, dark=False)
    assert chart.title == "Maize covers 62% of 16 ha mapped; the map does not apply to 12%"
    assert [list(bar.x) for bar in chart.figure.data[:2]] == [[10.0, 4.0], [0.0, 2.0]]
    assert map_areas(crop_map, LEGEND, dark=True).figure.data[0].marker.color[0] != COLOURS[0]
    all_in = dataclasses.replace(crop_map, parcels=crop_map.parcels.assign(applicable=True))
    assert map_areas(all_in, LEGEND, dark=False).title == "Maize covers 62% of 16 ha mapped"


def test_layers_show_class_probability_and_applicability_in_their_own_colours(crop_map):
    low, middle, high, highest = STEP_NAMES
    expected = {
        "class": ["maize", "wheat", "wheat", "wheat"],
        "probability": [low, middle, high, highest],
        "applicability": [APPLIES, BEYOND, APPLIES, APPLIES],
    }
    for shown, names in expected.items():
        parcels, legend = layer_of(crop_map, LEGEND, shown)
        assert parcels["crop"].tolist() == names
        published = publish_parcels(parcels, legend, None)
        drawn = [
            feature["properties"]["crop"] for feature in json.loads(json.dumps(published.data))["features"]
        ]
        assert drawn == names
