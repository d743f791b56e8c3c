"""Plans within a limit of parcels, days or money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from engine.domain import Study
from engine.experiments.archive import Archive
from engine.experiments.plan import Plan
from engine.experiments.prospects import known_parcels
from engine.experiments.territory import survey
from engine.fieldwork.costs import Tariff
from engine.fieldwork.design import Sized, reachable
from engine.fieldwork.limits import Limit, sized


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
    sizes: dict[tuple[Any, ...], Sized] = {}
    for plan in plans:
        if not isinstance(plan.design, Sized):
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
) -> Sized:
    assert isinstance(plan.design, Sized)
    ground = reachable(survey(study, plan.target, plan.departure, plan.test).open, unreachable)

    def known(repeat: int) -> pd.DataFrame:
        if plan.design.needs is None or limit.kind not in ("days", "money"):
            return ground
        return reachable(known_parcels(study, plan, archive, repeat=repeat, everywhere=False), unreachable)

    draws = [(known(repeat), draw_seed(plan, repeat)) for repeat in range(plan.repeats)]
    return sized(plan.design, limit, ground, plan.departure, tariff, draws, plan.test.beyond_km)


def draw_seed(plan: Plan, repeat: int) -> list[int]:
    """Seed of the parcels and pixels that a repeat of a plan draws."""
    return [plan.seed + repeat, 2]
