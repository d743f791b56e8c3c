"""How tables and forms name their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from engine.decisions.metric_wording import axis_title
from engine.decisions.wording import label_of
from engine.experiments.scores import Metric
from engine.fieldwork.currencies import sign_of
from engine.learning.learners import LEARNERS
from engine.learning.methods import METHODS
from engine.sampling import DESIGNS
from engine.sampling.no_visit import NoVisit
from pages._glossary import help_of

MISSING = "–"  # in a cell without a value
MARK = "✓"
DETAILS = ("key", "test_parcels", "calibration_error", "seconds")


@dataclass(frozen=True)
class Score:
    """A column of scores of 0 to 1, shown in percent; or of their differences, shown in points; or of
    probabilities.
    """

    label: str
    help: str | None = None
    points: bool = False
    digits: int = 1

    @property
    def format(self) -> str:
        """How Streamlit prints it."""
        return f"%+.{self.digits}f" if self.points else f"%.{self.digits}f%%"


@dataclass(frozen=True)
class Money:
    """A column of amounts, rounded as everywhere: Streamlit would cut what lies behind the point."""

    label: str
    help: str | None = None


@dataclass(frozen=True)
class Mark:
    """A column that marks some rows."""

    label: str
    help: str | None = None


def drawn(rows: Any, config: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Rows or a table as they are shown, and how: scores in percent, methods and designs by their labels."""
    scores = {name: column for name, column in config.items() if isinstance(column, Score)}
    marks = {name: column for name, column in config.items() if isinstance(column, Mark)}
    money = {name: column for name, column in config.items() if isinstance(column, Money)}
    if isinstance(rows, list):
        displayed = [
            {name: _displayed(value, config.get(name)) for name, value in row.items()} for row in rows
        ]
    else:
        percent = {name: 100 * rows[name].astype(float) for name in scores if name in rows}
        marked = {name: rows[name].map({True: MARK, False: ""}) for name in marks if name in rows}
        amounts = {name: rows[name].round() for name in money if name in rows}
        displayed = rows.assign(**percent, **marked, **amounts)
    formats: dict[str, Any] = {
        name: st.column_config.NumberColumn(column.label, format=column.format, help=column.help)
        for name, column in scores.items()
    }
    formats |= {
        name: st.column_config.NumberColumn(column.label, format="localized", step=1, help=column.help)
        for name, column in money.items()
    }
    formats |= {
        name: st.column_config.TextColumn(column.label, help=column.help) for name, column in marks.items()
    }
    return labelled(displayed), {**config, **formats}


def _displayed(value: Any, column: Any) -> Any:
    if isinstance(column, Score) and value is not None:
        return 100 * value
    if isinstance(column, Money) and value is not None:
        return round(value)
    if isinstance(column, Mark):
        return MARK if value else ""
    return value


def labelled(rows: Any) -> Any:
    """Rows or a table with the labels of methods and designs in place of their ids."""
    labels = {
        "method": {name: label_of(method) for name, method in METHODS.items()},
        "design": {NoVisit.name: label_of(NoVisit)}
        | {name: label_of(design) for name, design in DESIGNS.items()},
    }
    if not isinstance(rows, list):
        return rows.replace({column: names for column, names in labels.items() if column in rows})
    return [
        {column: labels.get(column, {}).get(value, value) for column, value in row.items()} for row in rows
    ]


def outcomes() -> dict[str, Any]:
    """Of a table of outcomes."""
    return {
        "key": st.column_config.TextColumn("Key", help=help_of("Key")),
        "target": "Season",
        **_plan(),
        "parcels": st.column_config.NumberColumn("Visited", help="Visited parcels, the mean over repeats."),
        "repeats": st.column_config.TextColumn("Repeats", help=help_of("Repeat", "Provisional outcome")),
        "test_parcels": st.column_config.NumberColumn("Tested", help=help_of("Test parcels")),
        **_f1("macro_f1_pixel", "Per-pixel F1"),
        **_f1("macro_f1_parcel", "Per-parcel F1", " "),
        "overall_accuracy": Score("Accuracy", help_of("Overall accuracy")),
        "calibration_error": Score("Calibration error", help_of("Calibration error")),
        "seconds": st.column_config.NumberColumn(
            "Seconds", format="%.0f", help="Computing time of all repeats."
        ),
    }


