"""How trainings that are going on come along."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from engine.experiments.progress import LossCurve
from engine.views import palette
from engine.views.charts import Chart, template

MOST = 4  # curves at once
DASHES = ("solid", "dash", "dot", "dashdot")


def loss(curves: Sequence[LossCurve], dark: bool) -> Chart:
    """Training loss by share of the epochs, of the trainings that began last."""
    colours = palette.scheme(dark)
    shown = list(curves)[-MOST:]
    figure = go.Figure(
        layout={
            "template": template(dark),
            "height": 230,
            "xaxis": {
                "title": {"text": "Epochs done"},
                "tickformat": ".0%",
                "range": [0, 1],
                "showgrid": False,
            },
            "yaxis": {"title": {"text": "Training loss"}, "rangemode": "tozero"},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        }
    )
    for number, one in enumerate(shown):
        figure.add_scatter(
            x=[epoch / one.epochs for epoch in one.epoch],
            y=one.loss,
            name=one.training,
            mode="lines",
            line={
                "color": colours.accent if one.live else colours.muted,
                "width": 2,
                "dash": DASHES[number % len(DASHES)],
            },
            customdata=one.epoch,
            hovertemplate=f"{one.training}<br>epoch %{{customdata}} of {one.epochs}: loss %{{y:.3f}}"
            "<extra></extra>",
        )
    live = [one for one in shown if one.live]
    title = f"{len(live)} training{'s' * (len(live) != 1)} going on, {len(curves) - len(live)} finished"
    words = "; ".join(
        f"{one.training}: epoch {one.epoch[-1]} of {one.epochs}, loss {one.loss[-1]:.3f}" for one in shown
    )
    behind = pd.DataFrame(
        [
            {"training": one.training, "epoch": one.epoch[-1], "of": one.epochs, "loss": one.loss[-1]}
            for one in curves
        ]
    )
    return Chart(title, figure, f"Training loss. {title}. {words}.", behind)
