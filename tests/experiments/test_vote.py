import pytest

from engine.experiments.member_weights import by_member, by_training_data, told
from engine.learning.methods.groundplan import BEFORE


def test_every_voter_counts_once_by_teacher_and_once_by_voice():
    assert by_training_data(BEFORE) == pytest.approx(
        {"past seasons": 0.25, "past and present together": 0.7, "the visited parcels alone": 0.05}
    )
    assert list(by_member(BEFORE, "cnn1d").values()) == pytest.approx([1 / 3] * 3)


def test_the_sentence_names_who_counts_how_much():
    assert told({"network, past": 0.8, "boosted, both": 0.2}, "cnn1d") == (
        "Cross-validation among the visited parcels decided what counts: past seasons 80 %, past and present "
        "together 20 %, the visited parcels alone 0 %; cnn1d 80 %, boosted trees 20 %, randomised "
        "trees 0 %."
    )


def test_a_forest_that_votes_in_the_networks_place_is_called_by_its_name():
    assert "random-forest 80 %" in told({"network, past": 0.8, "boosted, both": 0.2}, "random-forest")
    assert "network" not in told({"network, past": 0.8, "boosted, both": 0.2}, "random-forest")
