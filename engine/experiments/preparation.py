"""What trips and forecasts of an open season ask of source models: a backtest trains it, for no run of the
season can.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.domain import Departure, Study
from engine.experiments.archive import Archive
from engine.experiments.auxiliary import PREDICTED, field_plan, models_asked, predictions_of, untrained
from engine.experiments.expected_f1 import baseline_for, keep_expected_f1
from engine.experiments.plan import Plan
from engine.learning.recipes import Recipe
from engine.learning.setting import Setting
from engine.sampling import DESIGNS
from engine.sampling.protocol import DISAGREEMENT
from engine.sampling.split import split_parcels


def prepare_after(study: Study, plans: Sequence[Plan], archive: Archive, device: str = "auto") -> None:
    """Have ready what trips of the open seasons ask whose backtest these plans are, and what the map
    without a trip expects of itself there, which their forecast uses.

    Parameters
    ----------
    study
        The study.
    plans
        Plans that were answered; those that are no backtest of an open season are passed over, and a season
        without series, of which nothing can be predicted yet.
    archive
        Where models and predictions are kept.
    device
        ``auto``, ``cpu`` or ``cuda``.
    """
    baselines: dict[Plan, None] = {}
    asked: dict[tuple[str, Departure, Recipe], dict[str, None]] = {}
    for season in study.seasons:
        to_predict = study.is_open(season.label) and study.has_series(season.label)
        earlier = study.seasons_before(season.label) if to_predict else ()
        for plan in plans:
            if plan.target in earlier and set(plan.sources) == set(earlier) - {plan.target}:
                designs = asked.setdefault((season.label, plan.departure, plan.recipe), {})
                designs[plan.design.name] = None
                baselines[baseline_for(study, plan, season.label)] = None
    for (target, departure, recipe), names in asked.items():
        prepare(
            study, target, departure, [name for name in names if name in DESIGNS], archive, recipe, device
        )
    for plan in baselines:
        keep_expected_f1(study, plan, archive, device)


def prepare(
    study: Study,
    target: str,
    departure: Departure,
    designs: Sequence[str],
    archive: Archive,
    recipe: Recipe,
    device: str = "auto",
) -> None:
    """Have ready what trips of an open season ask of source models.

    Parameters
    ----------
    study
        The study.
    target
        Label of the season.
    departure
        Where trips start.
    designs
        By name; whatever they are, the classes that the first source model predicts are kept.
    archive
        Where models and predictions are kept.
    recipe
        Of the source models.
    device
        ``auto``, ``cpu`` or ``cuda``.

    Raises
    ------
    PlanError
        Where the season has no season before it to learn from.
    """
    asking = [name for name in designs if DESIGNS[name].auxiliary is not None]
    for name in dict.fromkeys([PREDICTED, *asking]):
        plan = field_plan(study, target, departure, name, recipe)
        split = split_parcels(study, target, departure, plan.test)
        predicted = predictions_of(study, plan, split, archive, Setting(recipe, plan.seed, device))
        for number in models_asked(plan, 0):
            if untrained(plan, number, archive):
                predicted.model(number)
        if plan.design.auxiliary == DISAGREEMENT:
            predicted.of_committee()
        else:
            predicted.of_model(0)
