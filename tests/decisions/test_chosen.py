"""A trip is found by its design and size, or by the key of its plan, and by nothing else."""

from types import SimpleNamespace

import pytest

from engine.decisions.chosen import choice_named, option_named, trip_options
from engine.domain import PlanError


def option(key, method, design, km, money):
    plan = SimpleNamespace(
        key=key,
        method=SimpleNamespace(name=method, visits=True),
        design=SimpleNamespace(name=design, equivalent_radius_km=km),
    )
    return SimpleNamespace(plan=plan, visits=True, money=SimpleNamespace(likely=money))


DEAR = option("aaaaaa11", "ensemble", "random", 25.0, 900)
CHEAP = option("aaaaaa22", "transfer", "random", 25.0, 300)
OTHER = option("bbbbbb33", "transfer", "radius", 12.5, 500)
DECIDED = SimpleNamespace(advice=SimpleNamespace(payable=(DEAR, CHEAP), beyond=(OTHER,)))


def test_trips_are_listed_with_the_cheapest_first_also_beyond_the_budget():
    assert list(trip_options(DECIDED)) == ["aaaaaa22", "bbbbbb33", "aaaaaa11"]


@pytest.mark.parametrize(
    ("name", "found"),
    [("random-25", DEAR), ("radius-12.5", OTHER), ("aaaaaa22", CHEAP), ("bbbbbb", OTHER)],
)
def test_a_name_finds_its_trip_of_the_default_method_where_several_have_it(name, found):
    assert option_named(DECIDED, name) is found


@pytest.mark.parametrize("name", ["", "random", "random-26", "bbbbb", "zzzzzz"])
def test_another_name_is_refused_with_the_names_that_there_are(name):
    with pytest.raises(PlanError, match=r"Trips: radius-12\.5 and random-25\."):
        option_named(DECIDED, name)


def test_a_trip_of_an_open_season_is_found_by_its_own_name():
    found = SimpleNamespace(choices=(SimpleNamespace(name="random-25"), SimpleNamespace(name="radius-20")))
    assert choice_named(found, "radius-20") is found.choices[1]
    with pytest.raises(PlanError, match="No trip of this advice is named 'x'"):
        choice_named(found, "x")
