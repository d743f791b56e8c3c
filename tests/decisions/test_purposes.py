"""A purpose names its plans: of the season itself, or of the seasons before it."""

import pytest

from engine.decisions.purposes import PURPOSES, plans_for, purposes_of
from engine.domain import PlanError
from engine.learning.methods import OF_THE_STUDY
from engine.sampling import DESIGNS
from tests import made_up
from tests.made_up import TINY

STUDY = made_up.study(parcels=60, times=6, pixels=2)
OPEN = made_up.without_labels(STUDY, "2021")


def asked(study, name, target="2021"):
    return plans_for(study, PURPOSES[name], target, study.departure, TINY)


def test_the_study_is_reproduced_by_its_methods_as_a_circle_and_at_random():
    plans = asked(STUDY, "study")
    assert {plan.method.name for plan in plans} == set(OF_THE_STUDY)
    assert len(plans) == 1 + 2 * 2 * 3  # zero-shot once; two methods, two designs, three sizes
    assert {plan.target for plan in plans} == {"2021"}


def test_every_design_is_compared_at_three_sizes():
    trips = [plan for plan in asked(STUDY, "designs") if plan.method.visits]
    assert len(trips) == 3 * len(DESIGNS)
    assert {plan.design.name for plan in trips} == set(DESIGNS)


@pytest.mark.parametrize("study", [STUDY, OPEN])
def test_the_forecast_asks_the_seasons_before_and_never_the_target(study):
    plans = asked(study, "forecast")
    assert {plan.target for plan in plans} == {"2018", "2019", "2020"}
    assert all("2021" not in plan.sources for plan in plans)


def test_a_season_is_offered_the_purposes_that_it_can_serve():
    assert purposes_of(STUDY, "2021") == tuple(PURPOSES)
    assert purposes_of(OPEN, "2021") == ("forecast",)
    assert purposes_of(STUDY, "2018") == ("study", "designs")
    alone = made_up.study(seasons=("2021",), parcels=60, times=6, pixels=2)
    assert purposes_of(alone, "2021") == ("study",)
    for study, target in ((STUDY, "2021"), (OPEN, "2021"), (alone, "2021")):
        assert all(asked(study, name, target) for name in purposes_of(study, target))


def test_a_season_without_labels_tests_nothing_and_the_message_says_what_to_ask():
    with pytest.raises(PlanError, match="backtest"):
        asked(OPEN, "study")
