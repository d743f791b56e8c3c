"""Why a trip gains or loses: figures whose truth is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.decisions.diagnosis import diagnose, energy_distance, hellinger, outside_share
from engine.domain import PlanError
from engine.experiments.plan import TestArea
from engine.sampling.split import split_parcels
from tests import made_up

CLASSES = st.lists(st.sampled_from(["wheat", "maize", "rice"]), min_size=1, max_size=30)


def ground(study):
    return split_parcels(study, "2021", study.departure, TestArea())


def test_a_trip_to_one_class_lacks_the_others_and_is_told_so():
    study = made_up.study(parcels=200)
    split = ground(study)
    lone = split.candidates.loc[split.candidates["crop"] == "wheat", "parcel_id"]
    found = diagnose(study, "2021", lone, split)
    assert found.lacks == ("maize", "soybean")
    assert found.trip.missing == pytest.approx((split.test["crop"] != "wheat").mean())
    assert found.trip.mix > 0.5 > found.random.mix
    assert found.trip.outside > 0.4 > found.random.outside
    assert found.trip.features > 3 * found.random.features
    assert found.reasons[0].startswith("No visited parcel has maize and soybean, which")


def test_a_trip_that_is_like_the_area_is_no_farther_from_it_than_chance():
    study = made_up.study(parcels=400)
    split = ground(study)
    some = split.candidates.sample(100, random_state=1)["parcel_id"]
    found = diagnose(study, "2021", some, split)
    assert found.lacks == ()
    assert found.trip.mix == pytest.approx(found.random.mix, abs=0.06)
    assert found.trip.features == pytest.approx(found.random.features, abs=0.02)
    assert found.trip.outside < 0.15


def test_a_trip_to_nobody_is_refused():
    study = made_up.study(parcels=40)
    with pytest.raises(PlanError, match="visits no parcel"):
        diagnose(study, "2021", ["elsewhere"], ground(study))


@given(CLASSES, CLASSES)
def test_the_distance_of_two_class_mixes_is_symmetric_between_zero_and_one(one, other):
    one, other = pd.Series(one), pd.Series(other)
    apart = hellinger(one, other)
    assert 0 <= apart <= 1
    assert apart == pytest.approx(hellinger(other, one))
    assert hellinger(one, one) == pytest.approx(0, abs=1e-7)
    if not set(one) & set(other):
        assert apart == pytest.approx(1)


def test_samples_of_one_cloud_are_close_and_clouds_far_apart_are_not():
    rng = np.random.default_rng(0)
    one, same, far = rng.normal(0, 1, (300, 3)), rng.normal(0, 1, (300, 3)), rng.normal(50, 1, (300, 3))
    assert energy_distance(one, same) < 0.02
    assert energy_distance(one, far) > 0.9
    assert energy_distance(one, one) == 0


def test_parcels_like_those_known_are_inside_and_strangers_outside():
    rng = np.random.default_rng(0)
    known, place = rng.normal(0, 1, (200, 3)), rng.uniform(0, 50, (200, 2))
    alike, strange = rng.normal(0, 1, (100, 3)), rng.normal(30, 1, (100, 3))
    elsewhere = rng.uniform(0, 50, (100, 2))
    assert outside_share(known, place, alike, elsewhere) < 0.1
    assert outside_share(known, place, strange, elsewhere) == 1
    assert outside_share(known[:2], place[:2], alike, elsewhere) == 1  # nobody can say
