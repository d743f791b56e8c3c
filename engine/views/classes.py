"""F1 of each class, one small panel a class, all on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from plotly.subplots import make_subplots

from engine.decisions.rows import Score
from engine.decisions.wording import plain, plan_title
from engine.domain import Estimate
from engine.experiments.outcome import Outcome, baseline_of, trips_of
from engine.views import palette
from engine.views.charts import Chart, template
from engine.views.curves import DASHES, MARKERS, hue

ACROSS = 3
PANEL = 170  # height, pixels


def small_multiples(outcomes: Sequence[Outcome], method: str, score: Score, dark: bool) -> Chart:
    """F1 of every class against the parcels visited, one curve a design, beside staying at home.

    Parameters
    ----------
    outcomes
        Of one comparison.
    method
        Whose trips are shown; a panel with several methods would be unreadable.
    """
    colours = palette.scheme(dark)
    home = baseline_of(outcomes)
    trips = [one for one in trips_of(outcomes) if one.plan.method.name == method]
    shown = [*trips, *([home] if home else [])]
    classes = [name for name in shown[0].classes if any(name in _f1(one, score) for one in shown)]
    across = min(ACROSS, len(classes))
    rows = math.ceil(len(classes) / across)
    figure = make_subplots(
        rows=rows,
        cols=across,
        shared_xaxes=True,
        shared_yaxes=True,
        subplot_titles=[plain(name) for name in classes],
        vertical_spacing=min(0.12, 0.3 / rows),
        horizontal_spacing=0.03,
    )
    curves: dict[str, list[Outcome]] = {}
    for one in trips:
        curves.setdefault(one.plan.design.name, []).append(one)
    for place, crop in enumerate(classes):
        at = {"row": place // across + 1, "col": place % across + 1}
        for design, points in curves.items():
            row = sorted((one for one in points if crop in _f1(one, score)), key=lambda one: one.parcels)
            colour = hue(method, dark) if design == "radius" else colours.muted
            figure.add_scatter(
                **at,
                x=[one.parcels for one in row],
                y=[_f1(one, score)[crop].value for one in row],
                name=points[0].plan.design.description,
                legendgroup=design,
                showlegend=place == 0,
                mode="lines+markers",
                line={"color": colour, "width": 2 if design == "radius" else 1, "dash": DASHES.get(design)},
                marker={"color": colour, "size": 6, "symbol": MARKERS.get(design)},
                customdata=[str(_f1(one, score)[crop]) for one in row],
                hovertemplate=f"{plain(crop)}, {points[0].plan.design.description}<br>%{{x:,}} parcels: "
                "F1 %{customdata}<extra></extra>",
            )
        if home and crop in _f1(home, score):
            level = _f1(home, score)[crop].value
            figure.add_hline(**at, y=level, line={"color": colours.ink, "width": 1.5, "dash": "dot"})
    figure.update_layout(
        template=template(dark),
        height=90 + PANEL * rows,
        legend={"orientation": "h", "y": 1 + 0.2 / rows, "yanchor": "bottom", "x": 0},
        margin={"t": 30},
    )
    figure.update_yaxes(range=[-0.02, 1.02], tickformat=".1f")
    figure.update_yaxes(title={"text": "F1"}, col=1)
    figure.update_xaxes(showgrid=False, rangemode="tozero")
    figure.update_xaxes(title={"text": "parcels visited"}, row=rows)
    figure.update_annotations(font={"size": 13, "color": colours.ink})
    title = _most_changed(trips, home, score)
    behind = pd.DataFrame(
        [
            {
                "class": plain(crop),
                "plan": plan_title(one.plan),
                "parcels": one.parcels,
                "F1": f1.value,
                "from": f1.low,
                "to": f1.high,
            }
            for one in shown
            for crop, f1 in _f1(one, score).items()
        ]
    )
    return Chart(
        title, figure, f"F1 of each class against parcels visited, dotted: at home. {title}.", behind
    )


def _f1(outcome: Outcome, score: Score) -> dict[str, Estimate]:
    return outcome.per_class if score == "pixel" else outcome.per_class_parcel


def _most_changed(trips: Sequence[Outcome], home: Outcome | None, score: Score) -> str:
    """The class that the best trip changes most beside staying at home."""
    if not trips:
        return "No trip of this method is answered"
    best = max(trips, key=lambda one: one.macro_f1.value)
    there = _f1(best, score)
    if home is None:
        worst = min(there, key=lambda name: there[name].value)
        return f"{plain(worst).capitalize()} is the hardest: {there[worst]} on the best trip"
    stay = _f1(home, score)
    most = max(
        (name for name in there if name in stay), key=lambda name: abs(there[name].value - stay[name].value)
    )
    return f"{plain(most).capitalize()} changes most: {stay[most]} at home, {there[most]} on the best trip"
