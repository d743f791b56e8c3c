"""The report for the screen: one HTML file with its charts inside, which loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape, unescape
from pathlib import Path
from typing import Any

import pandas as pd

import engine
from engine.decisions.advice import leading
from engine.decisions.alternatives import equal_cost, equal_count
from engine.decisions.report_wording import Passage
from engine.decisions.wording import price_sentence
from engine.domain import Legend
from engine.views import alternatives as alternatives
from engine.views import bills, charts, curves
from engine.views.charts import Chart
from engine.views.report import record, screen_map, tables
from engine.views.report.content import Report
from engine.views.report.screen_map import safe
from engine.views.report.tables import Table

HERE = Path(__file__).parent
# The browser itself is told to load nothing.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:"
)
MOST_ROWS = 400  # behind a chart


def html(report: Report) -> bytes:
    """The report as one HTML file."""
    from plotly.offline import get_plotlyjs

    drawn = _drawn(report)
    # A name may hold </script>: no sign that opens a tag gets into a script.
    figures = ",".join(
        f'"{name}":{{"light":{light.figure.to_json()},"dark":{dark.figure.to_json()}}}'
        for name, (light, dark) in drawn.items()
    ).replace("<", "\\u003c")
    title = escape(f"{report.title} ({report.data.lower()})")
    body = "\n".join(_body(report, {name: light for name, (light, _) in drawn.items()}))
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="generator" content="Groundplan {engine.__version__}">
<title>{title}</title>
<style>
{(HERE / "page.css").read_text(encoding="utf-8")}</style>
</head>
<body>
{body}
<script type="application/json" id="charts">{{{figures}}}</script>
<script>{get_plotlyjs()}</script>
<script>
{(HERE / "page.js").read_text(encoding="utf-8")}</script>
</body>
</html>
"""
    return page.encode()


def _drawn(report: Report) -> dict[str, tuple[Chart, Chart]]:
    """Every chart by name, for the light and the dark theme."""
    advice, decision, currency = report.advice, report.decision, report.currency
    best, planned = advice.recommended, report.itinerary
    shown = leading(decision.outcomes, advice)
    # Plotly reads tags in names, so it is given names that are escaped, and still one each where cut.
    unique = (replace(one, name=safe(one.name, 32) + "\u200b" * one.code) for one in report.study.legend)
    legend = Legend(tuple(unique))
    names = dict(zip(report.study.legend.names, legend.names, strict=True))
    covered = report.coverage.assign(crop=report.coverage["crop"].map(names))
    makers: dict[str, Callable[[bool], Chart]] = {
        "trade-off": lambda dark: curves.macro_f1(
            shown, "cost", "pixel", dark, decision.options, best, currency
        ),
        "map": lambda dark: screen_map.ground(report, dark),
        "coverage": lambda dark: charts.coverage(covered, legend, dark, report.subject),
    }
    if best.visits:
        for name, options in (
            ("count", equal_count(decision.options, best)),
            ("cost", equal_cost(decision.options, best)),
        ):
            if len(options) > 1:
                makers[name] = lambda dark, options=options, name=name: alternatives.alternatives(  # type: ignore[misc]
                    options, best, advice.baseline, name, dark, currency
                )
    if planned is not None and planned.days:
        makers["bill"] = lambda dark: bills.bill(planned.cost, len(planned.parcels), dark)
    return {name: (maker(False), maker(True)) for name, maker in makers.items()}


