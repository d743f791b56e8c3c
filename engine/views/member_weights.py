"""What the members of the ensemble count: how far each trip moves the map away from source seasons."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from engine.decisions.member_weights import TRAINING_DATA, by_member, by_training_data
from engine.decisions.wording import counted, label_of, lowered
from engine.experiments.outcome import Outcome
from engine.learning.ensemble_members import JOINT, SOURCE, TARGET
from engine.views import palette
from engine.views.chart import LEGEND_ABOVE, ROW, Chart, bar_names, template

LEAST = 0.06  # share that has room for its number
SHORT = {SOURCE: "source", JOINT: "both", TARGET: "visited"}  # a legend that fits on a phone


def member_weights_frame(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """What members count, summed by training data and by model.

    Parameters
    ----------
    outcomes
        Any; those without an ensemble get no row.

    Returns
    -------
    A row an outcome of an ensemble: ``trip``, a column for each of
    `engine.decisions.member_weights.TRAINING_DATA`, and one for each model.
    """
    return pd.DataFrame(
        [
            {
                "trip": f"{counted(outcome.parcels, 'parcel')}, {lowered(label_of(outcome.plan.design))}",
                **by_training_data(outcome.member_weights),
                **by_member(outcome.member_weights, outcome.plan.learner),
            }
            for outcome in outcomes
            if outcome.member_weights
        ]
    )


def member_weights(outcomes: Sequence[Outcome], dark: bool) -> Chart | None:
    """A bar a trip: the weight of members trained on source seasons, on both, and on visited parcels alone.

    None where no outcome is of an ensemble.

    Parameters
    ----------
    outcomes
        Any; those without an ensemble get no bar.
    dark
        Whether the theme is dark.
    """
    frame = member_weights_frame(outcomes)
    if frame.empty:
        return None
    colours = palette.scheme(dark)
    fills = {SOURCE: colours.muted, JOINT: colours.accent, TARGET: colours.ink}
    figure = go.Figure()
    for data, column in TRAINING_DATA.items():
        shares = frame[column].tolist()
        figure.add_bar(
            y=frame["trip"].tolist(),
            x=shares,
            name=SHORT[data],
            orientation="h",
            marker={"color": fills[data]},
            text=[f"{share:.0%}" if share >= LEAST else "" for share in shares],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"size": 13, "color": colours.paper},
            hovertemplate=f"%{{y}}<br>{column} %{{x:.0%}}<extra></extra>",
        )
    figure.update_layout(
        template=template(dark),
        barmode="stack",
        height=60 + ROW * len(frame),
        legend={**LEGEND_ABOVE, "traceorder": "normal"},
        xaxis={"visible": False, "range": [0, 1], "fixedrange": True},
        yaxis=bar_names(dark),
    )
    title = _title(frame[TRAINING_DATA[SOURCE]])
    words = "; ".join(
        f"{row['trip']}: " + ", ".join(f"{column} {row[column]:.0%}" for column in TRAINING_DATA.values())
        for _, row in frame.iterrows()
    )
    return Chart(title, figure, f"{title}. {words}.", frame)


def _title(source: pd.Series[float]) -> str:
    """How much models of source seasons alone count."""
    low, high = f"{source.min():.0%}", f"{source.max():.0%}"
    share = low if low == high else f"{low} to {high}"
    if source.min() > 0.5:
        return f"The ensemble stays close to source seasons: alone, they count {share}"
    if source.max() < 0.1:
        return f"The ensemble leaves source seasons behind: alone, they count {share}"
    return f"The ensemble moves away from source seasons: alone, they count {share}"
