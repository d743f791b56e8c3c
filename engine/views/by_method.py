"""One family of designs in a panel a method: what each trip scores against its size or cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from engine.decisions.metric_wording import axis_title
from engine.decisions.options import Option
from engine.decisions.rows import option_table
from engine.decisions.wording import label_of, lowered, verdict
from engine.fieldwork.currencies import sign_of
from engine.learning.methods import METHODS, OF_THE_STUDY
from engine.views import palette
from engine.views.chart import Chart, rows_of
from engine.views.curves import Look, add_curve, add_mark
from engine.views.facets import arrange, facets
from engine.views.trade_off import AXES, STUDY_BASELINE, Axis, trade_off_frame

NO_METHOD = ""  # names the panel where no trip is answered


@dataclass(frozen=True)
class Marked:
    """A trip to mark, and the words beside it: ``recommended``."""

    option: Option
    words: str


def by_method(
    options: Sequence[Option],
    axis: Axis,
    dark: bool,
    currency: str,
    marked: Marked | None = None,
    narrow: bool = False,
) -> Chart:
    """One panel a method and one curve a design, on one scale, beside the maps without a trip.

    Parameters
    ----------
    options
        Of one comparison, metric and family of designs, see `engine.decisions.selection.in_family`.
    axis
        Against the radius in km, the number of visited parcels, or money.
    dark
        Whether the theme is dark.
    currency
        Of all money, as the tariff names it.
    marked
        A trip to mark with its interval; one that is not among the options is not drawn.
    narrow
        Whether it is seen on a phone: the panels stand one above the other.
    """
    metric, outcomes = options[0].metric, [option.outcome for option in options]
    frame = trade_off_frame(outcomes, metric, options)
    methods = list(dict.fromkeys(frame.loc[frame["visits"], "method"]))
    needed = not methods or not set(methods).isdisjoint(OF_THE_STUDY)
    frame = frame[frame["visits"] | frame["baseline"] | ((frame["method"] == STUDY_BASELINE) & needed)]
    trips = frame[frame["visits"]]
    panels = facets(
        {name: label_of(METHODS[name]) for name in methods} or {NO_METHOD: "Without a trip"}, narrow
    )
    colours = palette.design_colours(list(dict.fromkeys(trips["design"])), dark)
    ends = (0.0, 1.0) if trips.empty else (trips[axis].min(), trips[axis].max())
    for name, place in panels.places.items():
        for design, curve in trips[trips["method"] == name].groupby("design", sort=False):
            style = palette.design_style(str(design), colours[str(design)], True)
            look = Look(curve["design_label"].iloc[0], style)
            points = curve.sort_values(axis, kind="stable")
            add_curve(panels.figure, points, axis, look, sign_of(currency), place)
        _add_baselines(panels.figure, frame, name, ends, dark, place)
    if marked and marked.option.plan.method.name in panels.places:
        row = frame[frame["key"] == marked.option.plan.key]
        right = (row[axis] > sum(ends) / 2).any()
        place = panels.places[marked.option.plan.method.name]
        words = (marked.words, "left" if right else "right")
        add_mark(panels.figure, row, axis, words, dark, place)
    title = f"{AXES[axis]}, {sign_of(currency)}" if axis == "cost" and currency else AXES[axis]
    arrange(panels, (ends, title), ([*frame["low"], *frame["high"]], axis_title(metric)), dark)
    finding = verdict(outcomes, metric)
    each = "; ".join(f"{row.title} {row.interval}" for row in rows_of(frame))
    alt = f"{axis_title(metric)} against {lowered(AXES[axis])}, a panel a method. {finding}. {each}."
    return Chart(finding, panels.figure, alt, option_table(options))


def _add_baselines(
    figure: go.Figure,
    frame: pd.DataFrame,
    method: str,
    ends: tuple[float, float],
    dark: bool,
    panel: Mapping[str, int],
) -> None:
    """The map without a trip with its interval, and the study's beside trips by the study's methods."""
    colours = palette.scheme(dark)
    of_the_study = (
        (frame["method"] == STUDY_BASELINE) & ~frame["baseline"] & (method in (*OF_THE_STUDY, NO_METHOD))
    )
    for row in rows_of(frame[frame["baseline"] | of_the_study]):
        if row.baseline:
            band = palette.rgba(colours.muted, 0.12)
            figure.add_hrect(y0=row.low, y1=row.high, fillcolor=band, line_width=0, layer="below", **panel)
        ink = colours.ink if row.baseline else colours.muted
        figure.add_scatter(
            x=list(ends),
            y=[row.f1, row.f1],
            name=row.title + f" (provisional, {row.repeats} repeats)" * row.provisional,
            legendgroup=row.title,
            mode="lines",
            line={"color": ink, "width": 1.5, "dash": "dot"},
            hovertemplate=f"{row.title}<br>{row.interval}<extra></extra>",
            **panel,
        )
        figure.add_annotation(
            x=ends[-1],
            y=row.f1,
            text=f"{row.f1:.1%}",
            xanchor="right",
            yanchor="top",
            showarrow=False,
            font={"color": ink, "size": 12},
            **panel,
        )
