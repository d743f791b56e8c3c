"""Auxiliary variables: what source models predict of parcels that nobody has visited, for designs that use it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.plan import Plan, grid
from engine.experiments.source_models import FOR_DESIGNS, source_key, source_model
from engine.learning.learners import learner_by_name, require
from engine.learning.recipes import Recipe
from engine.learning.samples import draw_samples
from engine.learning.setting import Setting
from engine.sampling.designs import design_by_name
from engine.sampling.protocol import DISAGREEMENT, EMBEDDING, PREDICTED_CLASS
from engine.sampling.split import SpatialSplit, split_parcels
from engine.studies.store import simulate_series, unsimulated_seasons

PIXELS = 20  # of each parcel that a model looks at
PIXEL_SEED = 0  # the same pixels for every repeat

Floats = npt.NDArray[np.float64]


def auxiliary_variables(
    study: Study,
    plan: Plan,
    repeat: int,
    parcels: pd.DataFrame,
    split: SpatialSplit,
    archive: Archive,
    setting: Setting,
) -> pd.DataFrame:
    """What the plan's design needs to know of parcels; no label of the target season is looked at.

    Parameters
    ----------
    parcels
        Of the target season; the index is the row in ``Study.parcels``.

    Returns
    -------
    Columns to join to them, none where the design asks no model: ``predicted_class``, the name of the class that
    the repeat's source model gives the parcel; or ``disagreement``, the mean over pixels of the mutual
    information between class and model, in nats, among the source models of all repeats; or ``embedding_0``
    and so on, the mean of the repeat's source model's last hidden layer.

    References
    ----------
    N. Houlsby, F. Huszár, Z. Ghahramani, M. Lengyel (2011), "Bayesian active learning for classification and
    preference learning", arXiv:1112.5745.
    """
    variable = plan.design.auxiliary
    if variable is None:
        return parcels[[]]
    models = [
        source_model(
            study, plan, number, split, archive,
            Setting(plan.recipe, plan.seed + number, setting.device), FOR_DESIGNS,
        ).model
        for number in _models_asked(plan, repeat)
    ]  # fmt: skip
    unlabelled = np.zeros(len(study.parcels), dtype=np.int64)
    rng = np.random.default_rng(PIXEL_SEED)
    samples = draw_samples(study.cubes[plan.target], unlabelled, 1, parcels.index.to_numpy(), PIXELS, rng)
    parcel, owner = np.unique(samples.parcel, return_inverse=True)  # [parcel with series], [pixel]

    def per_parcel(values: Floats) -> Floats:  # [pixel, ...] -> [parcel with series, ...]
        total = np.zeros((len(parcel), *values.shape[1:]))
        np.add.at(total, owner, values)
        mean: Floats = (total.T / np.bincount(owner)).T
        return mean

    if variable == PREDICTED_CLASS:
        code = per_parcel(models[0].predict(samples.values).astype(np.float64)).argmax(axis=1)
        names = np.asarray(study.legend.names, dtype=object)[code]
        return pd.DataFrame({PREDICTED_CLASS: names}, index=parcel)
    if variable == DISAGREEMENT:
        amount = per_parcel(disagreement([model.predict(samples.values) for model in models]))
        return pd.DataFrame({DISAGREEMENT: amount}, index=parcel)
    hidden = per_parcel(_embedded(models[0], samples.values, plan).astype(np.float64))  # [parcel, feature]
    columns = [f"{EMBEDDING}_{number}" for number in range(hidden.shape[1])]
    return pd.DataFrame(hidden, index=parcel, columns=columns)


def _models_asked(plan: Plan, repeat: int) -> Sequence[int]:
    """Numbers of the source models that a repeat asks: a committee, or its own."""
    return range(plan.repeats) if plan.design.auxiliary == DISAGREEMENT else (repeat,)


def parcels_with_auxiliary(
    study: Study, plan: Plan, archive: Archive, *, repeat: int = 0, everywhere: bool = True
) -> pd.DataFrame:
    """The parcels of a plan's target season as its design wants them.

    Parameters
    ----------
    everywhere
        All surveyed parcels, as for a field plan; otherwise those that an experiment may visit.

    Raises
    ------
    PlanError
        Where the design asks models that are not trained yet.
    """
    split = split_parcels(study, plan.target, plan.departure, plan.test)
    parcels = split.parcels if everywhere else split.candidates
    if plan.design.auxiliary is None:
        return parcels
    if learner_by_name(plan.learner).storable and any(
        archive.weights(source_key(plan, number, FOR_DESIGNS).name) is None
        for number in _models_asked(plan, repeat)
    ):
        raise PlanError(
            f"The design {plan.design.name} asks source models that are not trained yet. Run zero-shot of "
            f"the same season, learner and recipe first (recipe {plan.recipe.name}, {plan.repeats} repeats)."
        )
    require(plan.learner)
    if plan.target in unsimulated_seasons(study):
        simulate_series(study, plan.target)
    setting = Setting(plan.recipe, plan.seed)
    return parcels.join(auxiliary_variables(study, plan, repeat, parcels, split, archive, setting))


def parcels_for_field_plan(
    study: Study, target: str, departure: Departure, design: str, archive: Archive, recipe: Recipe
) -> gpd.GeoDataFrame:
    """The surveyed parcels of a season, with what a design wants to know of them from source models."""
    surveyed = study.parcels_in(target)
    if surveyed.empty:
        raise PlanError(f"Season {target} of {study.name} has no surveyed parcel. Choose another.")
    if design_by_name(design, 1.0).auxiliary is None:
        return surveyed
    (plan,) = grid(study, target, departure, [1.0], [design], ["transfer"], "cnn1d", recipe)
    known = parcels_with_auxiliary(study, plan, archive)
    return surveyed.join(known.filter(regex=f"^({PREDICTED_CLASS}|{DISAGREEMENT}|{EMBEDDING}_\\d+)$"))


def disagreement(probability: Sequence[npt.NDArray[np.float32]]) -> Floats:
    """Mutual information between class and model, nats, ``[pixel]``: entropy of the mean probability less
    the mean entropy; ``probability`` is ``[pixel, class]`` of each model.
    """
    each = np.asarray(probability, dtype=np.float64)  # [model, pixel, class]
    apart: Floats = _entropy(each.mean(axis=0)) - _entropy(each).mean(axis=0)
    return apart


def _entropy(probability: Floats) -> Floats:
    part: Floats = -(probability * np.log(np.maximum(probability, 1e-12))).sum(axis=-1)
    return part


def _embedded(model: Any, values: npt.NDArray[np.float32], plan: Plan) -> npt.NDArray[np.float32]:
    if not hasattr(model, "embed"):
        raise PlanError(
            f"The learner {plan.learner} has no embedding to balance over. Use the design {plan.design.name} "
            "with cnn1d, or choose another design."
        )
    hidden: npt.NDArray[np.float32] = model.embed(values)
    return hidden
