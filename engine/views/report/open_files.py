"""The files of the report of an open season."""

from __future__ import annotations

import base64
from pathlib import Path

import pandas as pd
from markupsafe import Markup

import engine
from engine.decisions.advice_rows import choice_row
from engine.decisions.rows import flat
from engine.fieldwork.exports import day_sheets
from engine.files import write_atomic
from engine.views.report import open_record, package
from engine.views.report import open_season as content
from engine.views.report.files import csv_of, zipped
from engine.views.report.open_season import OpenReport
from engine.views.report.record import NAME


def made(report: OpenReport) -> dict[str, bytes]:
    """Every file of the report by name, ``report.zip`` with all the others last.

    ``report.pdf``, ``report.html``, ``forecast.csv``, ``parcels.csv``, ``itinerary.csv`` with a trip,
    ``report.gpkg`` and ``decision.json``. The same report gives the same bytes.

    Parameters
    ----------
    report
        Of an open season.
    """
    parcels = package.parcels(report)
    rows = [flat(choice_row(each)) for each in report.outlook.choices]
    files = {
        "report.pdf": _pdf(report),
        "report.html": _html(report),
        "forecast.csv": csv_of(pd.DataFrame(rows)),
        "parcels.csv": csv_of(pd.DataFrame(parcels.drop(columns="geometry"))),
    }
    layers = {"parcels": parcels}
    if report.trip is not None and report.itinerary is not None and report.itinerary.days:
        files["itinerary.csv"] = csv_of(day_sheets(report.itinerary, report.trip.wanted, report.trip.spare))
        layers |= package.routed(report.itinerary, report.trip)
    files["report.gpkg"] = package.packed(layers, report.made_on)
    files[NAME] = open_record.written(report)
    return {**files, "report.zip": zipped(files, report.made_on)}


def write(report: OpenReport, folder: Path) -> tuple[Path, ...]:
    """Write the files into a folder, each whole or not at all.

    Parameters
    ----------
    report
        Of an open season.
    folder
        Where to write; it is made where it is not there.

    Raises
    ------
    WriteError
        Where the folder cannot be written.
    """
    files = made(report)
    for name, data in files.items():
        write_atomic(folder / name, data)
    return tuple(folder / name for name in files)


def _html(report: OpenReport) -> bytes:
    from engine.views.report.html import TEMPLATES, environment
    from engine.views.report.picture_map import tours

    picture = ""
    if report.itinerary is not None and report.itinerary.days:
        drawn = tours(report, 110)
        picture, alt = base64.b64encode(drawn.svg).decode(), drawn.alt
    else:
        alt = ""
    return (
        environment()
        .get_template("open.html.j2")
        .render(
            report=report,
            content=content,
            command=open_record.command(report),
            picture=picture,
            alt=alt,
            version=engine.__version__,
            css=Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),
        )
        .encode()
    )


def _pdf(report: OpenReport) -> bytes:
    from engine.views.report.paper import MARGIN, Paper, pill
    from engine.views.report.picture_map import tours
    from engine.views.report.pictures import MUTED, WIDE

    paper = Paper(report.title, report.data, report.made_on)
    paper.add_page()
    paper.write_look("", 10, MUTED)
    paper.multi_cell(WIDE, 5, report.title, align="L", new_x="LMARGIN", new_y="NEXT")
    paper.ln(1)
    paper.start_section("Forecast")
    paper.write_look("B", 14)
    paper.multi_cell(WIDE, 6.8, report.headline, align="L", new_x="LMARGIN", new_y="NEXT")
    paper.ln(2)
    boxes, gap = content.facts(report), 3.0
    width = (WIDE - gap * (len(boxes) - 1)) / len(boxes)
    for place, box in enumerate(boxes):
        pill(paper, MARGIN + place * (width + gap), width, *box)
    paper.set_y(paper.y + 22)
    paper.points(report.reasons)
    if report.itinerary is not None and report.itinerary.days:
        paper.section("The day tours", 100)
        paper.picture(tours(report, min(98, max(paper.room - 4, 70))))
    for table in content.every_table(report):
        paper.listing(table.cut(20, "forecast.csv"))
    paper.section("How the numbers were computed", 50)
    for passage in content.passages(report):
        paper.passage(*passage)
    paper.section("Where data and numbers come from")
    paper.points(content.provenance(report))
    paper.section("What the numbers do not show")
    paper.points(content.LIMITS)
    paper.section("How to make this report again")
    paper.command((open_record.command(report),))
    return bytes(paper.output())
