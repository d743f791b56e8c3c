"""The report of a map on paper: two to four A4 pages."""

from __future__ import annotations

from engine.views.report.map_content import MapReport, map_command
from engine.views.report.map_tables import every_table
from engine.views.report.paper import Paper
from engine.views.report.pdf import head
from engine.views.report.picture_crop_map import caption, crop_map_picture
from engine.views.report.pictures import MUTED

TALL, LOW = 120.0, 80.0  # mm, of the picture


def map_pdf(report: MapReport) -> bytes:
    """The report as PDF with a vector picture, alt text, bookmarks and page numbers.

    Parameters
    ----------
    report
        Of a map.
    """
    paper = Paper(report.title, report.data, report.made_on, "How good a crop map is, and how that is known.")
    paper.add_page()
    head(paper, report, "Finding", report.facts)
    paper.section("The map", LOW + 20)
    paper.picture(crop_map_picture(report, min(max(paper.room - 14, LOW), TALL)))
    paper.paragraph(caption(report), 7.5, MUTED)
    for table in every_table(report):
        paper.listing(table)
    paper.section("Accuracy statement", 50)
    for passage in report.statement:
        paper.passage(*passage)
    paper.section("What the map was made of")
    paper.points(report.provenance)
    paper.section("What the numbers do not show")
    paper.points(report.limits)
    paper.section("How to make this report again")
    paper.command((map_command(report),))
    return bytes(paper.output())
