"""Why a trip gains or loses: figures whose truth is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.decisions.diagnosis import diagnose, energy_distance, hellinger, outside_share
from engine.decisions.report_wording import diagnosis_sentences
from engine.domain import PlanError
from engine.experiments.plan import TestArea
from engine.sampling.split import split_parcels
from tests import made_up

CLASSES = st.lists(st.sampled_from(["wheat", "maize", "rice"]), min_size=1, max_size=30)


def ground(study):
    return split_parcels(study, "2021", study.departure, TestArea())


def test_a_trip_to_one_class_lacks_the_others_and_its_diagnosis_says_so():
    study = made_up.study(parcels=200)
    split = ground(study)
    lone = split.candidates.loc[split.candidates["crop"] == "wheat", "parcel_id"]
    diagnosis = diagnose(study, "2021", lone, split)
    assert diagnosis.lacks == ("maize", "soybean")
    assert diagnosis.trip.missing == pytest.approx((split.test["crop"] != "wheat").mean())
    assert diagnosis.trip.mix > 0.5 > diagnosis.random.mix
    assert diagnosis.trip.outside > 0.4 > diagnosis.random.outside
    assert diagnosis.trip.features > 3 * diagnosis.random.features
    assert diagnosis_sentences(diagnosis)[0].startswith("No visited parcel has maize and soybean.")


def test_a_trip_that_is_like_the_area_is_no_farther_from_it_than_chance():
    study = made_up.study(parcels=400)
    split = ground(study)
    some = split.candidates.sample(100, random_state=1)["parcel_id"]
    diagnosis = diagnose(study, "2021", some, split)
    assert diagnosis.lacks == ()
    assert diagnosis.trip.mix == pytest.approx(diagnosis.random.mix, abs=0.06)
    assert diagnosis.trip.features == pytest.approx(diagnosis.random.features, abs=0.02)
    assert diagnosis.trip.outside < 0.15


def test_a_trip_to_nobody_is_refused():
    study = made_up.study(parcels=40)
    with pytest.raises(PlanError, match="visits no parcel"):
        diagnose(study, "2021", ["elsewhere"], ground(study))


@given(CLASSES, CLASSES)
def test_the_distance_of_two_class_mixes_is_symmetric_between_zero_and_one(first, second):
    first, second = pd.Series(first), pd.Series(second)
    apart = hellinger(first, second)
    assert 0 <= apart <= 1
    assert apart == pytest.approx(hellinger(second, first))
    assert hellinger(first, first) == pytest.approx(0, abs=1e-7)
    if not set(first) & set(second):
        assert apart == pytest.approx(1)


def test_samples_of_one_cloud_are_close_and_clouds_far_apart_are_not():
    rng = np.random.default_rng(0)
    first, same, far = rng.normal(0, 1, (300, 3)), rng.normal(0, 1, (300, 3)), rng.normal(50, 1, (300, 3))
    assert energy_distance(first, same) < 0.02
    assert energy_distance(first, far) > 0.9
    assert energy_distance(first, first) == 0


def test_parcels_like_those_visited_are_inside_and_strangers_outside():
    rng = np.random.default_rng(0)
    visited, place = rng.normal(0, 1, (200, 3)), rng.uniform(0, 50, (200, 2))
    alike, strange = rng.normal(0, 1, (100, 3)), rng.normal(30, 1, (100, 3))
    elsewhere = rng.uniform(0, 50, (100, 2))
    assert outside_share(visited, place, alike, elsewhere) < 0.1
    assert outside_share(visited, place, strange, elsewhere) == 1
    assert outside_share(visited[:2], place[:2], alike, elsewhere) == 1  # nobody can say
