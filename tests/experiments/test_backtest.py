"""Past seasons that play the target."""

import dataclasses

import pytest

from engine.decisions.backtest import backtests, forecast_trip, gains, history, regrets
from engine.decisions.forecast import Gain, forecast
from engine.decisions.trip import TripRequest, trip
from engine.domain import PlanError
from engine.experiments.archive import Archive
from engine.experiments.plan import grid
from engine.experiments.run import answer
from engine.fieldwork.costs import PRESETS
from engine.learning.methods.moved import Replay
from engine.sampling.limits import Limit
from tests import made_up
from tests.made_up import TINY


def ask(study, target="2021", methods=("zero-shot", "replay"), **more):
    plans = grid(
        study, target, study.departure, [20, 30], ["radius"], methods, "cnn1d", TINY, source="past", **more
    )
    return backtests(study, plans)


def test_every_past_season_plays_once_and_nothing_from_the_target_on_is_opened():
    plans = ask(made_up.study(parcels=40))
    assert {plan.target for plan in plans} == {"2018", "2019", "2020"}
    for plan in plans:
        assert set(plan.sources) == {"2018", "2019", "2020"} - {plan.target}
    assert sum(plan.method.visits for plan in plans) == 6
    assert {plan.method.name for plan in plans} == {"groundplan-home", "replay"}
    with pytest.raises(PlanError, match="needs one to play"):
        ask(made_up.study(parcels=40), target="2019")
    with pytest.raises(PlanError, match="gains nothing over itself"):
        ask(made_up.study(parcels=40), methods=("zero-shot",))


def test_gains_are_differences_in_pairs_and_make_a_forecast(tmp_path):
    study = made_up.study(parcels=80, noise_db=6)
    plans = [
        dataclasses.replace(plan, method=Replay(steps=20)) if plan.method.visits else plan
        for plan in ask(study, repeats=2)
    ]
    outcomes = answer(study, plans, Archive(tmp_path))
    found = gains(outcomes)
    assert len(found) == 6
    by_plan = {(one.plan.target, one.plan.design.equivalent_radius_km): one for one in outcomes}
    stay, went = by_plan["2019", 0.0], by_plan["2019", 30.0]
    (gain,) = [one for one in found if one.season == "2019" and one.parcels == went.parcels]
    assert gain.points == pytest.approx(100 * (went.macro_f1.value - stay.macro_f1.value))
    apart = [100 * (a - b) for a, b in zip(went.repeats, stay.repeats, strict=True)]
    assert gain.error == pytest.approx(abs(apart[0] - apart[1]) / 2)
    said = forecast(found, "radius", 20)
    assert said.seasons == 3
    assert said.interval().low < said.interval().value < said.interval().high
    known = history(study, outcomes, "2021", study.departure, "replay")
    assert sorted(known, key=repr) == sorted(found, key=repr)
    assert history(study, outcomes, "2020", study.departure, "replay") == []  # taught by the target itself
    request = TripRequest("2021", study.departure, "radius", Limit("km", 20), PRESETS["default"])
    told = forecast_trip(known, trip(study, request, Archive(tmp_path)), value_of_point=50)
    assert told.parcels == len(trip(study, request, Archive(tmp_path)).wanted)
    assert told.gain.low < told.gain.value < told.gain.high
    assert told.probability_worth_it < told.probability_of_gain


def test_following_a_forecast_that_is_right_costs_nothing_and_a_season_that_differs_does():
    known = [
        Gain(str(year), "radius", parcels, points, 0.3)
        for year in range(4)
        for parcels, points in ((50, 2.0), (200, 6.0))
    ]
    money = {one: float(one.parcels) for one in known}
    taken = regrets(known, money, value_of_point=100)
    assert {season: one.parcels for season, (one, _) in taken.items()} == dict.fromkeys("0123", 200)
    assert {regret for _, regret in taken.values()} == {0.0}
    cheap = regrets(known, dict.fromkeys(known, 1e6), value_of_point=100)
    assert set(cheap.values()) == {(None, 0.0)}  # nothing pays, nobody goes
    odd = [*known, Gain("9", "radius", 50, -5.0, 0.3), Gain("9", "radius", 200, -9.0, 0.3)]
    lost = regrets(odd, {one: float(one.parcels) for one in odd}, value_of_point=100)
    assert lost["9"][1] == pytest.approx(900 + 200)  # staying would have been free