def compared(metric: Metric, details: bool) -> dict[str, Any]:
    """Of outcomes beside the map without a trip; keys and computing times are details."""
    return {
        **outcomes(),
        "target": None,
        **({} if details else dict.fromkeys(DETAILS)),
        **_f1("score", axis_title(metric), "  "),
        "gain": Score("Gain over no trip, points", help_of("Interval"), points=True),
        "gain_low": Score("from   ", points=True),
        "gain_high": Score("to   ", points=True),
    }


def front(currency: str, metric: Metric) -> dict[str, Any]:
    """Of the Pareto front of one method, in half a page."""
    sign = sign_of(currency)
    return {
        "recommended": Mark("Take", "The recommended option."),
        **_plan(),
        "method": None,
        "equivalent_radius_km": None,
        "parcels": st.column_config.NumberColumn("Parcels", format="localized"),
        "repeats": st.column_config.TextColumn("Repeats", help=help_of("Repeat", "Provisional outcome")),
        "crew_days": st.column_config.NumberColumn("Days", format="%.0f", help=help_of("Crew-day")),
        "money": Money(f"Cost, {sign}"),
        **_f1("score", axis_title(metric)),
        "marginal_price": st.column_config.NumberColumn(
            f"{sign} a point", format="%.0f", help=help_of("Marginal price", "Point")
        ),
    }


def of_chart(table: Any) -> dict[str, Any]:
    """Of the table behind a chart."""
    number = st.column_config.NumberColumn
    if "item" in table:
        return {"item": "Item"} | {
            name: number(name.title(), format="%.0f") for name in ("likely", "low", "high")
        }
    hidden = dict.fromkeys(("key", "seconds"))
    if "f1" in table:
        ends = {"low": Score("from"), "high": Score("to")}
        kept = {**outcomes(), "plan": "Plan", "class": "Class", "f1": Score("F1", help_of("F1")), **ends}
        return kept | hidden | dict.fromkeys(("series", "visits", "crop", "interval"))
    return {
        **outcomes(),
        **hidden,
        "crew_days": number("Days", format="%.0f", help=help_of("Crew-day")),
        "km": number("km", format="%.0f"),
        "money": number("Cost", format="%.0f"),
        "money_low": number("Cost, from", format="%.0f"),
        "money_high": number("Cost, to", format="%.0f"),
        "provenance": "Data",
    }


def forecasts(currency: str, valued: bool) -> dict[str, Any]:
    """Of the trips of a season without labels; ``valued`` where a point has a value."""
    number = st.column_config.NumberColumn
    worth = Score("Worth its cost", digits=0) if valued else None
    return {
        "design": "Design",
        "equivalent_radius_km": number("Radius, km", format="%.0f", help=help_of("Equivalent radius")),
        "parcels": number("Parcels", format="localized"),
        "money": Money(f"Cost, {sign_of(currency)}"),
        "routed": Mark("Routed", "Else the cost is an estimate."),
        "gain": number("Gain, points", format="%+.1f", help=help_of("Forecast")),
        "gain_low": number("from", format="%+.1f"),
        "gain_high": number("to", format="%+.1f"),
        "probability_of_gain": Score("Gains", help_of("Forecast"), digits=0),
        "probability_worth_cost": worth,
        **dict.fromkeys(
            ("name", "seasons", "level", "level_low", "level_high", "pooled", "evidence")
        ),  # said above the table
    }


