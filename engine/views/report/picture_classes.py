"""What is visited of each class, and how well each is mapped, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from engine.decisions.wording import clean, plain
from engine.views.chart import colour_of, rows_of
from engine.views.class_f1 import class_f1_frame
from engine.views.coverage import coverage_frame
from engine.views.report.content import Report
from engine.views.report.pictures import (
    ACCENT,
    INK,
    LINE,
    MUTED,
    PAPER,
    SMALL,
    WIDE,
    Picture,
    finished,
    settings,
    sheet,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW = 5.6  # mm
HEAD, FOOT = 8.0, 8.5
MOST = 16  # classes; the others are counted


def classes(report: Report) -> Picture:
    """Bars of the visited share of each class, and beside them F1 without a trip and as recommended.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    """
    covered = coverage_frame(report.coverage).head(MOST)
    names = [plain(clean(name, 20)) for name in covered["crop"]]
    arms = report.arms
    f1 = class_f1_frame([outcome for _, outcome in arms], report.decision.metric.per)
    f1["row"] = f1["crop"].map({crop: row for row, crop in enumerate(covered["crop"])})
    f1 = f1.dropna(subset="row")
    height = HEAD + ROW * len(covered) + FOOT
    below, share = FOOT / height, ROW * len(covered) / height
    with settings():
        figure = sheet(WIDE, height)
        left = figure.add_axes((0.18, below, 0.2, share))
        right = figure.add_axes((0.53, below, 0.45, share))
        _draw_coverage(left, covered, report)
        left.set_yticks(range(len(covered)), names, fontsize=SMALL, color=INK)
        _heading(left, f"Parcels {'of the trip' if report.trip else 'in the ' + report.subject}")
        _prepare_scores(right)
        for number, (_, outcome) in enumerate(arms):
            shift = (number - 0.5) * 0.32 if len(arms) > 1 else 0.0
            _draw_scores(right, f1[f1["key"] == outcome.plan.key], shift, outcome.visits)
        marks = ", ".join(f"{'●' if outcome.visits else '○'} {name}" for name, outcome in arms)
        _heading(right, f"F1 and its interval: {marks}")
        for axes in (left, right):
            axes.set_ylim(len(covered) - 0.5, -0.5)
        rarer = len(report.coverage) - len(covered)
        rest = f" {rarer} rarer classes are not drawn." if rarer else ""
        return finished(
            figure, f"Classes, by the {report.subject}. {_words(report, covered, f1, names)}.{rest}"
        )


def _words(report: Report, covered: pd.DataFrame, f1: pd.DataFrame, names: list[str]) -> str:
    intervals = f1.set_index(["key", "crop"])["interval"]
    return "; ".join(
        f"{name}: {row.within} of {row.total} parcels"
        + "".join(
            f", F1 {arm} {intervals[outcome.plan.key, row.crop]}"
            for arm, outcome in report.arms
            if (outcome.plan.key, row.crop) in intervals
        )
        for name, row in zip(names, rows_of(covered), strict=True)
    )


def _draw_coverage(axes: Axes, covered: pd.DataFrame, report: Report) -> None:
    colours = [colour_of(report.study.legend, crop, dark=False) for crop in covered["crop"]]
    rows = range(len(covered))
    axes.barh(rows, [1.0] * len(covered), 0.62, color=LINE, alpha=0.6, lw=0)
    axes.barh(rows, covered["share"], 0.62, color=colours, lw=0)
    for row, (within, total) in enumerate(covered[["within", "total"]].to_numpy()):
        axes.text(
            1.04, row, f"{within:,} of {total:,}", va="center", fontsize=SMALL, color=INK if within else MUTED
        )
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def _prepare_scores(axes: Axes) -> None:
    axes.set_xlim(0, 1)
    axes.grid(axis="x", color=LINE, lw=0.5)
    axes.set_axisbelow(True)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_visible(False)


def _draw_scores(axes: Axes, f1: pd.DataFrame, shift: float, filled: bool) -> None:
    axes.errorbar(
        f1["f1"], f1["row"] + shift, xerr=[f1["f1"] - f1["low"], f1["high"] - f1["f1"]],
        fmt="o", ms=3.8, color=ACCENT if filled else MUTED, mfc=ACCENT if filled else PAPER, mew=1.0,
        elinewidth=0.9, clip_on=False,
    )  # fmt: skip


def _heading(axes: Axes, text: str) -> None:
    axes.annotate(
        text,
        (0, 1),
        (0, 5),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=SMALL,
        color=MUTED,
    )
