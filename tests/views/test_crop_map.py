"""The areas of a crop map."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from engine.domain import Crop, Legend
from engine.mapping.crop_map import CropMap
from engine.views.map_areas import map_areas_frame
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


def test_a_class_has_the_mapped_hectares_with_those_beyond_the_area_of_applicability(crop_map):
    frame = map_areas_frame(crop_map).set_index("class")
    assert frame.to_dict("index") == {
        "maize": {"parcels": 1, "mapped_ha": 10.0, "beyond_ha": 0.0},
        "wheat": {"parcels": 3, "mapped_ha": 6.0, "beyond_ha": 2.0},
        "soybean": {"parcels": 0, "mapped_ha": 0.0, "beyond_ha": 0.0},
    }
    assert crop_map.areas_ha == {"maize": 10.0, "wheat": 6.0, "soybean": 0.0}
