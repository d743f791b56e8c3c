"""What a trip costs, item by item."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from engine.decisions.wording import counted, money
from engine.fieldwork.costs import Cost
from engine.fieldwork.currencies import sign_of
from engine.views import palette
from engine.views.chart import ROW, Chart, error_bars, template


def bill_frame(cost: Cost) -> pd.DataFrame:
    """The items that cost something, the dearest first.

    Parameters
    ----------
    cost
        The bill of a trip, with its items.

    Returns
    -------
    A row an item: ``item``, ``likely``, ``low``, ``high`` in the currency of the tariff.
    """
    items = sorted(cost.items.items(), key=lambda item: -item[1].likely)
    rows = [(name, bill.likely, bill.low, bill.high) for name, bill in items if bill.high > 0]
    return pd.DataFrame(rows, columns=["item", "likely", "low", "high"])


def bill(cost: Cost, parcels: int, dark: bool, days: int | None = None) -> Chart:
    """The items of a bill, the dearest first, with the range that uncertain rates give.

    Parameters
    ----------
    cost
        The bill of a trip, with its items.
    parcels
        Number of parcels that the trip visits.
    dark
        Whether the theme is dark.
    days
        Calendar days of a routed trip; without it the crew-days of an estimate are stated.
    """
    colours, sign = palette.scheme(dark), sign_of(cost.currency)
    frame = bill_frame(cost)
    upwards = frame.iloc[::-1]  # plotly begins below
    amounts = [str(cost.items[name]) for name in upwards["item"]]
    likely, low, high = (upwards[column].tolist() for column in ("likely", "low", "high"))
    figure = go.Figure(
        go.Bar(
            x=[round(amount) for amount in likely],
            y=upwards["item"].tolist(),
            orientation="h",
            marker={"color": colours.accent},
            error_x={**error_bars(likely, low, high, colours.muted), "width": 3},
            customdata=amounts,
            hovertemplate=f"%{{y}}: %{{customdata}} {sign}<extra></extra>",
        )
    )
    figure.update_layout(
        template=template(dark),
        height=70 + ROW * max(len(frame), 1),
        xaxis={"title": {"text": sign}, "rangemode": "tozero", "tickformat": ","},
        yaxis={"showgrid": False},
    )
    title = _title(cost, parcels, days)
    words = "; ".join(f"{name} {cost.items[name]}" for name in frame["item"])
    return Chart(title, figure, f"{title}. {words}." if words else f"{title}.", frame)


def _title(cost: Cost, parcels: int, days: int | None) -> str:
    if not cost.crew_days:
        return "Without a field trip there is no cost"
    total = cost.money
    spent = counted(cost.crew_days, "crew-day") if days is None else counted(days, "day")
    title = f"{parcels:,} parcels in {spent} for {money(total.likely, cost.currency)}"
    return title + (f" ({total.low:,.0f} to {total.high:,.0f})" if total.high > total.low else "")
