"""What held-out source seasons choose for the ensemble."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.learning.ensemble_members import BOOSTED, FOREST, KINDS, LEARNER
from engine.learning.ensemble_sources import CAUTION, HeldOut, chosen_on, source_weights
from engine.learning.samples import Samples

CLASSES = 3


def season_of(right, parcels=60, label="2020"):
    """A held-out season in which each kind is right with that chance, and sure of what it says."""
    rng = np.random.default_rng(0)
    truth = np.arange(parcels) % CLASSES
    unfavouring = {}
    for kind in KINDS:
        said = np.where(rng.random(parcels) < right[kind], truth, (truth + 1) % CLASSES)
        unfavouring[kind] = (0.9 * np.eye(CLASSES)[said] + 0.1 / CLASSES).astype(np.float32)
    samples = Samples(np.zeros((parcels, 1, 2), np.float32), truth, np.arange(parcels), CLASSES)
    return HeldOut(label, samples, samples.prior(), unfavouring)


NETWORK_LEADS = {LEARNER: 0.95, BOOSTED: 0.4, FOREST: 0.5}


def test_several_held_out_seasons_move_the_weights_to_the_member_that_held_in_them():
    weights = chosen_on([season_of(NETWORK_LEADS), season_of(NETWORK_LEADS, label="2021")])["member_weights"]
    assert weights[LEARNER] > 0.5 > weights[FOREST]
    assert sum(weights.values()) == pytest.approx(1)


def test_a_single_season_leaves_the_weights_equal_and_sharpens_no_member():
    chosen = chosen_on([season_of(dict.fromkeys(KINDS, 1.0))])
    assert list(chosen["member_weights"].values()) == pytest.approx([1 / 3] * 3)
    assert min(chosen["member_temperatures"].values()) == 1.0
    assert chosen["ensemble_temperature"] == 1.0
    two = chosen_on([season_of(dict.fromkeys(KINDS, 1.0)), season_of(dict.fromkeys(KINDS, 1.0), label="b")])
    assert max(two["member_temperatures"].values()) < 1.0


def test_a_large_season_says_no_more_than_one_of_a_hundred_parcels():
    def of(parcels):
        seasons = [season_of(NETWORK_LEADS, parcels=parcels), season_of(NETWORK_LEADS, parcels=parcels)]
        return chosen_on(seasons)["member_weights"][LEARNER]

    assert of(12) < of(90)
    assert of(600) == pytest.approx(of(120), abs=0.06)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 99))
def test_weights_of_source_members_add_up_to_one_and_each_keeps_a_part_of_its_equal_share(
    first, second, seed
):
    rng = np.random.default_rng(seed)
    seasons = [
        (rng.dirichlet(np.ones(CLASSES), (len(KINDS), parcels)), rng.integers(0, CLASSES, parcels))
        for parcels in (first, second)
    ]
    weights = np.array(source_weights(seasons))
    assert weights.sum() == pytest.approx(1)
    assert (weights >= CAUTION / (CAUTION + first + second) / len(KINDS) - 1e-9).all()
