"""The cheapest option that falls short of the best by at most a standard error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.decisions.cheapest import cheapest_alike, standard_error
from engine.domain import Estimate


def chosen(options, error):
    return cheapest_alike(
        options, lambda option: option[0], lambda option: option[1], lambda option, other: error
    )


@given(
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=20), st.integers(0, 50)
)
def test_nothing_cheaper_is_as_good_and_nothing_is_better_than_the_best(options, error):
    best, taken = chosen(options, error)
    assert best[1] == max(worth for _, worth in options)
    assert best[1] - taken[1] <= error
    assert all(best[1] - worth > error for cost, worth in options if cost < taken[0])


def test_without_an_error_the_best_is_taken_and_with_a_huge_one_the_cheapest():
    options = [(0, 1), (5, 3), (9, 4)]
    assert chosen(options, 0)[1] == (9, 4)
    assert chosen(options, 1)[1] == (5, 3)
    assert chosen(options, 100)[1] == (0, 1)


def test_the_standard_error_is_that_of_a_normal_distribution():
    assert standard_error(Estimate(0.0, -1.959964, 1.959964, 0.95)) == pytest.approx(1.0)
