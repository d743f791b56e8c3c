"""Folds: one season left out, and visited parcels as far apart as the area is from them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.domain import PlanError
from engine.learning.folds import leave_one_season_out, matched_folds, separate_fields

PLACES = np.random.default_rng(1).uniform(0, 60, (200, 2))  # [place, xy] km
GROUPS = hnp.arrays(np.int64, 60, elements=st.integers(0, 25))


def test_of_a_trip_to_two_places_far_from_the_area_whole_places_are_held_out():
    rng = np.random.default_rng(0)
    place = np.concatenate([rng.normal(0, 0.5, (20, 2)), rng.normal((30, 0), 0.5, (20, 2))])
    area = rng.uniform(60, 100, (50, 2))
    fold = matched_folds(place, area, 2, rng)
    assert len(set(fold[:20])) == len(set(fold[20:])) == 1
    assert fold[0] != fold[-1]


def test_of_a_trip_that_is_spread_over_the_area_neighbours_of_held_out_parcels_train():
    rng = np.random.default_rng(0)
    place, area = rng.uniform(0, 100, (200, 2)), rng.uniform(0, 100, (500, 2))
    fold = matched_folds(place, area, 4, rng)
    apart = [np.linalg.norm(place[fold != fold[i]] - place[i], axis=1).min() for i in range(len(place))]
    near = [np.linalg.norm(place - spot, axis=1).min() for spot in area]
    assert np.mean(apart) == pytest.approx(np.mean(near), rel=0.35)


@given(st.integers(0, 30), st.integers(2, 6), st.integers(0, 9))
def test_folds_take_every_parcel_once_whatever_the_trip(parcels, folds, seed):
    rng = np.random.default_rng(seed)
    place = rng.integers(0, 4, (parcels, 2)).astype(float)  # many at the same spot
    fold = matched_folds(place, rng.uniform(0, 10, (5, 2)), folds, np.random.default_rng(seed))
    assert len(fold) == parcels
    assert set(fold) <= set(range(folds))
    assert parcels < 2 or len(set(fold)) > 1


@given(GROUPS, hnp.arrays(bool, 26))
def test_separated_fields_stand_on_one_side_and_all_others_stay(group, test_ground_of_group):
    field_group, test_ground = group.astype(str).astype(object), test_ground_of_group[group]
    rows = np.arange(60)
    train, evaluation = separate_fields(field_group, rows[:30], rows[30:], test_ground)
    assert not set(field_group[train]) & set(field_group[evaluation])
    alone = [row for row in rows[:30] if field_group[row] not in set(field_group[30:])]
    assert set(alone) <= set(train)


def test_every_source_season_validates_once_and_never_trains_its_own_fold():
    season = np.repeat(np.array(["2018", "2019", "2020"], object), 10)
    field_group = np.arange(30).astype(str).astype(object)
    folds = leave_one_season_out(
        season, field_group, PLACES[:30], np.zeros(30, bool), ["2018", "2019", "2020"], np.ones(30, bool)
    )
    assert [fold.held_out for fold in folds] == ["2018", "2019", "2020"]
    for fold in folds:
        assert set(season[fold.validation]) == {fold.held_out}
        assert fold.held_out not in season[fold.train]


def test_a_single_source_season_validates_on_its_own_test_ground():
    season = np.full(20, "2018", object)
    test_ground = np.arange(20) % 2 == 0
    (fold,) = leave_one_season_out(
        season,
        np.arange(20).astype(str).astype(object),
        PLACES[:20],
        test_ground,
        ["2018"],
        np.ones(20, bool),
    )
    assert set(fold.validation) == set(np.flatnonzero(test_ground))
    assert set(fold.train) == set(np.flatnonzero(~test_ground))


def test_sources_that_hold_nothing_but_test_fields_are_refused_with_a_cure():
    season = np.array(["2018", "2019"], object)
    with pytest.raises(PlanError, match="Name more seasons"):
        leave_one_season_out(
            season,
            np.array(["a", "b"], object),
            PLACES[:2],
            np.ones(2, bool),
            ["2018", "2019"],
            np.zeros(2, bool),
        )


def the_same_fields(seasons, fields, reach_km=60.0):
    """Season, field and place of every parcel of a register whose fields all recur."""
    season = np.repeat(np.array(seasons, object), fields)
    field_group = np.tile(np.array([f"f{number:03d}" for number in range(fields)], object), len(seasons))
    place = np.random.default_rng(0).uniform(0, reach_km, (fields, 2))
    return season, field_group, np.tile(place, (len(seasons), 1))


@pytest.mark.parametrize("reach_km", [60.0, 1.0])
@pytest.mark.parametrize("seasons", [["2018"], ["2018", "2019"], ["2018", "2019", "2020"]])
def test_where_all_fields_recur_a_third_of_the_ground_validates_what_the_rest_teaches(seasons, reach_km):
    season, field_group, place = the_same_fields(seasons, 60, reach_km)
    pool = np.zeros(len(season), bool)
    folds = leave_one_season_out(season, field_group, place, pool, seasons, ~pool)
    assert [fold.held_out for fold in folds] == seasons
    validated = [set(field_group[fold.validation]) for fold in folds]
    for fold, fields in zip(folds, validated, strict=True):
        assert fold.by_ground
        assert not fields & set(field_group[fold.train])
        assert fields | set(field_group[fold.train]) == set(field_group)
        assert 10 <= len(fields) <= 30
        assert set(season[fold.validation]) == {fold.held_out}
        assert len(seasons) == 1 or fold.held_out not in season[fold.train]
    assert len(set.union(*validated)) == sum(map(len, validated))  # another third for each season


def test_neighbouring_fields_validate_together():
    season, field_group, place = the_same_fields(["2018", "2019"], 300)
    degrees = place / (78.6, 111.2) + (20.0, 45.0)
    pool = np.zeros(len(season), bool)
    near = np.linalg.norm(place[:300, None] - place[None, :300], axis=-1) < 1
    first, second = np.nonzero(near & ~np.eye(300, dtype=bool))
    assert len(first) > 50
    for fold in leave_one_season_out(season, field_group, degrees, pool, ["2018", "2019"], ~pool):
        validates = np.isin(field_group[:300], field_group[fold.validation])
        assert (validates[first] == validates[second]).mean() > 0.75  # 5 in 9 if dealt out one by one


def test_fields_of_one_season_keep_ground_from_being_held_out():
    season, field_group, place = the_same_fields(["2018", "2019"], 40)
    alone = np.array([int(field[1:]) < 20 for field in field_group])
    field_group[alone] = season[alone] + field_group[alone]
    pool = np.zeros(len(season), bool)
    folds = leave_one_season_out(season, field_group, place, pool, ["2018", "2019"], ~pool)
    for fold in folds:
        assert not fold.by_ground
        assert set(fold.validation) == set(np.flatnonzero(alone & (season == fold.held_out)))


@given(
    hnp.arrays(np.int64, 60, elements=st.integers(0, 25)),
    hnp.arrays(np.int64, 60, elements=st.integers(0, 3)),
    hnp.arrays(bool, 26),
    hnp.arrays(bool, 60),
    st.integers(1, 4),
)
def test_no_field_ever_teaches_and_validates(group, year, test_ground_of_group, usable, count):
    field_group, season = group.astype(str).astype(object), year.astype(str).astype(object)
    sources = [str(number) for number in range(count)]
    try:
        folds = leave_one_season_out(
            season, field_group, PLACES[group], test_ground_of_group[group], sources, usable
        )
    except PlanError:
        return
    for fold in folds:
        assert len(fold.train)
        assert len(fold.validation)
        assert usable[fold.train].all()
        assert usable[fold.validation].all()
        assert not set(field_group[fold.train]) & set(field_group[fold.validation])
        assert set(season[fold.validation]) == {fold.held_out}
