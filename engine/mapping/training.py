"""Models for a map: trained on the parcels that were really visited, or on some of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.domain import UNLABELLED, Cube, Study
from engine.experiments.archive import Archive
from engine.experiments.source_models import source_model
from engine.experiments.target_data import TargetRows, target_data
from engine.learning.ground import on_other_ground
from engine.learning.learners import learner_by_name
from engine.learning.methods import BASELINE, method_by_name
from engine.learning.protocols import Method, Model
from engine.learning.setting import Setting
from engine.learning.training_data import SourceModel, TrainingData
from engine.mapping.request import MapRequest
from engine.studies.cubes import season_rows
from engine.studies.parts import series_of

MOST_UNLABELLED = 5_000  # parcels whose pixels tell the season's scale; more would tell it no better

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Training:
    """All that models of one map are trained from.

    Parameters
    ----------
    study, request
        What is mapped, and how.
    archive
        Where source models are looked up and kept.
    setting
        Recipe, seed, device and observer.
    """

    study: Study
    request: MapRequest
    archive: Archive
    setting: Setting

    @cached_property
    def labelled(self) -> Codes:
        """Rows of the labelled parcels of the season that have series, ascending."""
        rows = self.study.labelled_in(self.request.target).index.to_numpy(dtype=np.int64)
        return np.intersect1d(rows, self.cube.parcel)

    @cached_property
    def cube(self) -> Cube:
        """Series of the labelled parcels, and of enough of the others to tell the season's scale."""
        rows = season_rows(self.study, self.request.target)
        known = self.study.labelled[rows]
        others = rows[~known]
        step = max(1, -(-len(others) // MOST_UNLABELLED))
        return series_of(self.study, self.request.target, np.union1d(rows[known], others[::step]))

    @cached_property
    def source(self) -> SourceModel | None:
        """The source model, trained now unless the archive has it; None for a method that uses none."""
        training = self.request.method.source
        if training is None:
            return None
        plan = self.request.plan(self.study)
        return source_model(self.study, plan, 0, self.archive, self.setting, training)

    def model(
        self,
        crop: Codes | None = None,
        held_out: Codes | None = None,
        title: str = "map",
        left_out: Codes | None = None,
    ) -> Model:
        """A model of the labelled parcels.

        Parameters
        ----------
        crop
            Code of every parcel's class, ``[parcel of the study]``; by default as labelled.
        held_out
            Rows of labelled parcels that the model must not learn from, nor source samples of their ground.
        title
            Of the training, for observers.
        left_out
            Rows of further labelled parcels not to learn from, as if nobody had visited them.
        """
        nobody: Codes = np.empty(0, dtype=np.int64)
        held_out = nobody if held_out is None else held_out
        visited = np.setdiff1d(self.labelled, np.union1d(held_out, nobody if left_out is None else left_out))
        data = self._data(self.request.method, visited, self.study.crop_codes if crop is None else crop)
        if self.source is not None:
            data = replace(data, source=self._on_other_ground(self.source, held_out))
        observer = self.setting.observer.for_training(title)
        learner = learner_by_name(self.request.learner)
        return self.request.method.learn(learner, data, replace(self.setting, observer=observer))

    def baseline(self) -> Model | None:
        """The model without any label of the season; None where no season before it has labels, or the method
        uses other sources.
        """
        method = method_by_name(BASELINE)
        if self.source is None or self.request.method.source != method.source:
            return None
        data = replace(
            self._data(method, np.empty(0, dtype=np.int64), self.study.crop_codes), source=self.source
        )
        return method.learn(learner_by_name(self.request.learner), data, self.setting)

    def _data(self, method: Method, visited: Codes, crop: Codes) -> TrainingData:
        present = np.unique(self.cube.parcel)
        unvisited = np.setdiff1d(present, visited)
        rows = TargetRows(visited if method.visits else visited[:0], present, unvisited)
        rng = np.random.default_rng(self.request.seed)
        return target_data(
            self.study, self.cube, crop, rows, method, self.request.recipe, rng, self.request.seed
        )

    def _on_other_ground(self, source: SourceModel, held_out: Codes) -> SourceModel:
        """The source model without samples from the ground of parcels that are held out."""
        if source.samples is None or not len(held_out):
            return source
        there = np.full(len(self.study.parcels), UNLABELLED)
        rng = np.random.default_rng(self.request.seed)
        rows = TargetRows(held_out, held_out, held_out)
        method, recipe = self.request.method, self.request.recipe
        data = target_data(self.study, self.cube, there, rows, method, recipe, rng, self.request.seed)
        samples = on_other_ground(source.samples, data.labelled_samples)
        return source if samples is source.samples or not len(samples) else replace(source, samples=samples)
