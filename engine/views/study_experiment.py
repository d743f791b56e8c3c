"""The study's experiment: its methods after circles and random samples, beside its published figures.

Numbers in circles tie the study's lessons to the points that speak for or against them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd
import plotly.graph_objects as go

from engine.decisions.lesson_wording import lessons_sentence
from engine.decisions.metric_wording import axis_title
from engine.decisions.options import Option
from engine.decisions.published import CIRCLE, RADII_KM, ZERO_SHOT
from engine.decisions.rows import option_table
from engine.decisions.study_experiment import Lesson
from engine.decisions.wording import label_of, lowered
from engine.experiments.scores import MACRO_F1
from engine.fieldwork.currencies import sign_of
from engine.learning.methods import METHODS
from engine.sampling.radius import Radius
from engine.views import palette
from engine.views.chart import Chart, rows_of
from engine.views.curves import Look, add_curve
from engine.views.facets import arrange, facets
from engine.views.trade_off import AXES, trade_off_frame

StudyAxis = Literal["radius", "cost"]
PUBLISHED = "Published study, circle"
PUBLISHED_BASELINE = "Published study, zero-shot"


def study_experiment(
    options: Sequence[Option],
    lessons: Sequence[Lesson],
    axis: StudyAxis,
    dark: bool,
    currency: str,
    narrow: bool = False,
) -> Chart:
    """A panel a method: circles, random samples of equal count, the study's circles, and both zero-shots.

    Parameters
    ----------
    options
        The outcomes of `engine.decisions.study_experiment.Experiment` with their bills, by macro F1.
    lessons
        Of the same outcomes; their numbers stand at the points that they compare.
    axis
        Against the radius in km, or money. The study published no costs: its circles stand at ours.
    dark
        Whether the theme is dark.
    currency
        Of all money, as the tariff names it.
    narrow
        Whether it is seen on a phone: the panels stand one above the other.
    """
    frame = trade_off_frame([option.outcome for option in options], MACRO_F1, options)
    trips = frame[frame["visits"]]
    methods = [name for name in CIRCLE if name in set(trips["method"])]
    panels = facets({name: label_of(METHODS[name]) for name in methods}, narrow)
    ends = (trips[axis].min(), trips[axis].max())
    study, colours = (
        _published(trips, axis),
        palette.design_colours(list(dict.fromkeys(trips["design"])), dark),
    )
    for name, place in panels.places.items():
        mine = trips[trips["method"] == name]
        _add_gaps(panels.figure, mine, axis, lessons, dark, place)
        for design, curve in mine.groupby("design", sort=False):
            style = palette.design_style(str(design), colours[str(design)], True)
            look = Look(curve["design_label"].iloc[0], style)
            points = curve.sort_values(axis, kind="stable")
            add_curve(panels.figure, points, axis, look, sign_of(currency), place)
        _add_published(panels.figure, study[study["method"] == name], dark, place)
        _add_zero_shot(panels.figure, frame[~frame["visits"]], ends, dark, place)
    title = f"{AXES[axis]}, {sign_of(currency)}" if axis == "cost" and currency else AXES[axis]
    values = [*frame["low"], *frame["high"], *study["f1"], ZERO_SHOT]
    arrange(panels, (ends, title), (values, axis_title(MACRO_F1)), dark)
    if axis == "radius":
        panels.figure.update_xaxes(tickvals=list(RADII_KM))
    finding = lessons_sentence(lessons)
    each = "; ".join(f"{row.title} {row.interval}" for row in rows_of(frame))
    figures = "; ".join(
        f"{label_of(METHODS[row.method])} {row.km:g} km {row.f1:.0%}" for row in rows_of(study)
    )
    alt = (
        f"{axis_title(MACRO_F1)} against {lowered(AXES[axis])}, a panel a method. {each}. "
        f"Published study: zero-shot {ZERO_SHOT:.0%}; {figures}."
    )
    return Chart(finding, panels.figure, alt, option_table(options))


def _published(trips: pd.DataFrame, axis: str) -> pd.DataFrame:
    """The study's circles where ours stand, one row each: ``method``, ``km``, ``x``, ``f1``."""
    circles = trips[trips["design"] == Radius.name]
    rows = [
        (row.method, row.radius, getattr(row, axis), CIRCLE[row.method][row.radius])
        for row in rows_of(circles)
    ]
    return pd.DataFrame(rows, columns=["method", "km", "x", "f1"]).sort_values("x", kind="stable")


