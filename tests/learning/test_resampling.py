"""Intervals of scores and of differences of scores whose truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.domain import LEVEL, Estimate
from engine.learning import metrics
from engine.learning.resampling import Paired, independent_interval, interval, redraw

BLOCKS, REPEATS, PARCELS = 25, 5, 40
TABLES = hnp.arrays(np.int64, (3, 6, 3, 3), elements=st.integers(0, 30))


def macro(confusion):
    return redraw(metrics.margins(confusion)).of(metrics.macro_f1)


def simulated(rng, accuracy, of_block, of_training):
    """Confusion of two balanced classes whose F1 is the accuracy, give or take block and training."""
    share = np.clip(accuracy + of_block[None, :, None] + of_training[:, None, None], 0, 1)
    right = rng.binomial(PARCELS, np.broadcast_to(share, (REPEATS, BLOCKS, 2)))  # [repeat, block, class]
    confusion = np.zeros((REPEATS, BLOCKS, 2, 2), np.int64)
    for code in range(2):
        confusion[:, :, code, code] = right[:, :, code]
        confusion[:, :, code, 1 - code] = PARCELS - right[:, :, code]
    return confusion


@given(TABLES)
@settings(max_examples=30, deadline=None)
def test_every_interval_holds_its_value_and_stays_within_0_and_1(confusion):
    confusion[:, 0] += 1  # some truth of every class
    right = redraw(metrics.margins(confusion))
    for score in (
        metrics.macro_f1,
        metrics.overall_accuracy,
        lambda table: metrics.f1_by_class(table)[..., 1],
    ):
        estimate = interval(right.of(score))
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
        assert estimate.level == LEVEL


def test_the_interval_covers_the_truth_about_as_often_as_it_claims():
    """Blocks differ in accuracy, and training differs between repeats."""
    rng = np.random.default_rng(0)
    accuracy, trials, hits = 0.75, 200, 0
    for _ in range(trials):
        of_block, of_training = rng.normal(0, 0.08, BLOCKS), rng.normal(0, 0.02, REPEATS)
        estimate = interval(macro(simulated(rng, accuracy, of_block, of_training)), 0.95)
        hits += estimate.low <= accuracy <= estimate.high
    assert 0.9 <= hits / trials <= 0.99


@pytest.mark.parametrize("shared", [True, False], ids=["luck of training shared", "independent training"])
def test_a_paired_interval_covers_the_true_difference_about_as_often_as_it_claims(shared):
    """Easy and hard blocks are so for both; a block also has a difference of its own."""
    rng = np.random.default_rng(1)
    truth, trials, hits, narrower = 0.03, 200, 0, 0
    for _ in range(trials):
        easy = rng.normal(0, 0.08, BLOCKS)
        luck = rng.normal(0, 0.02, (2, REPEATS))
        one = macro(simulated(rng, 0.78, easy + rng.normal(0, 0.02, BLOCKS), luck[0]))
        other = macro(simulated(rng, 0.75, easy, luck[0 if shared else 1]))
        gap = Paired(one, other, same_repeats=shared).interval(0.95)
        alone = independent_interval(interval(one, 0.95), interval(other, 0.95))
        hits += gap.low <= truth <= gap.high
        narrower += gap.high - gap.low < alone.high - alone.low
    assert 0.9 <= hits / trials <= 0.995
    assert narrower == trials


@given(TABLES)
@settings(max_examples=20, deadline=None)
def test_a_score_differs_from_itself_by_nothing_at_all(confusion):
    gap = Paired(macro(confusion), macro(confusion), same_repeats=True).interval()
    assert (gap.value, gap.low, gap.high) == (0, 0, 0)


@given(TABLES, TABLES)
@settings(max_examples=20, deadline=None)
def test_swapping_two_scores_turns_the_sign_of_their_difference(one, other):
    gap = Paired(macro(one), macro(other), same_repeats=True).interval()
    turned = Paired(macro(other), macro(one), same_repeats=True).interval()
    assert (gap.value, gap.low, gap.high) == pytest.approx((-turned.value, -turned.high, -turned.low))
    assert -1 <= gap.low <= gap.value <= gap.high <= 1


@given(st.permutations(range(BLOCKS)), st.permutations(range(REPEATS)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_blocks_and_repeats_does_not_matter(blocks, repeats):
    rng = np.random.default_rng(2)
    easy, luck = rng.normal(0, 0.08, BLOCKS), rng.normal(0, 0.02, REPEATS)
    one, other = (simulated(rng, share, easy, luck) for share in (0.8, 0.7))
    gap = Paired(macro(one), macro(other), same_repeats=True).interval()
    again = Paired(
        *(macro(table[repeats][:, blocks]) for table in (one, other)), same_repeats=True
    ).interval()
    assert again.value == pytest.approx(gap.value)
    assert again.high - again.low == pytest.approx(gap.high - gap.low, rel=0.1)  # the draws are a sample


def test_repeats_of_other_seeds_are_not_subtracted_one_by_one():
    rng = np.random.default_rng(3)
    luck = rng.normal(0, 0.05, REPEATS)
    one, other = (macro(simulated(rng, share, np.zeros(BLOCKS), luck)) for share in (0.8, 0.7))
    same, apart = (Paired(one, other, same_repeats=same).interval() for same in (True, False))
    assert same.value == apart.value
    assert apart.high - apart.low > 1.5 * (same.high - same.low)


def test_a_single_block_and_a_single_repeat_have_no_spread_to_show():
    confusion = np.array([[[[8, 2], [1, 9]]]])
    estimate = interval(macro(confusion))
    assert estimate.low == estimate.value == estimate.high


def test_a_wider_level_is_wider():
    rng = np.random.default_rng(4)
    score = macro(simulated(rng, 0.8, rng.normal(0, 0.05, BLOCKS), rng.normal(0, 0.02, REPEATS)))
    narrow, wide = interval(score, 0.9), interval(score, 0.95)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_a_difference_of_estimates_adds_their_uncertainty():
    gain = independent_interval(Estimate(0.8, 0.77, 0.83), Estimate(0.7, 0.66, 0.74))
    assert (gain.value, gain.low, gain.high) == pytest.approx((0.1, 0.05, 0.15))


def test_the_standard_error_of_a_difference_is_its_spread_over_simulated_tests():
    rng = np.random.default_rng(5)
    gaps = []
    for _ in range(150):
        easy, luck = rng.normal(0, 0.08, BLOCKS), rng.normal(0, 0.03, (2, REPEATS))
        one, other = (
            macro(simulated(rng, share, easy + rng.normal(0, 0.03, BLOCKS), of_training))
            for share, of_training in ((0.8, luck[0]), (0.7, luck[1]))
        )
        gaps.append(Paired(one, other, same_repeats=True))
    spread = np.std([gap.interval().value for gap in gaps])
    assert np.sqrt(np.mean([gap.error**2 for gap in gaps])) == pytest.approx(spread, rel=0.15)
