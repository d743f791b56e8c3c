"""A first look at foreign files: what each holds, and which columns could be the ones that are needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pandas as pd

from engine.studies.ingest.column_names import ALIASES, plain
from engine.studies.ingest.faults import Findings
from engine.studies.ingest.foreign import ForeignFile
from engine.studies.ingest.parcels import read_parcels
from engine.studies.ingest.point_tables import POINT_TABLE
from engine.studies.ingest.readers import READERS, UNREADABLE
from engine.studies.ingest.request import IngestRequest
from engine.studies.ingest.season_names import window_of
from engine.studies.ingest.vector_files import GEOPARQUET
from engine.studies.uploads import MAPS

Holds = Literal["parcels", "series", "both"]
GEOMETRY = "geometry"
NOTHING_BUT_MAPS = (".gpkg", ".geojson", ".shp")
OF_PARCELS = ("parcel_id", "season", "crop", "field_group")
OF_SERIES = ("parcel_id", "pixel_id", "season", "date")


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
        for reader in READERS:
            if reader.parcels and reader.recognises(file):
                if reader is GEOPARQUET and GEOMETRY not in file.columns:
                    continue
                if reader.series or (reader is POINT_TABLE and column_for("date", file.columns)):
                    return Look("both", _names(file.columns))
                return Look("parcels", _columns(reader.parcels(file)))
        if path.suffix.lower() in NOTHING_BUT_MAPS:
            return Look("parcels", ())
        return Look("series", _names(file.columns))
    except UNREADABLE:
        return Look("parcels" if path.suffix.lower() in MAPS else "series", ())


def column_for(wanted: str, columns: Iterable[str]) -> str | None:
    """The column that ingest takes for one of ours where nothing else is said; None where it finds none.

    Parameters
    ----------
    wanted
        Our name: ``parcel_id``, ``season``, ``crop``, ``field_group``, ``pixel_id`` or ``date``.
    columns
        Names of a file.
    """
    there = list(columns)
    if wanted in there:
        return wanted
    fitting = [(ALIASES[wanted].index(plain(name)), name) for name in there if plain(name) in ALIASES[wanted]]
    return min(fitting)[1] if fitting else None


def classes(request: IngestRequest) -> dict[str, int]:
    """Parcels of each class as the files name it, the most frequent first; none where they cannot be read.

    Parameters
    ----------
    request
        Files and columns; which classes it keeps does not count.
    """
    findings, asked = Findings(drop_faulty=True), replace(request, keep=(), rest=None, merge={})
    surveyed = read_parcels(asked, window_of(asked, findings), findings)
    if surveyed is None:
        return {}
    return {str(name): int(count) for name, count in surveyed["crop"].value_counts().items()}


def _columns(read: pd.DataFrame | dict[str, pd.DataFrame]) -> tuple[str, ...]:
    """The columns of a map, or of all its layers."""
    layers = read.values() if isinstance(read, dict) else [read]
    return tuple(dict.fromkeys(name for layer in layers for name in _names(layer.columns)))


def _names(columns: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(name) for name in columns if name != GEOMETRY)
