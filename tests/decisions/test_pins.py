"""Pinned parcels are visited whatever the design, count towards the size, and are refused with a cure."""

import dataclasses
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decisions.options import priced
from engine.decisions.routed import routed_trip
from engine.decisions.trip import TripRequest, next_trip_of, trip
from engine.decisions.trip_wording import pins_sentence, unvisited_pins_sentence
from engine.domain import PlanError
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.fieldwork.costs import Tariff
from engine.fieldwork.crews import CrewLimits
from engine.sampling.limits import Limit
from tests import made_up

TARIFF = Tariff()
LIMITS = {"km": 45.0, "parcels": 20, "days": 3, "money": 900.0}


@cache
def study():
    return made_up.study(parcels=60, times=3, pixels=1)


IDS = study().parcels_in("2021")["parcel_id"].astype(str).tolist()


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path)


def asked(limit: Limit, design: str = "radius", **more: Any) -> TripRequest:
    return TripRequest("2021", study().departure, design, limit, more.pop("tariff", TARIFF), **more)


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from(["radius", "random", "transects", "clusters", "balanced"]),
    st.sampled_from(sorted(LIMITS)),
    st.sets(st.sampled_from(IDS), min_size=1, max_size=4),
    st.sampled_from([1, 2]),
)
def test_pins_are_visited_and_the_limit_holds(tmp_path_factory, design, kind, pins, crews):
    request = asked(Limit(kind, LIMITS[kind]), design, pinned=tuple(sorted(pins)), driving=CrewLimits(crews))
    archive = Archive(tmp_path_factory.mktemp("pins"))
    made = routed_trip(study(), request, archive)
    assert pins <= set(made.parcels)
    free = routed_trip(study(), dataclasses.replace(request, pinned=()), archive)
    if kind in ("km", "parcels"):
        assert len(made.parcels) == len(free.parcels)
    assert kind != "days" or made.days <= LIMITS[kind]
    assert kind != "money" or made.cost.money.likely <= LIMITS[kind]
    assert not pins & set(made.trip.spare["parcel_id"])
    assert pins <= set(trip(study(), request, archive).wanted["parcel_id"])


def test_a_trip_without_pins_keeps_its_key_and_pins_change_it(archive):
    request = asked(Limit("parcels", 10))
    bare = routed_trip(study(), request, archive)
    far = next(name for name in IDS if name not in bare.parcels)
    pinned = routed_trip(study(), dataclasses.replace(request, pinned=(far,)), archive)
    assert pinned.key != bare.key
    assert set(pinned.parcels) - set(bare.parcels) == {far}
    assert routed_trip(study(), dataclasses.replace(request, pinned=()), archive).key == bare.key
    again = routed_trip(study(), dataclasses.replace(request, pinned=(far,)), archive)
    assert again.itinerary == pinned.itinerary


@pytest.mark.parametrize(
    ("limit", "more", "cure"),
    [
        (Limit("parcels", 10), {"pinned": ("nobody",)}, "no surveyed parcel of 2021. Unpin it"),
        (Limit("parcels", 10), {"pinned": IDS[:1], "unreachable": IDS[:1]}, "Unpin it, or put it back"),
        (Limit("parcels", 10), {"pinned": IDS[:1], "listed": IDS[1:3]}, "let a design choose"),
        (Limit("parcels", 2), {"pinned": IDS[:3]}, "Raise the limit, or pin fewer parcels"),
        (Limit("km", 1), {"pinned": IDS[:3]}, "Raise the limit, or pin fewer parcels"),
        (Limit("money", 100), {"pinned": IDS[:9]}, "pin fewer parcels"),
    ],
)
def test_pins_that_cannot_be_are_refused_with_a_cure(archive, limit, more, cure):
    with pytest.raises(PlanError, match=cure):
        routed_trip(study(), asked(limit, **{name: tuple(ids) for name, ids in more.items()}), archive)


def test_a_pin_whose_crop_is_known_is_refused_with_a_cure(archive):
    partly = made_up.without_labels(study(), "2021", IDS[::2])
    with pytest.raises(PlanError, match=r"known by its crop in 2021 already, so nobody drives there\. Unpin"):
        trip(partly, asked(Limit("parcels", 5), pinned=(IDS[1],)), archive)
    assert IDS[0] in set(
        trip(partly, asked(Limit("parcels", 5), pinned=(IDS[0],)), archive).wanted["parcel_id"]
    )


def test_a_pin_beyond_a_day_is_not_visited_and_named(archive):
    away = study().parcels_in("2021").assign(lon=lambda frame: frame["lon"])
    departure = study().departure
    distance = (away["lon"] - departure.lon).abs() + (away["lat"] - departure.lat).abs()
    farthest = str(away.loc[distance.idxmax(), "parcel_id"])
    short = dataclasses.replace(TARIFF, hours_per_day=1.5)
    made = routed_trip(study(), asked(Limit("parcels", 8), tariff=short, pinned=(farthest,)), archive)
    assert farthest not in made.parcels
    assert f"more than a day: {farthest}." in unvisited_pins_sentence(made)


def test_few_pins_need_no_word_and_many_do(archive):
    few, many = (
        trip(study(), asked(Limit("parcels", 20), pinned=tuple(IDS[:pins])), archive) for pins in (2, 8)
    )
    assert pins_sentence(few) == ""
    assert pins_sentence(many).startswith("8 of the 20 parcels are pinned.")


def test_the_trip_of_an_answer_is_drawn_anew_only_where_pins_or_gaps_change_it(archive):
    plans = made_up.grid(
        study(), "2021", study().departure, [30], ["radius"], ["transfer"], "random-forest", made_up.TINY,
        repeats=1,
    )  # fmt: skip
    option = priced(study(), run_plans(study(), plans, archive), TARIFF)[0]
    tried = next_trip_of(study(), option, TARIFF)
    visits = tried.listed
    other = [name for name in IDS if name not in visits]
    same = next_trip_of(study(), option, TARIFF, tuple(other[:1]), visits[:1])
    assert same == dataclasses.replace(tried, unreachable=tuple(other[:1]))
    away = next_trip_of(study(), option, TARIFF, visits[:1])
    made = routed_trip(study(), away, archive)
    assert visits[0] not in made.parcels
    assert len(made.parcels) == len(visits)
    pinned = next_trip_of(study(), option, TARIFF, (), tuple(other[-1:]))
    assert (pinned.listed, pinned.answered) == ((), tried.answered)
    assert other[-1] in routed_trip(study(), pinned, archive).parcels
