"""The ground is divided once into test and candidates, whole fields and blocks, whatever the departure."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import Departure, PlanError
from engine.sampling import split as splitting
from engine.sampling.split import TestArea, split_parcels, utm_km
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
    here, there = (
        split_parcels(STUDY, "2021", start, TestArea()).parcels for start in (STUDY.departure, away)
    )
    both = (here["distance_km"] > 30) & (there["distance_km"] > 30)
    assert both.sum() > 50
    assert here["test"][both].equals(there["test"][both])


def test_about_half_of_the_far_parcels_test():
    shares = []
    for seed in range(10):
        study = made_up.study(("2021",), parcels=400, pixels=1, times=2, seed=seed)
        parcels = split_parcels(study, "2021", study.departure, TestArea()).parcels
        shares.append(parcels["test"][parcels["distance_km"] > 30].mean())
    assert np.mean(shares) == pytest.approx(0.5, abs=0.05)
    assert all(0.4 < share < 0.6 for share in shares)


def sides(study):
    """Whether the parcels that `STUDY` has stand on ground that tests."""
    ground = splitting.test_ground_of(study, "2021", ("2019", "2020"), "far-half")
    return ground[: len(STUDY.parcels)]


def with_parcels(study, season, places, groups=None):
    """The study with more parcels of a season, at longitudes and latitudes."""
    lon, lat = map(list, zip(*places, strict=True))
    names = [f"more-{season}-{number}" for number in range(len(lon))]
    template = study.parcels.iloc[[0] * len(lon)]
    more = template.assign(
        parcel_id=names, field_group=names if groups is None else groups, season=season, lon=lon, lat=lat
    )
    return replace(study, parcels=pd.concat([study.parcels, more], ignore_index=True))


PLACES = st.lists(st.tuples(st.floats(17, 23), st.floats(43.5, 47)), min_size=1, max_size=30)


@given(PLACES, st.sampled_from(["2020", "2021"]))
def test_parcels_elsewhere_leave_the_side_of_all_others_as_it_is(places, season):
    grown = with_parcels(STUDY, season, places)
    assert np.array_equal(sides(grown), sides(STUDY))


@given(PLACES)
def test_a_season_that_is_added_leaves_the_split_and_the_places_of_others_as_they_are(places):
    recurring = STUDY.parcels_in("2021")["field_group"].to_numpy()[: len(places)]
    coming = with_parcels(STUDY, "2022", places, recurring)
    before, after = (split_parcels(each, "2021", STUDY.departure, TestArea()) for each in (STUDY, coming))
    pd.testing.assert_frame_equal(before.parcels, after.parcels)
    assert np.array_equal(sides(coming), sides(STUDY))
    places_of = (np.array(utm_km(study, "2021"))[:, : len(STUDY.parcels)] for study in (STUDY, coming))
    assert np.array_equal(*places_of)


def test_a_field_stands_on_one_side_whatever_the_season():
    ground = splitting.test_ground_of(STUDY, "2021", ("2018", "2019", "2020"), "far-half")
    assert set(pd.Series(ground).groupby(STUDY.parcels["field_group"].to_numpy()).nunique()) == {1}


def test_an_outer_radius_beyond_all_parcels_is_refused_with_the_farthest():
    with pytest.raises(PlanError, match=r"lies beyond 500 km .*farthest is .*--beyond"):
        split_parcels(STUDY, "2021", STUDY.departure, TestArea(beyond_km=500))


def test_an_unknown_test_area_is_refused():
    with pytest.raises(PlanError, match="choose far-half or far-all"):
        TestArea("near")
