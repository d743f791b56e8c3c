"""What a crop map is made of, and the key that names it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import engine
from engine.domain import PlanError, Study
from engine.experiments.codec import to_json
from engine.experiments.fingerprints import fingerprints_of
from engine.experiments.plan import CANONICAL, Plan
from engine.fingerprints import Fingerprints
from engine.learning.methods import BASELINE, DEFAULT, method_by_name
from engine.learning.methods.scratch import Scratch
from engine.learning.protocols import Method
from engine.learning.recipes import PAPER, Recipe
from engine.sampling.no_visit import NoVisit
from engine.sampling.split import TestArea

FORMAT = 1  # of maps, counted on where the same request gives another map
FOLDS = 5  # of the spatial cross-validation


@dataclass(frozen=True)
class MapRequest:
    """One map to make.

    Parameters
    ----------
    study
        Fingerprints of what it uses of the study, the labels of the target season among them.
    target
        Label of the season to map.
    method
        How the map is learnt.
    sources
        Labels of the source seasons; none for a method that uses none.
    recipe
        See `engine.learning.recipes`.
    learner
        Name of a learner, see `engine.learning.learners`.
    seed
        Of training and of the source model.
    folds
        Of the spatial cross-validation; 0 leaves it out.
    """

    study: Fingerprints
    target: str
    method: Method
    sources: tuple[str, ...] = ()
    recipe: Recipe = PAPER
    learner: str = "cnn1d"
    seed: int = 0
    folds: int = FOLDS

    @cached_property
    def key(self) -> str:
        """Sixteen hexadecimal digits that name this map to this version of the engine."""
        facts = {**to_json(self), "version": engine.__version__, "format": FORMAT}
        return hashlib.sha256(CANONICAL.encode(facts).encode()).hexdigest()[:16]

    def plan(self, study: Study) -> Plan:
        """The plan whose source model the map starts from: any trip to this season shares it.

        Parameters
        ----------
        study
            Whose departure the plan names; no model depends on it.
        """
        return Plan(
            self.study, self.target, self.sources, study.departure, NoVisit(), self.method, self.learner,
            self.recipe, TestArea(), 1, self.seed,
        )  # fmt: skip


def map_request(
    study: Study,
    target: str,
    method: str = DEFAULT,
    *,
    recipe: Recipe = PAPER,
    learner: str = "cnn1d",
    seed: int = 0,
    folds: int = FOLDS,
) -> tuple[MapRequest, tuple[str, ...]]:
    """The map that can be made of a season today.

    Without any label of the season it is the map without a field trip. Where no season before it has labels,
    it is learnt from the labelled parcels alone.

    Parameters
    ----------
    study
        The study.
    target
        Label of the season to map.
    method
        By name.
    recipe, learner, seed, folds
        As of `MapRequest`.

    Returns
    -------
    The request, and what is made otherwise than it was asked, in sentences.

    Raises
    ------
    PlanError
        Where the season has no series, or neither it nor a season before it has labels.
    """
    if not study.has_series(target):
        raise PlanError(
            f"Season {target} has no series yet, so nothing can be mapped. Ingest the study again with them, "
            "or choose another season."
        )
    wanted, sources, notes = method_by_name(method), study.seasons_before(target), []
    labels = not study.is_open(target)
    if wanted.visits and not labels:
        notes.append(f"No parcel of {target} has a label yet, so this is the map without a field trip.")
        wanted = method_by_name(BASELINE)
    if wanted.source and not sources:
        if not labels:
            raise PlanError(
                f"Neither {target} nor a season before it has labels, so there is nothing to learn from. "
                "Visit parcels first and bring their labels in, or ingest a season with labels."
            )
        notes.append(f"No season before {target} has labels, so the map is learnt from its own labels alone.")
        wanted = Scratch()
    used = sources if wanted.source else ()
    prints = fingerprints_of(study, target, used, TestArea().kind)
    request = MapRequest(prints, target, wanted, used, recipe, learner, seed, folds if labels else 0)
    return request, tuple(notes)
