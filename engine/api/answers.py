"""Plans, their outcomes, and the trip that they recommend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from engine.decisions import rows
from engine.decisions.decision import Decision, decide
from engine.domain import Departure, PlanError, Study
from engine.experiments.archive import Archive
from engine.experiments.outcome import Outcome
from engine.experiments.plan import GridRequest, Plan, grid
from engine.experiments.provisional import current_outcomes
from engine.experiments.run import run_plans
from engine.experiments.scores import MACRO_F1, Metric
from engine.fieldwork.costs import read_tariff
from engine.learning.methods import ASKED_BY_DEFAULT
from engine.learning.recipes import recipe_by_name
from engine.sampling.protocol import Design
from engine.sampling.radius import Radius

USUAL_RADII = (20.0, 25.0, 30.0)


def make_plans(
    study: Study,
    target: str,
    *,
    methods: Sequence[str] = ASKED_BY_DEFAULT,
    designs: Sequence[str | Design] = (Radius.name,),
    radii: Sequence[float] = USUAL_RADII,
    departure: Departure | None = None,
    **options: Any,
) -> tuple[Plan, ...]:
    """The questions to a study: every combination of methods, designs and radii.

    Parameters
    ----------
    study
        The study.
    target
        Label of the season to map.
    methods, designs
        By name; see `engine.learning.methods.METHODS` and `engine.sampling.DESIGNS`.
    radii
        Equivalent radii, km: every design visits as many parcels as lie within one.
    departure
        Where trips start; by default the study's.
    **options
        ``learner`` and ``recipe`` by name, and the other fields of `engine.experiments.plan.GridRequest`.

    Returns
    -------
    The plans; a method that visits nothing is asked once.

    Raises
    ------
    PlanError
        Where a name is unknown or a combination makes no sense for this study.

    Examples
    --------
    >>> import engine
    >>> study = engine.open_study()
    >>> plans = engine.make_plans(study, "2021", designs=["radius", "clusters"], radii=[20])
    >>> [(plan.method.name, plan.design.name) for plan in plans][:3]
    [('zero-shot', 'no-visit'), ('transfer', 'radius'), ('transfer', 'clusters')]
    """
    request = GridRequest(
        target,
        departure or study.departure,
        radii,
        designs,
        methods,
        options.pop("learner", "cnn1d"),
        recipe_by_name(options.pop("recipe", "paper")),
        **options,
    )
    return grid(study, request)


def run(study: Study, plans: Sequence[Plan], archive: Archive, *, workers: int = 1) -> list[Outcome]:
    """The outcomes of plans: those of the archive are taken, the others are computed and kept.

    Parameters
    ----------
    study, plans, archive
        As `open_study`, `make_plans` and `open_archive` give them.
    workers
        Processes.

    Returns
    -------
    Outcomes in the order of the plans. Each has macro F1 over pixels and over parcels with its interval, F1
    of every class, the confusion matrix and the visited parcels.

    Raises
    ------
    PlanError
        Where the study cannot answer a plan; found before anything is computed.

    Examples
    --------
    >>> import tempfile
    >>> import engine
    >>> folder = tempfile.mkdtemp()
    >>> study = engine.simulate(folder + "/study", first=2021, last=2021, parcels=150, pixels=2)
    >>> plans = engine.make_plans(
    ...     study, "2021", methods=["scratch"], radii=[30], learner="random-forest", recipe="quick", repeats=2
    ... )
    >>> [outcome] = engine.run(study, plans, engine.open_archive(study, folder + "/archive"))
    >>> outcome.macro_f1.low <= outcome.macro_f1.value <= outcome.macro_f1.high
    True
    """
    return run_plans(study, plans, archive, workers=workers)


def table(outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """Outcomes as a table.

    Parameters
    ----------
    outcomes
        As `run` or ``archive.outcomes(study)`` give them.

    Returns
    -------
    One row an outcome: method, design, size, parcels, and the scores with the ends of their intervals.

    Examples
    --------
    >>> import engine
    >>> study = engine.open_study()
    >>> outcomes = engine.open_archive(study).outcomes(study)
    >>> engine.table(outcomes)[["method", "design", "macro_f1_pixel"]].shape[1]
    3
    """
    return rows.outcome_table(outcomes)


def advise(
    study: Study,
    archive: Archive,
    target: str,
    *,
    departure: Departure | None = None,
    tariff: str = "default",
    value_of_point: float | None = None,
    budget: float | None = None,
    metric: Metric = MACRO_F1,
) -> Decision:
    """Which of the answered trips to take, if any.

    Parameters
    ----------
    study, archive
        As `open_study` and `open_archive` give them.
    target
        Label of the season to map.
    departure
        Where trips start; by default the study's.
    tariff
        A preset, or a TOML file of rates.
    value_of_point
        Money that a point (0.01) of the score is worth.
    budget
        Money at most.
    metric
        The score that decides, see `engine.experiments.scores.METRICS`.

    Returns
    -------
    The decision: its ``advice`` with the ``recommended`` option, the ``baseline`` and the Pareto front, and
    all ``options`` with their costs. It is ``provisional`` where repeats of a run are still to come.

    Raises
    ------
    PlanError
        Where nothing is answered yet, or the budget pays for no trip.

    Examples
    --------
    >>> import engine
    >>> study = engine.open_study()
    >>> decision = engine.advise(study, engine.open_archive(study), "2021", value_of_point=1000)
    >>> decision.advice.recommended.f1.value >= decision.advice.baseline.f1.value
    True
    """
    place = departure or study.departure
    outcomes = current_outcomes(study, archive, archive.outcomes(study))
    decision = decide(
        study, outcomes, target, place, read_tariff(tariff),
        value_of_point=value_of_point, budget=budget, metric=metric,
    )  # fmt: skip
    if decision is None:
        raise PlanError(f"No plan of season {target} from {place.title} is answered yet. Run some first.")
    return decision
