"""Past seasons that play the target."""

import dataclasses

import pytest

from engine.domain import PlanError
from engine.experiments.archive import Archive
from engine.experiments.backtest import backtest_plans, gains
from engine.experiments.forecast import forecast
from engine.experiments.run import answer
from engine.learning.methods.moved import Replay
from tests import made_up
from tests.made_up import TINY


def ask(study, target="2021", **more):
    return backtest_plans(
        study, target, study.departure, [20, 30], ["radius"], "replay", "cnn1d", TINY, **more
    )


def test_every_past_season_plays_once_and_nothing_from_the_target_on_is_opened():
    plans = ask(made_up.study(parcels=40))
    assert {plan.target for plan in plans} == {"2018", "2019", "2020"}
    for plan in plans:
        assert set(plan.sources) == {"2018", "2019", "2020"} - {plan.target}
    assert sum(plan.method.visits for plan in plans) == 6
    with pytest.raises(PlanError, match="needs one to play"):
        ask(made_up.study(parcels=40), target="2019")


def test_gains_are_differences_in_pairs_and_make_a_forecast(tmp_path):
    study = made_up.study(parcels=80, noise_db=6)
    plans = [
        dataclasses.replace(plan, method=Replay(steps=20)) if plan.method.visits else plan
        for plan in ask(study, repeats=2)
    ]
    outcomes = answer(study, plans, Archive(tmp_path))
    found = gains(outcomes)
    assert len(found) == 6
    by_plan = {(one.plan.target, one.plan.design.reach_km): one for one in outcomes}
    stay, went = by_plan["2019", 0.0], by_plan["2019", 30.0]
    (gain,) = [one for one in found if one.season == "2019" and one.parcels == went.parcels]
    assert gain.points == pytest.approx(100 * (went.macro_f1.value - stay.macro_f1.value))
    apart = [100 * (a - b) for a, b in zip(went.repeats, stay.repeats, strict=True)]
    assert gain.error == pytest.approx(abs(apart[0] - apart[1]) / 2)
    said = forecast(found, "radius", 20)
    assert said.seasons == 3
    assert said.interval().low < said.interval().value < said.interval().high
