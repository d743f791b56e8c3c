"""The spatial split: ground that tests, and ground that may be visited."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

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
    group, x_km, y_km = places
    test_ground = divide_ground(group.astype(str), x_km, y_km, np.ones(len(group), bool))
    for name in np.unique(group):
        assert len(set(test_ground[group == name])) == 1


def test_the_halves_are_of_a_size_even_far_from_one_side():
    x_km, y_km = np.random.default_rng(0).uniform(-60, 60, (2, 3000))
    test_ground = divide_ground(np.arange(3000), x_km, y_km, np.ones(3000, bool))
    assert abs(test_ground.mean() - 0.5) < 0.01
    for quarter in (x_km > 30, x_km < -30, y_km > 30, y_km < -30):
        assert abs(test_ground[quarter].mean() - 0.5) < 0.1


def test_the_same_ground_is_always_divided_the_same_way():
    x_km, y_km = np.random.default_rng(1).uniform(-60, 60, (2, 500))
    group = np.arange(500)
    first, second = (divide_ground(group, x_km, y_km, np.ones(500, bool)) for _ in range(2))
    assert np.array_equal(first, second)
