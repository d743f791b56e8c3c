"""The files of a report."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pandas as pd

from engine.decisions.rows import decision_table
from engine.fieldwork.exports import day_sheets
from engine.files import write_atomic
from engine.views.report import package, record
from engine.views.report.content import Report


def made(report: Report) -> dict[str, bytes]:
    """Every file of the report by name, ``report.zip`` with all the others last.

    ``report.pdf``, ``report.html``, ``outcomes.csv``, ``parcels.csv``, ``itinerary.csv`` with a trip,
    ``report.gpkg`` and ``decision.json``. The same report gives the same bytes.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
    """
    # What draws and prints takes a second to import: nobody else shall wait for it.
    from engine.views.report.html import html
    from engine.views.report.pdf import pdf

    files = {
        "report.pdf": pdf(report),
        "report.html": html(report),
        "outcomes.csv": csv_of(decision_table(report.decision.options, report.advice, report.currency)),
        "parcels.csv": csv_of(pd.DataFrame(package.parcels(report).drop(columns="geometry"))),
    }
    if report.trip is not None and report.itinerary is not None and report.itinerary.days:
        files["itinerary.csv"] = csv_of(day_sheets(report.itinerary, report.trip.wanted, report.trip.spare))
    files["report.gpkg"] = package.geopackage(report)
    files[record.NAME] = record.written(report)
    return {**files, "report.zip": zipped(files, report.made_on)}


def write(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write the files into a folder, each whole or not at all.

    Parameters
    ----------
    report
        What `engine.views.report.compose` put together.
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
    files = made(report)
    for name, content in files.items():
        write_atomic(folder / name, content)
    return tuple(folder / name for name in files)


def csv_of(frame: pd.DataFrame) -> bytes:
    """A table as CSV.

    Parameters
    ----------
    frame
        The table; its index is left out.
    """
    return frame.to_csv(index=False, lineterminator="\n").encode()


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
