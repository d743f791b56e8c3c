"""The trade between training and accuracy: its title says what the largest sample gives and takes."""

from engine.decisions.accuracy_trip import TradeRow
from engine.domain import Estimate
from engine.views.accuracy_trade import accuracy_trade


def test_the_title_says_what_the_largest_sample_gives_and_takes():
    rows = (
        TradeRow(100, 0, Estimate(5.0, 3.0, 7.0), None),
        TradeRow(50, 50, Estimate(3.8, 2.0, 6.0), 0.062),
    )
    chart = accuracy_trade(rows, dark=False)
    assert chart is not None
    assert "Of 100 visits, 50 for accuracy give overall accuracy to 6.2 points" in chart.title
    assert "take 1.2 points" in chart.title
    assert len(chart.figure.data) == 2


def test_without_backtests_only_accuracy_is_drawn_and_without_an_interval_nothing():
    rows = (TradeRow(100, 0, None, None), TradeRow(50, 50, None, 0.1))
    chart = accuracy_trade(rows, dark=True)
    assert chart is not None
    assert len(chart.figure.data) == 1
    assert "forecast" not in chart.title
    assert accuracy_trade(rows[:1], dark=True) is None
