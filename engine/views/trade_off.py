"""What trips buy: their score against their size or cost, beside the map without a trip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from engine.decisions.metric_wording import axis_title
from engine.decisions.options import Option
from engine.decisions.rows import option_table, outcome_table
from engine.decisions.wording import label_of, lowered, title_of, verdict
from engine.experiments.outcome import Outcome, baseline_of
from engine.experiments.scores import Metric, score_of
from engine.fieldwork.currencies import sign_of
from engine.learning.methods import OF_THE_STUDY
from engine.views import palette
from engine.views.chart import LEGEND_ABOVE, Chart, rows_of, template
from engine.views.curves import Look, add_curve, add_mark

Axis = Literal["radius", "parcels", "cost"]

AXES: dict[Axis, str] = {
    "radius": "Equivalent radius, km",
    "parcels": "Parcels visited",
    "cost": "Estimated cost of the trip",
}
STUDY_BASELINE = "zero-shot"  # of the published study; shown also where a better baseline is
MOST_BANDS = 4  # more bands than curves the eye can follow say nothing
HEIGHT = 430


def trade_off_frame(
    outcomes: Sequence[Outcome],
    metric: Metric,
    options: Sequence[Option] = (),
    recommended: Option | None = None,
) -> pd.DataFrame:
    """What the charts of the trade-off draw, on screen and on paper.

    Parameters
    ----------
    outcomes
        Of one comparison.
    metric
        The score to draw; each outcome must have it.
    options
        The outcomes with their bills; without them there are no costs.
    recommended
        The option that the advice names; None marks no row.

    Returns
    -------
    A row an outcome, in their order: ``key``, ``title``, ``method`` and ``design`` (ids),
    ``design_label``, ``series`` (the name of its curve), ``visits``, ``baseline``, ``recommended``,
    ``provisional``, ``repeats`` (as text), ``radius`` in km, ``parcels``, ``cost`` and
    ``cost_range`` (missing and empty without options), ``f1``, ``low``, ``high``, ``interval`` (as text).
    """
    money = {option.plan.key: option.money for option in options}
    best = recommended.plan.key if recommended else None
    baseline = baseline_of(outcomes)
    one_method = len({outcome.plan.method.name for outcome in outcomes if outcome.visits}) == 1
    rows = []
    for outcome in outcomes:
        plan, f1 = outcome.plan, score_of(outcome, metric)
        design = label_of(plan.design)
        rows.append(
            {
                "key": plan.key,
                "title": title_of(outcome),
                "method": plan.method.name,
                "design": plan.design.name,
                "design_label": design,
                "series": design if one_method else f"{label_of(plan.method)}, {lowered(design)}",
                "visits": outcome.visits,
                "baseline": outcome is baseline,
                "recommended": plan.key == best,
                "provisional": outcome.provisional,
                "repeats": f"{outcome.finished} of {plan.repeats}",
                "radius": plan.design.equivalent_radius_km,
                "parcels": outcome.parcels,
                "cost": money[plan.key].likely if plan.key in money else None,
                "cost_range": str(money.get(plan.key, "")),
                "f1": f1.value,
                "low": f1.low,
                "high": f1.high,
                "interval": str(f1),
            }
        )
    return pd.DataFrame(rows)


def trade_off(
    outcomes: Sequence[Outcome],
    axis: Axis,
    metric: Metric,
    dark: bool,
    options: Sequence[Option] = (),
    recommended: Option | None = None,
    currency: str = "",
    chosen: Option | None = None,
) -> Chart:
    """One curve a method and design with its interval as a band, and the map without a trip as a line. Points
    of provisional outcomes are hollow.

    Parameters
    ----------
    outcomes
        Of one comparison, see `engine.decisions.comparison.comparisons`.
    axis
        Against the radius in km, the number of visited parcels, or money. A design that spreads stands at
        the radius whose count it matches.
    metric
        The score to draw; each outcome must have it.
    dark
        Whether the theme is dark.
    options
        The outcomes with their bills; needed for the axis of costs.
    recommended
        The option to mark; None marks nothing.
    currency
        Of all money, as the tariff names it.
    chosen
        The option to mark instead, with its interval.
    """
    frame = trade_off_frame(outcomes, metric, options, recommended)
    figure = go.Figure()
    curves = frame[frame["visits"]].groupby("series", sort=False)
    leading = {"radius", recommended.plan.design.name if recommended else "random"}
    for name, curve in curves:
        strong = len(curves) <= MOST_BANDS or curve["design"].iloc[0] in leading
        first = curve.iloc[0]
        colour = palette.method_colour(first["method"], dark) if strong else palette.scheme(dark).muted
        look = Look(str(name), palette.design_style(first["design"], colour, strong), strong)
        add_curve(figure, curve.sort_values(axis, kind="stable"), axis, look, sign_of(currency), None)
    _add_baselines(figure, frame, dark)
    marked = chosen or recommended
    if marked is not None:
        row = frame[frame["key"] == marked.plan.key]
        side = "left" if (row[axis] > 0.75 * frame[axis].max()).any() else "right"
        word = "recommended" if row["recommended"].any() else "chosen"
        add_mark(figure, row, axis, (word, side), dark)
    title = f"{AXES[axis]}, {sign_of(currency)}" if axis == "cost" and currency else AXES[axis]
    figure.update_layout(
        template=template(dark),
        height=HEIGHT,
        hovermode="closest",
        clickmode="event+select",
        xaxis={"title": {"text": title}, "showgrid": False, "tickformat": ","},
        yaxis={"title": {"text": axis_title(metric)}, "tickformat": ".3~p"},
        legend=LEGEND_ABOVE,
    )
    finding = verdict(outcomes, metric)
    words = "; ".join(
        f"{row.title} {row.interval}" + f" (provisional, {row.repeats} repeats)" * row.provisional
        for row in rows_of(frame)
    )
    alt = f"{axis_title(metric)} against {lowered(AXES[axis])}. {finding}. {words}."
    return Chart(finding, figure, alt, option_table(options) if options else outcome_table(outcomes))


def _add_baselines(figure: go.Figure, frame: pd.DataFrame, dark: bool) -> None:
    """The map without a trip with its interval, and the study's beside trips by the study's methods."""
    colours = palette.scheme(dark)
    for row in rows_of(frame[frame["baseline"]]):
        band = palette.rgba(colours.muted, 0.12)
        figure.add_hrect(y0=row.low, y1=row.high, fillcolor=band, line_width=0, layer="below")
        _add_line(figure, row, {"color": colours.ink, "width": 1.5}, "right", dark)
    of_the_study = frame["method"].isin(OF_THE_STUDY)
    if not (of_the_study & frame["visits"]).any():
        return  # nothing that is shown is to be compared with it
    for row in rows_of(frame[(frame["method"] == STUDY_BASELINE) & ~frame["baseline"]].head(1)):
        _add_line(figure, row, {"color": colours.muted, "width": 1}, "left", dark)


def _add_line(figure: go.Figure, row: Any, line: dict[str, Any], side: str, dark: bool) -> None:
    figure.add_hline(y=row.f1, line={**line, "dash": "dot"})
    figure.add_annotation(
        x=float(side == "right"),
        xref="paper",
        xanchor=side,
        y=row.f1,
        yanchor="top" if side == "right" else "bottom",
        text=f"{row.title} {row.f1:.1%}" + f" (provisional, {row.repeats} repeats)" * row.provisional,
        showarrow=False,
        font={"color": line["color"], "size": 13 if side == "right" else 12},
        bgcolor=palette.rgba(palette.scheme(dark).paper, 0.75),
    )
