"""The files of a report."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from engine.decisions.advice_rows import choice_row
from engine.decisions.rows import decision_table, flat
from engine.fieldwork.exports import day_sheets
from engine.files import write_files
from engine.spreadsheets import csv_of
from engine.views.report import open_record, package, record
from engine.views.report.content import Report
from engine.views.report.open_season import OpenReport


class Own(NamedTuple):
    """What the files of one kind of report have of their own.

    Parameters
    ----------
    pdf, html, record
        Contents of ``report.pdf``, ``report.html`` and ``decision.json``.
    name, table
        Of the CSV file that lists what was compared.
    layers
        Of the GeoPackage, beside parcels and tours.
    """

    pdf: bytes
    html: bytes
    record: bytes
    name: str
    table: pd.DataFrame
    layers: dict[str, Any]


def made(report: Report | OpenReport) -> dict[str, bytes]:
    """Every file of the report by name, ``report.zip`` with all the others last.

    ``report.pdf``, ``report.html``, ``outcomes.csv`` (``forecast.csv`` of an open season), ``parcels.csv``,
    ``itinerary.csv`` with a trip, ``report.gpkg`` and ``decision.json``. The same report, the same bytes.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together, or of an open season.
    """
    own = _of_open_season(report) if isinstance(report, OpenReport) else _of_tests(report)
    parcels = package.parcels(report)
    layers = {"parcels": parcels, **own.layers}
    files = {
        "report.pdf": own.pdf,
        "report.html": own.html,
        own.name: csv_of(own.table),
        "parcels.csv": csv_of(pd.DataFrame(parcels.drop(columns="geometry"))),
    }
    if report.trip is not None and report.itinerary is not None and report.itinerary.days:
        files["itinerary.csv"] = csv_of(day_sheets(report.itinerary, report.trip.wanted, report.trip.spare))
        layers |= package.routed(report.itinerary, report.trip)
    files["report.gpkg"] = package.packed(layers, report.made_on)
    files[record.NAME] = own.record
    return {**files, "report.zip": zipped(files, report.made_on)}


# What draws and prints takes a second to import: nobody else shall wait for it.


def _of_tests(report: Report) -> Own:
    from engine.views.report.html import html
    from engine.views.report.pdf import pdf

    def outcomes(per_class: bool) -> pd.DataFrame:
        return decision_table(report.decision.options, report.advice, report.currency, per_class=per_class)

    layers = {"outcomes": outcomes(per_class=False)}
    written = record.written(report)
    return Own(pdf(report), html(report), written, "outcomes.csv", outcomes(per_class=True), layers)


def _of_open_season(report: OpenReport) -> Own:
    from engine.views.report.html import html_of_open
    from engine.views.report.pdf import pdf_of_open

    table = pd.DataFrame([flat(choice_row(each)) for each in report.outlook.choices])
    written = open_record.written(report)
    return Own(pdf_of_open(report), html_of_open(report), written, "forecast.csv", table, {})


def write(report: Report | OpenReport, folder: Path) -> tuple[Path, ...]:
    """Write the files into a folder, each whole or not at all.

    Parameters
    ----------
    report
        As for `made`.
    folder
        Where to write; it is made where it is not there.

    Returns
    -------
    Paths of the files.

    Raises
    ------
    WriteError
        Where the folder cannot be written.
    """
    return write_files(folder, made(report))


def zipped(files: dict[str, bytes], day: dt.date) -> bytes:
    """Files as one ZIP archive.

    Parameters
    ----------
    files
        By name.
    day
        That every entry states.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, (max(day.year, 1980), day.month, day.day, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, data)
    return content.getvalue()
