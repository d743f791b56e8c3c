"""Macro F1 against how far or how much one goes, beside staying at home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from engine.decisions.advice import Advice, Option, marginal_price
from engine.domain import Estimate
from engine.experiments.outcome import Outcome, baseline_of, trips_of
from engine.fieldwork.costs import Range, sign_of
from engine.views import palette
from engine.views.charts import Chart, plain, shades, template
from engine.views.charts import money as priced

Axis = Literal["radius", "parcels", "cost"]
Score = Literal["pixels", "voted"]

AXES: dict[Axis, str] = {
    "radius": "Radius of the trip, km",
    "parcels": "Parcels visited",
    "cost": "Cost of the trip",
}
SCORES: dict[Score, str] = {"pixels": "Macro F1 over pixels", "voted": "Macro F1 over parcels"}
DASHES = {
    "radius": "solid", "random": "dash", "balanced": "dot", "stratified": "dashdot", "corridors": "longdash",
    "clusters": "longdashdot", "disagreement": "dot", "embedding": "dashdot",
}  # fmt: skip
MARKERS = {
    "radius": "circle", "random": "diamond-open", "balanced": "square-open", "stratified": "cross",
    "corridors": "triangle-up", "clusters": "hexagon", "disagreement": "x", "embedding": "star-open",
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
        f1 = [_estimate(one, score) for one in points]
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
                    str(_estimate(one, score)),
                    f"<br>{money[one.plan.key]} {sign_of(currency)}" if one.plan.key in money else "",
                ]
                for one in points
            ],
            hovertemplate=f"{name}<br>%{{customdata[1]:,}} parcels, %{{customdata[0]:g}} km<br>"
            "F1 %{customdata[2]}%{customdata[3]}<extra></extra>",
        )
    home = baseline_of(outcomes)
    if home is not None:
        stay = _estimate(home, score)
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
        level = _estimate(study, score).value
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
            y=[_estimate(one, score).value],
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
        f"{one.plan.method.name} {one.plan.design.name} {one.parcels} parcels {_estimate(one, score)}"
        for one in outcomes
    )
    alt = f"{SCORES[score]} against {AXES[axis].lower()}. {answer}. {words}."
    return Chart(answer, figure, alt, _behind(outcomes, score, money))


def hue(method: str, dark: bool) -> str:
    """The colour of a method's curves."""
    colours = palette.scheme(dark)
    hues = {
        "transfer": colours.accent,
        "scratch": "#E0A458" if dark else "#B26A00",
        "groundplan": "#5FD0A5" if dark else "#0B7A55",
    }
    return hues.get(method, colours.muted)


def _behind(outcomes: Sequence[Outcome], score: Score, money: dict[str, Range]) -> pd.DataFrame:
    rows = [
        {
            "method": one.plan.method.name,
            "design": one.plan.design.name,
            "radius, km": one.plan.design.equivalent_radius_km,
            "parcels": one.parcels,
            "cost": money[one.plan.key].likely if one.plan.key in money else None,
            "macro F1": _estimate(one, score).value,
            "from": _estimate(one, score).low,
            "to": _estimate(one, score).high,
        }
        for one in outcomes
    ]
    return pd.DataFrame(rows)


def verdict(outcomes: Sequence[Outcome], score: Score) -> str:
    """The answer of the chart: the best trip beside staying at home, as far as intervals let one say."""
    visits = trips_of(outcomes)
    home = baseline_of(outcomes)
    if not visits:
        stays = f"Staying at home gives {_estimate(home, score)}; " if home else ""
        return f"{stays}no trip has been tried"
    best = max(visits, key=lambda one: _estimate(one, score).value)
    reached = _estimate(best, score)
    trip = f"{best.title} reaches {reached}"
    if home is None:
        return trip
    stay = _estimate(home, score)
    if reached.value <= stay.value:
        return f"No trip beats staying at home, which gives {stay}"
    losing = sum(_estimate(one, score).value < stay.value for one in visits)
    if reached.low > stay.high:
        answer = f"{trip}, clearly above staying at home with {stay}"
    else:
        answer = f"{trip}; staying at home gives {stay}, and the intervals overlap"
    return f"{answer}. {losing} of {len(visits)} trips score below staying at home" if losing else answer


def decision(advice: Advice, departure: str, currency: str) -> str:
    """The recommendation in a sentence or two."""
    best, home = advice.recommended, advice.baseline
    stay = f"Staying at home gives {home.f1}." if home else "What staying at home gives is not answered."
    if not best.visits:
        trips = trips_of(advice.pareto)
        return f"Stay at home: macro F1 {best.f1}. " + (
            f"Trips that score more cost {priced(trips[0].money.likely, currency)} or more."
            if trips
            else "No trip that was tried scores more."
        )
    plan = best.outcome.plan
    where = (
        f"within {plan.design.equivalent_radius_km:.3g} km of {departure}"
        if plan.design.name == "radius"
        else f"{plan.design.description}, as many as lie within {plan.design.equivalent_radius_km:.3g} km of {departure}"
    )
    days = f"{best.crew_days:.0f} day" + "s" * (round(best.crew_days) != 1)
    return (
        f"Visit {best.outcome.parcels:,} parcels {where} ({plan.method.name}): macro F1 {best.f1}, {days}, "
        f"{priced(best.money.likely, currency)}. {stay}"
    )


def price_of_points(advice: Advice, currency: str) -> str:
    """What further points of macro F1 cost along the Pareto front, in a sentence."""
    front, prices = advice.pareto, marginal_price(advice.pareto)
    if not prices:
        return "No trip scores more than the cheapest option, so there is no point to buy"
    said = [f"The first points cost {priced(prices[0], currency)} each"]
    best = advice.recommended
    if best in front[:-1] and best is not front[0]:
        after = prices[front.index(best)]
        said.append(f"beyond the recommended trip each costs {priced(after, currency)}")
    elif len(prices) > 1:
        said.append(f"the last ones {priced(prices[-1], currency)}")
    return "; ".join(said)


def confusion(outcome: Outcome, name: str, score: Score, dark: bool) -> Chart:
    """Where each true class went, as shares of its pixels or parcels, ``[class, class]``, truth in rows."""
    colours = palette.scheme(dark)
    counts = np.array(outcome.confusion if score == "pixels" else outcome.confusion_parcel)
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


def _estimate(outcome: Outcome, score: Score) -> Estimate:
    return outcome.macro_f1 if score == "pixels" else outcome.macro_f1_parcel


def _reach(outcome: Outcome, axis: Axis) -> float:
    return outcome.plan.design.equivalent_radius_km if axis == "radius" else outcome.parcels