def plans() -> dict[str, Any]:
    """Of the plans of a run."""
    return {
        "key": None,
        "target": "Season",
        **_plan(),
        "parcels": st.column_config.NumberColumn("To visit", format="localized"),
        "state": "State",
        "repeats": st.column_config.NumberColumn("Repeats done"),
        "of": st.column_config.NumberColumn("of"),
        "seconds": st.column_config.NumberColumn(
            "Seconds left", format="%.0f", help="Computing time in one process, with its pre-training."
        ),
    }


def published() -> dict[str, Any]:
    """Of the published study beside outcomes."""
    return {
        **_plan(),
        "published": Score("Study", digits=0),
        **_f1("macro_f1_pixel", "Here"),
        "random": Score("Random sample"),
        "random_minus_circle": Score("Random less circle, points", points=True),
    }


def learners() -> dict[str, Any]:
    """Of learners side by side."""
    scores = {name: Score(label_of(learner)) for name, learner in LEARNERS.items()}
    return {**_plan(), "best": "Best", **scores}


def days() -> dict[str, Any]:
    """Of the days of an itinerary."""
    return {
        "day": "Day",
        "crew": "Crew",
        "parcels": "Parcels",
        "stops": "Stops",
        "km": st.column_config.NumberColumn("km", format="%.0f"),
        "back": "Back at",
    }


def stops() -> dict[str, Any]:
    """Of the stops of a day."""
    return {
        "day": None,
        "crew": None,
        "date": None,
        "stop": "Stop",
        "arrival": "Arrival",
        "km": st.column_config.NumberColumn("km", format="%.1f", help="Driven from the stop before."),
        "parcel_id": "Parcel",
        "lon": st.column_config.NumberColumn("Longitude", format="%.4f"),
        "lat": st.column_config.NumberColumn("Latitude", format="%.4f"),
        "replacement": st.column_config.TextColumn("Replacement", help=help_of("Replacement")),
        "replacement_km": st.column_config.NumberColumn(
            "km to it", format="%.1f", help="Straight from the parcel to its replacement."
        ),
        "crop_found": None,
        "visited": None,
        "note": None,
    }


def seasons() -> dict[str, Any]:
    """Of the seasons of a study."""
    return {
        "season": "Season",
        "parcels": st.column_config.NumberColumn("Parcels", format="localized"),
        "unlabelled": st.column_config.NumberColumn(
            "Without label", format="localized", help="Parcels whose crop nobody knows yet."
        ),
        "pixels": st.column_config.NumberColumn("Pixels", format="localized"),
        "missing": st.column_config.NumberColumn(
            "Interpolated", format="percent", help="Share of time steps without an image."
        ),
    }


def seasons_found() -> dict[str, Any]:
    """Of the seasons of files that were understood."""
    number = st.column_config.NumberColumn
    return {
        **seasons(),
        "unlabelled": None,
        "pixels": None,
        "labelled": number("Labelled", format="localized", help="Parcels whose crop is known."),
        "series": number("Series", format="localized", help="Pixels with a series."),
        "first": st.column_config.DateColumn("from", format="YYYY-MM-DD", help="First time step."),
        "last": st.column_config.DateColumn("to", format="YYYY-MM-DD", help="Last time step."),
    }


def bands() -> dict[str, Any]:
    """Of the bands of files that were understood."""
    number = st.column_config.NumberColumn
    return {
        "band": "Band",
        "low": number("5% lie below", format="%.3g"),
        "median": number("Median", format="%.3g"),
        "high": number("5% lie above", format="%.3g"),
    }


def _plan() -> dict[str, Any]:
    return {
        "method": "Method",
        "design": "Design",
        "equivalent_radius_km": st.column_config.NumberColumn(
            "Radius, km", format="%g", help=help_of("Equivalent radius")
        ),
    }


def _f1(column: str, label: str, distinct: str = "") -> dict[str, Any]:
    """A score with its ends; no two columns may share a label, so ``distinct`` ends those of a second."""
    return {
        column: Score(label, help_of(label if "-" in label else "Per-pixel F1")),
        f"{column}_low": Score(f"from{distinct}"),
        f"{column}_high": Score(f"to{distinct}"),
    }
