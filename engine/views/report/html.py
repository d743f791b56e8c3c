"""The report for the screen: one HTML file with its charts inside, which loads nothing from anywhere."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import engine
from engine.decisions.advice import leading
from engine.decisions.alternatives import equal_cost, equal_count
from engine.decisions.report_wording import price_sentence
from engine.domain import LEVEL, Legend
from engine.views.alternatives import Basis, alternatives
from engine.views.bill import bill
from engine.views.chart import Chart
from engine.views.coverage import coverage
from engine.views.report import open_record, open_season, record, screen_map, tables
from engine.views.report.content import Report
from engine.views.report.open_season import OpenReport
from engine.views.report.screen_map import safe
from engine.views.trade_off import trade_off

TEMPLATES = Path(__file__).parent / "templates"
MOST_ROWS = 400  # behind a chart


def html(report: Report) -> bytes:
    """The report as one HTML file; its template escapes every text.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    """
    from plotly.offline import get_plotlyjs

    drawn = {name: (draw(dark=False), draw(dark=True)) for name, draw in _charts(report).items()}
    page = environment().get_template("report.html.j2")
    text = page.render(
        report=report,
        charts={name: light for name, (light, _) in drawn.items()},
        tables=tables,
        price=price_sentence(report.advice, report.currency),
        commands=record.commands(report),
        version=engine.__version__,
        level=f"{LEVEL:.0%}",
        figures=_figures(drawn),
        # Not texts but programs of ours: they stay as they are.
        css=Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),
        js=Markup((TEMPLATES / "page.js").read_text(encoding="utf-8")),
        plotly=Markup(get_plotlyjs()),
    )
    return text.encode()


def html_of_open(report: OpenReport) -> bytes:
    """The report of an open season as one HTML file.

    Parameters
    ----------
    report
        Of an open season.
    """
    from engine.views.report.picture_map import tours

    picture, alt = "", ""
    if report.itinerary is not None and report.itinerary.days:
        drawn = tours(report, 110)
        picture, alt = base64.b64encode(drawn.svg).decode(), drawn.alt
    page = environment().get_template("open.html.j2")
    text = page.render(
        report=report,
        content=open_season,
        command=open_record.command(report),
        picture=picture,
        alt=alt,
        version=engine.__version__,
        css=Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),
    )
    return text.encode()


def environment() -> Environment:
    """What reads the templates; it escapes every text."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # Names in charts are escaped for plotly: back to what they are before the page escapes them.
    environment.filters |= {"unescape": unescape, "numbers_behind": _numbers_behind}
    return environment


def _figures(drawn: dict[str, tuple[Chart, Chart]]) -> Markup:
    """The figures as JSON. A name may hold </script>: no sign that opens a tag gets into a script."""
    figures = ",".join(
        f'"{name}":{{"light":{light.figure.to_json()},"dark":{dark.figure.to_json()}}}'
        for name, (light, dark) in drawn.items()
    )
    return Markup(f"{{{figures}}}".replace("<", "\\u003c"))


def _charts(report: Report) -> dict[str, Callable[..., Chart]]:
    """Every chart by name, to be drawn for the light and the dark theme."""
    advice, decision, currency = report.advice, report.decision, report.currency
    best, itinerary = advice.recommended, report.itinerary
    # Plotly reads tags in names, so it is given names that are escaped, and still one each where cut.
    unique = (replace(crop, name=safe(crop.name, 32) + "\u200b" * crop.code) for crop in report.study.legend)
    legend = Legend(tuple(unique))
    names = dict(zip(report.study.legend.names, legend.names, strict=True))
    covered = report.coverage.assign(crop=report.coverage["crop"].map(names))
    charts: dict[str, Callable[..., Chart]] = {
        "trade-off": partial(
            trade_off,
            leading(decision.outcomes, advice),
            "cost",
            decision.metric,
            options=decision.options,
            recommended=best,
            currency=currency,
        ),
        "map": partial(screen_map.parcels, report),
        "coverage": partial(coverage, covered, legend, what=report.subject),
    }
    bases: tuple[tuple[Basis, Any], ...] = (("count", equal_count), ("cost", equal_cost))
    for basis, options in bases:
        beside = options(decision.options, best) if best.visits else []
        if len(beside) > 1:
            charts[basis] = partial(alternatives, beside, best, advice.baseline, basis, currency=currency)
    if itinerary is not None and itinerary.days:
        charts["bill"] = partial(bill, itinerary.cost, len(itinerary.parcels))
    return charts


def _numbers_behind(frame: pd.DataFrame) -> dict[str, Any]:
    """What the template needs to write a data frame as a table."""
    return {
        "heads": [str(column) for column in frame],
        "rows": [[_cell(value) for value in row] for row in frame.head(MOST_ROWS).itertuples(index=False)],
        "numbers": [pd.api.types.is_numeric_dtype(frame[column]) for column in frame],
    }


def _cell(value: Any) -> str:
    if value is None or value != value:
        return "–"
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else unescape(str(value))
    return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:.2f}"
