"""Auxiliary variables: what source models predict of parcels that nobody has visited yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.plan import GridRequest, Plan, grid
from engine.experiments.predictions import HIDDEN, INFORMATION, PARCEL, PROBABILITY, Predictions
from engine.experiments.source_models import FOR_DESIGNS, committee, source_key, source_model
from engine.learning.learners import learner_by_name, require
from engine.learning.recipes import Recipe
from engine.learning.setting import Setting
from engine.sampling import DESIGNS, design_by_name
from engine.sampling.protocol import DISAGREEMENT, EMBEDDING, PREDICTED_CLASS
from engine.sampling.split import SpatialSplit, split_parcels

PREDICTED = "stratified"  # a design that asks which class a source model predicts
FIELD_PLAN = ("transfer", "cnn1d")  # a method and a learner whose source models a field plan asks


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

    They come from what is kept of the source models; no model is loaded where that is there.

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
    """
    variable = plan.design.auxiliary
    if variable is None:
        return parcels[[]]
    predicted = predictions_of(study, plan, split, archive, setting)
    for number in models_asked(plan, repeat):
        if untrained(plan, number, archive):
            predicted.model(number)  # kept before it is asked, so that its predictions are kept too
    arrays = predicted.of_committee() if variable == DISAGREEMENT else predicted.of_model(repeat)
    if variable == PREDICTED_CLASS:
        names = np.asarray(study.legend.names, dtype=object)[arrays[PROBABILITY].argmax(axis=1)]
        variables = pd.DataFrame({PREDICTED_CLASS: names}, index=arrays[PARCEL])
    elif variable == DISAGREEMENT:
        variables = pd.DataFrame({DISAGREEMENT: arrays[INFORMATION]}, index=arrays[PARCEL])
    else:
        hidden = arrays.get(HIDDEN)
        if hidden is None:
            raise PlanError(
                f"The learner {plan.learner} has no embedding to balance over. Use the design "
                f"{plan.design.name} with cnn1d, or choose another design."
            )
        columns = [f"{EMBEDDING}_{number}" for number in range(hidden.shape[1])]
        variables = pd.DataFrame(hidden.astype(np.float64), index=arrays[PARCEL], columns=columns)
    return variables[variables.index.isin(parcels.index)]


def predictions_of(
    study: Study, plan: Plan, split: SpatialSplit, archive: Archive, setting: Setting
) -> Predictions:
    """What the source models of a plan predict of its target season.

    Parameters
    ----------
    study, plan
        The plan names the target season and the source models.
    split
        Of the plan.
    archive, setting
        Where source models are looked up and kept; the device to train missing ones on.
    """
    models: dict[int, Any] = {}
    plan = committee(plan)

    def model(number: int) -> Any:
        if number not in models:
            require(plan.learner)
            of_model = Setting(plan.recipe, plan.seed + number, setting.device)
            models[number] = source_model(study, plan, number, archive, of_model, FOR_DESIGNS).model
        return models[number]

    return Predictions(study, plan, archive, model)


def kept_classes(study: Study, target: str, archive: Archive, recipe: Recipe) -> pd.Series | None:
    """The class that the first source model of field plans gives each parcel of a season, if that is kept.

    Parameters
    ----------
    study
        The study.
    target
        Label of the season.
    archive
        Where predictions are kept; no model is trained or asked.
    recipe
        Of the source model.

    Returns
    -------
    Names of classes by row in ``Study.parcels``; None where no prediction is kept, or there are no series to
    predict from yet.

    Raises
    ------
    PlanError
        Where the season has no season before it to learn from.
    """
    if not study.has_series(target):
        return None
    plan = field_plan(study, target, study.departure, PREDICTED, recipe)
    arrays = Predictions(study, plan, archive, _no_model).kept(0)
    if arrays is None:
        return None
    names = np.asarray(study.legend.names, dtype=object)[arrays[PROBABILITY].argmax(axis=1)]
    return pd.Series(names, index=arrays[PARCEL])


def _no_model(number: int) -> Any:
    raise AssertionError(f"source model {number} was asked")


def untrained(plan: Plan, number: int, archive: Archive) -> bool:
    """Whether the archive could keep a repeat's source model, and does not.

    Parameters
    ----------
    plan
        Whose source models are meant.
    number
        Of the repeat, from 0.
    archive
        Where they are looked up.
    """
    storable = learner_by_name(plan.learner).storable
    return storable and archive.weights(source_key(committee(plan), number, FOR_DESIGNS).name) is None


def models_asked(plan: Plan, repeat: int) -> Sequence[int]:
    """Numbers of the repeats whose source models a repeat asks: a committee, or its own.

    Parameters
    ----------
    plan
        Whose design asks.
    repeat
        Number of the repeat, from 0.
    """
    return range(len(committee(plan).source_seeds)) if plan.design.auxiliary == DISAGREEMENT else (repeat,)


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
        Where the design asks models that are not trained yet, or that have no series to look at.
    """
    split = split_parcels(study, plan.target, plan.departure, plan.test)
    parcels = split.parcels if everywhere else split.candidates
    if plan.design.auxiliary is None:
        return parcels
    if not study.has_series(plan.target):
        able = [name for name, design in DESIGNS.items() if design.auxiliary is None]
        raise PlanError(
            f"The design {plan.design.name} asks source models what they see in {plan.target}, and that "
            f"season has no series yet. Choose a design that needs places only ({', '.join(able)}), or "
            "ingest the study again once there are series."
        )
    if any(untrained(plan, number, archive) for number in models_asked(plan, repeat)):
        asked = "--method zero-shot"
        if plan.design.auxiliary == DISAGREEMENT:  # one model cannot disagree with itself
            asked = f"--method transfer --design {plan.design.name}"
        cure = (
            f"Run this first, which trains them: run --target {plan.target} {asked} "
            f"--recipe {plan.recipe.name} --repeats {plan.repeats}."
        )
        if study.is_open(plan.target):
            cure = (
                f"Season {plan.target} has no labels, so run a backtest for it first, which trains them too: "
                f"run --backtest --design {plan.design.name} --recipe {plan.recipe.name}."
            )
        raise PlanError(f"The design {plan.design.name} asks source models that are not trained yet. {cure}")
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
    variables = parcels_with_auxiliary(study, field_plan(study, target, departure, design, recipe), archive)
    return surveyed.join(variables.filter(regex=f"^({PREDICTED_CLASS}|{DISAGREEMENT}|{EMBEDDING}_\\d+)$"))


def field_plan(study: Study, target: str, departure: Departure, design: str, recipe: Recipe) -> Plan:
    """The plan whose source models the trips of a design ask.

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
    recipe
        Of the source models.

    Raises
    ------
    PlanError
        Where the season has no season before it to learn from.
    """
    method, learner = FIELD_PLAN
    (plan,) = grid(study, GridRequest(target, departure, [1.0], [design], [method], learner, recipe))
    return plan
