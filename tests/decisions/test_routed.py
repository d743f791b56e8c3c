"""A routed trip keeps its limits, is the same wherever it is made, and is made once."""

import dataclasses
import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decisions import routed_files, routing
from engine.decisions.routed import kept_trip, routed_trip
from engine.decisions.trip import UNLIMITED, TripRequest, replaced_by, trip
from engine.domain import Departure, PlanError
from engine.experiments.archive import Archive
from engine.fieldwork.costs import PRESETS, Tariff
from engine.fieldwork.crews import MOST_CREWS, CrewLimits
from engine.fieldwork.estimate import estimate
from engine.sampling.limits import Limit
from tests import made_up

TARIFF = Tariff()


@cache
def study(seed: int = 0):
    return made_up.study(parcels=60, times=3, pixels=1, seed=seed)


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path)


def asked(limit: Limit = UNLIMITED, design: str = "radius", **more: Any) -> TripRequest:
    return TripRequest("2021", study().departure, design, limit, more.pop("tariff", TARIFF), **more)


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 3),
    st.sampled_from(["radius", "random", "transects", "clusters", "balanced"]),
    st.sampled_from(["days", "money", "both", "km"]),
    st.integers(1, 6),
    st.floats(80, 3000),
    st.sampled_from(sorted(PRESETS)),
    st.sampled_from([1, 2, 3, None]),
    st.sampled_from([None, False, True]),
    st.tuples(st.floats(-40, 40), st.floats(-40, 40)),
    st.floats(5, 12),
)
def test_no_limit_is_exceeded_once_routed(
    tmp_path_factory, seed, design, kind, days, money, tariff, crews, sleep_out, place, hours
):
    rates = dataclasses.replace(PRESETS[tariff], hours_per_day=hours)
    start = Departure(19.845 + place[0] / 78.4, 45.255 + place[1] / 111.2)
    limit = {"days": Limit("days", days), "money": Limit("money", money)}.get(kind, Limit("km", 40.0))
    further = {"most_days": days, "budget": money} if kind in ("both", "km") else {}
    driving = CrewLimits(crews, sleep_out, **further)
    try:
        request = TripRequest("2021", start, design, limit, rates, driving=driving)
        made = routed_trip(study(seed), request, Archive(tmp_path_factory.mktemp("trips")))
    except PlanError as error:
        alone = crews is None and kind == "days"
        if alone != ("Give the number of crews" in str(error)):
            raise
        if not alone and "Raise it" not in str(error) and "Choose another departure" not in str(error):
            raise
        return
    assert kind == "money" or made.days <= days
    assert kind == "days" or made.cost.money.likely <= money
    assert sorted(made.trip.wanted["parcel_id"]) == list(made.parcels)
    assert all(day.crew <= (crews or MOST_CREWS) for day in made.itinerary.days)
    assert made.days == max((day.number for day in made.itinerary.days), default=0)


@pytest.mark.parametrize("design", ["radius", "random", "transects"])
def test_slack_is_used(archive, design):
    """What the estimate leaves over, or lacks, routing makes good: one size more would not fit."""
    budget = 700.0
    made = routed_trip(study(), asked(Limit("money", budget), design), archive)
    assert made.cost.money.likely <= budget
    more = routed_trip(study(), asked(Limit("parcels", len(made.parcels) + 3), design), archive)
    assert more.cost.money.likely > budget * routing.FULL


def test_an_estimate_may_be_wrong_and_the_routed_bill_still_fits(archive, monkeypatch):
    def wrong(parcels, departure, tariff):
        true = estimate(parcels, departure, tariff)
        return dataclasses.replace(true, items={name: item * 0.4 for name, item in true.items.items()})

    monkeypatch.setattr("engine.decisions.trip.estimate", wrong)
    request = asked(Limit("money", 500.0))
    assert estimate(trip(study(), request, archive).wanted, study().departure, TARIFF).money.likely > 500
    assert 300 < routed_trip(study(), request, archive).cost.money.likely <= 500


def test_a_trip_is_made_once_and_then_read(archive, monkeypatch):
    request = asked(Limit("km", 30.0), "random")
    assert kept_trip(study(), request, archive) is None
    made = routed_trip(study(), request, archive)
    monkeypatch.setattr(routing, "route_trip", None)  # nobody routes again
    read = routed_trip(study(), request, archive)
    assert read.itinerary == made.itinerary
    assert read.key == made.key
    assert read.trip.design == made.trip.design
    assert list(made.trip.wanted["parcel_id"]) == list(read.trip.wanted["parcel_id"])
    assert replaced_by(made.trip) == replaced_by(read.trip)
    assert made.trip.spare.equals(read.trip.spare)
    assert routed_files.path_of(archive.folder, made.key).stat().st_size < 8000


def test_two_archives_make_the_same_trip(tmp_path):
    request = asked(Limit("money", 900.0), "clusters", driving=CrewLimits(2))
    first, second = (routed_trip(study(), request, Archive(tmp_path / name)) for name in "ab")
    assert first.itinerary == second.itinerary
    assert first.key == second.key


