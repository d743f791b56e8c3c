"""The forecast of a gain from backtest seasons."""

import dataclasses

import numpy as np
import pytest

from engine.decisions.forecast import DESIGN, OVERALL, SIGMA, SLOPE, TAU, Gain, forecast, level_forecast
from engine.domain import PlanError


def world(rng, seasons, error=0.7):
    """Gains in seasons of a world drawn from the prior, and the true gain in the next."""
    level, slope = rng.normal(0, OVERALL), rng.normal(0, SLOPE)
    apart = {"radius": rng.normal(0, DESIGN), "random": rng.normal(0, DESIGN)}
    tau, sigma = abs(TAU * rng.standard_cauchy()), abs(SIGMA * rng.standard_cauchy())
    effect = rng.normal(0, tau, seasons + 1)

    def true(season, design, parcels):
        return level + apart[design] + slope * np.log(parcels / 100) + effect[season] + rng.normal(0, sigma)

    gains = []
    for season in range(seasons):
        for design in ("radius", "random"):
            for parcels in (80, 200):
                points = true(season, design, parcels) + rng.normal(0, error)
                gains.append(Gain(str(season), design, parcels, points, error))
    return gains, true(seasons, "radius", 120)


@pytest.mark.parametrize("seasons", [1, 3, 6])
def test_the_interval_holds_the_gain_of_an_unseen_season_as_often_as_it_says(seasons):
    rng = np.random.default_rng(seasons)
    held = 0
    for _ in range(200):
        gains, truth = world(rng, seasons)
        prediction = forecast(gains, "radius", 120).interval(0.9)
        held += prediction.low <= truth <= prediction.high
    assert held / 200 == pytest.approx(0.9, abs=0.06)


def test_more_seasons_narrow_it_and_more_repeats_of_one_season_do_not():
    rng = np.random.default_rng(0)

    def width(gains):
        prediction = forecast(gains, "radius", 120).interval()
        return prediction.high - prediction.low

    widths = [np.median([width(world(rng, seasons)[0]) for _ in range(40)]) for seasons in (1, 3, 12)]
    assert widths[0] > widths[1] > widths[2]
    one = [Gain("2020", "radius", 100, 3.0, 0.5)]
    assert width(one * 20) > 0.7 * width(one)


def test_where_all_seasons_gained_alike_the_forecast_says_so_and_a_loss_is_forecast_too():
    sure = [Gain(str(year), "radius", 100, 3.0, 0.3) for year in range(8)]
    prediction = forecast(sure, "radius", 100)
    assert prediction.interval().value == pytest.approx(3, abs=0.3)
    assert prediction.above(0) > 0.9
    assert prediction.seasons == 8
    losing = [Gain(str(year), "radius", 100, -4.0, 0.3) for year in range(8)]
    assert forecast(losing, "radius", 100).above(0) < 0.1


def test_a_larger_trip_gains_more_where_seasons_say_so_and_an_unseen_design_is_less_sure():
    gains = [
        Gain(str(year), "radius", parcels, np.log(parcels / 50) * 2, 0.3)
        for year in range(5)
        for parcels in (50, 100, 400)
    ]
    small, large = (forecast(gains, "radius", parcels).interval() for parcels in (50, 400))
    assert large.value - small.value == pytest.approx(2 * np.log(8), rel=0.25)
    other = forecast(gains, "transects", 100).interval()
    same = forecast(gains, "radius", 100).interval()
    assert other.high - other.low > same.high - same.low


def test_worth_is_the_chance_that_points_pay_for_the_trip():
    prediction = forecast([Gain(str(year), "radius", 100, 3.0, 0.3) for year in range(6)], "radius", 100)
    assert prediction.worth(300, 100) == pytest.approx(prediction.above(3))
    assert prediction.worth(100, 100) > prediction.worth(1000, 100)
    with pytest.raises(PlanError, match="above 0"):
        prediction.worth(100, 0)


@pytest.mark.parametrize("tau", [1, 6, 12])
def test_seasons_that_differ_more_or_less_than_the_prior_expects_are_still_covered(tau):
    rng, held = np.random.default_rng(tau), 0
    for _ in range(150):
        effect = rng.normal(2, tau, 5)
        gains = [
            Gain(str(season), "radius", parcels, effect[season] + rng.normal(0, 1), 0.5)
            for season in range(4)
            for parcels in (80, 150, 250)
        ]
        prediction = forecast(gains, "radius", 150).interval(0.9)
        held += prediction.low <= effect[4] + rng.normal(0, 1) <= prediction.high
    assert held / 150 >= 0.82


def test_where_all_seasons_gained_much_the_forecast_follows():
    gains = [Gain(str(year), "radius", 100, points, 1.0) for year, points in enumerate((40, 42, 38, 41))]
    prediction = forecast(gains, "radius", 100).interval()
    assert prediction.value == pytest.approx(40, abs=1.5)
    assert prediction.high < 50


def test_without_a_backtest_there_is_no_forecast():
    with pytest.raises(PlanError, match="No backtest yet"):
        forecast([], "radius", 100)


def promising(level, slope, seasons, rng, spread=0.3):
    """Gains and levels of seasons whose maps expect 70 to 90 points of themselves."""
    expected = rng.uniform(70, 90, seasons)
    return [
        Gain(
            str(season), "radius", parcels, 3 - slope * (promise - 80) + rng.normal(0, spread), 0.3,
            level + promise - 80 + rng.normal(0, 0.5), 0.5, promise,
        )
        for season, promise in enumerate(expected)
        for parcels in (80, 150)
    ]  # fmt: skip


def test_a_season_whose_map_expects_less_of_itself_gains_more_where_past_seasons_did():
    gains = promising(82, 0.4, 5, np.random.default_rng(0))
    poor, rich = (forecast(gains, "radius", 100, promise).interval() for promise in (72, 88))
    assert poor.value - rich.value == pytest.approx(0.4 * 16, abs=1.0)
    blind = forecast(gains, "radius", 100).interval()
    assert poor.high - poor.low < blind.high - blind.low


def test_the_level_goes_with_what_the_map_expects_of_itself():
    gains = promising(82, 0.4, 5, np.random.default_rng(1))
    for promise in (72, 88):
        found = level_forecast(gains, promise).interval()
        assert found.low < 82 + promise - 80 < found.high
    blind, sure = (level_forecast(gains, promise).interval() for promise in (None, 80))
    assert sure.high - sure.low < blind.high - blind.low


def test_without_what_the_map_expects_of_itself_on_either_side_the_forecast_is_the_plain_one():
    gains = promising(82, 0.4, 4, np.random.default_rng(2))
    plain = [dataclasses.replace(gain, expected_f1=None) for gain in gains]
    assert forecast(plain, "radius", 100, 72).interval() == forecast(plain, "radius", 100).interval()
    assert forecast(gains, "radius", 100).interval() == forecast(plain, "radius", 100).interval()


def test_a_level_is_known_only_where_backtests_kept_it():
    assert level_forecast([Gain("2020", "radius", 100, 3.0, 0.5)]) is None


def test_a_design_whose_gain_hardly_grows_with_size_keeps_a_slope_of_its_own():
    gains = [
        Gain(str(year), design, parcels, slope * np.log(parcels / 50), 0.2)
        for year in range(5)
        for design, slope in (("radius", 2.0), ("random", 0.5))
        for parcels in (50, 100, 400)
    ]
    grows = {
        design: forecast(gains, design, 400).expected - forecast(gains, design, 50).expected
        for design in ("radius", "random", "clusters")
    }
    assert grows["random"] < grows["clusters"] < grows["radius"]
