"""What the members of an ensemble count, summed by training data and by model."""

from __future__ import annotations

from collections.abc import Mapping

from engine.learning.ensemble_members import BOOSTED, FOREST, JOINT, LEARNER, SOURCE, TARGET

TRAINING_DATA = {
    SOURCE: "source seasons",
    JOINT: "source and target together",
    TARGET: "visited parcels alone",
}
TREES: Mapping[str, str] = {BOOSTED: "boosted trees", FOREST: "randomised trees"}


def by_training_data(member_weights: Mapping[str, float]) -> dict[str, float]:
    """What members trained on source seasons, on both, and on visited parcels alone count; they add up to 1.

    Parameters
    ----------
    member_weights
        What each member counts, by ``model, training data``.
    """
    return _summed(member_weights, TRAINING_DATA, 2)


def by_member(member_weights: Mapping[str, float], learner: str) -> dict[str, float]:
    """What the learner (by its name) and each kind of trees count; they add up to 1.

    Parameters
    ----------
    member_weights
        What each member counts, by ``model, training data``.
    learner
        Name of the learner.
    """
    return _summed(member_weights, {LEARNER: learner, **TREES}, 0)


def _summed(member_weights: Mapping[str, float], names: Mapping[str, str], part: int) -> dict[str, float]:
    return {
        title: sum(share for member, share in member_weights.items() if member.partition(", ")[part] == name)
        for name, title in names.items()
    }
