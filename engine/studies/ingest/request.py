"""What to make a study from, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.domain import Departure, Provenance


@dataclass(frozen=True)
class IngestRequest:
    """What to make a study from, and how.

    Parameters
    ----------
    parcels
        GeoParquet, GeoPackage, Shapefile or GeoJSON; or files as WorldCereal publishes them.
    series
        Long or wide tables, CSV or Parquet; or the same WorldCereal files.
    keep, rest
        Classes to keep, and the name of the class all others are merged into; without ``rest`` the
        others are left out, without ``keep`` all classes are kept.
    window
        First and last day of the window of the year, as ``03-01``.
    step
        Days between the slots of the time axis; None takes the data's own interval.
    bands
        Columns to use; None takes those that are recognised.
    band
        Name of the band in wide tables whose columns are nothing but dates.
    crs
        Coordinate reference system of files that do not state theirs, as ``EPSG:4326``.
    seasons
        Harvest years to use; None takes all.
    rename
        New name by old name of columns.
    drop_faulty
        Leave out parcels and series with faults of their own instead of refusing the files.
    """

    parcels: tuple[Path, ...]
    series: tuple[Path, ...]
    name: str
    keep: tuple[str, ...] = ()
    rest: str | None = None
    window: tuple[str, str] = ("03-01", "10-31")
    step: int | None = None
    bands: tuple[str, ...] | None = None
    band: str = "value"
    crs: str | None = None
    seasons: tuple[str, ...] | None = None
    departure: Departure | None = None
    rename: Mapping[str, str] = field(default_factory=dict)
    drop_faulty: bool = False
    merge: Mapping[str, str] = field(default_factory=dict)
    provenance: Provenance = "measured"
    source: str = ""