def _body(report: Report, drawn: dict[str, Chart]) -> list[str]:
    said = [
        '<header><div class="brand"><span>Groundplan report</span>'
        f'<span class="data">{report.data}</span></div>',
        f'<p class="of">{escape(report.title)}</p><h1>{escape(report.headline)}</h1></header>',
        "<main>",
        _facts(report),
        _list(report.reasons),
        _heading(price_sentence(report.advice, report.currency)),
        f"<h3>{escape(drawn['trade-off'].title)}</h3>",
        _figure(
            "trade-off", drawn["trade-off"], f"{report.data}. Bands are 95 % intervals; costs are estimates."
        ),
        _table(tables.options(report)),
        _heading(drawn["map"].title),
        _figure("map", drawn["map"], "Drag to move, scroll to zoom; a click on a name hides what it names."),
        f"<h3>{_said(drawn['coverage'].title)}</h3>",
        _figure("coverage", drawn["coverage"], ""),
        _table(tables.classes(report)),
    ]
    if report.own:
        said.insert(-5, "<p>This trip was chosen by hand: it is not the recommended one.</p>")
    for name in ("count", "cost"):
        if name in drawn:
            said += [_heading(drawn[name].title), _figure(name, drawn[name], "")]
    days, bill = tables.days(report), tables.bill(report)
    if days and bill:
        said += [_heading(drawn["bill"].title + ", routed"), _figure("bill", drawn["bill"], "")]
        said += [f'<p class="note">{escape(bill.note)}</p>', _table(days)]
    elif not report.advice.recommended.visits:
        said.append(_heading("Nobody goes, so there is no itinerary"))
    return [
        *said,
        _heading("How it was found out"),
        _passages(report.methods),
        _heading("Where data and numbers come from"),
        _list(report.provenance),
        _heading("What the numbers do not show"),
        _list(report.limits),
        _table(tables.tariff(report), level=2),
        _heading("How to make this report again"),
        "<p>With decision.json, which comes with this report, in the folder of Groundplan:</p>",
        f"<pre>{escape(chr(10).join(record.commands(report)))}</pre>",
        "</main>",
        f"<footer>Groundplan {engine.__version__}, {report.made_on:%Y-%m-%d}. {report.data}.</footer>",
    ]


def _facts(report: Report) -> str:
    boxes = (
        f'<div><dt>{escape(label)}</dt><dd><div class="much">{escape(value)}</div>'
        f'<div class="how">{escape(detail)}</div></dd></div>'
        for label, value, detail in tables.facts(report)
    )
    return f'<dl class="facts">{"".join(boxes)}</dl>'


def _heading(text: str) -> str:
    return f"<h2>{_said(text)}</h2>"


def _said(text: str) -> str:
    """Text of a chart as HTML, whether or not names in it were escaped for plotly."""
    return escape(unescape(text))


def _list(texts: tuple[str, ...]) -> str:
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"


def _passages(passages: tuple[Passage, ...]) -> str:
    rows = (f"<dt>{escape(one.title)}</dt><dd>{escape(one.text)}</dd>" for one in passages)
    return f'<dl class="passages">{"".join(rows)}</dl>'


def _figure(name: str, chart: Chart, caption: str) -> str:
    """A chart, what it shows in words, and the numbers behind it."""
    height = chart.figure.layout.height
    note = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    behind = ""
    if len(chart.table):
        behind = f"<details><summary>The numbers behind it</summary>{_frame(chart.table)}</details>"
    return (
        f'<figure><div id="{name}" role="img" aria-label="{_said(chart.alt)}" '
        f'style="height:{height}px"></div>{note}{behind}</figure>'
    )


def _frame(frame: pd.DataFrame) -> str:
    numbers = [pd.api.types.is_numeric_dtype(frame[column]) for column in frame]
    rows = tuple(tuple(map(_cell, row)) for row in frame.head(MOST_ROWS).itertuples(index=False))
    return _grid(tuple(map(str, frame.columns)), rows, numbers, None)


def _cell(value: Any) -> str:
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else unescape(str(value))
    if value != value:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:.2f}"


def _table(shown: Table, level: int = 3) -> str:
    numbers = [place >= shown.words for place in range(len(shown.heads))]
    note = f'<p class="note">{escape(shown.note)}</p>' if shown.note else ""
    grid = _grid(shown.heads, shown.rows, numbers, shown.marked)
    return f"<h{level}>{escape(shown.title)}</h{level}>{grid}{note}"


def _grid(
    heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...], numbers: list[bool], marked: int | None
) -> str:
    looks = [' class="number"' if one else "" for one in numbers]
    top = "".join(
        f'<th scope="col"{look}>{escape(head)}</th>' for head, look in zip(heads, looks, strict=True)
    )
    body = "".join(
        f"<tr{' class=marked' if place == marked else ''}>"
        + "".join(f"<td{look}>{escape(cell)}</td>" for cell, look in zip(row, looks, strict=True))
        + "</tr>"
        for place, row in enumerate(rows)
    )
    return (
        '<div class="scroll" tabindex="0"><table>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )
