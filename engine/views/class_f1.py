"""F1 of each class, one small panel a class, all on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from engine.decisions.wording import label_of, plain, plan_title
from engine.experiments.outcome import Outcome, baseline_of, trips_of
from engine.experiments.scores import Per
from engine.views import palette
from engine.views.chart import Chart, rows_of, template

ACROSS = 3
PANEL = 170  # height, pixels
COLUMNS = (
    "key",
    "plan",
    "design",
    "series",
    "visits",
    "parcels",
    "crop",
    "class",
    "f1",
    "low",
    "high",
    "interval",
)


def class_f1_frame(outcomes: Sequence[Outcome], per: Per) -> pd.DataFrame:
    """What the charts of F1 of each class draw, on screen and on paper.

    Parameters
    ----------
    outcomes
        Any; each gives a row for every class that it was tested on.
    per
        Whether F1 counts every test pixel (``pixel``) or every test parcel (``parcel``).

    Returns
    -------
    A row an outcome and class that it was tested on: ``key``, ``plan`` (its title), ``design`` (id),
    ``series`` (its label), ``visits``, ``parcels``, ``crop``, ``class`` (its plain name), ``f1``, ``low``,
    ``high``, ``interval`` (as text).
    """
    rows = []
    for outcome in outcomes:
        plan = outcome.plan
        facts = (plan.key, plan_title(plan), plan.design.name, label_of(plan.design), outcome.visits)
        per_class = outcome.per_class if per == "pixel" else outcome.per_class_parcel
        for crop, f1 in per_class.items():
            rows.append((*facts, outcome.parcels, crop, plain(crop), f1.value, f1.low, f1.high, str(f1)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def class_f1(outcomes: Sequence[Outcome], method: str, per: Per, dark: bool) -> Chart:
    """F1 of every class against the parcels visited, one curve a design, beside the map without a trip.

    Parameters
    ----------
    outcomes
        Of one comparison.
    method
        Id of the method whose trips are shown; a panel with several methods would be unreadable.
    per
        Whether F1 counts every test pixel (``pixel``) or every test parcel (``parcel``).
    dark
        Whether the theme is dark.
    """
    baseline = baseline_of(outcomes)
    trips = [outcome for outcome in trips_of(outcomes) if outcome.plan.method.name == method]
    frame = class_f1_frame([*trips, *([baseline] if baseline else [])], per)
    classes = [crop for crop in outcomes[0].classes if crop in set(frame["crop"])]
    across = min(ACROSS, len(classes))
    rows = math.ceil(len(classes) / across)
    figure = make_subplots(
        rows=rows,
        cols=across,
        shared_xaxes=True,
        shared_yaxes=True,
        subplot_titles=[plain(name) for name in classes],
        vertical_spacing=min(0.12, 0.3 / rows),
        horizontal_spacing=0.03,
    )
    for place, crop in enumerate(classes):
        panel = {"row": place // across + 1, "col": place % across + 1}
        _add_panel(figure, panel, frame[frame["crop"] == crop], method, dark, legend=place == 0)
    figure.update_layout(
        template=template(dark),
        height=90 + PANEL * rows,
        legend={"orientation": "h", "y": 1 + 0.2 / rows, "yanchor": "bottom", "x": 0},
        margin={"t": 30},
    )
    figure.update_yaxes(range=[-0.02, 1.02], tickformat=".0%")
    figure.update_yaxes(title={"text": "F1"}, col=1)
    figure.update_xaxes(showgrid=False, rangemode="tozero")
    figure.update_xaxes(title={"text": "parcels visited"}, row=rows)
    figure.update_annotations(font={"size": 13, "color": palette.scheme(dark).ink})
    title = _most_changed(trips, frame)
    behind = frame[["class", "plan", "parcels", "f1", "low", "high"]].rename(
        columns={"f1": "F1", "low": "from", "high": "to"}
    )
    alt = f"F1 of each class against parcels visited, dotted: without a trip. {title}."
    return Chart(title, figure, alt, behind)


def _add_panel(
    figure: go.Figure, panel: dict[str, int], frame: pd.DataFrame, method: str, dark: bool, legend: bool
) -> None:
    """The curves of a class."""
    colours = palette.scheme(dark)
    for design, curve in frame[frame["visits"]].groupby("design", sort=False):
        points, strong = curve.sort_values("parcels", kind="stable"), design == "radius"
        name = points["series"].iloc[0]
        style = palette.design_style(
            str(design), palette.method_colour(method, dark) if strong else colours.muted, strong
        )
        style["marker"]["size"] = 6
        figure.add_scatter(
            **panel,
            **style,
            x=points["parcels"].tolist(),
            y=points["f1"].tolist(),
            name=name,
            legendgroup=design,
            showlegend=legend,
            mode="lines+markers",
            customdata=points["interval"].tolist(),
            hovertemplate=f"{points['class'].iloc[0]}, {name}<br>%{{x:,}} parcels: "
            "F1 %{customdata}<extra></extra>",
        )
    for level in frame.loc[~frame["visits"], "f1"]:
        figure.add_hline(**panel, y=level, line={"color": colours.ink, "width": 1.5, "dash": "dot"})


def _most_changed(trips: Sequence[Outcome], frame: pd.DataFrame) -> str:
    """The class that the best trip changes most beside the map without a trip."""
    if not trips:
        return "No trip of this method is answered"
    key = max(trips, key=lambda outcome: outcome.macro_f1.value).plan.key
    best = frame[frame["key"] == key].set_index("class")
    without = frame[~frame["visits"]].set_index("class")
    shared = [name for name in best.index if name in without.index]
    if not shared:
        hardest = rows_of(best.sort_values("f1"))[0]
        return f"{hardest.Index.capitalize()} is the hardest: {hardest.interval} with the best trip"
    most = max(shared, key=lambda name: abs(best.loc[name, "f1"] - without.loc[name, "f1"]))
    return (
        f"{most.capitalize()} changes most: {without.loc[most, 'interval']} without a trip, "
        f"{best.loc[most, 'interval']} with the best trip"
    )
