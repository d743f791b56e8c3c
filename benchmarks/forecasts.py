"""How good the forecast of a trip's gain is, from the rows of ``benchmarks/methods.py``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

import numpy as np

from benchmarks.rows import FERGANA, Row
from engine.decisions.backtest import paired, regrets
from engine.decisions.forecast import Gain, forecast
from engine.domain import Estimate
from engine.learning.methods import BASELINE, DEFAULT

LEVEL = 0.8  # of the forecast's interval: the share of gains that it should hold
LEAST_SEASONS = 3  # of a study: fewer leave nothing to forecast from
VALUES_OF_A_POINT = (100, 500, 1000, 2000, 5000)  # money that a point of macro F1 may be worth


@dataclass(frozen=True)
class Backtest:
    """The gains of circles in every season of a study.

    Parameters
    ----------
    study
        In words.
    money
        What each trip costs, by its gain.
    """

    study: str
    money: Mapping[Gain, float]

    @property
    def gains(self) -> list[Gain]:
        """Of every season and circle."""
        return list(self.money)


@dataclass(frozen=True)
class ForecastCheck:
    """The gain of a trip in one season, and what the other seasons of its study forecast, points."""

    study: str
    gain: float
    forecast: Estimate

    @property
    def covered(self) -> bool:
        """Whether the interval holds the gain."""
        return self.forecast.low <= self.gain <= self.forecast.high

    @property
    def width(self) -> float:
        """Of the interval, points."""
        return self.forecast.high - self.forecast.low


def backtests(rows: Sequence[Row]) -> Iterator[Backtest]:
    """Every study of which each season was the target once."""
    seasons = [row for row in rows if row.part == "seasons" or (row.part, row.data) == ("methods", FERGANA)]
    for data, seed in dict.fromkeys((row.data, row.seed) for row in seasons):
        own = [row for row in seasons if (row.data, row.seed) == (data, seed)]
        baselines = {row.target: row.repeats for row in own if row.method == BASELINE}
        money: dict[Gain, float] = {}
        for row in own:
            if row.method == DEFAULT and row.design == "radius" and row.target in baselines:
                points = paired(row.repeats, baselines[row.target])
                money[Gain(row.target, row.design, row.parcels, *points)] = row.money
        if len({gain.season for gain in money}) >= LEAST_SEASONS:
            yield Backtest(own[0].place.study, money)


def forecast_checks(rows: Sequence[Row]) -> list[ForecastCheck]:
    """Every gain beside its forecast from the other seasons of its study."""
    checks = []
    for backtest in backtests(rows):
        for gain in backtest.gains:
            rest = [past_gain for past_gain in backtest.gains if past_gain.season != gain.season]
            prediction = forecast(rest, gain.design, gain.parcels).interval(LEVEL)
            checks.append(ForecastCheck(backtest.study, gain.points, prediction))
    return checks


def coverage(checks: Sequence[ForecastCheck]) -> float:
    """Share of gains that their intervals hold."""
    return mean(check.covered for check in checks)


def constant_width(checks: Sequence[ForecastCheck]) -> float:
    """Width of the narrowest interval, the same everywhere, that holds as large a share of the gains."""
    ordered = sorted(check.gain for check in checks)
    inside = max(1, int(np.ceil(coverage(checks) * len(ordered) - 1e-9)))
    return min(ordered[first + inside - 1] - ordered[first] for first in range(len(ordered) - inside + 1))


def forecast_tables(rows: Sequence[Row]) -> list[str]:
    """Lines of Markdown: the forecast by study, then what following it costs."""
    checks = forecast_checks(rows)
    if not checks:
        return []
    lines = [
        f"**The forecast** ({LEVEL:.0%} interval; each season is forecast from the others of its study, and "
        "each of those is mapped with models of all others)",
        "",
        "| study | cells | covered | width | narrowest constant interval in hindsight | mean error |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for study in dict.fromkeys(check.study for check in checks):
        own = [check for check in checks if check.study == study]
        error = mean(abs(check.gain - check.forecast.value) for check in own)
        width = mean(check.width for check in own)
        lines.append(
            f"| {study} | {len(own)} | {coverage(own):.0%} | {width:.1f} | {constant_width(own):.1f} | "
            f"{error:.1f} |"
        )
    return [*lines, "", *_regret_table(rows)]


def _regret_table(rows: Sequence[Row]) -> list[str]:
    """Money lost by following the forecast, and by two fixed habits."""
    lines = [
        "**Regret** (money lost against the best choice in hindsight, mean over seasons and studies; default "
        "tariff)",
        "",
        "| value of a point | by the forecast | never a trip | always the largest circle |",
        "|--:|--:|--:|--:|",
    ]
    for value in VALUES_OF_A_POINT:
        followed, never, always = [], [], []
        for backtest in backtests(rows):
            gains = backtest.gains
            followed += [regret for _, regret in regrets(gains, backtest.money, value).values()]
            for season in dict.fromkeys(gain.season for gain in gains):
                surplus = {
                    gain: value * gain.points - backtest.money[gain]
                    for gain in gains
                    if gain.season == season
                }
                best = max(0.0, *surplus.values())
                never.append(best)
                always.append(best - surplus[max(surplus, key=lambda gain: gain.parcels)])
        lines.append(f"| {value} | {mean(followed):,.0f} | {mean(never):,.0f} | {mean(always):,.0f} |")
    return [*lines, ""]
