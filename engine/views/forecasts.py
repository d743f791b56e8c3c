"""What trips of a season without labels are forecast to gain, against what they cost."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from engine.decisions.advice_rows import choice_row
from engine.decisions.outlook import Choice, Outlook
from engine.decisions.outlook_wording import choice_title
from engine.decisions.rows import flat
from engine.decisions.texts import money, points
from engine.decisions.wording import label_of, lowered
from engine.domain import LEVEL
from engine.fieldwork.currencies import sign_of
from engine.sampling import DESIGNS
from engine.views import palette
from engine.views.chart import LEGEND_ABOVE, Chart, error_bars, rows_of, template

HEIGHT = 400
MOST_SERIES = 6  # that the eye can follow


def forecast_frame(outlook: Outlook) -> pd.DataFrame:
    """What the chart draws: a row a trip, the cheapest first, of the designs that are shown.

    Parameters
    ----------
    outlook
        Of a season without labels.

    Returns
    -------
    ``name`` (of the choice), ``title``, ``design`` (id), ``cost``, ``parcels``, ``gain``, ``low``, ``high``
    in points, ``bill`` and ``interval`` as text.
    """
    currency = outlook.tariff.currency
    designs = _drawn(outlook)
    rows = []
    for choice in outlook.choices:
        row = choice.forecast
        if row.design in designs:
            rows.append(
                {
                    "name": choice.name,
                    "title": choice_title(choice),
                    "design": row.design,
                    "cost": row.money,
                    "parcels": row.parcels,
                    "gain": row.gain.value,
                    "low": row.gain.low,
                    "high": row.gain.high,
                    "bill": money(row.money, currency) + ("" if choice.routed else " estimated"),
                    "interval": points(row.gain, 1.0),
                }
            )
    return pd.DataFrame(rows)


def forecasts(outlook: Outlook, dark: bool, chosen: Choice | None = None) -> Chart:
    """One curve a design, the map without a trip as a line at 0, and the interval of one trip.

    Parameters
    ----------
    outlook
        Of a season without labels, with at least one trip.
    dark
        Whether the theme is dark.
    chosen
        The trip that is marked; by default the recommended one.
    """
    frame, colours, currency = forecast_frame(outlook), palette.scheme(dark), outlook.tariff.currency
    accent = palette.method_colour(outlook.method, dark)
    marked = chosen or outlook.recommended
    figure = go.Figure()
    figure.add_hline(y=0, line={"color": colours.ink, "width": 1.5, "dash": "dot"})
    figure.add_annotation(
        x=1, xref="paper", xanchor="right", y=0, yanchor="top", text="map without a trip", showarrow=False,
        font={"color": colours.ink, "size": 13}, bgcolor=palette.rgba(colours.paper, 0.75),
    )  # fmt: skip
    for design, curve in frame.groupby("design", sort=False):
        strong = marked is not None and design == marked.forecast.design
        figure.add_scatter(
            x=curve["cost"].tolist(),
            y=curve["gain"].tolist(),
            name=label_of(DESIGNS[str(design)]),
            mode="lines+markers",
            **palette.design_style(str(design), accent if strong else colours.muted, strong),
            customdata=curve[["title", "bill", "interval", "name"]].to_numpy(object).tolist(),
            hovertemplate="%{customdata[0]}<br>%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
        )
    for row in rows_of(frame[frame["name"] == marked.name] if marked else frame.head(0)):
        side = "left" if row.cost > 0.75 * frame["cost"].max() else "right"
        figure.add_scatter(
            x=[row.cost], y=[row.gain], mode="markers+text",
            marker={"symbol": "circle-open", "size": 20, "line": {"width": 2.5}, "color": colours.ink},
            error_y=error_bars([row.gain], [row.low], [row.high], colours.ink),
            text=[_mark(outlook, row.name)], textposition=f"top {side}",
            textfont={"color": colours.ink, "size": 13}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    figure.update_layout(
        template=template(dark),
        height=HEIGHT,
        hovermode="closest",
        clickmode="event+select",
        xaxis={
            "tickformat": ",",
            "title": {"text": f"Cost of the trip, {sign_of(currency)}"},
            "rangemode": "tozero",
            "showgrid": False,
        },
        yaxis={"title": {"text": f"Forecast gain, points of {outlook.metric.title}"}, "tickformat": "+"},
        legend=LEGEND_ABOVE,
    )
    title = _finding(outlook)
    words = "; ".join(f"{row.title}, {row.bill}: {row.interval}" for row in rows_of(frame))
    alt = f"Forecast gain against the cost of the trip, {LEVEL:.0%} intervals. {title}. {words}."
    table = pd.DataFrame([flat(choice_row(choice)) for choice in outlook.choices])
    return Chart(title, figure, alt, table)


def _mark(outlook: Outlook, name: str) -> str:
    best = outlook.recommended
    return "recommended" if best is not None and name == best.name else "chosen"


def _drawn(outlook: Outlook) -> set[str]:
    """The designs to draw: that of the recommended trip, then those with the largest gains."""
    ordered = sorted(outlook.choices, key=lambda choice: -choice.forecast.gain.value)
    if outlook.recommended is not None:
        ordered = [outlook.recommended, *ordered]
    return set(list(dict.fromkeys(choice.forecast.design for choice in ordered))[:MOST_SERIES])


def _finding(outlook: Outlook) -> str:
    """What the chart shows, without a full stop."""
    best = max(outlook.choices, key=lambda choice: choice.forecast.gain.value)
    design = lowered(label_of(DESIGNS[best.forecast.design]))
    return f"The largest gain to expect is {points(best.forecast.gain, 1.0)}, by {design}"
