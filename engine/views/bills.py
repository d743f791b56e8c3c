"""What a trip costs, item by item."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from engine.fieldwork.costs import Cost, sign_of
from engine.views import palette
from engine.views.charts import ROW, Chart, template


def bill(cost: Cost, parcels: int, dark: bool) -> Chart:
    """The items of a bill, the dearest first, with the range that uncertain rates give."""
    colours = palette.scheme(dark)
    sign = sign_of(cost.currency)
    items = sorted(cost.items.items(), key=lambda item: item[1].likely)
    items = [(name, money) for name, money in items if money.high > 0]
    figure = go.Figure(
        go.Bar(
            x=[round(money.likely) for _, money in items],
            y=[name for name, _ in items],
            orientation="h",
            marker={"color": colours.accent},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [round(money.high - money.likely) for _, money in items],
                "arrayminus": [round(money.likely - money.low) for _, money in items],
                "color": colours.muted,
                "thickness": 1.5,
                "width": 3,
            },
            customdata=[str(money) for _, money in items],
            hovertemplate=f"%{{y}}: %{{customdata}} {sign}<extra></extra>",
        )
    )
    figure.update_layout(
        template=template(dark),
        height=70 + ROW * max(len(items), 1),
        xaxis={"title": {"text": sign}, "rangemode": "tozero"},
        yaxis={"showgrid": False},
    )
    days = f"{cost.crew_days} day" + "s" * (cost.crew_days != 1)
    money = cost.money
    title = f"{parcels:,} parcels in {days} for {money.likely:,.0f} {sign}"
    if money.high > money.low:
        title += f" ({money.low:,.0f} to {money.high:,.0f})"
    if not cost.crew_days:
        title = "Staying at home costs nothing"
    words = "; ".join(f"{name} {money}" for name, money in reversed(items))
    behind = pd.DataFrame(
        [
            {"item": name, "likely": money.likely, "low": money.low, "high": money.high}
            for name, money in reversed(items)
        ],
        columns=["item", "likely", "low", "high"],
    )
    return Chart(title, figure, f"{title}. {words}." if words else f"{title}.", behind)
