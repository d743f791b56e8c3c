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
from engine.sampling.limits import Limit, sized
from engine.sampling.protocol import SizedDesign, reachable
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

    Staying at home and given lists have no size and stay as they are.
    """
    made: dict[Plan, None] = {}
    sizes: dict[tuple[Any, ...], SizedDesign] = {}
    for plan in plans:
        if not isinstance(plan.design, SizedDesign):
            made[plan] = None
            continue
        for limit in limits:
            bare = replace(plan.design, km=1.0)
            question = (limit, bare, plan.target, plan.departure, plan.test, plan.repeats, plan.seed)
            if question not in sizes:
                sizes[question] = _fitted(study, plan, limit, tariff, archive, unreachable)
            made[replace(plan, design=sizes[question])] = None
    return tuple(made)


def _fitted(
    study: Study, plan: Plan, limit: Limit, tariff: Tariff, archive: Archive, unreachable: Sequence[str]
) -> SizedDesign:
    assert isinstance(plan.design, SizedDesign)
    ground = reachable(split_parcels(study, plan.target, plan.departure, plan.test).candidates, unreachable)

    def known(repeat: int) -> pd.DataFrame:
        if plan.design.auxiliary is None or limit.kind not in ("days", "money"):
            return ground
        return reachable(
            parcels_with_auxiliary(study, plan, archive, repeat=repeat, everywhere=False), unreachable
        )

    draws = [(known(repeat), draw_seed(plan, repeat)) for repeat in range(plan.repeats)]

    def cost_of(parcels: pd.DataFrame) -> Cost:
        return estimate(parcels, plan.departure, tariff)

    return sized(plan.design, limit, ground, cost_of, draws, plan.test.beyond_km)


def draw_seed(plan: Plan, repeat: int) -> list[int]:
    """Seed of the parcels and pixels that a repeat of a plan draws."""
    return [plan.seed + repeat, 2]
