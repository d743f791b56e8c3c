"""What is visited of each class, and how well each is mapped, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.decisions.wording import clean, plain
from engine.domain import Estimate
from engine.views import charts
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
    """Bars of the share that is visited of each class, and beside them F1 at home and as recommended."""
    table = report.coverage.head(MOST)
    best, home = report.advice.recommended, report.advice.baseline
    count = len(table)
    height = HEAD + ROW * count + FOOT
    frame = (FOOT / height, ROW * count / height)
    colours = [charts.colour_of(report.study.legend, name, dark=False) for name in table["crop"]]
    names = [plain(clean(name, 20)) for name in table["crop"]]
    with settings():
        figure = sheet(WIDE, height)
        left = figure.add_axes((0.18, frame[0], 0.2, frame[1]))
        right = figure.add_axes((0.53, frame[0], 0.45, frame[1]))
        _bars(left, table["within"].to_numpy(), table["total"].to_numpy(), colours)
        left.set_yticks(range(count), names, fontsize=SMALL, color=INK)
        _heading(left, f"Parcels {'of the trip' if report.trip else 'in the ' + report.subject}")
        arms = {"at home": home.outcome.per_class} if home else {}
        if best.visits:
            arms["recommended"] = best.outcome.per_class
        _scores(right, list(table["crop"]), arms)
        marks = {"at home": "○", "recommended": "●"}
        _heading(right, "F1 and its interval: " + ", ".join(f"{marks[arm]} {arm}" for arm in arms))
        for axes in (left, right):
            axes.set_ylim(count - 0.5, -0.5)
        said = "; ".join(
            f"{name}: {within} of {total} parcels"
            + "".join(f", F1 {arm} {f1[crop]}" for arm, f1 in arms.items() if crop in f1)
            for name, crop, within, total in zip(
                names, table["crop"], table["within"], table["total"], strict=True
            )
        )
        left_out = len(report.coverage) - count
        rest = f" {left_out} rarer classes are not drawn." if left_out else ""
        return finished(figure, f"Classes, by the {report.subject}. {said}.{rest}")


def _bars(axes: Axes, within: np.ndarray, total: np.ndarray, colours: list[str]) -> None:
    rows = np.arange(len(total))
    axes.barh(rows, np.ones(len(total)), 0.62, color=LINE, alpha=0.6, lw=0)
    axes.barh(rows, within / total, 0.62, color=colours, lw=0)
    for row, (some, every) in enumerate(zip(within, total, strict=True)):
        axes.text(
            1.04, row, f"{some:,} of {every:,}", va="center", fontsize=SMALL, color=INK if some else MUTED
        )
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def _scores(axes: Axes, crops: list[str], arms: dict[str, dict[str, Estimate]]) -> None:
    axes.set_xlim(0, 1)
    axes.grid(axis="x", color=LINE, lw=0.5)
    axes.set_axisbelow(True)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_visible(False)
    shift = 0.16 if len(arms) > 1 else 0.0
    for arm, f1 in arms.items():
        home = arm == "at home"
        rows = [row + (-shift if home else shift) for row, crop in enumerate(crops) if crop in f1]
        marks = [f1[crop] for crop in crops if crop in f1]
        axes.errorbar(
            [one.value for one in marks],
            rows,
            xerr=[[one.value - one.low for one in marks], [one.high - one.value for one in marks]],
            fmt="o", ms=3.8, color=MUTED if home else ACCENT, mfc=PAPER if home else ACCENT, mew=1.0,
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
