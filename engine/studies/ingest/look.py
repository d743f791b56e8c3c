"""A first look at foreign files: what each holds, and which columns could be the ones that are needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from engine.studies.ingest.faults import Findings
from engine.studies.ingest.foreign import ForeignFile
from engine.studies.ingest.parcels import read_parcels
from engine.studies.ingest.readers import READERS, UNREADABLE
from engine.studies.ingest.request import IngestRequest
from engine.studies.ingest.vector_files import GEOPARQUET

Holds = Literal["parcels", "series", "both"]
GEOMETRY = "geometry"
OF_PARCELS = ("parcel_id", "season", "crop", "field_group")
OF_SERIES = ("parcel_id", "pixel_id", "season", "date")
NEEDED = ("parcel_id", "season", "crop", "date")
# What people call a column, in small letters; the first that a file has is proposed.
OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "parcel_id": ("parcelid", "parcel", "field_id", "fieldid", "plot_id", "plotid", "sample_id", "id", "fid"),
    "season": ("harvest_year", "harvest", "year", "campaign"),
    "crop": ("crop_name", "crop_type", "croptype", "cropname", "culture", "label", "class"),
    "date": ("time", "timestamp", "datetime", "acquired", "day"),
}


@dataclass(frozen=True)
class Look:
    """What a file holds.

    Parameters
    ----------
    columns
        Their names, without the geometry; none where the file cannot be read.
    """

    holds: Holds
    columns: tuple[str, ...]


def look(path: Path) -> Look:
    """A first look at a file; whatever is wrong with it is for ingest to say.

    Parameters
    ----------
    path
        Of the file.
    """
    file = ForeignFile(path)
    try:
        reader = next((each for each in READERS if each.parcels and each.recognises(file)), None)
        if reader and reader.parcels and reader.series:
            return Look("both", _names(file.columns))
        if reader and reader.parcels and (reader is not GEOPARQUET or GEOMETRY in file.columns):
            return Look("parcels", _names(reader.parcels(file).columns))
        return Look("series", _names(file.columns))
    except UNREADABLE:
        return Look("series", ())


def proposed(columns: Iterable[str], wanted: Sequence[str]) -> dict[str, str]:
    """Which of a file's columns could stand for those that are wanted and that it lacks.

    Parameters
    ----------
    columns
        Of the file.
    wanted
        Of those that are needed.

    Returns
    -------
    The wanted name by the file's own, as `IngestRequest.rename` takes it.
    """
    there = list(columns)
    small = {name.casefold(): name for name in reversed(there)}
    found: dict[str, str] = {}
    for target in wanted:
        names = (target, *OTHER_NAMES.get(target, ()))
        other = next((small[name] for name in names if name in small and small[name] not in found), None)
        if target not in there and other:
            found[other] = target
    return found


def classes(request: IngestRequest) -> dict[str, int]:
    """Parcels of each class as the files name it, the most frequent first; none where they cannot be read.

    Parameters
    ----------
    request
        Files and columns; which classes it keeps does not count.
    """
    surveyed = read_parcels(replace(request, keep=(), rest=None), Findings(drop_faulty=True))
    if surveyed is None:
        return {}
    return {str(name): int(count) for name, count in surveyed["crop"].value_counts().items()}


def _names(columns: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(name) for name in columns if name != GEOMETRY)
