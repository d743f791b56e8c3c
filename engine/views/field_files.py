"""What a trip takes into the field: every file, on disk or in memory."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
import zipfile
from pathlib import Path

from engine.decisions.routed import RoutedTrip
from engine.domain import Study
from engine.fieldwork import exports
from engine.fieldwork.calendar import Calendar, dated
from engine.files import write_atomic
from engine.mapping.accuracy.drawing import DrawnSample
from engine.mapping.accuracy.sample_file import SAMPLE, write_sample

DAY_SHEETS = "day-sheets.pdf"


def write(
    study: Study,
    made: RoutedTrip,
    folder: Path,
    calendar: Calendar | None = None,
    sample: DrawnSample | None = None,
) -> tuple[Path, ...]:
    """Write everything into a folder: the files of `engine.fieldwork.exports.write`, and day sheets as PDF.

    Parameters
    ----------
    study
        The study.
    made
        The trip, routed.
    folder
        Made where it is missing; files of the same names are replaced.
    calendar
        When crews work; without one, days have no dates.
    sample
        The parcels of the trip that were drawn for accuracy: their labels never train. It is written, too.

    Raises
    ------
    ExportError
        Where nothing is to be visited, or the folder cannot be written.
    WriteError
        Where the day sheets cannot be written.
    """
    from engine.views.day_sheets import day_sheets_pdf  # it takes a second to import: nobody else shall wait

    itinerary = dated(made.itinerary, calendar)
    wanted, spare = made.trip.wanted, made.trip.spare
    files = exports.write(
        itinerary,
        wanted,
        folder,
        crops=study.legend.names,
        replacements=spare,
        origin=made.origin(study.name, sample.parcels if sample else ()),
    )
    printed = folder / DAY_SHEETS
    write_atomic(printed, day_sheets_pdf(study, made, itinerary, dt.datetime.now(dt.UTC).date()))
    if sample is None:
        return (printed, *files)
    write_sample(folder / SAMPLE, sample)
    return (printed, *files, folder / SAMPLE)


def packed(
    study: Study, made: RoutedTrip, calendar: Calendar | None = None, sample: DrawnSample | None = None
) -> dict[str, bytes]:
    """The files of `write` by name, and all of them together as ``field-plan.zip``.

    Parameters
    ----------
    study, made, calendar, sample
        As for `write`.
    """
    content = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        files = {path.name: path.read_bytes() for path in write(study, made, Path(folder), calendar, sample)}
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return {"field-plan.zip": content.getvalue(), **files}
