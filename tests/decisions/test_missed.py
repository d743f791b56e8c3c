"""The classes that a trip misses, with their share of the season, and what the classes are known by."""

import pytest

from engine.decisions.advice_rows import missed_rows
from engine.decisions.class_mix import ClassMix, class_mix
from engine.decisions.missed import Missed, missed_classes
from engine.decisions.outlook_wording import missed_sentence
from tests import made_up

STUDY = made_up.study(parcels=60, times=4, pixels=1, recurring=0)
PARCELS = STUDY.parcels_in("2021")
KNOWN = class_mix(STUDY, "2021")


def of(crop, count=None):
    return PARCELS.loc[PARCELS["crop"] == crop, "parcel_id"].tolist()[:count]


def test_a_class_without_a_visit_or_with_a_single_one_is_missed():
    visited = [*of("maize", 5), *of("wheat", 1)]
    assert set(missed_classes(KNOWN, visited)) == {Missed("wheat", 1, 1 / 3), Missed("soybean", 0, 1 / 3)}
    said = missed_sentence(KNOWN, visited)
    assert "none has soybean (33%)" in said
    assert "only one has wheat (33%)" in said
    assert "no labels" not in said
    assert missed_rows(KNOWN, visited)["classes"] == "labels"


def test_a_trip_with_two_parcels_of_every_class_misses_none():
    visited = [*of("maize", 2), *of("wheat", 2), *of("soybean", 2)]
    assert missed_classes(KNOWN, visited) == ()
    assert missed_sentence(KNOWN, visited) == ""


def test_shares_of_all_classes_add_up_where_nobody_is_visited():
    missed = missed_classes(KNOWN, [])
    assert sum(each.share for each in missed) == pytest.approx(1)
    assert [each.visited for each in missed] == [0, 0, 0]


def test_in_an_open_season_the_mix_that_stands_in_is_named():
    open_study = made_up.without_labels(STUDY, "2021")
    mix = class_mix(open_study, "2021")
    assert mix.basis == "last season"
    said = missed_sentence(mix, PARCELS["parcel_id"].tolist()[:4])
    assert "only one is expected to have" in said
    assert said.endswith("The classes are the mix of 2020 in all: these parcels have no labels yet.")
    assert missed_rows(mix, [])["classes_of"] == "2020"


def test_where_no_class_is_known_nothing_is_claimed():
    unknown = ClassMix(PARCELS.assign(crop=None), "unknown")
    assert missed_classes(unknown, of("maize")) == ()
    assert "not known yet" in missed_sentence(unknown, of("maize"))
