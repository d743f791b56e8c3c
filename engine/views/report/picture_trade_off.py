"""What money buys, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from engine.decisions.metric_wording import axis_title
from engine.decisions.prices import steps
from engine.decisions.wording import counted, money
from engine.fieldwork.currencies import sign_of
from engine.views.chart import rows_of
from engine.views.report.content import Report
from engine.views.report.pictures import (
    ACCENT,
    INK,
    LINE,
    MUTED,
    PAPER,
    SMALL,
    TEXT,
    WIDE,
    Picture,
    finished,
    settings,
    sheet,
)
from engine.views.trade_off import trade_off_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEFT, RIGHT = 0.075, 0.985  # of the width
PRICE_WIDTH = 17.0  # mm that the price of a point needs


def trade_off(report: Report, height: float) -> Picture:
    """Scores against cost: all plans, the front with its intervals, the map without a trip.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    height
        Of the picture on paper, mm.
    """
    advice, options = report.advice, report.decision.options
    outcomes = [option.outcome for option in options]
    frame = trade_off_frame(outcomes, report.decision.metric, options, advice.recommended)
    front = frame.set_index("key", drop=False).loc[[option.plan.key for option in advice.pareto]]
    stressed = frame["key"].isin(front["key"]) | frame["recommended"] | frame["baseline"]
    low, high = frame.loc[stressed, "low"].min(), frame.loc[stressed, "high"].max()
    pad = max(0.06 * (high - low), 0.005)
    bottom, top = max(low - pad, 0.0), min(high + 2 * pad, 1.02)
    dearest = frame["cost"].max() or 1.0
    others = frame[~stressed]
    seen = others[others["f1"].between(bottom, top)]
    with settings():
        figure = sheet(WIDE, height)
        axes = figure.add_axes((LEFT, 9.5 / height, RIGHT - LEFT, 1 - 12 / height))
        axes.set_xlim(-0.012 * dearest, 1.04 * dearest)
        axes.set_ylim(bottom, top)
        _label_axes(axes, sign_of(report.currency), axis_title(report.decision.metric))
        for row in rows_of(frame[frame["baseline"]]):
            _draw_baseline(axes, row)
        axes.plot(seen["cost"], seen["f1"], "o", ms=2.6, color=MUTED, alpha=0.55, mew=0, clip_on=False)
        _draw_front(axes, front)
        _print_prices(axes, report, front, WIDE * (RIGHT - LEFT) / (1.052 * dearest))
        for row in rows_of(frame[frame["recommended"]]):
            _mark_recommended(axes, row, dearest)
        hidden = len(others) - len(seen)
        if hidden:
            axes.text(
                0.995, 0.015, f"{counted(hidden, 'plan')} below {bottom:.0%} not shown",
                transform=axes.transAxes, ha="right", va="bottom", fontsize=SMALL, color=MUTED,
            )  # fmt: skip
        return finished(figure, _alt(report, frame, front))


def _alt(report: Report, frame: pd.DataFrame, front: pd.DataFrame) -> str:
    words = "; ".join(
        f"{row.title}: {money(row.cost, report.currency)}, {row.interval}" for row in rows_of(front)
    )
    recommended = frame.loc[frame["recommended"], "title"].iloc[0]
    score = axis_title(report.decision.metric)
    return (
        f"{score} against the estimated cost of the trip. Plans that no other beats in both, the "
        f"cheapest first: {words}. Recommended: {recommended}."
    )


def _label_axes(axes: Axes, sign: str, score: str) -> None:
    axes.grid(axis="y", color=LINE, lw=0.5)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_formatter(lambda amount, _: f"{amount:,.0f}")
    axes.yaxis.set_major_formatter(lambda f1, _: f"{100 * f1:.3g}%")
    axes.set_xlabel(f"Estimated cost of the trip, {sign}", fontsize=SMALL)
    axes.set_ylabel(score, fontsize=SMALL)


def _draw_baseline(axes: Axes, row: Any) -> None:
    axes.axhspan(row.low, row.high, color=MUTED, alpha=0.10, lw=0)
    axes.axhline(row.f1, color=INK, lw=1.0, ls=(0, (1.2, 2)))
    bottom, top = axes.get_ylim()
    above = row.f1 - bottom < 0.1 * (top - bottom)
    axes.annotate(
        f"{row.title} {row.interval}",
        (0.995, row.f1), (0, 3 if above else -3),
        xycoords=("axes fraction", "data"), textcoords="offset points",
        ha="right", va="bottom" if above else "top", fontsize=SMALL, color=INK,
    )  # fmt: skip


def _draw_front(axes: Axes, front: pd.DataFrame) -> None:
    if len(front) > 1:
        axes.fill_between(front["cost"], front["low"], front["high"], color=ACCENT, alpha=0.12, lw=0)
        axes.plot(front["cost"], front["f1"], color=ACCENT, lw=1.6)
    else:
        only = front.iloc[0]
        axes.plot([only["cost"]] * 2, [only["low"], only["high"]], color=ACCENT, lw=0.8, clip_on=False)
    axes.plot(
        front["cost"], front["f1"], "o", ms=5, color=ACCENT, mec=PAPER, mew=0.6, clip_on=False, zorder=4
    )


def _print_prices(axes: Axes, report: Report, front: pd.DataFrame, mm_per_unit: float) -> None:
    """What a point costs, along the convex frontier, where that is known and there is room to say it."""
    free = 0.0
    place = {row.key: row for row in rows_of(front)}
    for step in steps(report.advice.payable):
        before, after = place[step.cheaper.plan.key], place[step.dearer.plan.key]
        middle = (before.cost + after.cost) / 2
        width = (after.cost - before.cost) * mm_per_unit
        if step.price is None or width < PRICE_WIDTH or middle * mm_per_unit - PRICE_WIDTH / 2 < free:
            continue
        free = middle * mm_per_unit + PRICE_WIDTH / 2
        axes.annotate(
            f"{money(step.price, report.currency)}\na point",
            (middle, (before.f1 + after.f1) / 2), (4, -3), textcoords="offset points",
            ha="left", va="top", fontsize=SMALL, color=ACCENT, linespacing=1.1, zorder=6,
            bbox={"boxstyle": "round,pad=0.1", "fc": PAPER, "ec": "none", "alpha": 0.7},
        )  # fmt: skip


def _mark_recommended(axes: Axes, row: Any, dearest: float) -> None:
    axes.plot([row.cost], [row.f1], "o", ms=11, mfc="none", mec=INK, mew=1.4, clip_on=False, zorder=5)
    share = row.cost / dearest
    side = "left" if share < 0.25 else "right" if share > 0.75 else "center"
    axes.annotate(
        "recommended",
        (row.cost, row.f1), (0, 9 if row.visits else -9), textcoords="offset points",
        ha=side, va="bottom" if row.visits else "top", fontsize=TEXT, color=INK, fontweight="bold",
        bbox={"boxstyle": "round,pad=0.15", "fc": PAPER, "ec": "none", "alpha": 0.75},
    )  # fmt: skip
