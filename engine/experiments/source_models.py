"""Which source models a plan needs, and the arrays of a study that they are trained on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.domain import Study
from engine.experiments.plan import Plan
from engine.learning.fold_training import FoldTraining
from engine.learning.learners import learner_by_name
from engine.learning.methods.transfer import Transfer
from engine.learning.pretraining import BestFold
from engine.learning.protocols import Learner, ModelStore, SourceTraining
from engine.learning.setting import Setting
from engine.learning.source_data import SourceData, SourceKey
from engine.learning.training_data import SourceModel
from engine.sampling.protocol import DISAGREEMENT
from engine.sampling.split import test_ground_of, utm_km

FOR_DESIGNS = BestFold()  # auxiliary variables come from the study's pre-trained model
COMMITTEE = 2  # source models whose disagreement a design asks, at least


def trainings_of(plan: Plan) -> tuple[SourceTraining, ...]:
    """The source trainings that the plan's method and design need.

    Parameters
    ----------
    plan
        The plan.
    """
    of_method = plan.method.source
    of_design = FOR_DESIGNS if plan.design.auxiliary else None
    return tuple(dict.fromkeys(training for training in (of_method, of_design) if training is not None))


def committee(plan: Plan) -> Plan:
    """The plan whose source models a plan's design asks: itself, or one with a second model where the design
    asks how source models disagree and the plan trains but one.

    Parameters
    ----------
    plan
        The plan.
    """
    if plan.design.auxiliary != DISAGREEMENT or len(plan.source_seeds) >= COMMITTEE:
        return plan
    return replace(plan, method=Transfer(), repeats=COMMITTEE, source_models=None)


def source_key(plan: Plan, repeat: int, training: SourceTraining) -> SourceKey:
    """The source model that a repeat of a plan starts from.

    Parameters
    ----------
    plan
        The plan.
    repeat
        Number of the repeat, from 0.
    training
        How source seasons are learnt.
    """
    return SourceKey(
        training, plan.study.of_sources, plan.target, plan.sources, plan.learner, plan.recipe, plan.test.kind,
        plan.source_seeds[repeat % len(plan.source_seeds)], plan.test.revision,
    )  # fmt: skip


def source_data(study: Study, plan: Plan) -> SourceData:
    """The study's parcels as pre-training sees them.

    Parameters
    ----------
    study
        The study.
    plan
        Names the target and source seasons, and the kind of its test area.
    """
    parcels = study.parcels
    return SourceData(
        study.cubes,
        parcels["season"].to_numpy(dtype=object),
        parcels["field_group"].to_numpy(dtype=object),
        study.crop_codes,
        np.column_stack(utm_km(study, plan.target)),
        parcels[["lon", "lat"]].to_numpy(np.float64),
        test_ground_of(study, plan.target, plan.sources, plan.test.kind),
        study.legend.names,
        plan.target,
        plan.sources,
    )


def source_model(
    study: Study,
    plan: Plan,
    repeat: int,
    store: ModelStore,
    setting: Setting,
    training: SourceTraining,
) -> SourceModel:
    """The source model of a repeat: from the store, or trained now and kept.

    Parameters
    ----------
    study
        The study.
    plan
        The plan.
    repeat
        Number of the repeat, from 0.
    store
        Where models are looked up and kept.
    setting
        Recipe, device and observer; the seed is that of the source model.
    training
        How source seasons are learnt.
    """
    key, data, learner, setting = _ingredients(study, plan, repeat, setting, training)
    return training.train(key, data, learner, setting, store)


def folds_of(study: Study, plan: Plan, training: SourceTraining) -> tuple[str, ...]:
    """Names of the folds of a source training that may be trained side by side; none where they may not.

    Parameters
    ----------
    study, plan
        The study and the plan.
    training
        How source seasons are learnt.
    """
    if not isinstance(training, FoldTraining) or not learner_by_name(plan.learner).storable:
        return ()
    return training.folds(source_data(study, plan))


def train_fold(
    study: Study,
    plan: Plan,
    repeat: int,
    store: ModelStore,
    setting: Setting,
    training: SourceTraining,
    fold: str,
) -> None:
    """Have one fold of a repeat's source model in the store.

    Parameters
    ----------
    study, plan, repeat, store, setting, training
        As of `source_model`.
    fold
        One of `folds_of`.
    """
    assert isinstance(training, FoldTraining)
    key, data, learner, setting = _ingredients(study, plan, repeat, setting, training)
    training.train_fold(fold, key, data, learner, setting, store)


def _ingredients(
    study: Study, plan: Plan, repeat: int, setting: Setting, training: SourceTraining
) -> tuple[SourceKey, SourceData, Learner, Setting]:
    """What a source model is trained from; its seed is its own, not that of the repeat."""
    key = source_key(plan, repeat, training)
    learner = learner_by_name(plan.learner)
    return key, source_data(study, plan), learner, replace(setting, seed=key.seed)
