"""The chart to draw around parcels, what lies inside, and the marks on maps."""

import json

import pandas as pd
import pytest

from engine.decisions.trip import TripRequest, trip
from engine.experiments.archive import Archive
from engine.fieldwork.costs import Tariff
from engine.sampling.limits import Limit
from engine.views import maps
from engine.views.area import area
from engine.views.maps.marks import mark_labels, mark_layers
from tests import made_up

STUDY = made_up.study(parcels=40, times=3, pixels=1)
SEASON = STUDY.parcels_in("2021")
IDS = SEASON["parcel_id"].astype(str).tolist()
GRID = pd.DataFrame({"parcel_id": ["a", "b", "c"], "lon": [0.2, 0.8, 2.0], "lat": [0.2, 0.8, 0.5]})


@pytest.mark.parametrize("dark", [False, True])
def test_the_area_chart_shows_all_parcels_the_trip_its_pins_and_its_gaps(tmp_path, dark):
    request = TripRequest(
        "2021",
        STUDY.departure,
        "radius",
        Limit("parcels", 9),
        Tariff(),
        unreachable=(IDS[0],),
        pinned=(IDS[1],),
    )
    planned = trip(STUDY, request, Archive(tmp_path))
    chart = area(STUDY, planned, dark)
    points = {trace.name.rsplit(" ", 1)[0]: len(trace.x) for trace in chart.figure.data if trace.name}
    assert points.pop("to visit") == len(planned.wanted) == 9
    assert (points.pop("pinned"), points.pop("left out")) == (1, 1)
    assert sum(points.values()) == len(SEASON)
    assert "9 parcels of 40 are on the trip" in chart.title
    assert chart.figure.layout.dragmode == "lasso"


@pytest.mark.parametrize(
    ("drawn", "names"),
    [
        ({}, ()),
        ({"lasso": [{"x": [0, 1, 0], "y": [0, 0, 1]}]}, ("a",)),
        ({"lasso": [{"x": [0, 1, 1, 0], "y": [0, 1, 0, 1]}]}, ()),  # a bow: its inside is left and right
        ({"lasso": [{"x": [0, 1], "y": [0, 1]}]}, ()),
        ({"box": [{"x": [3, 0.5], "y": [0, 1]}]}, ("b", "c")),
        ({"box": [{"x": [0, 0.5], "y": [1, 0]}], "lasso": [{"x": [1, 3, 2], "y": [0, 0, 2]}]}, ("a", "c")),
    ],
)
def test_inside_is_what_was_drawn_around(drawn, names):
    assert maps.inside(drawn, GRID) == names


def test_marks_are_drawn_and_explained_and_unknown_ids_passed_over():
    marks = maps.marks_of(GRID, ["a", "nobody"], ["b", "c"])
    assert [len(json.loads(layer.to_json())["data"]) for layer in mark_layers(marks, False)] == [1, 2]
    assert [label.text for label in mark_labels(marks, True)] == ["pinned 1", "left out 2"]
    assert mark_layers(maps.marks_of(GRID, [], []), False) == []