def test_a_damaged_file_is_made_again(archive):
    request = asked(Limit("km", 20.0))
    made = routed_trip(study(), request, archive)
    path = routed_files.path_of(archive.folder, made.key)
    facts = json.loads(path.read_bytes())
    for damaged in ("{", json.dumps(facts | {"visits": ["nobody"]}), json.dumps(facts | {"days": []})):
        path.write_text(damaged)
        assert kept_trip(study(), request, archive) is None
        assert routed_trip(study(), request, archive).itinerary == made.itinerary


def test_a_key_depends_on_what_is_asked_and_on_no_crop(archive):
    request = asked(Limit("km", 30.0))

    def key(asked: TripRequest, of=None) -> str:
        return routed_trip(of or study(), asked, archive).key

    others = [
        dataclasses.replace(request, **change)
        for change in (
            {"design": "random"},
            {"limit": Limit("km", 31.0)},
            {"departure": Departure(19.9, 45.2)},
            {"tariff": dataclasses.replace(TARIFF, per_km=1.0)},
            {"driving": CrewLimits(2)},
            {"seed": 1},
        )
    ]
    assert len({key(request), *map(key, others)}) == 1 + len(others)
    named = dataclasses.replace(request, departure=dataclasses.replace(request.departure, name="Here"))
    assert key(named) == key(request)
    relabelled = dataclasses.replace(study(), parcels=study().parcels.assign(crop="maize"))
    assert key(request, relabelled) == key(request)
    moved = dataclasses.replace(study(), parcels=study().parcels.assign(lon=study().parcels["lon"] + 0.01))
    assert key(request, moved) != key(request)


@pytest.mark.parametrize("listed", [False, True])
def test_every_visit_has_a_replacement_of_its_own_whatever_named_the_trip(archive, listed):
    ids = tuple(study().parcels_in("2021")["parcel_id"][:20]) if listed else ()
    made = routed_trip(study(), asked(Limit("parcels", 20), listed=ids), archive)
    pairs = replaced_by(made.trip)
    assert sorted(pairs) == list(made.parcels)
    assert len(set(pairs.values())) == len(pairs)
    assert not set(pairs.values()) & set(pairs)


def test_a_list_is_not_cut_to_a_design_but_what_does_not_fit_is_left_out(archive):
    ids = tuple(study().parcels_in("2021")["parcel_id"])
    made = routed_trip(study(), asked(listed=ids, driving=CrewLimits(budget=400.0)), archive)
    assert made.cost.money.likely <= 400
    assert made.itinerary.left_out
    assert sorted([*made.parcels, *made.itinerary.left_out]) == sorted(ids)
    assert kept_trip(study(), made.request, archive).itinerary == made.itinerary


def test_nights_are_spent_where_it_costs_less(archive):
    far = Departure(18.9, 45.255)
    request = dataclasses.replace(asked(Limit("parcels", 20), "radius"), departure=far)
    ways = {
        nights: routed_trip(study(), dataclasses.replace(request, driving=CrewLimits(1, nights)), archive)
        for nights in (None, False, True)
    }
    bills = {nights: made.cost.money.likely for nights, made in ways.items()}
    assert bills[None] == min(bills[False], bills[True])


def test_a_limit_that_pays_for_nothing_says_what_the_smallest_trip_needs(archive):
    with pytest.raises(PlanError, match=r"pays for no trip of the design radius; once routed its smallest"):
        routed_trip(study(), asked(Limit("money", 20.0)), archive)
    assert not list(archive.folder.rglob("*.json"))


def test_an_archive_that_cannot_be_written_still_routes(archive, monkeypatch):
    monkeypatch.setenv("GROUNDPLAN_READONLY", "1")
    assert routed_trip(study(), asked(Limit("km", 20.0)), archive).days
    assert not list(archive.folder.rglob("*.json"))


def test_more_crews_go_out_where_the_days_need_them(archive):
    size = Limit("parcels", 40)
    one = routed_trip(study(), asked(size, driving=CrewLimits()), archive)
    days = one.days // 2
    assert days
    made = routed_trip(study(), asked(size, driving=CrewLimits(None, most_days=days)), archive)
    assert made.parcels == one.parcels
    assert made.days <= days
    assert made.crews > 1


def test_a_list_too_long_for_all_crews_is_cut_to_what_they_can_visit(archive):
    short = dataclasses.replace(TARIFF, hours_per_day=4.0)
    listed = tuple(study().parcels_in("2021")["parcel_id"])
    driving = CrewLimits(None, most_days=1)
    made = routed_trip(study(), asked(listed=listed, driving=driving, tariff=short), archive)
    assert (made.days, made.crews) == (1, MOST_CREWS)
    assert made.itinerary.left_out


def test_days_alone_size_no_trip_of_an_open_number_of_crews():
    with pytest.raises(PlanError, match="Give the number of crews, or a size or budget"):
        asked(Limit("days", 3), driving=CrewLimits(None))
    asked(Limit("money", 900), driving=CrewLimits(None, most_days=3))
