"""Who votes: how far each trip moved from past seasons."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from engine.decisions.member_weights import TRAINING_DATA, by_member, by_training_data
from engine.experiments.outcome import Outcome
from engine.learning.ensemble_members import JOINT, SOURCE, TARGET
from engine.views import palette
from engine.views.charts import ROW, Chart, bar_names, template

LEAST = 0.06  # share that has room for its number
SHORT = {SOURCE: "past", JOINT: "both", TARGET: "present"}  # a legend that fits on a phone


def member_weights(outcomes: Sequence[Outcome], dark: bool) -> Chart | None:
    """A bar a trip: what past seasons, past and present together, and the visited parcels alone count.

    None where no outcome is a vote.
    """
    voted = [one for one in outcomes if one.member_weights]
    if not voted:
        return None
    colours = palette.scheme(dark)
    fills = {SOURCE: colours.muted, JOINT: colours.accent, TARGET: colours.ink}
    names = [f"{one.parcels:,} {one.plan.design.description}" for one in voted]
    shares = [by_training_data(one.member_weights) for one in voted]
    figure = go.Figure()
    for by, said in TRAINING_DATA.items():
        mine = [one[said] for one in shares]
        figure.add_bar(
            y=names,
            x=mine,
            name=SHORT[by],
            orientation="h",
            marker={"color": fills[by]},
            text=[f"{one:.0%}" if one >= LEAST else "" for one in mine],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"size": 13, "color": colours.paper},
            hovertemplate=f"%{{y}}<br>{said} %{{x:.0%}}<extra></extra>",
        )
    figure.update_layout(
        template=template(dark),
        barmode="stack",
        height=60 + ROW * len(voted),
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        xaxis={"visible": False, "range": [0, 1], "fixedrange": True},
        yaxis=bar_names(dark),
    )
    title = _said(shares)
    words = "; ".join(
        f"{name}: " + ", ".join(f"{said} {share:.0%}" for said, share in one.items())
        for name, one in zip(names, shares, strict=True)
    )
    behind = pd.DataFrame(
        [
            {"trip": name, **one, **by_member(outcome.member_weights, outcome.plan.learner)}
            for name, one, outcome in zip(names, shares, voted, strict=True)
        ]
    )
    return Chart(title, figure, f"{title}. {words}.".replace("%", " %"), behind)


def _said(shares: Sequence[dict[str, float]]) -> str:
    """The answer: how far from the past the trips moved."""
    home = [one[TRAINING_DATA[SOURCE]] for one in shares]
    low, high = min(home), max(home)
    much = f"{low:.0%}" if f"{low:.0%}" == f"{high:.0%}" else f"{low:.0%} to {high:.0%}"
    if low > 0.5:
        what = "The vote stays close to past seasons, which count"
    elif high < 0.1:
        what = "The vote leaves past seasons behind; on their own they count"
    else:
        what = "The vote moves on from past seasons, which on their own count"
    return f"{what} {much.replace('%', ' %')}"
