"""The model of all source seasons: how much of the prior a decision gets back."""

import numpy as np

from engine.learning.all_seasons import LEAST_STEPS_PER_EPOCH, SHARES, best_share, fit_balanced
from engine.learning.features import CompositeSeries
from engine.learning.samples import Samples
from tests.learning.examples import SETTING

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


class RecordingLearner:
    """Keeps the schedule that it was given."""

    def fit_adjusted(self, samples, prior, schedule, setting, start=None):
        self.schedule = schedule


def steps_of(pixels):
    """Gradient steps of a network of that many composites, and what the recipe says of epochs."""
    series = Samples(np.zeros((pixels, 1, 4), np.float32), np.arange(pixels) % 2, np.arange(pixels), 2)
    samples = CompositeSeries().of(series, np.arange(4) * 16, np.zeros((pixels, 2)))
    learner = RecordingLearner()
    fit_balanced(samples, learner, SETTING, SETTING.recipe)
    steps = learner.schedule.epochs * -(-pixels // learner.schedule.batch)
    return steps, learner.schedule.epochs


def test_a_network_of_few_composites_takes_as_many_steps_as_one_of_more_and_one_of_many_no_more_epochs():
    epochs = SETTING.recipe.pretrain.epochs
    wanted = LEAST_STEPS_PER_EPOCH * epochs
    for pixels in (60, 200, 400):
        steps, _ = steps_of(pixels)
        assert abs(steps - wanted) <= -(-pixels // 16)
    assert steps_of(5000)[1] == epochs
