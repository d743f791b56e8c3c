"""What to make a study from, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from engine.domain import Departure, Provenance
from engine.studies.ingest.foreign import FileOptions

DateOrder = Literal["day-first", "month-first"]
SeasonFrom = Literal["column", "date"]
EVERY_FILE = "*"


@dataclass(frozen=True)
class IngestRequest:
    """What to make a study from, and how.

    Parameters
    ----------
    parcels
        Maps of parcels, tables with positions, or tables of labels for parcels that another file draws; see
        docs/formats.md.
    series
        Tables of series, long, wide or tidy; see docs/formats.md.
    keep, rest
        Classes to keep, and the name of the class all others are merged into; without ``rest`` the
        others are left out, without ``keep`` all classes are kept.
    merge
        New name by old name of classes, before ``keep`` counts.
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
    swap_axes
        Whether parcels whose coordinates stand latitude first are turned round.
    seasons
        Harvest years to use; None takes all.
    season_of
        Season by name of a file of parcels, ``FILE:LAYER`` or ``*`` for all files; it overrides their column.
    shift_seasons
        Years to add to every season that a table states, 1 where they are years of sowing.
    season_from
        Whether series belong to the season of their column, or to the one whose window holds their date.
    rename
        New name by old name of columns.
    layers
        Layers to read, by name; None takes those that hold parcels.
    encoding, separator, decimal
        How text files and Shapefiles are written; None finds out.
    dates
        Whether ``03/04/2021`` begins with the day or the month; None finds out.
    no_data
        Numbers that stand for no data.
    linear
        Seasons, files or bands, or ``SEASON:BAND``, whose backscatter is linear power; it is turned to dB.
    offsets, scales
        Number to add and factor to multiply by, offset first, by season, file, band, ``SEASON:BAND`` or
        ``FILE:BAND``.
    trust_values
        Take implausible values as they are: doubts become notes.
    drop_faulty
        Leave out parcels and series with faults of their own instead of refusing the files.
    """

    parcels: tuple[Path, ...]
    series: tuple[Path, ...]
    name: str
    keep: tuple[str, ...] = ()
    rest: str | None = None
    merge: Mapping[str, str] = field(default_factory=dict)
    window: tuple[str, str] = ("03-01", "10-31")
    step: int | None = None
    bands: tuple[str, ...] | None = None
    band: str = "value"
    crs: str | None = None
    swap_axes: bool = False
    seasons: tuple[str, ...] | None = None
    season_of: Mapping[str, str] = field(default_factory=dict)
    shift_seasons: int = 0
    season_from: SeasonFrom = "column"
    departure: Departure | None = None
    rename: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[str, ...] | None = None
    encoding: str | None = None
    separator: str | None = None
    decimal: str | None = None
    dates: DateOrder | None = None
    no_data: tuple[float, ...] = ()
    linear: tuple[str, ...] = ()
    offsets: Mapping[str, float] = field(default_factory=dict)
    scales: Mapping[str, float] = field(default_factory=dict)
    trust_values: bool = False
    drop_faulty: bool = False
    provenance: Provenance = "measured"
    source: str = ""

    @property
    def options(self) -> FileOptions:
        """What readers need to know of the request."""
        return FileOptions(
            dict(self.rename),
            layers=self.layers,
            encoding=self.encoding,
            separator=self.separator,
            decimal=self.decimal,
        )
