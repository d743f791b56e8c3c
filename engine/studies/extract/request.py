"""What to extract, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.studies.extract.sources import Unit

PIXELS = 50  # a parcel, as in the study
PARCELS_AT_ONCE = 200  # what is in memory at a time: their pixels, in the images of a month


@dataclass(frozen=True)
class ExtractRequest:
    """What to extract from which images.

    Parameters
    ----------
    parcels
        Files of parcels with ``parcel_id`` and ``season``, as `ingest` reads them.
    out
        The Parquet table to write.
    images
        Name pattern of local GeoTIFF files, such as ``S2_{date}_{band}.tif``.
    stac, collection
        Address of a STAC API and the name of a collection there, in place of ``images``.
    source
        Name of a source, or a TOML file that describes one; None takes that of the collection.
    bands
        Bands to extract; None takes those of the source, or of the files' names.
    unit
        What backscatter is given in: ``power`` or ``decibel``; None takes that of the source.
    scale, offset
        How numbers become values, where neither the files nor the catalogue state it rightly.
    window
        First and last day of the window of the year, as ``03-01``.
    seasons
        Harvest years; None takes those that the parcels state.
    pixels
        Random pixels a parcel, at most.
    per_orbit
        A band for each relative orbit, such as ``VV_asc_175``.
    work
        Folder of finished parts; None makes one beside ``out``.
    """

    parcels: tuple[Path, ...]
    out: Path
    images: str | None = None
    stac: str | None = None
    collection: str | None = None
    source: str | None = None
    bands: tuple[str, ...] | None = None
    unit: Unit | None = None
    scale: float | None = None
    offset: float | None = None
    window: tuple[str, str] = ("03-01", "10-31")
    seasons: tuple[str, ...] | None = None
    pixels: int = PIXELS
    seed: int = 0
    per_orbit: bool = False
    crs: str | None = None
    rename: Mapping[str, str] = field(default_factory=dict)
    work: Path | None = None
    parcels_at_once: int = PARCELS_AT_ONCE


@dataclass(frozen=True)
class SeasonExtracted:
    """What one season gave.

    Parameters
    ----------
    parcels, without
        Parcels with observations, and those without any.
    pixels
        Drawn pixels.
    dates, images
        Days with observations, and images that were used.
    masked
        Share of what the images hold of the pixels that masks and no-data took away, in 0..1.
    """

    season: str
    parcels: int
    without: int
    pixels: int
    dates: int
    images: int
    masked: float


@dataclass(frozen=True)
class Extraction:
    """The table that was written.

    Parameters
    ----------
    rows
        Of the table: a pixel on a day each.
    reused
        Finished parts of an earlier run.
    """

    path: Path
    work: Path
    rows: int
    bands: tuple[str, ...]
    seasons: tuple[SeasonExtracted, ...]
    parts: int
    reused: int
    notes: tuple[str, ...]
