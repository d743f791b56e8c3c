"""Which classes are mistaken for which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from engine.decisions.wording import plain
from engine.experiments.outcome import Outcome
from engine.experiments.scores import Per
from engine.views import palette
from engine.views.chart import Chart, shades, template

LEAST = 0.01  # the smallest share that a cell prints


def confusion_frame(outcome: Outcome, per: Per) -> pd.DataFrame:
    """The share of each true class that was mapped as each class, ``[class, class]``, truth in rows.

    Classes without a test pixel or parcel have no row.

    Parameters
    ----------
    outcome
        With its confusion counts, ``[class, class]``.
    per
        Whether counts are of test pixels (``pixel``) or of test parcels (``parcel``).
    """
    counts = np.array(outcome.confusion if per == "pixel" else outcome.confusion_parcel)
    return shares_of(counts, [plain(crop) for crop in outcome.classes])


def shares_of(counts: npt.NDArray[np.number], names: Sequence[str]) -> pd.DataFrame:
    """The share of each true class that was mapped as each class; a class without a case has no row.

    Parameters
    ----------
    counts
        Cases or their weights, ``[class, class]``, truth in rows.
    names
        Of the classes.
    """
    tested = counts.sum(axis=1) > 0
    share = counts[tested] / counts[tested].sum(axis=1, keepdims=True)
    truth = pd.Index(list(names), name="truth")[tested]
    return pd.DataFrame(share, truth, list(names))


def confusion(outcome: Outcome, name: str, per: Per, dark: bool) -> Chart:
    """Where each true class went, as shares of its pixels or parcels.

    Parameters
    ----------
    outcome
        With its confusion counts, ``[class, class]``.
    name
        Of the plan, for the title.
    per
        Whether counts are of test pixels (``pixel``) or of test parcels (``parcel``).
    dark
        Whether the theme is dark.
    """
    return confusion_chart(confusion_frame(outcome, per), name, dark)


def confusion_chart(frame: pd.DataFrame, name: str, dark: bool) -> Chart:
    """Shares of true classes as a matrix, under what was mistaken most.

    Parameters
    ----------
    frame
        See `shares_of`.
    name
        Of what was tested, for the title.
    dark
        Whether the theme is dark.
    """
    share = frame.to_numpy()  # [class, class]
    figure = go.Figure(
        go.Heatmap(
            z=share,
            x=list(frame.columns),
            y=list(frame.index),
            **shades(dark),
            text=[[f"{part:.0%}" if part >= LEAST else "" for part in row] for row in share],
            texttemplate="%{text}",
            textfont={"color": palette.scheme(dark).ink},
            hovertemplate="%{z:.0%} of %{y} was mapped as %{x}<extra></extra>",
        ),
        layout={
            "template": template(dark),
            "height": 110 + 34 * len(frame),
            "xaxis": {"title": {"text": "mapped as"}, "showgrid": False},
            "yaxis": {"title": {"text": "truth"}, "autorange": "reversed", "showgrid": False},
        },
    )
    title = f"{name}: {_worst_mistake(frame)}"
    return Chart(title, figure, f"Confusion matrix. {title}.", frame.reset_index())


def _worst_mistake(frame: pd.DataFrame) -> str:
    wrong = frame.to_numpy().copy()
    wrong[np.arange(len(frame)), frame.columns.get_indexer(frame.index)] = 0
    if not wrong.any():
        return "nothing was mistaken"
    row, column = map(int, np.unravel_index(int(wrong.argmax()), wrong.shape))
    return f"{wrong[row, column]:.0%} of {frame.index[row]} was mapped as {frame.columns[column]}"
