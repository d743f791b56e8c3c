"""Refuse plans that a study cannot answer, before anything is computed."""

from __future__ import annotations

from collections.abc import Sequence

from engine.domain import Departure, PlanError, Study
from engine.experiments.fingerprints import changed_parts, uses
from engine.experiments.plan import Plan
from engine.experiments.source_models import source_data
from engine.sampling.split import SpatialSplit, TestArea, split_parcels


def check_plans(study: Study, plans: Sequence[Plan]) -> tuple[SpatialSplit, ...]:
    """The spatial split of each plan, in their order.

    Parameters
    ----------
    study
        The study.
    plans
        The plans.

    Raises
    ------
    PlanError
        Where the study cannot answer a plan.
    """
    splits: dict[tuple[str, Departure, TestArea], SpatialSplit] = {}
    checked_sources: set[tuple[str, tuple[str, ...], TestArea]] = set()
    for plan in plans:
        _check_study(study, plan)
        ground = (plan.target, plan.departure, plan.test)
        if ground not in splits:
            splits[ground] = split_parcels(study, *ground)
        split = splits[ground]
        _check_labels(study, plan, split)
        plan.design.count(split.candidates)
        _check_candidates(plan, split)
        sources = (plan.target, plan.sources, plan.test)
        if plan.method.source is not None and sources not in checked_sources:
            source_data(study, plan).season_folds()
            checked_sources.add(sources)
    return tuple(splits[plan.target, plan.departure, plan.test] for plan in plans)


def _check_study(study: Study, plan: Plan) -> None:
    if not uses(study, plan):
        raise PlanError(
            f"The plan was made for another study, or {study.name} was different then: "
            f"{', '.join(changed_parts(study, plan))}. Make the plan again for this study."
        )
    for label in (plan.target, *plan.sources):
        if study.parcels_in(label).empty:
            raise PlanError(f"Season {label} of {study.name} has no parcel. Choose another season.")
    if study.is_open(plan.target):
        raise PlanError(nothing_to_test(study, plan.target))
    for label in plan.sources:
        if study.is_open(label):
            raise PlanError(
                f"Season {label} of {study.name} has no label yet, so nothing can be learnt from it. Leave "
                "it out of --source."
            )


def nothing_to_test(study: Study, target: str) -> str:
    """Why an open season tests no plan, and what to ask instead.

    Parameters
    ----------
    study
        The study.
    target
        Label of a season without labels.
    """
    count = len(study.parcels_in(target))
    why = f"Nothing can be tested in {target} yet: none of its {count:,} parcels has a label."
    if not study.has_series(target):
        why = why.removesuffix(".") + ", and it has no series yet."
    if len(study.seasons_before(target)) < 2:
        return (
            f"{why} A backtest in earlier seasons needs two of them with labels, and there are "
            f"{len(study.seasons_before(target))}. Plan the trip (itinerary), ingest the study again with "
            "its labels, then run it."
        )
    return (
        f"{why} Ask what such trips gained in the seasons before it: the same command with --backtest "
        "(Experiments, with Backtest switched on)."
    )


def _check_labels(study: Study, plan: Plan, split: SpatialSplit) -> None:
    """Only labelled parcels test."""
    if split.test.empty:
        labelled = len(study.labelled_in(plan.target))
        raise PlanError(
            f"Season {plan.target} has labels for {labelled:,} of its {len(split.parcels):,} parcels, none "
            f"of them in the test area beyond {plan.test.beyond_km:g} km of {plan.departure.title}: nothing "
            "can be tested. Choose a smaller outer radius (--beyond) or another departure, or ask what such "
            "trips gained in earlier seasons (--backtest)."
        )


def _check_candidates(plan: Plan, split: SpatialSplit) -> None:
    method = plan.method
    if method.standardises_by_season and not method.transductive and split.candidates.empty:
        raise PlanError(
            f"All parcels of season {plan.target} lie beyond {plan.test.beyond_km:g} km of "
            f"{plan.departure.title} and test, so none is left to standardise the season by, as "
            f"{method.name} does. Test on half of them (--test far-half), choose a larger outer "
            "radius (--beyond) or another departure."
        )
