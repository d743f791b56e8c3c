"""Who counts how much in the vote of `engine.learning.methods.groundplan`."""

from __future__ import annotations

from collections.abc import Mapping

from engine.learning.methods.groundplan import BOTH, NETWORK, PAST, PRESENT
from engine.learning.methods.wood import BOOSTED, FOREST

TAUGHT = {PAST: "past seasons", BOTH: "past and present together", PRESENT: "the visited parcels alone"}
TREES: Mapping[str, str] = {BOOSTED: "boosted trees", FOREST: "randomised trees"}


def by_training_data(member_weights: Mapping[str, float]) -> dict[str, float]:
    """What past seasons, past and present together, and the visited parcels alone count; they add up to 1.

    Parameters
    ----------
    voters
        What each model counts, by ``voice, teacher``.
    """
    return _summed(member_weights, TAUGHT, 2)


def by_member(member_weights: Mapping[str, float], learner: str) -> dict[str, float]:
    """What the learner (a network, by default) and each kind of trees count; they add up to 1."""
    return _summed(member_weights, {NETWORK: learner, **TREES}, 0)


def told(member_weights: Mapping[str, float], learner: str) -> str:
    """The vote in a sentence; ``learner`` is the name of the one that votes beside the trees."""
    parts = [
        ", ".join(f"{name} {100 * share:.0f} %" for name, share in shares.items())
        for shares in (by_training_data(member_weights), by_member(member_weights, learner))
    ]
    return f"Cross-validation among the visited parcels decided what counts: {'; '.join(parts)}."


def _summed(member_weights: Mapping[str, float], names: Mapping[str, str], part: int) -> dict[str, float]:
    return {
        said: sum(share for voter, share in member_weights.items() if voter.partition(", ")[part] == name)
        for name, said in names.items()
    }
