"""What lies beneath the maps of the report, on paper and on the screen."""

from types import SimpleNamespace

import numpy as np
import pytest

from engine.domain import Departure
from engine.geodesy import WGS84
from engine.views.chart import colour_of
from engine.views.report import screen_map
from engine.views.report.picture_ground import draw_ground
from engine.views.report.pictures import sheet

PROVINCE, ELSEWHERE = (18.85, 44.7, 21.45, 46.15), (71.0, 40.2, 72.2, 40.7)


def on_paper(bounds, departure, half_km):
    axes = sheet(174, 120).add_axes((0, 0, 1, 1))
    axes.set_xlim(-half_km, half_km)
    axes.set_ylim(-half_km * 120 / 174, half_km * 120 / 174)
    report = SimpleNamespace(study=SimpleNamespace(bounds=bounds), departure=departure)
    draw_ground(axes, report, 174 / 2 / half_km)
    return axes, [text.get_text() for text in axes.texts]


def test_the_province_on_paper_has_rivers_and_more_towns_the_larger_its_scale():
    axes, names = on_paper(PROVINCE, Departure(20.2, 45.4), 220)
    assert {"Subotica", "Danube"} <= set(names)
    assert len(axes.lines) > 10, "Outline, rivers, roads, and a dot for each town."
    _, near = on_paper(PROVINCE, Departure(20.2, 45.4), 40)
    assert set(near) - set(names)
    assert "Subotica" not in near, "It lies outside."


def test_elsewhere_on_paper_there_are_towns_alone():
    axes, names = on_paper(ELSEWHERE, Departure(71.6, 40.45, "Departure"), 130)
    assert "Namangan" in names
    assert len(axes.lines) == len(names)
    assert not axes.patches


def test_nothing_is_drawn_where_nothing_is_known():
    axes, names = on_paper((-150, -40, -149.9, -39.9), Departure(-150, -40), 40)
    assert names == []
    assert not axes.lines


@pytest.mark.parametrize("dark", [False, True])
def test_the_map_on_the_screen_has_towns_and_a_scale_bar_as_long_as_it_says(report, dark):
    traces = {trace.name: trace for trace in screen_map.parcels(report, dark).figure.data}
    assert {"outline", "river", "road", "towns", "scale"} <= set(traces)
    bar = traces["scale"]
    km = WGS84.inv(bar.x[0], bar.y[0], bar.x[-1], bar.y[-1])[2] / 1000
    assert bar.text[1] == f"{round(km):g} km"
    assert bar.y[0] < np.min(report.study.parcels["lat"])
    order = [trace.name for trace in screen_map.parcels(report, dark).figure.data]
    assert order.index("outline") == 0, "It lies beneath the parcels."
    assert not any(traces[name].showlegend for name in ("outline", "river", "road", "towns", "scale"))


def test_a_crop_has_the_colours_of_the_maps_in_the_report(report):
    for dark in (False, True):
        traces = {trace.name: trace for trace in screen_map.parcels(report, dark).figure.data}
        for crop in report.coverage["crop"]:
            assert traces[crop].marker.color == colour_of(report.study.legend, crop, dark)
