"""A point has a price only on the convex frontier, and only where the data show that it is bought."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.decisions.advice import advise
from engine.decisions.advice_rows import front_table, price_rows
from engine.decisions.options import gap
from engine.decisions.prices import frontier, prices, rounded, steps
from engine.decisions.report_wording import price_sentence
from tests.decisions.options_of import option

FREE = option("zero-shot", 0.0, 0.70, 0.001)
SETS = st.lists(
    st.tuples(st.integers(1, 999), st.integers(0, 100), st.integers(0, 10)),
    min_size=1,
    max_size=8,
    unique_by=lambda trip: trip[0],
)


def trips(rows):
    return [
        option("scratch", float(cost), f1 / 100, half / 100, km=10.0 + n)
        for n, (cost, f1, half) in enumerate(rows)
    ]


@given(SETS)
def test_no_option_lies_above_the_frontier_and_each_step_is_less_steep(rows):
    options = [FREE, *trips(rows)]
    hull = frontier(options)
    assert hull[0] is FREE
    slopes = [(b.f1.value - a.f1.value) / (b.money.likely - a.money.likely) for a, b in pairwise(hull)]
    assert all(slope > 0 for slope in slopes)
    assert all(first > second for first, second in pairwise(slopes))
    for each in options:
        for (low, high), slope in zip(pairwise(hull), slopes, strict=True):
            if low.money.likely <= each.money.likely <= high.money.likely:
                line = low.f1.value + slope * (each.money.likely - low.money.likely)
                assert each.f1.value <= line + 1e-9


@given(SETS)
def test_a_price_is_given_only_where_the_interval_of_the_gain_excludes_none(rows):
    for step in steps([FREE, *trips(rows)]):
        assert (step.price is not None) == (gap(step.dearer, step.cheaper).low > 0)
        if step.price is not None:
            assert step.price == float(f"{step.price:.2g}") > 0


def test_prices_have_two_significant_digits():
    assert [rounded(price) for price in (2885.4, 12.34, 0.567, 999.0)] == [2900.0, 12.0, 0.57, 1000.0]
    near, far = option("scratch", 333, 0.80, 0.001, 15), option("scratch", 999, 0.82, 0.03, 25)
    assert prices([FREE, near, far]) == {near.plan.key: 33.0, far.plan.key: None}


def test_tables_and_sentences_give_the_same_prices_and_none_off_the_frontier():
    near, off = option("scratch", 333, 0.80, 0.001, 15), option("scratch", 600, 0.801, 0.001, 20)
    far = option("scratch", 999, 0.84, 0.001, 25)
    advice = advise([FREE, near, off, far])
    shown = front_table(advice).set_index("money")["marginal_price"]
    assert shown[333] == 33.0
    assert shown[999] == 170.0
    assert shown[[0, 600]].isna().all()
    assert [row["price_of_a_point"] for row in price_rows(advice)] == [33.0, 170.0]
    assert (
        price_sentence(advice, "EUR") == "The cheapest points cost about 33 € each, the dearest about 170 €"
    )


@pytest.mark.parametrize(
    ("trip", "said"),
    [
        (option("scratch", 333, 0.71, 0.05), "can't show what a point costs"),
        (option("scratch", 333, 0.60), "No option scores more than the cheapest"),
    ],
)
def test_where_nothing_is_clear_no_price_is_said(trip, said):
    assert said in price_sentence(advise([FREE, trip]), "EUR")
