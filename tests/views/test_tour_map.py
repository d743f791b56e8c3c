"""The map of day tours: numbers of days, and of the stops of one day."""

import dataclasses
import json

import pytest

from engine.fieldwork.costs import Tariff
from engine.fieldwork.problem import routing_problem
from engine.fieldwork.roads import Straight
from engine.fieldwork.schedule import cost_of, schedule
from engine.fieldwork.tour import Itinerary
from engine.views import maps
from tests import made_up
from tests.fieldwork.test_itinerary import CENTRE, scattered

STUDY = made_up.study()


@pytest.fixture(scope="module")
def planned():
    problem = routing_problem(scattered(12, 20.0), CENTRE, Tariff(), Straight())
    stops = [*problem.reachable()]
    days = schedule(problem, [stops[:3], stops[3:]], crews=1)
    return Itinerary(CENTRE, Tariff(), tuple(days), (), cost_of(problem, days))


@pytest.fixture(scope="module")
def parcels(tmp_path_factory):
    return maps.publish_parcels(STUDY.parcels_in("2021"), STUDY.legend, tmp_path_factory.mktemp("static"))


def layers(drawn):
    return {layer["id"].split("-")[0]: layer for layer in json.loads(drawn.to_json())["layers"]}


def test_all_days_have_their_number_at_their_farthest_stop(parcels, planned):
    numbers = layers(maps.tour_map(parcels, planned, dark=False))["numbers"]["data"]
    assert [spot["number"] for spot in numbers] == ["1", "2"]
    stops = [[stop.lon, stop.lat] for stop in planned.days[1].stops]
    assert numbers[1]["place"] in stops


def test_a_day_alone_has_the_numbers_of_its_stops_in_order(parcels, planned):
    day = planned.days[1]
    drawn = layers(maps.tour_map(parcels, planned, dark=True, only=day))
    numbers = drawn["numbers"]["data"]
    assert [spot["number"] for spot in numbers] == [str(place) for place in range(1, len(day.stops) + 1)]
    assert [spot["place"] for spot in numbers] == [[stop.lon, stop.lat] for stop in day.stops]
    assert len(drawn["ways"]["data"]) == 1
    assert [spot["place"] for spot in drawn["stops"]["data"]] == [spot["place"] for spot in numbers]


def test_the_departure_is_named_once(parcels, planned):
    (label,) = layers(maps.tour_map(parcels, planned, dark=False))["labels"]["data"]
    assert label["text"] == CENTRE.title
    assert label["place"] == [CENTRE.lon, CENTRE.lat]


def test_the_legend_names_every_day(parcels, planned):
    text = maps.tour_map(parcels, planned, dark=False).legend
    assert "day 1" in text
    assert "day 2" in text
    assert "day 1" not in maps.tour_map(parcels, planned, dark=False, only=planned.days[1]).legend


def test_more_days_than_colours_are_told_apart_by_their_numbers(parcels, planned):
    many = dataclasses.replace(planned, days=planned.days * 4)
    text = maps.tour_map(parcels, many, dark=False).legend
    assert "8 day tours, their numbers at their farthest stops" in text
    assert "day 1" not in text
