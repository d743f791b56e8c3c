"""How the classes look from space over a season."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import numpy as np
import pandas as pd
from plotly.subplots import make_subplots

from engine.decisions.wording import plain
from engine.domain import Legend, Season
from engine.studies.ingest.bands import in_decibel
from engine.views.chart import Chart, colour_of, template

DASHES = ("solid", "dash", "dot")  # so that no class is told by colour alone


def profiles(frame: pd.DataFrame, legend: Legend, season: Season, dark: bool) -> Chart:
    """Mean series of each class in a season, one panel a band, the spread of its parcels on hovering.

    Parameters
    ----------
    frame
        See `engine.studies.profiles.ProfileSums.frame`.
    legend
        Names and colours of the classes.
    season
        The season to show; series of others are left out.
    dark
        Whether the theme is dark.
    """
    series = frame[frame["season"] == season.label]
    bands = list(dict.fromkeys(series["band"]))
    figure = make_subplots(rows=len(bands), cols=1, shared_xaxes=True, vertical_spacing=0.06)
    for crop in legend:
        colour = colour_of(legend, crop.name, dark)
        for _, mean in series[series["crop"] == crop.name].iterrows():
            row = bands.index(mean["band"]) + 1
            figure.add_scatter(
                row=row,
                col=1,
                x=[season.start + dt.timedelta(days=int(day)) for day in mean["days"]],
                y=mean["mean"],
                customdata=mean["sd"],
                name=plain(crop.name),
                legendgroup=crop.name,
                showlegend=row == 1,
                mode="lines",
                line={"color": colour, "width": 2, "dash": DASHES[crop.code % len(DASHES)]},
                hovertemplate=f"{plain(crop.name)}, %{{x|%d %b}}: %{{y:.1f}} ± %{{customdata:.1f}}"
                "<extra></extra>",
            )
    figure.update_layout(template=template(dark), height=110 + 210 * len(bands), legend={"y": -0.12})
    for row, band in enumerate(bands, start=1):
        unit = ", dB" if in_decibel(band) else ""
        figure.update_yaxes(title={"text": f"{band}{unit}"}, row=row, col=1)
    figure.update_xaxes(showgrid=False, tickformat="%b")
    title = _most_alike(series)
    behind = series.assign(crop=series["crop"].map(plain))[["crop", "band", "days", "mean", "sd"]].explode(
        ["days", "mean", "sd"]
    )
    alt = f"Mean series of each class in {season.label}, band by band. {title}."
    return Chart(title, figure, alt, behind)


def _most_alike(frame: pd.DataFrame) -> str:
    """Which two classes are hardest to tell apart by their mean series: the pair that differs least, on
    average over bands and slots, in units of the spread between parcels.
    """
    series = {
        str(crop): (np.concatenate(list(rows["mean"])), np.concatenate(list(rows["sd"])))
        for crop, rows in frame.groupby("crop", sort=False)
    }
    if len(series) < 2:
        return "Only one class has series in this season"

    def distance(pair: tuple[str, str]) -> float:
        (mean, sd), (second_mean, second_sd) = (series[name] for name in pair)
        return float(np.mean(np.abs(mean - second_mean) / np.maximum(np.hypot(sd, second_sd), 1e-6)))

    first, second = min(combinations(series, 2), key=distance)
    first, second = plain(first), plain(second)
    return f"{first[:1].upper()}{first[1:]} and {second} look most alike in {frame['season'].iloc[0]}"
