"""Backtests: each earlier season stands in for the target."""

import dataclasses

import pytest

from engine.decisions.backtest import backtests, forecast_trip, regrets
from engine.decisions.forecast import Gain, forecast
from engine.decisions.history import gains, history
from engine.decisions.map_forecast import forecast_gain
from engine.decisions.trip import TripRequest, trip
from engine.domain import PlanError
from engine.experiments.archive import Archive
from engine.experiments.run import run_plans
from engine.experiments.scores import Metric
from engine.fieldwork.costs import PRESETS
from engine.learning.methods.replay import Replay
from engine.sampling.limits import Limit
from tests import made_up
from tests.made_up import TINY, grid


def ask(study, target="2021", methods=("zero-shot", "replay"), **more):
    plans = grid(
        study, target, study.departure, [20, 30], ["radius"], methods, "cnn1d", TINY, source="past", **more
    )
    return backtests(study, plans)


def test_every_earlier_season_is_tested_once_and_nothing_from_the_target_on_is_opened():
    plans = ask(made_up.study(parcels=40))
    assert {plan.target for plan in plans} == {"2018", "2019", "2020"}
    for plan in plans:
        assert set(plan.sources) == {"2018", "2019", "2020"} - {plan.target}
    assert sum(plan.method.visits for plan in plans) == 6
    assert {plan.method.name for plan in plans} == {"ensemble-zero-shot", "replay"}
    with pytest.raises(PlanError, match="needs two seasons with labels before 2019"):
        ask(made_up.study(parcels=40), target="2019")
    with pytest.raises(PlanError, match="Ask for a method that visits"):
        ask(made_up.study(parcels=40), methods=("zero-shot",))


def test_gains_are_differences_in_pairs_and_make_a_forecast(tmp_path, monkeypatch):
    study = made_up.study(parcels=80, noise_db=6)
    plans = [
        dataclasses.replace(plan, method=Replay(steps=20)) if plan.method.visits else plan
        for plan in ask(study, repeats=2)
    ]
    outcomes = run_plans(study, plans, Archive(tmp_path))
    measured = gains(outcomes)
    assert len(measured) == 6
    by_plan = {(each.plan.target, each.plan.design.equivalent_radius_km): each for each in outcomes}
    baseline, visit = by_plan["2019", 0.0], by_plan["2019", 30.0]
    (gain,) = [each for each in measured if each.season == "2019" and each.parcels == visit.parcels]
    assert gain.points == pytest.approx(100 * (visit.macro_f1.value - baseline.macro_f1.value))
    apart = [100 * (a - b) for a, b in zip(visit.repeats, baseline.repeats, strict=True)]
    training = abs(apart[0] - apart[1]) / 2
    assert gain.error > training  # the test blocks add theirs
    old = [dataclasses.replace(each, counts=None) for each in outcomes]
    assert [each.points for each in gains(old)] == pytest.approx([each.points for each in measured])
    (without,) = [each for each in gains(old) if each.season == "2019" and each.parcels == visit.parcels]
    assert without.error == pytest.approx(training)
    by_parcel = gains(outcomes, Metric("parcel"))
    assert [each.points for each in by_parcel] != [each.points for each in measured]
    with pytest.raises(PlanError, match="No backtest gives overall accuracy per parcel"):
        gains(old, Metric("accuracy-parcel"))
    prediction = forecast(measured, "radius", 20)
    assert prediction.seasons == 3
    assert prediction.interval().low < prediction.interval().value < prediction.interval().high
    assert forecast_gain(study, outcomes, "2021", study.departure, ("radius", 20), Archive(tmp_path)) is None
    monkeypatch.setattr("engine.decisions.trip_gain.DEFAULT", "replay")
    said = forecast_gain(study, outcomes, "2021", study.departure, ("radius", 20), Archive(tmp_path))
    assert said.value == pytest.approx(forecast(by_parcel, "radius", 20).expected / 100, abs=0.02)
    assert forecast_gain(study, outcomes, "2021", study.departure, ("listed", 20), Archive(tmp_path)) is None
    past = history(study, outcomes, "2021", study.departure, "replay")
    assert sorted(past.gains, key=repr) == sorted(measured, key=repr)
    assert past.expected_f1 is None  # nothing was kept of the target
    learnt_from_target = history(study, outcomes, "2020", study.departure, "replay")
    assert learnt_from_target.gains == ()
    request = TripRequest("2021", study.departure, "radius", Limit("km", 20), PRESETS["default"])
    prediction = forecast_trip(past, trip(study, request, Archive(tmp_path)), value_of_point=50)
    assert prediction.parcels == len(trip(study, request, Archive(tmp_path)).wanted)
    assert prediction.gain.low < prediction.gain.value < prediction.gain.high
    assert prediction.probability_worth_cost < prediction.probability_of_gain
    assert prediction.evidence.seasons == ("2018", "2019", "2020")
    assert 0 <= prediction.level.low < prediction.level.value < prediction.level.high <= 1


def test_following_a_forecast_that_is_right_costs_nothing_and_a_season_that_differs_does():
    past_gains = [
        Gain(str(year), "radius", parcels, points, 0.3)
        for year in range(4)
        for parcels, points in ((50, 2.0), (200, 6.0))
    ]
    money = {gain: float(gain.parcels) for gain in past_gains}
    taken = regrets(past_gains, money, value_of_point=100)
    assert {season: gain.parcels for season, (gain, _) in taken.items()} == dict.fromkeys("0123", 200)
    assert {regret for _, regret in taken.values()} == {0.0}
    cheap = regrets(past_gains, dict.fromkeys(past_gains, 1e6), value_of_point=100)
    assert set(cheap.values()) == {(None, 0.0)}  # nothing pays, nobody goes
    odd = [*past_gains, Gain("9", "radius", 50, -5.0, 0.3), Gain("9", "radius", 200, -9.0, 0.3)]
    lost = regrets(odd, {gain: float(gain.parcels) for gain in odd}, value_of_point=100)
    assert lost["9"][1] == pytest.approx(900 + 200)  # no trip would have been free
