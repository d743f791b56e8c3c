"""The files of a map's report."""

from __future__ import annotations

import base64
import json
from typing import Any

from markupsafe import Markup

import engine
from engine.mapping import exports
from engine.mapping.facts import estimate_facts, truth_facts, validation_facts
from engine.spreadsheets import csv_of
from engine.views.report.files import zipped
from engine.views.report.map_content import MapReport, map_command
from engine.views.report.map_tables import areas_frame, confusion_frame, every_table

FORMAT = 1
RECORD = "accuracy.json"


def map_files(report: MapReport) -> dict[str, bytes]:
    """Every file of the report by name, ``map-report.zip`` with all the others last.

    ``map-report.pdf``, ``map-report.html``, ``areas.csv``, ``confusion.csv`` where one is known,
    ``accuracy.json``, and the map as GeoPackage, GeoParquet and CSV.

    Parameters
    ----------
    report
        Of a map.
    """
    from engine.views.report.map_pdf import map_pdf

    files = {"map-report.pdf": map_pdf(report), "map-report.html": map_html(report)}
    files["areas.csv"] = csv_of(areas_frame(report))
    confusion = confusion_frame(report)
    if confusion is not None:
        files["confusion.csv"] = csv_of(confusion)
    record = json.dumps(map_report_facts(report), indent=1, ensure_ascii=False, allow_nan=False)
    files[RECORD] = (record + "\n").encode()
    files |= exports.map_files(report.crop_map, report.study)
    return {**files, "map-report.zip": zipped(files, report.made_on)}


def map_report_facts(report: MapReport) -> dict[str, Any]:
    """The report as JSON values.

    Parameters
    ----------
    report
        Of a map.
    """
    made, accuracy, found = report.crop_map, report.accuracy, report.found
    said = {passage.title: passage.text for passage in report.statement}
    estimates = None
    if accuracy is not None and found is not None:
        estimates = {**estimate_facts(accuracy, report.accepted, said), "truth": truth_facts(found.truth)}
        estimates["format"] = FORMAT
    return {
        "format": FORMAT,
        "engine": engine.__version__,
        "made_on": report.made_on.isoformat(),
        "study": made.study,
        "provenance": report.study.provenance,
        "season": made.season,
        "key": made.key,
        "method": made.method,
        "headline": report.headline,
        "parcels": len(made.parcels),
        "area_ha": report.area_ha,
        "applicable_share": report.applicable,
        "mapped_ha": made.areas_ha,
        "accuracy": estimates,
        "validation": None if made.validation is None else validation_facts(made.validation),
        "statement": said,
        "card": dict(made.card),
    }


def map_html(report: MapReport) -> bytes:
    """The report as one HTML file; its template escapes every text.

    Parameters
    ----------
    report
        Of a map.
    """
    from engine.views.report.html import TEMPLATES, environment
    from engine.views.report.picture_crop_map import caption, crop_map_picture

    drawn = crop_map_picture(report, 120)
    page = environment().get_template("map.html.j2")
    text = page.render(
        report=report,
        tables=tuple(every_table(report)),
        caption=caption(report),
        command=map_command(report),
        picture=base64.b64encode(drawn.svg).decode(),
        alt=drawn.alt,
        version=engine.__version__,
        css=Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),
    )
    return text.encode()
