"""What visits for accuracy take from training, and what they tell."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from plotly.subplots import make_subplots

from engine.decisions.accuracy_trip import TradeRow
from engine.views import palette
from engine.views.chart import Chart, error_bars, template

HEIGHT = 170  # of a panel, pixels


def accuracy_trade(rows: Sequence[TradeRow], dark: bool) -> Chart | None:
    """The forecast gain above, the half-width of overall accuracy below, against the parcels for accuracy.

    Parameters
    ----------
    rows
        Ways to divide as many visits.
    dark
        Whether the theme is dark.

    Returns
    -------
    None where no division leaves an interval.
    """
    drawn = [row for row in rows if row.half_width is not None]
    if not drawn:
        return None
    gains = [(row.accuracy, row.gain) for row in rows if row.gain is not None]
    colours = palette.scheme(dark)
    count = 2 if gains else 1
    figure = make_subplots(rows=count, cols=1, shared_xaxes=True, vertical_spacing=0.1)
    if gains:
        values = [gain.value for _, gain in gains]
        ends = [gain.low for _, gain in gains], [gain.high for _, gain in gains]
        figure.add_scatter(
            x=[size for size, _ in gains], y=values, mode="lines+markers",
            line={"color": colours.accent, "width": 2}, error_y=error_bars(values, *ends, colours.accent),
            hovertemplate="%{x:,} for accuracy: gain %{y:+.1f} points<extra></extra>", row=1, col=1,
        )  # fmt: skip
        figure.update_yaxes(title_text="Forecast gain, points", tickformat="+", row=1, col=1)
    figure.add_scatter(
        x=[row.accuracy for row in drawn], y=[100 * (row.half_width or 0) for row in drawn],
        mode="lines+markers", line={"color": colours.ink, "width": 2},
        hovertemplate="%{x:,} for accuracy: ± %{y:.1f} points<extra></extra>", row=count, col=1,
    )  # fmt: skip
    figure.update_yaxes(title_text="Accuracy, ± points", rangemode="tozero", row=count, col=1)
    visits = rows[0].training + rows[0].accuracy
    axis = {"title_text": f"Parcels for accuracy, of {visits:,} visits", "tickformat": ",", "showgrid": False}
    figure.update_xaxes(**axis, row=count, col=1)
    figure.update_layout(template=template(dark), height=HEIGHT * count + 60, showlegend=False)
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    table = pd.DataFrame(
        [
            {
                "training": row.training,
                "accuracy": row.accuracy,
                "gain": row.gain.value if row.gain else None,
                "low": row.gain.low if row.gain else None,
                "high": row.gain.high if row.gain else None,
                "half_width": None if row.half_width is None else 100 * row.half_width,
            }
            for row in rows
        ]
    )
    title = _finding(rows, drawn[-1])
    words = "; ".join(f"{row.accuracy} for accuracy: ± {100 * (row.half_width or 0):.1f}" for row in drawn)
    return Chart(title, figure, f"{title}. {words}.", table)


def _finding(rows: Sequence[TradeRow], most: TradeRow) -> str:
    """What the largest sample gives and takes, without a full stop."""
    visits = most.training + most.accuracy
    found = (
        f"Of {visits:,} visits, {most.accuracy:,} for accuracy give overall accuracy to "
        f"{100 * (most.half_width or 0):.1f} points either way"
    )
    first = rows[0].gain
    if first is None or most.gain is None:
        return found
    lost = first.value - most.gain.value
    return f"{found} and take {max(lost, 0):.1f} points of the forecast gain"
