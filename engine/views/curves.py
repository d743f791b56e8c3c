"""Macro F1 against how far or how much one goes, beside staying at home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.decisions.options import Option
from engine.decisions.rows import Score, f1_of, option_table, outcome_table
from engine.decisions.wording import SCORES, plain, verdict
from engine.experiments.outcome import Outcome, baseline_of
from engine.fieldwork.costs import sign_of
from engine.views import palette
from engine.views.charts import Chart, shades, template

Axis = Literal["radius", "parcels", "cost"]

AXES: dict[Axis, str] = {
    "radius": "Radius of the trip, km",
    "parcels": "Parcels visited",
    "cost": "Cost of the trip",
}
DASHES = {
    "radius": "solid", "random": "dash", "balanced": "dot", "stratified": "dashdot", "transects": "longdash",
    "clusters": "longdashdot", "disagreement": "dot", "embedding": "dashdot",
}  # fmt: skip
MARKERS = {
    "radius": "circle", "random": "diamond-open", "balanced": "square-open", "stratified": "cross",
    "transects": "triangle-up", "clusters": "hexagon", "disagreement": "x", "embedding": "star-open",
}  # fmt: skip
MOST_BANDS = 4  # more bands than curves the eye can follow say nothing
HEIGHT = 430
SHOWN = 0.01  # the smallest share that a matrix prints


def macro_f1(
    outcomes: Sequence[Outcome],
    axis: Axis,
    score: Score,
    dark: bool,
    options: Sequence[Option] = (),
    recommended: Option | None = None,
    currency: str = "",
) -> Chart:
    """One curve a method and design with its interval as a band, and the zero-shot line.

    Parameters
    ----------
    outcomes
        Of one comparison, see `engine.decisions.comparison.comparisons`.
    axis
        Against the radius in km, the number of visited parcels, or money. A random design stands at the
        radius whose count it matches.
    score
        Over pixels (the study's score) or over parcels (what the user of a map sees).
    options, recommended, currency
        What the trips cost, for the axis of costs, and the one to mark.
    """
    money = {one.outcome.plan.key: one.money for one in options}
    colours = palette.scheme(dark)
    figure = go.Figure()
    curves: dict[tuple[str, str], list[Outcome]] = {}
    for one in outcomes:
        if one.visits:
            curves.setdefault((one.plan.method.name, one.plan.design.name), []).append(one)
    methods = {method for method, _ in curves}
    leading = {"radius"} | ({recommended.outcome.plan.design.name} if recommended else {"random"})
    for (method, design), points in curves.items():
        led = len(curves) <= MOST_BANDS or design in leading
        points.sort(key=lambda one: money[one.plan.key].likely if axis == "cost" else _reach(one, axis))
        x = [money[one.plan.key].likely if axis == "cost" else _reach(one, axis) for one in points]
        f1 = [f1_of(one, score) for one in points]
        colour = hue(method, dark) if led else colours.muted
        name = (
            points[0].plan.design.description
            if len(methods) == 1
            else f"{method}, {points[0].plan.design.description}"
        )
        if led:
            figure.add_scatter(
                x=x + x[::-1],
                y=[one.high for one in f1] + [one.low for one in f1[::-1]],
                fill="toself",
                fillcolor=palette.rgba(colour, 0.10),
                mode="lines",
                line={"width": 0},
                hoverinfo="skip",
                showlegend=False,
                legendgroup=name,
            )
        figure.add_scatter(
            x=x,
            y=[one.value for one in f1],
            name=name,
            legendgroup=name,
            mode="lines+markers",
            line={"color": colour, "width": 2 if led else 1, "dash": DASHES.get(design, "dot")},
            marker={"symbol": MARKERS.get(design, "square"), "size": 9 if led else 7, "color": colour},
            customdata=[
                [
                    one.plan.design.equivalent_radius_km,
                    one.parcels,
                    str(f1_of(one, score)),
                    f"<br>{money[one.plan.key]} {sign_of(currency)}" if one.plan.key in money else "",
                ]
                for one in points
            ],
            hovertemplate=f"{name}<br>%{{customdata[1]:,}} parcels, %{{customdata[0]:g}} km<br>"
            "F1 %{customdata[2]}%{customdata[3]}<extra></extra>",
        )
    home = baseline_of(outcomes)
    if home is not None:
        stay = f1_of(home, score)
        figure.add_hrect(
            y0=stay.low,
            y1=stay.high,
            fillcolor=palette.rgba(colours.muted, 0.12),
            line_width=0,
            layer="below",
        )
        figure.add_hline(y=stay.value, line={"color": colours.ink, "width": 1.5, "dash": "dot"})
        figure.add_annotation(
            x=1,
            xref="paper",
            xanchor="right",
            y=stay.value,
            yanchor="top",
            text=f"staying at home ({home.plan.method.name}) {stay.value:.2f}",
            showarrow=False,
            font={"color": colours.ink, "size": 13},
            bgcolor=palette.rgba(colours.paper, 0.75),
        )
    study = next((one for one in outcomes if one.plan.method.name == "zero-shot"), None)
    if study is not None and study is not home:
        level = f1_of(study, score).value
        figure.add_hline(y=level, line={"color": colours.muted, "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=level,
            yanchor="bottom",
            text=f"the study's zero-shot {level:.2f}",
            showarrow=False,
            font={"color": colours.muted, "size": 12},
            bgcolor=palette.rgba(colours.paper, 0.75),
        )
    if recommended is not None and recommended.visits:
        one = recommended.outcome
        figure.add_scatter(
            x=[recommended.money.likely if axis == "cost" else _reach(one, axis)],
            y=[f1_of(one, score).value],
            mode="markers+text",
            marker={"symbol": "circle-open", "size": 20, "line": {"width": 2.5}, "color": colours.ink},
            text=["recommended"],
            textposition="top center",
            textfont={"color": colours.ink, "size": 13},
            hoverinfo="skip",
            showlegend=False,
        )
    words = f"{AXES[axis]}, {sign_of(currency)}" if axis == "cost" and currency else AXES[axis]
    figure.update_layout(
        template=template(dark),
        height=HEIGHT,
        hovermode="closest",
        xaxis={"title": {"text": words}, "showgrid": False},
        yaxis={"title": {"text": SCORES[score]}, "tickformat": ".2f"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    answer = verdict(outcomes, score)
    words = "; ".join(
        f"{one.plan.method.name} {one.plan.design.name} {one.parcels} parcels {f1_of(one, score)}"
        for one in outcomes
    )
    alt = f"{SCORES[score]} against {AXES[axis].lower()}. {answer}. {words}."
    behind = option_table(options) if options else outcome_table(outcomes)
    return Chart(answer, figure, alt, behind)


def hue(method: str, dark: bool) -> str:
    """The colour of a method's curves."""
    colours = palette.scheme(dark)
    hues = {
        "transfer": colours.accent,
        "scratch": "#E0A458" if dark else "#B26A00",
        "groundplan": "#5FD0A5" if dark else "#0B7A55",
    }
    return hues.get(method, colours.muted)


def confusion(outcome: Outcome, name: str, score: Score, dark: bool) -> Chart:
    """Where each true class went, as shares of its pixels or parcels, ``[class, class]``, truth in rows."""
    colours = palette.scheme(dark)
    counts = np.array(outcome.confusion if score == "pixel" else outcome.confusion_parcel)
    present = counts.sum(axis=1) > 0
    share = counts[present] / counts[present].sum(axis=1, keepdims=True)
    labels = [plain(crop) for crop in outcome.classes]
    truth = [label for label, there in zip(labels, present, strict=True) if there]
    figure = go.Figure(
        go.Heatmap(
            z=share,
            x=labels,
            y=truth,
            **shades(dark),
            text=[[f"{part:.0%}" if part >= SHOWN else "" for part in row] for row in share],
            texttemplate="%{text}",
            textfont={"color": colours.ink},
            hovertemplate="%{z:.0%} of %{y} was mapped as %{x}<extra></extra>",
        ),
        layout={
            "template": template(dark),
            "height": 110 + 34 * len(truth),
            "xaxis": {"title": {"text": "mapped as"}, "showgrid": False},
            "yaxis": {"title": {"text": "truth"}, "autorange": "reversed", "showgrid": False},
        },
    )
    wrong = share.copy()
    wrong[np.arange(len(truth)), np.flatnonzero(present)] = 0
    row, column = np.unravel_index(int(wrong.argmax()), wrong.shape)
    title = f"{name}: {wrong[row, column]:.0%} of {truth[row]} was mapped as {labels[column]}"
    if not wrong.any():
        title = f"{name}: nothing was mistaken"
    behind = pd.DataFrame(share, columns=labels).assign(truth=truth).set_index("truth").reset_index()
    return Chart(title, figure, f"Confusion matrix. {title}.", behind)


def _reach(outcome: Outcome, axis: Axis) -> float:
    return outcome.plan.design.equivalent_radius_km if axis == "radius" else outcome.parcels
