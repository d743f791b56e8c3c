"""How trainings that are going on come along."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from engine.decisions.wording import counted
from engine.experiments.progress import LossCurve
from engine.views import palette
from engine.views.chart import LEGEND_ABOVE, Chart, template

MOST = 4  # curves at once
DASHES = ("solid", "dash", "dot", "dashdot")


def training_loss(curves: Sequence[LossCurve], dark: bool) -> Chart:
    """Training loss by share of the epochs, of the trainings that began last.

    Parameters
    ----------
    curves
        Of trainings, the latest last; `MOST` of them are drawn.
    dark
        Whether the theme is dark.
    """
    colours = palette.scheme(dark)
    drawn = list(curves)[-MOST:]
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
            "legend": LEGEND_ABOVE,
        }
    )
    for curve, dash in zip(drawn, DASHES, strict=False):
        colour = colours.accent if curve.live else colours.muted
        figure.add_scatter(
            x=[epoch / curve.epochs for epoch in curve.epoch],
            y=curve.loss,
            name=curve.training,
            mode="lines",
            line={"color": colour, "width": 2, "dash": dash},
            customdata=curve.epoch,
            hovertemplate=f"{curve.training}<br>epoch %{{customdata}} of {curve.epochs}: loss %{{y:.3f}}"
            "<extra></extra>",
        )
    live = sum(curve.live for curve in drawn)
    title = f"{counted(live, 'training')} going on, {len(curves) - live} finished"
    words = "; ".join(
        f"{curve.training}: epoch {curve.epoch[-1]} of {curve.epochs}, loss {curve.loss[-1]:.3f}"
        for curve in drawn
    )
    behind = pd.DataFrame(
        [
            {"training": curve.training, "epoch": curve.epoch[-1], "of": curve.epochs, "loss": curve.loss[-1]}
            for curve in curves
        ]
    )
    return Chart(title, figure, f"Training loss. {title}. {words}.", behind)
