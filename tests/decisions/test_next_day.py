"""One more day in the field: worth it where the labels or backtests say so."""

import numpy as np
import pytest

from engine.decisions.forecast import Gain, growth
from engine.decisions.history import History
from engine.decisions.next_day import LEAST_POINTS, basis_sentences, next_day, next_day_sentence
from engine.domain import PlanError
from engine.mapping.learning_curve import LearningCurve


def curve(slope, error):
    return LearningCurve((50.0, 100.0), (0.8, 0.85), slope, error)


def gains(slope):
    """Backtests whose gain grows by so many points with each unit of log parcels."""
    return tuple(
        Gain(season, "radius", parcels, 5 + slope * float(np.log(parcels / 100)), 0.3)
        for season in ("2019", "2020", "2021")
        for parcels in (50, 100, 200)
    )


def test_growth_is_the_slope_that_backtests_measured_and_more_parcels_add_more():
    steep = growth(gains(4.0), "radius", 100, 100)
    assert steep.expected == pytest.approx(4 * np.log(2), abs=0.5)
    assert growth(gains(4.0), "radius", 100, 200).expected > steep.expected
    assert abs(growth(gains(0.0), "radius", 100, 100).expected) < 0.3
    with pytest.raises(PlanError, match="No backtest"):
        growth((), "radius", 100, 100)


def test_a_steep_curve_goes_on_and_a_flat_one_stops():
    assert next_day(100, 30, 900.0, curve(20.0, 2.0), None, "radius").goes_on
    flat = next_day(100, 30, 900.0, curve(0.1, 0.5), None, "radius")
    assert not flat.goes_on
    assert flat.probability < 0.05
    assert "Stop here" in next_day_sentence(flat, "EUR")
    assert str(LEAST_POINTS) in next_day_sentence(flat, "EUR")


def test_labels_and_backtests_together_are_surer_than_either_and_lie_between():
    both = next_day(100, 30, 900.0, curve(2.0, 1.0), History(gains(6.0)), "radius")
    ends = sorted((both.by_labels.value, both.by_backtests.value))
    assert ends[0] <= both.gain.value <= ends[1]
    said = basis_sentences(both, curve(2.0, 1.0))
    assert said[0] == "Cross-validated macro F1 by the number of labels: 80.0% with 50 and 85.0% with 100."
    assert [sentence[:16] for sentence in said[1:]] == ["By the labels th", "By the backtests"]
    width = both.gain.high - both.gain.low
    assert width <= min(each.high - each.low for each in (both.by_labels, both.by_backtests)) + 1e-9


def test_a_dear_day_is_not_worth_its_cost_and_a_cheap_one_is():
    gain = curve(10.0, 2.0)
    assert next_day(100, 30, 900.0, gain, None, "radius", value_of_point=5000.0).goes_on
    dear = next_day(100, 30, 900.0, gain, None, "radius", value_of_point=100.0)
    assert not dear.goes_on
    assert "worth its cost" in next_day_sentence(dear, "EUR")


def test_where_nothing_is_known_the_cure_is_named():
    with pytest.raises(PlanError, match="--backtest"):
        next_day(5, 10, 100.0, None, None, "radius")
    with pytest.raises(PlanError, match="above 0"):
        next_day(100, 10, 100.0, curve(1.0, 1.0), None, "radius", value_of_point=0.0)
