import pytest

from engine.decisions.member_weights import by_member, by_training_data
from engine.decisions.wording import weights_sentence
from engine.learning.member_weights import PRIOR_WEIGHTS


def test_every_member_counts_once_by_training_data_and_once_by_model():
    no_target_network = 0.95  # what is left of the learner's prior weight
    assert by_training_data(PRIOR_WEIGHTS) == pytest.approx(
        {
            "source seasons": (0.25 + 0.25 + 0.25 / no_target_network) / 3,
            "source and target together": (0.7 + 0.7 + 0.7 / no_target_network) / 3,
            "visited parcels alone": (0.05 + 0.05) / 3,
        }
    )
    assert list(by_member(PRIOR_WEIGHTS, "cnn1d").values()) == pytest.approx([1 / 3] * 3)


def test_the_sentence_names_who_counts_how_much():
    assert weights_sentence({"learner, source": 0.8, "boosted, joint": 0.2}, "cnn1d") == (
        "Cross-validation on the visited parcels set the weights: source seasons 80%, source and target "
        "together 20%, visited parcels alone 0%; cnn1d 80%, boosted trees 20%, randomised trees 0%."
    )


def test_a_forest_in_the_place_of_the_network_is_called_by_its_name():
    assert "random-forest 80%" in weights_sentence(
        {"learner, source": 0.8, "boosted, joint": 0.2}, "random-forest"
    )
    assert "network" not in weights_sentence({"learner, source": 0.8, "boosted, joint": 0.2}, "random-forest")
