"""How good the forecasts of a trip's gain and of the map without it are.

From the rows of ``benchmarks/methods.py``, and those of ``benchmarks/expected_f1.py`` where they are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean

import numpy as np

from benchmarks.rows import FERGANA, Expected, Row, read_expected
from engine.decisions.backtest import regrets
from engine.decisions.cheapest import standard_error
from engine.decisions.forecast import Gain, forecast, level_forecast
from engine.decisions.history import paired
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

    @property
    def seasons(self) -> list[str]:
        """Their labels."""
        return list(dict.fromkeys(gain.season for gain in self.money))


@dataclass(frozen=True)
class ForecastCheck:
    """A gain or a level of one season, and what the other seasons of its study say of it, points.

    Parameters
    ----------
    found
        What was measured.
    forecast
        From the other seasons.
    centre
        Mean of the other seasons.
    """

    study: str
    found: float
    forecast: Estimate
    centre: float

    @property
    def covered(self) -> bool:
        """Whether the interval holds it."""
        return self.forecast.low <= self.found <= self.forecast.high

    @property
    def width(self) -> float:
        """Of the interval, points."""
        return self.forecast.high - self.forecast.low


def backtests(rows: Sequence[Row], expected: Sequence[Expected] | None = None) -> Iterator[Backtest]:
    """Every study of which each season was the target once.

    Parameters
    ----------
    rows
        What plans scored.
    expected
        What maps without a trip expect of themselves; by default as stored.
    """
    promised = {
        (row.data, row.seed, row.target): 100 * row.macro_f1
        for row in (read_expected() if expected is None else expected)
    }
    seasons = [row for row in rows if row.part == "seasons" or (row.part, row.data) == ("methods", FERGANA)]
    for data, seed in dict.fromkeys((row.data, row.seed) for row in seasons):
        own = [row for row in seasons if (row.data, row.seed) == (data, seed)]
        baselines = {row.target: row for row in own if row.method == BASELINE}
        money: dict[Gain, float] = {}
        for row in own:
            if row.method == DEFAULT and row.design == "radius" and row.target in baselines:
                baseline = baselines[row.target]
                gain = Gain(
                    row.target,
                    row.design,
                    row.parcels,
                    *paired(row.repeats, baseline.repeats),
                    100 * baseline.macro_f1.value,
                    100 * standard_error(baseline.macro_f1),
                    promised.get((data, seed, row.target)),
                )
                money[gain] = row.money
        if len({gain.season for gain in money}) >= LEAST_SEASONS:
            yield Backtest(own[0].place.study, money)


def forecast_checks(rows: Sequence[Row], expected: Sequence[Expected] | None = None) -> list[ForecastCheck]:
    """Every gain beside its forecast from the other seasons of its study."""
    checks = []
    for backtest in backtests(rows, expected):
        for gain in backtest.gains:
            rest = _others(backtest, gain.season)
            prediction = forecast(rest, gain.design, gain.parcels, gain.expected_f1).interval(LEVEL)
            centre = mean(other.points for other in rest)
            checks.append(ForecastCheck(backtest.study, gain.points, prediction, centre))
    return checks


def level_checks(rows: Sequence[Row], expected: Sequence[Expected] | None = None) -> list[ForecastCheck]:
    """The map without a trip of every season beside its forecast from the other seasons of its study."""
    checks = []
    for backtest in backtests(rows, expected):
        for season in backtest.seasons:
            own = next(gain for gain in backtest.gains if gain.season == season)
            rest = _others(backtest, season)
            found = level_forecast(rest, own.expected_f1)
            if found is not None and own.level is not None:
                levels = {other.season: other.level for other in rest if other.level is not None}
                centre = mean(levels.values())
                checks.append(ForecastCheck(backtest.study, own.level, found.interval(LEVEL), centre))
    return checks


def _others(backtest: Backtest, season: str) -> list[Gain]:
    return [gain for gain in backtest.gains if gain.season != season]


def coverage(checks: Sequence[ForecastCheck]) -> float:
    """Share of what was measured that its intervals hold."""
    return mean(check.covered for check in checks)


def constant_width(checks: Sequence[ForecastCheck]) -> float:
    """Width of the best constant interval that leaves the season out: around the mean of the other seasons,
    and as wide as it must be, the same in every season, to hold `LEVEL` of what was measured.
    """
    apart = sorted(abs(check.found - check.centre) for check in checks)
    return 2 * apart[int(np.ceil(LEVEL * len(apart) - 1e-9)) - 1]


def forecast_tables(rows: Sequence[Row], expected: Sequence[Expected] | None = None) -> list[str]:
    """Lines of Markdown: the forecasts by study, with and without what maps expect of themselves, then what
    following them costs.
    """
    checks = forecast_checks(rows, expected)
    if not checks:
        return []
    return [
        f"**The forecast of the gain** ({LEVEL:.0%} interval; each season is forecast from the others of its "
        "study, and each of those is mapped with models of all others. The constant interval lies around the "
        f"mean of the other seasons and is as wide as {LEVEL:.0%} need)",
        "",
        *_by_study(checks, forecast_checks(rows, ())),
        "**The forecast of the map without a trip** (likewise)",
        "",
        *_by_study(level_checks(rows, expected), level_checks(rows, ())),
        *_regret_table(rows, expected),
    ]


def _by_study(checks: Sequence[ForecastCheck], without: Sequence[ForecastCheck]) -> list[str]:
    lines = [
        "| study | cells | covered | width | constant interval | mean error | without what the map expects "
        "of itself: covered, width, mean error |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for study in dict.fromkeys(check.study for check in checks):
        own, plain = ([check for check in each if check.study == study] for each in (checks, without))
        lines.append(
            f"| {study} | {len(own)} | {coverage(own):.0%} | {_width(own):.1f} | {constant_width(own):.1f} | "
            f"{_error(own):.1f} | {coverage(plain):.0%}, {_width(plain):.1f}, {_error(plain):.1f} |"
        )
    return [*lines, ""]


def _width(checks: Sequence[ForecastCheck]) -> float:
    return mean(check.width for check in checks)


def _error(checks: Sequence[ForecastCheck]) -> float:
    return mean(abs(check.found - check.forecast.value) for check in checks)


def mean_regrets(
    rows: Sequence[Row], value: float, expected: Sequence[Expected] | None = None
) -> tuple[float, float, float, float]:
    """Money lost against the best choice in hindsight, mean over seasons and studies.

    Returns
    -------
    By the forecast, by the forecast without what maps expect of themselves, by never going, and by always
    taking the largest circle.
    """
    followed, plain, never, always = [], [], [], []
    for backtest in backtests(rows, expected):
        gains, money = backtest.gains, backtest.money
        followed += [regret for _, regret in regrets(gains, money, value).values()]
        blind = {replace(gain, expected_f1=None): money[gain] for gain in gains}
        plain += [regret for _, regret in regrets(list(blind), blind, value).values()]
        for season in backtest.seasons:
            surplus = {gain: value * gain.points - money[gain] for gain in gains if gain.season == season}
            best = max(0.0, *surplus.values())
            never.append(best)
            always.append(best - surplus[max(surplus, key=lambda gain: gain.parcels)])
    return mean(followed), mean(plain), mean(never), mean(always)


def _regret_table(rows: Sequence[Row], expected: Sequence[Expected] | None) -> list[str]:
    """Money lost by following the forecast, and by two fixed habits."""
    lines = [
        "**Regret** (money lost against the best choice in hindsight, mean over seasons and studies; default "
        "tariff)",
        "",
        "| value of a point | by the forecast | without what the map expects of itself | never a trip "
        "| always the largest circle |",
        "|--:|--:|--:|--:|--:|",
    ]
    for value in VALUES_OF_A_POINT:
        cells = " | ".join(f"{each:,.0f}" for each in mean_regrets(rows, value, expected))
        lines.append(f"| {value} | {cells} |")
    return [*lines, ""]
