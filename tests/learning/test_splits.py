import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.domain import PlanError
from engine.learning.folds import leave_one_season_out, separate_fields
from engine.sampling.split import divide_ground

PLACES = st.integers(1, 120).flatmap(
    lambda count: st.tuples(
        hnp.arrays(np.int64, count, elements=st.integers(0, 40)),
        hnp.arrays(float, count, elements=st.floats(-80, 80)),
        hnp.arrays(float, count, elements=st.floats(-80, 80)),
    )
)


@given(PLACES)
def test_a_field_group_never_stands_in_both_halves(places):
    group, x, y = places
    side = divide_ground(group.astype(str), x, y, np.ones(len(group), bool))
    for one in np.unique(group):
        assert len(set(side[group == one])) == 1


def test_the_halves_are_of_a_size_even_far_from_one_side():
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-60, 60, (2, 3000))
    side = divide_ground(np.arange(3000), x, y, np.ones(3000, bool))
    assert abs(side.mean() - 0.5) < 0.01
    for quarter in (x > 30, x < -30, y > 30, y < -30):
        assert abs(side[quarter].mean() - 0.5) < 0.1


def test_the_same_ground_is_always_divided_the_same_way():
    rng = np.random.default_rng(1)
    x, y = rng.uniform(-60, 60, (2, 500))
    group = np.arange(500)
    one, again = (divide_ground(group, x, y, np.ones(500, bool)) for _ in range(2))
    assert np.array_equal(one, again)


GROUPS = hnp.arrays(np.int64, 60, elements=st.integers(0, 25))


@given(GROUPS, hnp.arrays(bool, 26))
def test_fields_kept_apart_stand_on_one_side_and_all_others_stay(group, side_of_group):
    names, side = group.astype(str).astype(object), side_of_group[group]
    rows = np.arange(60)
    train, evaluation = separate_fields(names, rows[:30], rows[30:], side)
    assert not set(names[train]) & set(names[evaluation])
    alone = [row for row in rows[:30] if names[row] not in set(names[30:])]
    assert set(alone) <= set(train)


def test_every_source_season_validates_once_and_never_teaches_its_own_fold():
    season = np.repeat(np.array(["2018", "2019", "2020"], object), 10)
    group = np.arange(30).astype(str).astype(object)
    folds = leave_one_season_out(
        season, group, np.zeros(30, bool), ["2018", "2019", "2020"], np.ones(30, bool)
    )
    assert [fold.held_out for fold in folds] == ["2018", "2019", "2020"]
    for fold in folds:
        assert set(season[fold.validation]) == {fold.held_out}
        assert fold.held_out not in season[fold.train]


def test_a_single_source_season_validates_on_its_own_test_ground():
    season = np.full(20, "2018", object)
    side = np.arange(20) % 2 == 0
    (fold,) = leave_one_season_out(
        season, np.arange(20).astype(str).astype(object), side, ["2018"], np.ones(20, bool)
    )
    assert set(fold.validation) == set(np.flatnonzero(side))
    assert set(fold.train) == set(np.flatnonzero(~side))


def test_sources_that_hold_nothing_but_test_fields_are_refused_with_a_cure():
    season = np.array(["2018", "2019"], object)
    with pytest.raises(PlanError, match="Name more seasons"):
        leave_one_season_out(
            season, np.array(["a", "b"], object), np.ones(2, bool), ["2018", "2019"], np.zeros(2, bool)
        )
