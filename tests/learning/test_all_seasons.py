"""The model of all source seasons: how much of the prior a decision gets back."""

import numpy as np

from engine.learning.all_seasons import SHARES, best_share

EQUAL = np.full((4, len(SHARES)), 0.7)  # macro F1, [season, share]
BETTER_WITH_ALL = EQUAL + np.array([0.0, 0.0, 0.0, 0.0, 0.05])


def test_the_share_of_the_prior_leaves_its_default_only_where_seasons_agree():
    assert best_share(EQUAL) == 0.5
    assert best_share(BETTER_WITH_ALL) == 1.0
    disagreeing = EQUAL.copy()
    disagreeing[:, 4] += np.array([0.2, -0.15, -0.1, 0.1])
    assert best_share(disagreeing) == 0.5


def test_one_season_or_none_is_no_evidence():
    assert best_share(BETTER_WITH_ALL[:1]) == 0.5
    assert best_share(np.empty((0, len(SHARES)))) == 0.5


def test_chance_rarely_changes_the_share_of_the_prior():
    rng = np.random.default_rng(0)
    shares = [best_share(rng.normal(0.7, 0.05, (4, len(SHARES)))) for _ in range(300)]
    assert np.mean(np.array(shares) != 0.5) < 0.25
