"""Auxiliary variables: what source models predict of parcels that nobody has visited yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.plan import GridRequest, Plan, grid
from engine.experiments.source_models import FOR_DESIGNS, source_key, source_model
from engine.learning.folds import Rows
from engine.learning.learners import learner_by_name, require
from engine.learning.recipes import Recipe
from engine.learning.samples import Samples, draw_samples
from engine.learning.setting import Setting
from engine.sampling import design_by_name
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
    """The auxiliary variables that the plan's design needs; no label of the target season is used.

    Parameters
    ----------
    study, plan
        The design of the plan says which variable, its target which season.
    repeat
        Number of the repeat, from 0.
    parcels
        Of the target season; the index is the row in ``Study.parcels``.
    split
        Of the plan.
    archive, setting
        Where source models are looked up and kept; the device to train missing ones on.

    Returns
    -------
    Columns to join to them, none where the design asks no model: ``predicted_class``, the name of the class
    that the repeat's source model gives the parcel; or ``disagreement``, the mean over pixels of the mutual
    information between class and model, in nats, among the source models of all repeats; or ``embedding_0``
    and so on, the mean of the repeat's source model's last hidden layer.

    Raises
    ------
    PlanError
        Where the plan's learner has no embedding and the design needs one.

    References
    ----------
    N. Houlsby, F. Huszár, Z. Ghahramani, M. Lengyel (2011), "Bayesian active learning for classification and
    preference learning", arXiv:1112.5745.
    """
    variable = plan.design.auxiliary
    if variable is None:
        return parcels[[]]
    models = _models(study, plan, repeat, split, archive, setting)
    unlabelled = np.zeros(len(study.parcels), dtype=np.int64)
    rng = np.random.default_rng(PIXEL_SEED)
    samples = draw_samples(study.cubes[plan.target], unlabelled, 1, parcels.index.to_numpy(), PIXELS, rng)
    if variable == PREDICTED_CLASS:
        parcel, probability = _per_parcel(samples, models[0].predict(samples.values))
        names = np.asarray(study.legend.names, dtype=object)[probability.argmax(axis=1)]
        return pd.DataFrame({PREDICTED_CLASS: names}, index=parcel)
    if variable == DISAGREEMENT:
        amount = disagreement([model.predict(samples.values) for model in models])
        parcel, mean = _per_parcel(samples, amount)
        return pd.DataFrame({DISAGREEMENT: mean}, index=parcel)
    parcel, hidden = _per_parcel(samples, _embedded(models[0], samples.values, plan))
    columns = [f"{EMBEDDING}_{number}" for number in range(hidden.shape[1])]
    return pd.DataFrame(hidden, index=parcel, columns=columns)


def _per_parcel(samples: Samples, values: npt.NDArray[np.floating]) -> tuple[Rows, Floats]:
    """The parcels with series, and the means over their pixels, of values ``[pixel, ...]``."""
    parcel, owner = np.unique(samples.parcel, return_inverse=True)
    total = np.zeros((len(parcel), *values.shape[1:]))
    np.add.at(total, owner, values.astype(np.float64))
    return parcel, (total.T / np.bincount(owner)).T


def _models(
    study: Study, plan: Plan, repeat: int, split: SpatialSplit, archive: Archive, setting: Setting
) -> list[Any]:
    """The source models that a repeat asks, trained where the archive lacks them."""
    models = []
    for number in models_asked(plan, repeat):
        of_model = Setting(plan.recipe, plan.seed + number, setting.device)
        models.append(source_model(study, plan, number, split, archive, of_model, FOR_DESIGNS).model)
    return models


def models_asked(plan: Plan, repeat: int) -> Sequence[int]:
    """Numbers of the source models that a repeat asks: a committee, or its own.

    Parameters
    ----------
    plan
        Whose design asks.
    repeat
        Number of the repeat, from 0.
    """
    return range(plan.repeats) if plan.design.auxiliary == DISAGREEMENT else (repeat,)


def parcels_with_auxiliary(
    study: Study, plan: Plan, archive: Archive, *, repeat: int = 0, everywhere: bool = True
) -> pd.DataFrame:
    """The parcels of a plan's target season, with the auxiliary variables of its design.

    Parameters
    ----------
    study
        The study.
    plan
        The plan.
    archive
        Where source models are looked up.
    repeat
        Number of the repeat, from 0.
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
        for number in models_asked(plan, repeat)
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
    """The surveyed parcels of a season, with the auxiliary variables of a design.

    Parameters
    ----------
    study
        The study.
    target
        Label of the season to visit.
    departure
        Where the trip starts.
    design
        Name of the design.
    archive
        Where source models are looked up.
    recipe
        Of the source models.

    Raises
    ------
    PlanError
        Where the season has no surveyed parcel, or the design asks models that are not trained yet.
    """
    surveyed = study.parcels_in(target)
    if surveyed.empty:
        raise PlanError(f"Season {target} of {study.name} has no surveyed parcel. Choose another.")
    if design_by_name(design, 1.0).auxiliary is None:
        return surveyed
    request = GridRequest(target, departure, [1.0], [design], ["transfer"], "cnn1d", recipe)
    (plan,) = grid(study, request)
    variables = parcels_with_auxiliary(study, plan, archive)
    return surveyed.join(variables.filter(regex=f"^({PREDICTED_CLASS}|{DISAGREEMENT}|{EMBEDDING}_\\d+)$"))


def disagreement(probability: Sequence[npt.NDArray[np.float32]]) -> Floats:
    """Mutual information between class and model, nats, ``[pixel]``: entropy of the mean probability less the
    mean entropy.

    Parameters
    ----------
    probability
        Of each model, ``[pixel, class]``.
    """
    by_model = np.asarray(probability, dtype=np.float64)  # [model, pixel, class]
    information: Floats = _entropy(by_model.mean(axis=0)) - _entropy(by_model).mean(axis=0)
    return information


def _entropy(probability: Floats) -> Floats:
    entropy: Floats = -(probability * np.log(np.maximum(probability, 1e-12))).sum(axis=-1)
    return entropy


def _embedded(model: Any, values: npt.NDArray[np.float32], plan: Plan) -> npt.NDArray[np.float32]:
    if not hasattr(model, "embed"):
        raise PlanError(
            f"The learner {plan.learner} has no embedding to balance over. Use the design {plan.design.name} "
            "with cnn1d, or choose another design."
        )
    hidden: npt.NDArray[np.float32] = model.embed(values)
    return hidden
