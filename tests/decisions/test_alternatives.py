"""Designs at equal count and at equal cost, with sizes that are known."""

import dataclasses

import pytest

from engine.decisions.alternatives import equal_cost, equal_count
from engine.decisions.options import Option
from engine.domain import Estimate
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.fieldwork.costs import exactly
from engine.sampling import design_by_name
from tests import made_up
from tests.made_up import grid


@pytest.fixture(scope="module")
def option(tmp_path_factory):
    """An option of that design, method, number of parcels, cost and macro F1."""
    study = made_up.study(parcels=80, times=6, pixels=2)
    plans = grid(
        study, "2021", study.departure, [30], ["radius"], ["scratch", "transfer"], "random-forest",
        made_up.TINY, repeats=1,
    )  # fmt: skip
    by_method = {
        each.plan.method.name: each for each in run_plans(study, plans, Archive(tmp_path_factory.mktemp("a")))
    }

    def make(design, parcels, money, f1, method="transfer"):
        outcome = by_method[method]
        plan = dataclasses.replace(outcome.plan, design=design_by_name(design, parcels / 10))
        visited = (tuple(f"p{n}" for n in range(parcels)),)
        score = Estimate(f1, f1, f1)
        return Option(
            dataclasses.replace(outcome, plan=plan, visited=visited, macro_f1=score, counts=None),
            1.0,
            exactly(0.0),
            exactly(money),
        )

    return make


def test_at_equal_count_each_other_design_appears_once_with_its_closest_size(option):
    reference = option("radius", 100, 500, 0.70)
    close, closer, far = (option("random", n, 2000, 0.8) for n in (104, 101, 150))
    other = option("balanced", 100, 1500, 0.75, "scratch")
    alternatives = equal_count([reference, close, closer, far, other], reference)
    assert alternatives == [closer, reference]


def test_at_equal_cost_the_ranking_is_by_macro_f1_and_within_fifteen_percent(option):
    reference = option("radius", 100, 500, 0.70)
    few, dear = option("random", 20, 540, 0.65), option("transects", 60, 580, 0.9)
    better = option("clusters", 40, 460, 0.72)
    assert equal_cost([reference, few, dear, better], reference) == [better, reference, few]


def test_another_size_of_the_same_design_is_no_alternative(option):
    reference, twin = option("radius", 100, 500, 0.70), option("radius", 101, 505, 0.9)
    assert equal_count([reference, twin], reference) == [reference]
