"""Designs side by side at equal count or at equal cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import plotly.graph_objects as go

from engine.decisions.metric_wording import axis_title
from engine.decisions.options import Option, gap
from engine.decisions.rows import option_table
from engine.decisions.wording import CANNOT_SHOW, counted, label_of, money, points
from engine.views import palette
from engine.views.chart import Chart, error_bars, template

Basis = Literal["count", "cost"]


def alternatives(
    options: Sequence[Option],
    reference: Option,
    baseline: Option | None,
    basis: Basis,
    dark: bool,
    currency: str,
) -> Chart:
    """Scores of designs with intervals, the best on top; the option compared with is filled.

    Parameters
    ----------
    options
        Other designs and the reference, the best first; see `engine.decisions.alternatives`.
    reference
        The option compared with.
    baseline
        The map without a trip, drawn as a line; None draws no line.
    basis
        What is equal: ``count`` or ``cost``.
    dark
        Whether the theme is dark.
    currency
        Of all money, as the tariff names it.
    """
    colours = palette.scheme(dark)
    upwards = list(reversed(options))
    values, lows, highs = zip(
        *((option.f1.value, option.f1.low, option.f1.high) for option in upwards), strict=True
    )
    costs = [money(option.money.likely, currency) for option in upwards]
    figure = go.Figure(
        go.Scatter(
            x=values,
            y=[_name(option) for option in upwards],
            mode="markers",
            marker={
                "size": 11,
                "color": colours.accent,
                "symbol": ["circle" if option is reference else "circle-open" for option in upwards],
                "line": {"width": 2},
            },
            error_x=error_bars(values, lows, highs, colours.accent),
            customdata=[
                [str(option.f1), _effort(option), cost] for option, cost in zip(upwards, costs, strict=True)
            ],
            hovertemplate="%{customdata[0]}<br>%{customdata[1]}<br>%{customdata[2]} estimated<extra></extra>",
        ),
        layout={
            "template": template(dark),
            "height": 110 + 34 * len(upwards),
            "xaxis": {"title": {"text": axis_title(reference.metric)}, "tickformat": ".3~p", "nticks": 6},
            "yaxis": {"showgrid": False},
            "margin": {"t": 26},
        },
    )
    if baseline is not None:
        _add_baseline(figure, baseline.f1.value, dark)
    title = _title(options, reference, basis, currency)
    words = "; ".join(
        f"{_name(option)} {option.f1} for an estimated {cost}"
        for option, cost in zip(options, reversed(costs), strict=True)
    )
    return Chart(title, figure, f"{title}. {words}.", option_table(options))


def _add_baseline(figure: go.Figure, f1: float, dark: bool) -> None:
    ink = palette.scheme(dark).ink
    figure.add_vline(x=f1, line={"color": ink, "width": 1.5, "dash": "dot"})
    figure.add_annotation(
        x=f1, y=1, yref="paper", yanchor="bottom", showarrow=False, text=f"without a trip {f1:.1%}",
        font={"color": ink, "size": 13},
    )  # fmt: skip


def _title(options: Sequence[Option], reference: Option, basis: Basis, currency: str) -> str:
    equal = counted(reference.outcome.parcels, "parcel")
    if basis == "cost":
        equal = f"an estimated {money(reference.money.likely, currency)}"
    name, best = label_of(reference.plan.design), options[0]
    if len(options) == 1:
        return f"No other design is answered at {equal}"
    if best is reference:
        return f"At {equal}, no other design scores more than {name}"
    change = gap(best, reference)
    doubt = "" if change.low > 0 else f". {CANNOT_SHOW.rstrip('.')}"
    return f"At {equal}, {label_of(best.plan.design)} against {name}: {points(change)}{doubt}"


def _effort(option: Option) -> str:
    days = counted(round(option.crew_days), "day")
    return f"{counted(option.outcome.parcels, 'parcel')}, {days}, {option.km.likely:,.0f} km"


def _name(option: Option) -> str:
    return f"{label_of(option.plan.design)}, {option.outcome.parcels:,}"
