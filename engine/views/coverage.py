"""How many parcels of each class a circle or a trip holds."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from engine.decisions.wording import listed, plain
from engine.domain import Legend
from engine.views import palette
from engine.views.chart import ROW, Chart, bar_names, colour_of, template


def coverage_frame(table: pd.DataFrame) -> pd.DataFrame:
    """The share of each class's parcels that a circle or a trip holds.

    Parameters
    ----------
    table
        As `engine.sampling.coverage.coverage_of` gives it, ``[class]``.

    Returns
    -------
    A row a class: ``crop``, ``class`` (its plain name), ``within``, ``total``, ``share``, ``ha_within``.
    """
    return table.assign(**{"class": table["crop"].map(plain), "share": table["within"] / table["total"]})


def coverage(table: pd.DataFrame, legend: Legend, dark: bool, what: str = "circle") -> Chart:
    """The share of each class's parcels that a circle or a trip holds.

    Parameters
    ----------
    table
        As `engine.sampling.coverage.coverage_of` gives it, ``[class]``.
    legend
        Names and colours of the classes.
    dark
        Whether the theme is dark.
    what
        Holds them: the circle, the trip.
    """
    colours, frame = palette.scheme(dark), coverage_frame(table)
    names = frame["class"].tolist()
    counts = [f"{within:,} of {total:,}" for within, total in frame[["within", "total"]].to_numpy()]
    figure = go.Figure()
    figure.add_bar(
        y=names,
        x=[1] * len(frame),
        orientation="h",
        marker={"color": colours.panel},
        text=counts,
        textposition="outside",
        textfont={"size": 13, "color": colours.ink},
        cliponaxis=False,
        hoverinfo="skip",
    )
    figure.add_bar(
        y=names,
        x=[round(share, 4) for share in frame["share"].tolist()],  # as text: a tenth of what an array takes
        orientation="h",
        marker={"color": [colour_of(legend, name, dark) for name in frame["crop"]]},
        customdata=[round(hectares) for hectares in frame["ha_within"].tolist()],
        hovertemplate="%{y}: %{x:.0%} of its parcels, %{customdata:,} ha<extra></extra>",
    )
    figure.update_layout(
        template=template(dark),
        barmode="overlay",
        showlegend=False,
        height=ROW * len(frame) + 16,
        xaxis={"visible": False, "range": [0, 1.45], "fixedrange": True},
        yaxis=bar_names(dark),
    )
    title = coverage_title(frame, what)
    words = "; ".join(f"{name}: {count} parcels" for name, count in zip(names, counts, strict=True))
    behind = frame[["class", "within", "total", "share"]].rename(
        columns={"within": f"in the {what}", "total": "in all"}
    )
    return Chart(title, figure, f"{title}. {words}", behind)


def coverage_title(frame: pd.DataFrame, what: str) -> str:
    """Which classes are missed, else the rarest.

    Parameters
    ----------
    frame
        See `coverage_frame`.
    what
        Holds the parcels: the circle, the trip.
    """
    missed = frame.loc[frame["within"] == 0, "class"].tolist()
    if len(missed) == len(frame):
        return f"The {what} holds no parcel"
    if missed:
        return f"The {what} misses {listed(missed)}"
    count, name = min(zip(frame["within"], frame["class"], strict=True), key=lambda row: row[0])
    if len(frame) == 1:
        return f"The {what} holds {count} parcels of {name}, the only class"
    return f"The {what} holds all {len(frame)} classes; the rarest is {name} with {count}"
