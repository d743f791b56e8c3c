"""How sure a map is of a parcel, class by class."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from engine.decisions.wording import plain
from engine.domain import Legend
from engine.mapping.explained import Explained
from engine.views import palette
from engine.views.chart import ROW, Chart, bar_names, template

MOST = 5  # classes


def parcel_classes(explained: Explained, legend: Legend, dark: bool) -> Chart:
    """The most probable classes of a parcel.

    Parameters
    ----------
    explained
        The parcel.
    legend
        Names and colours of the classes.
    dark
        Whether the theme is dark.
    """
    own = {crop.name: palette.crop_colour(crop.colour, dark) for crop in legend}
    shown = explained.probabilities[:MOST]
    names = [plain(name) for name, _ in shown]
    sure = [value for _, value in shown]
    figure = go.Figure(
        go.Bar(
            y=names,
            x=sure,
            orientation="h",
            marker={"color": [own[name] for name, _ in shown]},
            text=[f"{value:.0%}" for value in sure],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        )
    )
    figure.update_layout(
        template=template(dark),
        height=ROW * len(shown) + 20,
        xaxis={"visible": False, "range": [0, 1.12], "fixedrange": True},
        yaxis=bar_names(dark),
    )
    said = ", ".join(f"{name} {value:.0%}" for name, value in zip(names, sure, strict=True))
    title = f"Parcel {explained.parcel_id}: {names[0]}, {sure[0]:.0%} sure"
    return Chart(title, figure, f"{title}. {said}.", pd.DataFrame({"class": names, "probability": sure}))
