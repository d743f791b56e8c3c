"""Weights of the ensemble's members before any parcel is visited, and members too light to train."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from engine.learning.ensemble_members import (
    JOINT,
    KINDS,
    LEARNER,
    SOURCE,
    TARGET,
    TARGET_MEMBERS,
    are_few,
    member_name,
)
from engine.learning.training_data import SourceModel

# Kinds count alike before any parcel is visited, and within each what both teach together counts most.
PRIOR_WEIGHT_OF_TRAINING: Mapping[str, float] = {SOURCE: 0.25, JOINT: 0.7, TARGET: 0.05}
MEMBERS = (*((kind, SOURCE) for kind in KINDS), *TARGET_MEMBERS)
PRIOR_WEIGHTS: Mapping[str, float] = {
    member_name(kind, training): PRIOR_WEIGHT_OF_TRAINING[training]
    / sum(PRIOR_WEIGHT_OF_TRAINING[other] for of_kind, other in MEMBERS if of_kind == kind)
    / len(KINDS)
    for kind, training in MEMBERS
}
LEARNER_WHERE_FEW = 0.65  # prior weight that the learner of both gets ahead where source seasons are few
LEAST_WEIGHT = 0.02  # of a member; a lighter one changes no map and is not trained to the end


def kind_weights(source: SourceModel) -> dict[str, float]:
    """Weights of the kinds of members that source seasons chose; equal ones where they did not choose.

    Parameters
    ----------
    source
        The source model.
    """
    return {kind: source.member_weights.get(kind, 1 / len(KINDS)) for kind in KINDS}


def prior_weights_of(source: SourceModel) -> dict[str, float]:
    """Weights of the members before any parcel is visited, by name: `PRIOR_WEIGHTS` where kinds count alike.

    Where source seasons are few, most of the weight goes to the learner of both: what it learns of a crop
    that they lack is soon outvoted.

    Parameters
    ----------
    source
        The source model.
    """
    of_kind, whole = kind_weights(source), 1.0
    if are_few(source.seasons):
        whole -= LEARNER_WHERE_FEW
    weights = {
        name: whole * weight * len(KINDS) * of_kind[kind]
        for (kind, _), (name, weight) in zip(MEMBERS, PRIOR_WEIGHTS.items(), strict=True)
    }
    weights[member_name(LEARNER, JOINT)] += 1 - whole
    return weights


def weights_without_light(weights: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Weights that add up to 1, those below `LEAST_WEIGHT` set to 0.

    Parameters
    ----------
    weights
        Of members, ``[member]``, that add up to 1.
    """
    heavy = np.where(weights < LEAST_WEIGHT, 0.0, weights)
    return np.asarray(heavy / heavy.sum())
