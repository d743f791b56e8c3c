"""Designs side by side at equal count or at equal cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import plotly.graph_objects as go

from engine.decisions.options import Option
from engine.decisions.rows import option_table
from engine.decisions.wording import money
from engine.views import palette
from engine.views.charts import Chart, template

Basis = Literal["count", "cost"]


def alternatives(
    options: Sequence[Option], to: Option, home: Option | None, basis: Basis, dark: bool, currency: str
) -> Chart:
    """Macro F1 of designs with intervals, the best on top; the option compared with is filled.

    Parameters
    ----------
    options
        See `engine.decisions.alternatives`, the best first.
    home
        Staying at home, drawn as a line.
    """
    colours = palette.scheme(dark)
    shown = list(reversed(options))
    figure = go.Figure(
        go.Scatter(
            x=[one.f1.value for one in shown],
            y=[_named(one) for one in shown],
            mode="markers",
            marker={
                "size": 11,
                "color": colours.accent,
                "symbol": ["circle" if one is to else "circle-open" for one in shown],
                "line": {"width": 2},
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [one.f1.high - one.f1.value for one in shown],
                "arrayminus": [one.f1.value - one.f1.low for one in shown],
                "color": colours.accent,
                "thickness": 1.5,
                "width": 0,
            },
            customdata=[
                [
                    str(one.f1),
                    f"{one.outcome.parcels:,} parcels, {one.crew_days:.0f} days, {one.km.likely:,.0f} km",
                    money(one.money.likely, currency),
                ]
                for one in shown
            ],
            hovertemplate="F1 %{customdata[0]}<br>%{customdata[1]}<br>costs %{customdata[2]}<extra></extra>",
        ),
        layout={
            "template": template(dark),
            "height": 110 + 34 * len(shown),
            "xaxis": {"title": {"text": "Macro F1 over pixels"}, "tickformat": ".2f"},
            "yaxis": {"showgrid": False},
        },
    )
    if home is not None:
        figure.add_vline(x=home.f1.value, line={"color": colours.ink, "width": 1.5, "dash": "dot"})
        figure.add_annotation(
            x=home.f1.value, y=0, yref="paper", yanchor="bottom", xanchor="right", showarrow=False,
            text=f"at home {home.f1.value:.2f} ", font={"color": colours.ink, "size": 13},
        )  # fmt: skip
    equal = (
        f"{to.outcome.parcels:,} parcels" if basis == "count" else f"about {money(to.money.likely, currency)}"
    )
    best = options[0]
    if len(options) == 1:
        title = f"No other design is answered at {equal}"
    elif best is to:
        title = f"At {equal} no other design beats {to.outcome.plan.design.description}"
    else:
        gap = 100 * (best.f1.value - to.f1.value)
        sure = "" if best.f1.low > to.f1.high else ", and the intervals overlap"
        title = (
            f"At {equal}, {best.outcome.plan.design.description} scores {gap:.1f} points above "
            f"{to.outcome.plan.design.description}{sure}"
        )
    words = "; ".join(f"{_named(one)} {one.f1} for {money(one.money.likely, currency)}" for one in options)
    return Chart(title, figure, f"{title}. {words}.", option_table(options))


def _named(option: Option) -> str:
    return f"{option.outcome.plan.design.description}, {option.outcome.parcels:,}"