def _add_zero_shot(
    figure: go.Figure, free: pd.DataFrame, ends: Sequence[float], dark: bool, panel: dict[str, int]
) -> None:
    """Zero-shot with its interval, and the study's."""
    colours = palette.scheme(dark)
    for row in rows_of(free):
        band = palette.rgba(colours.muted, 0.12)
        figure.add_hrect(y0=row.low, y1=row.high, fillcolor=band, line_width=0, layer="below", **panel)
        line = {"color": colours.ink, "width": 1.5, "dash": "dot"}
        _add_line(figure, (row.title, row.f1, row.interval), ends, line, panel)
    line = {"color": colours.muted, "width": 1, "dash": "dash"}
    _add_line(figure, (PUBLISHED_BASELINE, ZERO_SHOT, f"{ZERO_SHOT:.0%}"), ends, line, panel)


def _add_line(
    figure: go.Figure,
    named: tuple[str, float, str],
    ends: Sequence[float],
    line: dict[str, object],
    panel: dict[str, int],
) -> None:
    name, level, text = named
    figure.add_scatter(
        x=list(ends),
        y=[level, level],
        name=name,
        legendgroup=name,
        mode="lines",
        line=line,
        hovertemplate=f"{name}<br>{text}<extra></extra>",
        **panel,
    )


def _add_published(figure: go.Figure, study: pd.DataFrame, dark: bool, panel: dict[str, int]) -> None:
    muted = palette.scheme(dark).muted
    figure.add_scatter(
        x=study["x"].tolist(),
        y=study["f1"].tolist(),
        name=PUBLISHED,
        legendgroup=PUBLISHED,
        mode="lines+markers",
        line={"color": muted, "width": 1, "dash": "dash"},
        marker={"color": muted, "size": 9, "symbol": "x-thin", "line": {"color": muted, "width": 2}},
        customdata=study["km"].tolist(),
        hovertemplate=f"{PUBLISHED}<br>%{{customdata:g}} km: %{{y:.0%}}<extra></extra>",
        **panel,
    )


def _add_gaps(
    figure: go.Figure,
    trips: pd.DataFrame,
    axis: str,
    lessons: Sequence[Lesson],
    dark: bool,
    panel: dict[str, int],
) -> None:
    """Between each circle and its random sample, or above that, their difference in points and the numbers of
    lessons.
    """
    colours = palette.scheme(dark)
    by_key = {row.key: row for row in rows_of(trips)}
    text = {"showarrow": False, "font": {"color": colours.ink, "size": 13}, **panel}
    text |= {"bgcolor": palette.rgba(colours.paper, 0.7), "borderpad": 0}
    circles = next(lesson.findings for lesson in lessons if lesson.kind == "circle")
    gaps = [gap for gap in circles if set(gap.keys) <= set(by_key)]
    for gap in gaps:
        circle, random = (by_key[key] for key in gap.keys)
        label = f"{100 * gap.change.value:+.1f} {_numbers(lessons, gap.keys)}"
        if axis == "radius":
            x, y = circle.radius, (circle.f1, random.f1)
            figure.add_scatter(
                x=[x, x], y=y, mode="lines", line={"color": colours.muted, "width": 1}, hoverinfo="skip",
                showlegend=False, **panel,
            )  # fmt: skip
            side = {"xanchor": "right", "xshift": -3} if gap is gaps[-1] else {"xanchor": "left", "xshift": 3}
            figure.add_annotation(x=x, y=sum(y) / 2, text=label, **side, **text)
        else:
            figure.add_annotation(x=random.cost, y=random.f1, yshift=16, text=label, **text)
    for lesson in lessons:
        for finding in lesson.findings if lesson.kind == "short trip" else ():
            point = by_key.get(finding.keys[-1])
            if point is not None:
                x, y = getattr(point, axis), point.f1
                figure.add_annotation(
                    x=x, y=y, xshift=-14, yshift=-13, text=number_sign(lesson.number), **text
                )


def _numbers(lessons: Sequence[Lesson], keys: Sequence[str]) -> str:
    """The signs of the lessons that compare these plans."""
    return "".join(
        number_sign(lesson.number)
        for lesson in lessons
        if any(set(keys) <= set(finding.keys) for finding in lesson.findings)
    )


def number_sign(number: int) -> str:
    """A number in a circle, by which chart and text refer to each other.

    Parameters
    ----------
    number
        From 1 to 20.

    Examples
    --------
    >>> number_sign(1)
    '①'
    """
    return chr(ord("①") + number - 1)
