"""What money buys, on paper."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from engine.decisions.options import Option, marginal_price
from engine.decisions.wording import money, title_of
from engine.fieldwork.costs import sign_of
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

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEFT, RIGHT = 0.075, 0.985  # of the width
ROOM = 17.0  # mm that the price of a point needs


def trade_off(report: Report, height: float) -> Picture:
    """Macro F1 against the cost of the trip: all plans, the front with its intervals, staying at home."""
    advice = report.advice
    front, home, best = advice.pareto, advice.baseline, advice.recommended
    shown = [*front, best, *([home] if home else [])]
    low = min(one.f1.low for one in shown)
    high = max(one.f1.high for one in shown)
    pad = max(0.06 * (high - low), 0.005)
    bottom, top = max(low - pad, 0.0), min(high + 2 * pad, 1.02)
    dearest = max(one.money.likely for one in report.decision.options) or 1.0
    others = [one for one in report.decision.options if one not in shown]
    seen = [one for one in others if bottom <= one.f1.value <= top]
    with settings():
        figure = sheet(WIDE, height)
        axes = figure.add_axes((LEFT, 9.5 / height, RIGHT - LEFT, 1 - 12 / height))
        axes.set_xlim(-0.012 * dearest, 1.04 * dearest)
        axes.set_ylim(bottom, top)
        axes.grid(axis="y", color=LINE, lw=0.5)
        axes.set_axisbelow(True)
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_formatter(lambda amount, _: f"{amount:,.0f}")
        axes.yaxis.set_major_formatter(lambda f1, _: f"{f1:.2f}")
        axes.set_xlabel(f"Cost of the trip, {sign_of(report.currency)}", fontsize=SMALL)
        axes.set_ylabel("Macro F1 over pixels", fontsize=SMALL)
        if home is not None:
            _at_home(axes, home)
        axes.plot(
            [one.money.likely for one in seen],
            [one.f1.value for one in seen],
            "o", ms=2.6, color=MUTED, alpha=0.55, mew=0, clip_on=False,
        )  # fmt: skip
        _front(axes, front)
        _prices(axes, report, WIDE * (RIGHT - LEFT) / (1.052 * dearest))
        _mark(axes, best, dearest)
        hidden = len(others) - len(seen)
        if hidden:
            axes.text(
                0.995, 0.015, f"{hidden} plan{'s' * (hidden > 1)} below {bottom:.2f} not shown",
                transform=axes.transAxes, ha="right", va="bottom", fontsize=SMALL, color=MUTED,
            )  # fmt: skip
        words = "; ".join(
            f"{_named(one)}: {money(one.money.likely, report.currency)}, {one.f1}" for one in front
        )
        alt = (
            f"Macro F1 against the cost of the trip. Plans that no other beats in both, the cheapest first: "
            f"{words}. Recommended: {_named(best)}."
        )
        return finished(figure, alt)


def _named(one: Option) -> str:
    return title_of(one.outcome)


def _at_home(axes: Axes, home: Option) -> None:
    axes.axhspan(home.f1.low, home.f1.high, color=MUTED, alpha=0.10, lw=0)
    axes.axhline(home.f1.value, color=INK, lw=1.0, ls=(0, (1.2, 2)))
    bottom, top = axes.get_ylim()
    above = home.f1.value - bottom < 0.1 * (top - bottom)
    axes.annotate(
        f"staying at home ({home.plan.method.name}) {home.f1}",
        (0.995, home.f1.value), (0, 3 if above else -3),
        xycoords=("axes fraction", "data"), textcoords="offset points",
        ha="right", va="bottom" if above else "top", fontsize=SMALL, color=INK,
    )  # fmt: skip


def _front(axes: Axes, front: tuple[Option, ...]) -> None:
    x = [one.money.likely for one in front]
    if len(front) > 1:
        axes.fill_between(
            x, [one.f1.low for one in front], [one.f1.high for one in front], color=ACCENT, alpha=0.12, lw=0
        )
        axes.plot(x, [one.f1.value for one in front], color=ACCENT, lw=1.6)
    else:
        only = front[0].f1
        axes.plot(x * 2, [only.low, only.high], color=ACCENT, lw=0.8, clip_on=False)
    axes.plot(
        x, [one.f1.value for one in front], "o",
        ms=5, color=ACCENT, mec=PAPER, mew=0.6, clip_on=False, zorder=4,
    )  # fmt: skip


def _prices(axes: Axes, report: Report, mm_per_unit: float) -> None:
    """What each further point costs, along the front, where there is room to say it."""
    front = report.advice.pareto
    free = 0.0
    for (one, after), price in zip(pairwise(front), marginal_price(front), strict=True):
        middle = (one.money.likely + after.money.likely) / 2
        wide = (after.money.likely - one.money.likely) * mm_per_unit
        if wide < ROOM or middle * mm_per_unit - ROOM / 2 < free:
            continue
        free = middle * mm_per_unit + ROOM / 2
        axes.annotate(
            f"{money(price, report.currency)}\na point",
            (middle, (one.f1.value + after.f1.value) / 2), (4, -3), textcoords="offset points",
            ha="left", va="top", fontsize=SMALL, color=ACCENT, linespacing=1.1, zorder=6,
            bbox={"boxstyle": "round,pad=0.1", "fc": PAPER, "ec": "none", "alpha": 0.7},
        )  # fmt: skip


def _mark(axes: Axes, best: Option, dearest: float) -> None:
    axes.plot(
        [best.money.likely],
        [best.f1.value],
        "o",
        ms=11,
        mfc="none",
        mec=INK,
        mew=1.4,
        clip_on=False,
        zorder=5,
    )
    share = best.money.likely / dearest
    side = "left" if share < 0.25 else "right" if share > 0.75 else "center"
    axes.annotate(
        "recommended",
        (best.money.likely, best.f1.value), (0, 9 if best.visits else -9), textcoords="offset points",
        ha=side, va="bottom" if best.visits else "top", fontsize=TEXT, color=INK, fontweight="bold",
        bbox={"boxstyle": "round,pad=0.15", "fc": PAPER, "ec": "none", "alpha": 0.75},
    )  # fmt: skip
