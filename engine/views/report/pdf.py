"""The report on paper: two to six A4 pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.decisions.report_wording import price_sentence
from engine.decisions.wording import clean, counted, money
from engine.domain import LEVEL
from engine.views.coverage import coverage_frame, coverage_title
from engine.views.report import (
    open_record,
    open_season,
    picture_classes,
    picture_map,
    picture_trade_off,
    record,
    tables,
)
from engine.views.report.content import Report
from engine.views.report.open_season import OpenReport
from engine.views.report.paper import MARGIN, Paper, pill
from engine.views.report.pictures import MUTED, WIDE

MOST_PAGES = 6
ROWS = (20, 14, 9, 6)  # rows of a table at most, the first number that keeps within the pages
GAP = 3.0  # mm between the boxes of numbers


def pdf(report: Report) -> bytes:
    """The report as PDF/1.x with vector pictures, alt texts, bookmarks and page numbers.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    """
    for most in ROWS:
        paper = _printed(report, most)
        if paper.page_no() <= MOST_PAGES:
            break
    return bytes(paper.output())


def pdf_of_open(report: OpenReport) -> bytes:
    """The report of an open season as PDF.

    Parameters
    ----------
    report
        Of an open season.
    """
    paper = Paper(report.title, report.data, report.made_on)
    paper.add_page()
    head(paper, report, "Forecast", open_season.facts(report))
    if report.itinerary is not None and report.itinerary.days:
        paper.section("The day tours", 100)
        paper.picture(picture_map.tours(report, min(98, max(paper.room - 4, 70))))
    for table in open_season.every_table(report):
        paper.listing(table.cut(20, "forecast.csv"))
    paper.section("How the numbers were computed", 50)
    for passage in open_season.passages(report):
        paper.passage(*passage)
    paper.section("Where data and numbers come from")
    paper.points(open_season.provenance(report))
    paper.section("What the numbers do not show")
    paper.points(open_season.LIMITS)
    paper.section("How to make this report again")
    paper.command((open_record.command(report),))
    return bytes(paper.output())


class Headed(Protocol):
    """What stands at the head of any report."""

    @property
    def title(self) -> str:
        """What it is of."""

    @property
    def headline(self) -> str:
        """What was found."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """On which evidence."""


def head(paper: Paper, report: Headed, section: str, facts: Sequence[tuple[str, str, str]]) -> None:
    """What was found, its numbers in boxes, and why.

    Parameters
    ----------
    paper
        With a page that is empty.
    report
        Of any kind.
    section
        Name of this part among the bookmarks.
    facts
        A label, a value and a detail for each number.
    """
    paper.write_look("", 10, MUTED)
    paper.multi_cell(WIDE, 5, report.title, align="L", new_x="LMARGIN", new_y="NEXT")
    paper.ln(1)
    paper.start_section(section)
    paper.write_look("B", 14)
    paper.multi_cell(WIDE, 6.8, report.headline, align="L", new_x="LMARGIN", new_y="NEXT")
    paper.ln(2)
    width = (WIDE - GAP * (len(facts) - 1)) / len(facts)
    for place, fact in enumerate(facts):
        pill(paper, MARGIN + place * (width + GAP), width, *fact)
    paper.set_y(paper.y + 22)
    paper.points(report.reasons)


def _printed(report: Report, most: int) -> Paper:
    paper = Paper(report.title, report.data, report.made_on)
    paper.add_page()
    _decision(paper, report)
    paper.add_page()
    _places(paper, report)
    _comparison(paper, report, most)
    if report.itinerary is not None and report.itinerary.days:
        _itinerary(paper, report, most)
    _account(paper, report)
    return paper


def _decision(paper: Paper, report: Report) -> None:
    """What to do and why, and what money buys."""
    head(paper, report, "Decision", tables.facts(report))
    paper.section(price_sentence(report.advice, report.currency), 90)
    caption = (
        f"{report.data}. Line: the plans that no other beats in both cost and score, with their "
        f"{LEVEL:.0%} intervals as a band. Grey dots: the other plans. Grey band: the interval of the "
        "map without a trip. Costs are estimates by the tariff."
    )
    paper.picture(picture_trade_off.trade_off(report, min(max(paper.room - 16, 70), 150)))
    paper.paragraph(caption, 7.5, MUTED)


def _places(paper: Paper, report: Report) -> None:
    """Where to go, and what that visits of each class."""
    paper.section(report.places_title)
    drawn = picture_classes.classes(report)
    # Beside the classes and their heading and captions, the map has the page.
    paper.picture(picture_map.parcels(report, min(max(paper.room - drawn.height - 26, 80), 165)))
    circle = "Plans are tested beyond the circle."
    if report.advice.recommended.visits:
        circle = f"The circle ({report.circle_km:g} km) holds as many parcels as the recommended trip visits."
    paper.paragraph(f"{report.data}. {circle} {_whose(report)}".strip(), 7.5, MUTED)
    covered = coverage_title(coverage_frame(report.coverage), report.subject)
    paper.section(clean(covered, 200), drawn.height + 12)
    paper.picture(drawn)


def _whose(report: Report) -> str:
    if not report.by_hand:
        return ""
    return "The trip outlined and routed here was chosen by hand: it is not the recommended one."


def _comparison(paper: Paper, report: Report, most: int) -> None:
    """The plans side by side."""
    paper.listing(tables.options(report).cut(most, "outcomes.csv"))
    for table in tables.alternatives(report):
        paper.listing(table.cut(most, "outcomes.csv"))


def _itinerary(paper: Paper, report: Report, most: int) -> None:
    """The days, where they lead and what they cost."""
    planned, days, bill = report.itinerary, tables.days(report), tables.bill(report)
    assert planned is not None
    assert days is not None
    assert bill is not None
    cost = planned.cost
    paper.section(
        f"{counted(len(planned.parcels), 'parcel')} in {counted(len(planned.days), 'day tour')}: "
        f"{cost.km.likely:,.0f} km, "
        f"{money(cost.money.likely, cost.currency)} once routed",
        86,
    )
    paper.picture(picture_map.tours(report, min(98, max(paper.room - 4, 70))))
    if report.by_hand:
        paper.paragraph(_whose(report), 7.5, MUTED)
    paper.listing(days.cut(most, "itinerary.csv"))
    paper.listing(bill)


def _account(paper: Paper, report: Report) -> None:
    """How the numbers were computed, from what, and what they do not show."""
    paper.section("How the numbers were computed", 60)
    for passage in report.methods:
        paper.passage(*passage)
    paper.section("Where data and numbers come from")
    paper.points(report.provenance)
    paper.section("What the numbers do not show", 50)
    paper.points(report.limits)
    paper.listing(tables.tariff(report))
    paper.section("How to make this report again")
    paper.paragraph("With decision.json, which comes with this report:")
    paper.ln(1)
    paper.command(record.commands(report))
