"""The median series of each class, a column a season and a row a band: whether seasons fit together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
from plotly.subplots import make_subplots

from engine.decisions.wording import listed, plain
from engine.studies.ingest.bands import in_decibel
from engine.studies.understood import UNLABELLED_NAME, Understood
from engine.views import palette
from engine.views.chart import Chart, template

MOST_CLASSES = 6
DASHES = ("solid", "dash", "dot")  # so that no class is told by colour alone
PANEL, HEAD, GAP = 170, 120, 0.08
FAR = 1.0  # spread of a band within a season, from which on a difference between seasons is large


def class_medians(found: Understood, dark: bool, most_seasons: int) -> Chart:
    """Median series of the most frequent classes, in the last seasons that have series.

    Parameters
    ----------
    found
        What was understood of the files.
    dark
        Whether the theme is dark.
    most_seasons
        How many seasons are shown side by side.
    """
    frame = found.profiles
    seasons = sorted(set(frame["season"]))[-most_seasons:]
    frame = frame[frame["season"].isin(seasons)]
    names = _most_frequent(found, frame)
    bands = [band.name for band in found.bands]
    figure = make_subplots(
        rows=len(bands), cols=len(seasons), shared_xaxes=True, shared_yaxes=True, column_titles=seasons,
        vertical_spacing=GAP, horizontal_spacing=0.03,
    )  # fmt: skip
    colours = {each.name: palette.crop_colour(each.colour, dark) for each in found.classes}
    named = set[str]()
    for row in frame[frame["crop"].isin(names)].to_dict("records"):
        name = str(row["crop"])
        figure.add_scatter(
            row=bands.index(row["band"]) + 1,
            col=seasons.index(row["season"]) + 1,
            x=_dates(row["days"], found, row["season"]),
            y=row["median"],
            customdata=np.column_stack([row["low"], row["high"]]),
            name=plain(name),
            legendgroup=name,
            legendrank=names.index(name),
            showlegend=name not in named,
            mode="lines",
            line={
                "color": colours.get(name, palette.scheme(dark).muted),
                "width": 2,
                "dash": DASHES[names.index(name) % len(DASHES)],
            },
            hovertemplate=f"{plain(name)}, %{{x|%d %b}}: %{{y:.2f}} (half of the parcels: "
            "%{customdata[0]:.2f} to %{customdata[1]:.2f})<extra></extra>",
        )
        named.add(name)
    figure.update_layout(
        template=template(dark), height=HEAD + PANEL * len(bands), legend={"y": -0.16, "yanchor": "top"},
        margin={"t": 26},
    )  # fmt: skip
    figure.update_annotations(font={"size": 13, "color": palette.scheme(dark).ink})
    for place, band in enumerate(bands, start=1):
        unit = ", dB" if in_decibel(band) else ""
        figure.update_yaxes(title={"text": f"{band}{unit}"}, row=place, col=1)
    figure.update_xaxes(showgrid=False, tickformat="%b", nticks=5)
    title = _title(frame, bands, seasons)
    left_out = len(found.classes) - len([name for name in names if name != UNLABELLED_NAME])
    more = f" The {len(names)} most frequent classes are shown." if left_out else ""
    behind = frame.assign(crop=frame["crop"].map(plain))[["season", "crop", "band", "days", "median"]]
    alt = f"Median series of each class in {listed(seasons)}, band by band. {title}.{more}"
    return Chart(title, figure, alt, behind.explode(["days", "median"]))


def _most_frequent(found: Understood, frame: pd.DataFrame) -> list[str]:
    """The classes that are shown, the most frequent first; unlabelled parcels where they are all there is."""
    there = set(frame["crop"])
    sizes = {each.name: sum(each.parcels.values()) for each in found.classes if each.name in there}
    names = sorted(sizes, key=lambda name: -sizes[name])[:MOST_CLASSES]
    labelled = {str(row["season"]) for row in frame.to_dict("records") if row["crop"] != UNLABELLED_NAME}
    return names if labelled == set(frame["season"]) else [*names[: MOST_CLASSES - 1], UNLABELLED_NAME]


def _dates(days: Sequence[int], found: Understood, season: str) -> list[dt.date]:
    first = next(each.first for each in found.seasons if each.season == season)
    assert first is not None
    return [first + dt.timedelta(int(day) - int(days[0])) for day in days]


def _title(frame: pd.DataFrame, bands: Sequence[str], seasons: Sequence[str]) -> str:
    """Whether the seasons fit together: the largest difference between the medians of two seasons."""
    if len(seasons) < 2:
        return f"Median series of each class in {seasons[0]}"
    worst = (0.0, "", "", "")  # in units of the spread within seasons, and of which band and seasons
    for band in bands:
        rows = frame[frame["band"] == band]
        level = {str(label): _median(part, "median") for label, part in rows.groupby("season")}
        spread = max(float(np.std(np.concatenate(list(rows["median"])))), 1e-6)
        low, high = (pick(level, key=lambda label: level[label]) for pick in (min, max))
        share = (level[high] - level[low]) / spread
        worst = max(worst, (share, band, low, high))
    share, band, low, high = worst
    if share < FAR:
        return f"The seasons fit together: medians of {listed(list(bands))} lie close in all of them"
    return f"{band} of {high} lies far above that of {low}: compare units and processing of the two seasons"


def _median(part: pd.DataFrame, column: str) -> float:
    """Of a season's classes, each weighing as many parcels as it has."""
    values = np.array([np.median(row) for row in part[column]])
    return float(np.average(values, weights=part["parcels"]))
