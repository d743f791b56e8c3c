"""What ``ingest --check`` says of files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from engine.cli.shared import print_json, print_lines
from engine.studies.ingest.assemble import ingest
from engine.studies.ingest.faults import IngestError
from engine.studies.ingest.request import IngestRequest
from engine.studies.understood import Understood, facts_of, understood


def check(request: IngestRequest, as_json: bool) -> int:
    """Say what is understood of files, or all their faults; the exit status.

    Parameters
    ----------
    request
        Files, and how to read them.
    as_json
        Whether to print JSON.

    Raises
    ------
    IngestError
        With every fault, where no JSON is asked for.
    """
    try:
        found = understood(ingest(request))
    except IngestError as error:
        if not as_json:
            raise
        print_json({"understood": None, "faults": [asdict(fault) for fault in error.faults]})
        return 2
    if as_json:
        return print_json({"understood": facts_of(found), "faults": []})
    print_lines(*_lines(found))
    return 0


def _lines(found: Understood) -> Sequence[str]:
    seasons = [each.season for each in found.seasons]
    lines = [f"{'season':>8} {'parcels':>8} {'labelled':>8} {'pixels':>8} {'missing':>8}  time steps"]
    for each in found.seasons:
        missing = "-" if each.missing is None else f"{each.missing:.0%}"
        span = f"{each.first} to {each.last}, every {found.step} days" if each.first else "no series yet"
        lines.append(
            f"{each.season:>8} {each.parcels:>8} {each.labelled:>8} {each.pixels:>8} {missing:>8}  {span}"
        )
    lines.append(" ".join(f"{label:>8}" for label in seasons) + "  parcels of each class")
    for crop in found.classes:
        counts = " ".join(f"{crop.parcels.get(label, 0):>8}" for label in seasons)
        lines.append(f"{counts}  {crop.name}")
    lines.append(f"{'5 %':>8} {'median':>8} {'95 %':>8}  of the values of a band")
    for band in found.bands:
        unit = f", {band.unit}" if band.unit else ""
        lines.append(f"{band.low:>8.3g} {band.median:>8.3g} {band.high:>8.3g}  {band.name}{unit}")
    return [*lines, *(f"note: {note}" for note in found.notes), "Nothing was written."]
