"""Plans within a limit of parcels, days or money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.auxiliary import parcels_with_auxiliary
from engine.experiments.plan import Plan
from engine.fieldwork.costs import Cost, Tariff
from engine.fieldwork.estimate import estimate
from engine.learning.streams import Stream
from engine.sampling.excluding import reachable
from engine.sampling.limits import Limit, sized
from engine.sampling.protocol import SizedDesign
from engine.sampling.split import split_parcels


def fitted(
    study: Study,
    plans: Sequence[Plan],
    limits: Sequence[Limit],
    tariff: Tariff,
    archive: Archive,
    unreachable: Sequence[str] = (),
) -> tuple[Plan, ...]:
    """Plans with their designs at the largest size that keeps each limit in every repeat.

    Plans without a visit and lists of parcels have no size and stay as they are.

    Parameters
    ----------
    study
        The study.
    plans
        The plans to size.
    limits
        Of parcels, days or money.
    tariff
        What a trip costs.
    archive
        Where source models of designs are looked up.
    unreachable
        Ids of parcels that are left out.

    Returns
    -------
    A plan for each plan and limit, without duplicates.

    Raises
    ------
    PlanError
        Where a design needs source models that are not trained yet, or nothing keeps a limit.
    """
    fitting: dict[Plan, None] = {}
    sizes: dict[tuple[Any, ...], SizedDesign] = {}
    for plan in plans:
        if not isinstance(plan.design, SizedDesign):
            fitting[plan] = None
            continue
        for limit in limits:
            unsized = replace(plan.design, equivalent_radius_km=1.0)
            request = (limit, unsized, plan.target, plan.departure, plan.test, plan.repeats, plan.seed)
            if request not in sizes:
                sizes[request] = _fitted(study, plan, limit, tariff, archive, unreachable)
            fitting[replace(plan, design=sizes[request])] = None
    return tuple(fitting)


def _fitted(
    study: Study, plan: Plan, limit: Limit, tariff: Tariff, archive: Archive, unreachable: Sequence[str]
) -> SizedDesign:
    assert isinstance(plan.design, SizedDesign)
    pool = reachable(split_parcels(study, plan.target, plan.departure, plan.test).candidates, unreachable)

    def candidates(repeat: int) -> pd.DataFrame:
        if plan.design.auxiliary is None or limit.kind not in ("days", "money"):
            return pool
        return reachable(
            parcels_with_auxiliary(study, plan, archive, repeat=repeat, everywhere=False), unreachable
        )

    draws = [(candidates(repeat), draw_seed(plan, repeat)) for repeat in range(plan.repeats)]

    def cost_of(parcels: pd.DataFrame) -> Cost:
        return estimate(parcels, plan.departure, tariff)

    return sized(plan.design, limit, pool, cost_of, draws, plan.test.beyond_km)


def draw_seed(plan: Plan, repeat: int) -> list[int]:
    """Seed of the parcels and pixels that a repeat of a plan draws.

    Parameters
    ----------
    plan
        The plan.
    repeat
        Number of the repeat, from 0.
    """
    return [plan.seed + repeat, int(Stream.VISITED_PARCELS)]
