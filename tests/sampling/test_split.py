"""The ground is divided once into test and candidates, whole fields and blocks, whatever the departure."""

import numpy as np
import pytest

from engine.domain import Departure, PlanError
from engine.geodesy import blocks
from engine.sampling.split import BLOCK_KM, TestArea, divide_ground, split_parcels, utm_km
from tests import made_up

STUDY = made_up.study(parcels=200)


def test_test_parcels_lie_beyond_the_outer_radius_and_every_parcel_is_on_one_side():
    split = split_parcels(STUDY, "2021", STUDY.departure, TestArea())
    assert split.test["distance_km"].min() > 30
    assert len(split.test) + len(split.candidates) == len(STUDY.parcels_in("2021"))
    assert not set(split.test["field_group"]) & set(split.candidates["field_group"])


def test_the_study_s_own_variant_tests_on_all_far_parcels():
    split = split_parcels(STUDY, "2021", STUDY.departure, TestArea("far-all"))
    assert (split.test["distance_km"] > 30).all()
    assert (split.candidates["distance_km"] <= 30).all()


def test_the_test_ground_does_not_depend_on_the_departure():
    away = Departure(STUDY.departure.lon + 0.3, STUDY.departure.lat, "Elsewhere")
    splits = (split_parcels(STUDY, "2021", start, TestArea()) for start in (STUDY.departure, away))
    assert np.array_equal(*(split.test_ground for split in splits))


def test_both_halves_have_about_as_many_parcels_and_no_block_is_cut():
    x_km, y_km = utm_km(STUDY)
    group = np.arange(len(x_km)).astype(str)  # every parcel is a field of its own
    test = divide_ground(group, x_km, y_km, np.ones(len(x_km), bool))
    assert abs(test.mean() - 0.5) < 0.05
    block = blocks(x_km, y_km, BLOCK_KM)
    assert all(len(set(test[block == number])) == 1 for number in np.unique(block))


def test_an_outer_radius_beyond_all_parcels_is_refused_with_the_farthest():
    with pytest.raises(PlanError, match=r"lies beyond 500 km .*farthest is .*--beyond"):
        split_parcels(STUDY, "2021", STUDY.departure, TestArea(beyond_km=500))


def test_an_unknown_test_area_is_refused():
    with pytest.raises(PlanError, match="choose far-half or far-all"):
        TestArea("near")
